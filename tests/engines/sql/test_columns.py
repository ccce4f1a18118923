"""The canonical relation: three spellings of one shape, and visits that come back as they went in."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings

from engines.sql.agreement import drawn
from policies import shipped_policy
from visitcheck.engines.columns import ROW, arrow_schema, arrow_type, fact_columns, row_of
from visitcheck.engines.sql import DuckDbEngine, SqlEngine
from visitcheck.engines.sql.columns import duckdb_type, spark_type
from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.facts import Visit
from visitcheck.facts.narrow import narrow_record
from visitcheck.facts.types import BOOL, COUNT, DATE, DOUBLE, MONEY, TIMESTAMP, WEEKLY_HOURS, ListOf, Record, Type, Word
from visitcheck.facts.vocabulary import ROOT
from visitcheck.ir.plan import make_plan
from visitcheck.testing import visits
from visitcheck.testing.values import ZONES

KIND = Word("kind", ("a", "b"))


@pytest.mark.parametrize(
    ("type_", "duck", "spark"),
    [
        (TIMESTAMP, "BIGINT", "BIGINT"),
        (DATE, "BIGINT", "BIGINT"),
        (DOUBLE, "DOUBLE", "DOUBLE"),
        (KIND, "TEXT", "STRING"),
        (COUNT, 'STRUCT("low" BIGINT, "high" BIGINT)', "STRUCT<`low`: BIGINT, `high`: BIGINT>"),
        (MONEY, 'STRUCT("minor" BIGINT, "currency" TEXT)', "STRUCT<`minor`: BIGINT, `currency`: STRING>"),
        (ListOf(Record("r", {"end": BOOL})), 'STRUCT("end" BOOLEAN)[]', "ARRAY<STRUCT<`end`: BOOLEAN>>"),
    ],
)
def test_spellings(type_: Type, duck: str, spark: str) -> None:
    assert (duckdb_type(type_), spark_type(type_)) == (duck, spark)


def test_weekly_hours_are_no_column() -> None:
    with pytest.raises(TypeError, match="hours"):
        arrow_type(WEEKLY_HOURS)
    with pytest.raises(TypeError, match="hours"):
        duckdb_type(WEEKLY_HOURS)


def test_duckdb_reads_arrow_as_the_same_types() -> None:
    empty = arrow_schema().empty_table()
    connection = duckdb.connect()

    relation = connection.from_arrow(empty)
    expected = {name: connection.sql(f"SELECT NULL::{duckdb_type(t)}").types[0] for name, t in fact_columns().items()}

    assert (
        dict(zip(relation.columns, relation.types, strict=True)) == {"__row": "BIGINT", "__file": "INTEGER"} | expected
    )


def test_a_group_without_fields_is_no_column() -> None:
    assert set(ROOT.fields) - set(fact_columns()) == {"extra"}


@pytest.mark.long
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(visits())
def test_visits_come_back_as_they_went_in(visit: Visit) -> None:
    row = row_of(visit)
    table = pa.Table.from_pylist([row], arrow_schema(position=False))

    (back,) = duckdb.connect().from_arrow(table).to_arrow_table().to_pylist()

    assert back == row
    assert {name for name, value in back.items() if value is not None} == {
        name for name in fact_columns() if getattr(visit, name) is not None
    }


def test_narrowed_to_the_facts_that_are_read() -> None:
    record = narrow_record(ROOT, {"visit.id", "contacts[].at", "conduct", "debt.amount", "wishes.places_refused"})

    assert {name: duckdb_type(type_) for name, type_ in record.fields.items()} == {
        "visit": 'STRUCT("id" TEXT)',
        "debt": 'STRUCT("amount" STRUCT("minor" BIGINT, "currency" TEXT))',
        "contacts": 'STRUCT("at" BIGINT)[]',
        "wishes": 'STRUCT("places_refused" TEXT[])',
        "conduct": 'STRUCT("kind" TEXT)[]',
    }


@pytest.mark.long
def test_a_plan_needs_no_more_than_its_facts() -> None:
    """The narrowed relation gives the truths that the whole one gives."""
    sample = drawn(visits(stage="recorded"), 20)
    plan = make_plan(shipped_policy("base"), "recorded")
    root = narrow_record(ROOT, plan.open_facts)
    rows = [{ROW: n, **row_of(visit, root)} for n, visit in enumerate(sample)]
    with connect_duckdb() as connection:
        connection.register("visits", pa.Table.from_pylist(rows, arrow_schema(root)))
        engine = SqlEngine(plan, zones=ZONES)
        query = engine.dialect.print(engine.select("visits", [ROW]).order_by(ROW))
        answers = [row[1:] for row in connection.execute(query).fetchall()]

    assert answers == DuckDbEngine(plan).evaluate_all(sample)
