"""Writes results of rule cases as text for people and as JUnit XML for build servers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from visitcheck.authoring.run import CaseResult, Difference
from visitcheck.texts import Language, render_problem, say


def as_text(results: Sequence[CaseResult], *, verbose: bool = False, lang: Language = "en") -> str:
    """Write the failures with their places, then one line of counts; with `verbose` a line for every case."""
    blocks = [_render_result(result, lang) for result in results if verbose or not result.passed]
    return "\n".join([*blocks, summary(results, lang)])


def summary(results: Sequence[CaseResult], lang: Language = "en") -> str:
    """Say in one line how many cases ran on which engines, and how many failed."""
    cases = {result.case.id for result in results}
    failed = {result.case.id for result in results if not result.passed}
    engines = list(dict.fromkeys(result.engine for result in results))
    if failed:
        how = say(lang, "cases.failed", number=len(failed))
    else:
        how = say(lang, "cases.all-passed") if cases else say(lang, "cases.none")
    where = say(lang, "comma").join(engines) or say(lang, "cases.no-engine")
    return say(lang, "cases.summary", cases=len(cases), engines=where, result=how)


def result_to_dict(result: CaseResult) -> dict[str, object]:
    """One result as JSON values."""
    return {
        "case": result.case.id,
        "file": result.case.file,
        "engine": result.engine,
        "passed": result.passed,
        "outcome": result.outcome,
        "statuses": {rule.rule: rule.status for rule in result.rules},
        "differences": [
            {"about": each.about, "expected": each.expected, "found": each.found, "detail": each.detail}
            for each in result.differences
        ],
        "problems": [problem.as_dict() for problem in result.problems],
    }


def as_junit(results: Iterable[CaseResult]) -> str:
    """Write JUnit XML: a suite for each file, a test case for each case on each engine."""
    suites: dict[str, list[CaseResult]] = {}
    for result in results:
        suites.setdefault(result.case.file, []).append(result)
    body = "".join(_render_suite(file, members) for file, members in suites.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n{body}</testsuites>\n'


def _render_result(result: CaseResult, lang: Language) -> str:
    how = say(lang, "cases.passed") if result.passed else say(lang, "cases.case-failed")
    head = f"{how} {result.case.id} [{result.engine}]"
    return "\n".join([head, *(f"  {line}" for line in _failure_lines(result, lang))])


def _failure_lines(result: CaseResult, lang: Language) -> list[str]:
    lines = [line for problem in result.problems for line in render_problem(problem, lang).splitlines()]
    for difference in result.differences:
        where = f"{difference.place}: " if difference.place else ""
        lines.append(f"{where}{_render_difference(difference, lang)}")
    return lines


def _render_difference(difference: Difference, lang: Language) -> str:
    """Write an expectation that was not met; rules, statuses and outcomes as files of cases name them."""
    if lang == "en":
        return str(difference)
    tail = f"（{difference.detail}）" if difference.detail else ""
    about, expected, actual = difference.about, difference.expected, difference.found
    return say(lang, "cases.difference", about=about, expected=expected, actual=actual) + tail


def _render_suite(file: str, results: list[CaseResult]) -> str:
    bad = sum(bool(result.differences) for result in results)
    broken = sum(bool(result.problems) for result in results)
    counts = f'tests="{len(results)}" failures="{bad}" errors="{broken}"'
    cases = "".join(_render_test_case(result) for result in results)
    return f'  <testsuite name="{_escape_xml(file)}" {counts}>\n{cases}  </testsuite>\n'


def _render_test_case(result: CaseResult) -> str:
    name = f'name="{_escape_xml(result.case.note)} [{_escape_xml(result.engine)}]"'
    head = f'    <testcase classname="{_escape_xml(Path(result.case.file).name)}" {name}'
    if result.passed:
        return f"{head}/>\n"
    kind = "error" if result.problems else "failure"
    lines = _failure_lines(result, "en")  # for build servers
    text = _escape_xml("\n".join(lines))
    return f'{head}>\n      <{kind} message="{_escape_xml(lines[0])}">{text}</{kind}>\n    </testcase>\n'


def _escape_xml(text: str) -> str:
    """Escape text for XML; control characters, which XML 1.0 cannot hold, are replaced."""
    return escape("".join(char if char >= " " or char in "\n\t" else "\N{REPLACEMENT CHARACTER}" for char in text))
