"""Tables of a real PostgreSQL server, through ADBC."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from input_rows import rows_of
from postgres_server import server, why_not

from visitcheck.audit.inputs import Inputs

pytestmark = pytest.mark.skipif(why_not() is not None, reason=why_not() or "")

SETUP = """
CREATE TABLE visits (no bigint PRIMARY KEY, came timestamptz, local timestamp, owed numeric(12, 2), days int,
  private boolean, kind text, until date);
INSERT INTO visits VALUES
  (1, '2026-01-30 10:00+08', '2026-01-30 10:30', 1234.50, 45, true, '住宅', '2026-02-01'),
  (2, '2026-01-30 11:00+08', NULL, NULL, NULL, false, 'Schloss', NULL);
CREATE TABLE calls (visit text, at timestamptz, result text);
INSERT INTO calls VALUES ('1', '2026-01-29 10:00+08', 'reached'), ('3', '2026-01-29 10:00+08', 'reached');
"""
MAPPING = """
timezone: Asia/Shanghai
constants: {{visit.stage: recorded, lender.kind: bank, debt.currency: CNY}}
visits:
  source: postgresql
  uri: "{uri}"
  query: SELECT * FROM visits
  columns:
    no: visit.id
    came: visit.starts_at
    local: visit.ends_at
    owed: debt.amount
    days: debt.days_overdue
    private: place.private
    kind: {{fact: place.kind, values: {{住宅: home}}}}
    until: agency.mandate_until
tables:
  contacts:
    source: postgresql
    uri: "{uri}"
    query: SELECT * FROM calls
    key: visit
    joins: no
    complete: true
    columns: {{at: at, result: result}}
"""


@pytest.fixture(scope="module")
def uri() -> Iterator[str]:
    from adbc_driver_postgresql import dbapi

    with server() as uri:
        with dbapi.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
            for statement in filter(str.strip, SETUP.split(";")):
                cursor.execute(statement)
        yield uri


def test_types_keys_and_rejects(uri: str, mapped: Callable[..., Inputs]) -> None:
    """Numbers, moments, days and truths arrive as such; integer and text keys meet; nothing is lost."""
    text = MAPPING.format(uri=uri)
    inputs = mapped(text)
    rows = rows_of(inputs)

    assert [(file.format, file.rows, file.table) for file in inputs.files] == [
        ("postgresql", 2, "visits"),
        ("postgresql", 2, "contacts"),
    ]
    good, strange = rows
    assert good["__problems"] is None
    assert good["visit"]["id"] == "1"
    assert (good["visit"]["starts_at"], good["visit"]["ends_at"]) == (1769738400000000, 1769740200000000)
    assert good["debt"]["amount"] == {"minor": 123450, "currency": "CNY"}
    assert good["agency"]["mandate_until"] == 20485
    assert (good["place"]["private"], good["place"]["kind"]) == (True, "home")
    assert [one["result"] for one in good["contacts"]] == ["reached"]
    assert [problem["code"] for problem in strange["__problems"]] == ["fact-unknown-word"]
    assert [warning.code for warning in inputs.files[1].warnings] == ["orphan-row"]


def test_the_same_rows_have_the_same_digest(uri: str, mapped: Callable[..., Inputs]) -> None:
    text = MAPPING.format(uri=uri)
    backwards = text.replace("SELECT * FROM visits", "SELECT * FROM visits ORDER BY no DESC")
    fewer = text.replace("SELECT * FROM visits", "SELECT * FROM visits WHERE no = 1")
    first, second, third = (mapped(one).files[0].sha256 for one in (text, backwards, fewer))

    assert first == second != third


def test_what_the_server_refuses(uri: str, mapped: Callable[..., Inputs]) -> None:
    text = MAPPING.format(uri=uri).replace("SELECT * FROM visits", "SELECT * FROM vistis")
    [file, _] = mapped(text).files

    assert file.problem is not None
    assert file.problem.code == "broken-file"
    assert "vistis" in file.problem.message
