"""One visit out of an audit's input, as the audit judges it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

from visitcheck.audit.inputs import Inputs, open_inputs
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.history import history_query
from visitcheck.audit.running.reading import NOT_RECORDED
from visitcheck.audit.running.sql import fact_column, open_session
from visitcheck.engines.columns import FILE, ROW
from visitcheck.errors import InvalidInput, InvalidVisit, Problem
from visitcheck.facts import Visit, visit_model_with_extra
from visitcheck.facts.fields import FactModel, shapes
from visitcheck.facts.types import Money
from visitcheck.facts.vocabulary import vocabulary_with_extra
from visitcheck.policy import Policy

if TYPE_CHECKING:
    import duckdb

_JUDGED = f"__problems IS NULL AND {fact_column('visit.stage')} IS DISTINCT FROM 'proposed'"


def find_visit(
    paths: Sequence[Path],
    visit_id: str,
    policy: Policy,
    options: AuditOptions = AuditOptions(),  # noqa: B008 - frozen
) -> tuple[Visit, str]:
    """Find the visit with this id, with the earlier visits that the options give it, and its place, as `file:row`.

    Reads the whole input three times. Raises `InvalidInput` where no row, or more than
    one, has the id, and `InvalidVisit` with its problems for a row that an audit rejects.
    """
    inputs = open_inputs(
        paths, mapping=options.column_mapping(), policy=policy, registers=options.registers, as_of=options.as_of
    )
    with TemporaryDirectory() as spill, open_session(options, Path(spill)) as con:
        row = _read_row(con, inputs, visit_id)
        con.execute(
            f"CREATE TEMP TABLE same_debtor AS SELECT * FROM ({inputs.relation(con)}) WHERE {_JUDGED} AND "
            f"({fact_column('debtor.id')} = $debtor OR {fact_column('visit.id')} = $visit)",
            {"debtor": (row["debtor"] or {}).get("id"), "visit": visit_id},
        )
        # An audit rejects rows that share an id, whosever they are: they are nobody's earlier visits.
        con.execute(
            f"DELETE FROM same_debtor WHERE {fact_column('visit.id')} IN (SELECT {fact_column('visit.id')} "
            f"FROM ({inputs.relation(con)}) WHERE {_JUDGED} AND {fact_column('visit.id')} IN "
            f"(SELECT {fact_column('visit.id')} FROM same_debtor) GROUP BY 1 HAVING count(*) > 1)"
        )
        root, _ = vocabulary_with_extra(policy.extra_facts)
        query = f"SELECT * FROM ({history_query('same_debtor', root, options)}) WHERE {fact_column('visit.id')} = $1"
        [chosen] = con.sql(query, params=[visit_id]).to_arrow_table().to_pylist()
    model = visit_model_with_extra(policy.extra_facts)
    return visit_from_row(chosen, model), f"{inputs.files[chosen[FILE]].path}:{chosen[ROW]}"


def _read_row(con: duckdb.DuckDBPyConnection, inputs: Inputs, visit_id: str) -> dict[str, Any]:
    """Read the one row with the id."""
    query = f"SELECT * FROM ({inputs.relation(con)}) WHERE {fact_column('visit.id')} = $1"
    rows: list[dict[str, Any]] = con.sql(query, params=[visit_id]).to_arrow_table().to_pylist()
    if len(rows) != 1:
        how_many = f"{len(rows)} rows have" if rows else "no row has"
        raise InvalidInput([Problem("no-such-visit", f"{how_many} the visit id `{visit_id}`")])
    problems = rows[0]["__problems"]
    if problems:
        raise InvalidVisit(Problem(one["code"], one["message"], path=one["path"]) for one in problems)
    if (rows[0]["visit"] or {}).get("stage") == "proposed":
        raise InvalidVisit([NOT_RECORDED])
    return rows[0]


def visit_from_row(row: Mapping[str, Any], model: type[Visit] = Visit) -> Visit:
    """Build the visit of a canonical row, whose facts were validated as the row was read."""
    return cast("Visit", _build_record(row, model))


def _build_record(values: Mapping[str, Any], model: type[FactModel]) -> FactModel:
    read = {name: _build_value(values.get(name), shape.record) for name, shape in shapes(model).items()}
    given = {name for name, value in read.items() if value is not None}
    return model.model_construct(given, **read)


def _build_value(value: Any, record: type[FactModel] | None) -> Any:
    if value is None:
        return None
    if isinstance(value, list):
        return tuple(_build_value(one, record) for one in value)
    if record is not None:
        return _build_record(value, record)
    return Money(**value) if isinstance(value, dict) else value
