"""`statuses.parquet`: what verdicts say in a column for each rule, as rows of one schema."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from visitcheck.audit.auditing import audit
from visitcheck.policy import load_policy
from visitcheck.testing import synthesise

COLUMNS = [
    "visit_id", "rule", "status", "effect", "starts_at",
    "debtor_id", "agency_id", "collectors", "policy_digest", "run_id",
]  # fmt: skip
WORDS = "'satisfied', 'violated', 'undetermined', 'excused', 'not_applicable', 'not_assessed', 'suspected'"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("statuses")
    synthesise(folder / "visits.parquet", visits=300, seed=3)
    return audit(folder / "visits.parquet", load_policy("base.record"), out=folder / "out", threads=1).folder


def test_it_has_a_row_for_each_visit_and_rule(out: Path) -> None:
    """
    With the status that the rule's column in the verdicts has.
    """
    statuses, verdicts = (duckdb.read_parquet(str(out / f"{name}.parquet")) for name in ("statuses", "verdicts"))
    rules = [name for name in verdicts.columns if "/" in name]
    listed = ", ".join(f"'{rule}'" for rule in rules)
    columns = ", ".join(f'"{rule}"' for rule in rules)
    wide = f"SELECT visit_id, unnest([{listed}]) AS rule, unnest([{columns}]) AS code FROM verdicts"  # noqa: S608
    same = f"SELECT count(*) FROM statuses JOIN ({wide}) USING (visit_id, rule) WHERE [{WORDS}][code + 1] = status"  # noqa: S608
    assert 300 * len(rules) == len(statuses) == duckdb.sql(same).fetchall()[0][0]


def test_effects_are_those_of_findings(out: Path) -> None:
    statuses, findings = (duckdb.read_parquet(str(out / f"{name}.parquet")) for name in ("statuses", "findings"))
    other = duckdb.sql(
        "SELECT count(*) FROM findings f JOIN statuses s USING (visit_id, rule, status) "
        "WHERE f.effect IS NOT DISTINCT FROM s.effect AND f.debtor_id = s.debtor_id AND f.starts_at = s.starts_at"
    )
    assert 0 < len(findings) == other.fetchall()[0][0]
    assert not statuses.filter("status IN ('satisfied', 'excused', 'not_applicable') AND effect IS NOT NULL").fetchall()


def test_every_policy_has_the_same_schema(out: Path, tmp_path: Path) -> None:
    source = out.parent / "visits.parquet"
    other = audit(source, load_policy("base.privacy"), out=tmp_path / "other", threads=1)
    schemas = [pq.read_schema(folder / "statuses.parquet") for folder in (out, other.folder)]
    assert COLUMNS == schemas[0].names
    assert schemas[0].equals(schemas[1])
    runs = (
        duckdb.read_parquet(str(other.folder / "statuses.parquet"))
        .project("policy_digest, run_id")
        .distinct()
        .fetchall()
    )
    assert [(other.manifest["policy"]["digest"], other.manifest["run_id"])] == runs
    assert len(other.statuses()) == len(duckdb.read_parquet(str(other.folder / "statuses.parquet")))


def test_it_is_left_out_where_nobody_wants_it(out: Path, tmp_path: Path) -> None:
    source = out.parent / "visits.parquet"
    without = audit(source, load_policy("base.record"), out=tmp_path / "out", threads=1, statuses=False)
    assert not (tmp_path / "out" / "statuses.parquet").exists()
    assert (
        without.manifest["run_id"]
        == duckdb.read_parquet(str(out / "statuses.parquet")).project("run_id").distinct().fetchall()[0][0]
    )


def test_collectors_of_a_team_are_one_text(out: Path) -> None:
    names = (f"read_parquet('{out}/{name}.parquet')" for name in ("statuses", "verdicts"))
    statuses, verdicts = names
    joined = f"{statuses} s JOIN {verdicts} v USING (visit_id)"
    differ = f"SELECT * FROM {joined} WHERE s.collectors IS DISTINCT FROM array_to_string(v.collectors, '; ')"  # noqa: S608
    assert not duckdb.sql(differ).fetchall()
    assert duckdb.sql(f"SELECT * FROM {verdicts} WHERE len(collectors) > 1").fetchall()  # noqa: S608
