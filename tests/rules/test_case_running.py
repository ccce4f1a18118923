"""How the runner reports cases that fail or cannot run."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator
from shipped import CASE_FILES, RULES, base, short

from policies import shipped_policy
from visitcheck.authoring import (
    as_junit,
    as_text,
    cases_schema,
    coverage_gaps,
    parse_cases,
    run_cases,
    summary,
)
from visitcheck.documents import parse_yaml, to_python
from visitcheck.engines.reference import ReferenceEngine
from visitcheck.engines.status import Outcome
from visitcheck.errors import EngineFailure
from visitcheck.facts import Visit
from visitcheck.ir.plan import Plan, Truths

TEXT = """\
pack: base.notice
policy: base
base:
  none: {visit: {stage: proposed, starts_at: "2026-03-10T10:00:00+08:00"}, notices: []}
cases:
  - note: right
    from: none
    expect: {told-beforehand: violated, base.risk/emergency-plan: undetermined}
    outcome: deny
  - note: wrong
    from: none
    expect: {told-beforehand: satisfied}
    outcome: allow
  - note: no such rule
    from: none
    expect: {told-before: satisfied}
  - note: bad value
    from: none
    set: {visit.starts_at: tomorrow}
    expect: {told-beforehand: satisfied}
  - note: only for a recorded visit
    from: none
    expect: {base.record/filed-in-time: not_applicable}
"""
RESULTS = run_cases(base(), parse_cases(TEXT, "n.cases.yaml"), engines=[ReferenceEngine])
BY_NOTE = {result.case.note: result for result in RESULTS}


def test_cases_pass_when_statuses_and_outcome_are_as_expected() -> None:
    assert [note for note, result in BY_NOTE.items() if result.passed] == [
        "right",
        "only for a recorded visit",
    ]
    assert BY_NOTE["right"].outcome is Outcome.DENY


def test_a_difference_says_what_each_part_of_the_rule_came_to() -> None:
    rule, outcome = BY_NOTE["wrong"].differences

    assert str(rule) == (
        "base.notice/told-beforehand: expected satisfied, found violated "
        "(applies TRUE; told FALSE; exact-time FALSE; exact-place FALSE; standing FALSE)"
    )
    assert str(rule.place) == "n.cases.yaml:12:14"
    assert (outcome.about, outcome.expected, outcome.found) == ("outcome", "allow", "deny")
    assert "base.notice/told-beforehand violated" in outcome.detail


def test_a_rule_that_does_not_exist_is_a_problem_with_a_place() -> None:
    (problem,) = BY_NOTE["no such rule"].problems

    assert problem.code == "case-rule"
    assert str(problem.place) == "n.cases.yaml:16:14"
    assert "base.notice/told-beforehand" in (problem.help or "")


def test_a_wrong_value_is_reported_where_it_was_written() -> None:
    (problem,) = BY_NOTE["bad value"].problems

    assert problem.path == "$.visit.starts_at"
    assert str(problem.place) == "n.cases.yaml:19:28"


WHOLE = """\
pack: base.notice
policy: base.notice
registers: {lenders: {b: {kind: bank}}}
cases:
  - note: told nobody
    set: {visit: {stage: proposed, requested_by_debtor: true}, lender: {id: b}, notices: [], appointment.agreed: false}
    findings: {told-beforehand: violated, told-early-enough: excused}
  - note: more came of it
    set: {visit: {stage: proposed, requested_by_debtor: true}, lender: {id: b}, notices: []}
    findings: {told-beforehand: violated}
  - note: contradicts the register
    set: {visit: {stage: proposed}, lender: {id: b, kind: trust}}
    findings: {}
"""


def test_findings_are_all_there_is_and_registers_are_filled_in() -> None:
    results = run_cases(shipped_policy("base.notice"), parse_cases(WHOLE, "n.cases.yaml"), engines=[ReferenceEngine])
    exact, more, against = results

    assert exact.passed
    assert exact.visit is not None
    assert exact.visit.lender is not None
    assert exact.visit.lender.kind == "bank"
    assert [(each.about, each.expected, each.found) for each in more.differences] == [
        ("base.notice/told-early-enough", "no finding", "excused")
    ]
    assert [(one.code, str(one.place)) for one in against.problems] == [
        ("register-contradiction", "n.cases.yaml:12:59")
    ]


def test_text_shows_failures_and_a_summary() -> None:
    text = as_text(RESULTS)

    assert "FAILED n.cases.yaml::wrong [reference]" in text
    assert "n.cases.yaml:12:14: base.notice/told-beforehand: expected satisfied" in text
    assert "n.cases.yaml::right" not in text
    assert text.endswith(summary(RESULTS))
    assert summary(RESULTS) == "5 cases on reference: 3 failed"


def test_junit_counts_failures_and_errors() -> None:
    suite = ET.fromstring(as_junit(RESULTS)).find("testsuite")  # noqa: S314 - our own text

    assert suite is not None
    assert suite.attrib == {"name": "n.cases.yaml", "tests": "5", "failures": "1", "errors": "2"}
    assert [case.get("name") for case in suite if case.find("failure") is not None] == ["wrong [reference]"]


def test_an_engine_that_breaks_fails_the_case() -> None:
    class Broken:
        name = "broken"

        def __init__(self, plan: Plan) -> None:
            self.plan = plan

        def evaluate(self, visit: Visit) -> Truths:
            raise EngineFailure("out of order")

    results = run_cases(base(), parse_cases(TEXT, "n.cases.yaml"), engines=[Broken])

    assert not any(result.passed for result in results)
    assert "out of order" in as_text(results)


def test_cases_that_fail_cover_nothing() -> None:
    gaps = {str(gap) for gap in coverage_gaps(base(), RESULTS, pack="base.notice")}

    assert "base.notice/told-beforehand: no case shows it satisfied" in gaps
    assert "base.notice/told-beforehand: no case shows it violated" not in gaps
    assert "base.notice/told-beforehand: no case shows it at the stage `recorded`" in gaps
    assert "base.notice/told-early-enough: no case shows it excused by its exception `borrower-asked`" in gaps


@pytest.mark.long
@pytest.mark.parametrize("path", CASE_FILES, ids=short)
def test_shipped_case_files_fit_the_schema(path: Path) -> None:
    node, _ = parse_yaml(path.read_text(encoding="utf-8"), path.relative_to(RULES).as_posix())

    assert list(Draft202012Validator(cases_schema()).iter_errors(to_python(node))) == []
