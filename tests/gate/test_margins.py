"""By how much a check passed or failed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from one_rule import policy_of

import visitcheck as vc
from visitcheck.facts import read_visit
from visitcheck.facts.types import HOUR, MINUTE, SECOND
from visitcheck.gate.json_form import explanation_to_dict
from visitcheck.gate.margins import Margin, measure_margins, window_distance
from visitcheck.gate.messages import say_span
from visitcheck.gate.render import render_explanation
from visitcheck.gate.schema import explanation_schema
from visitcheck.language.functions.windows import overlaps_daily
from visitcheck.language.interpreter import CachedInterpretation

pytestmark = pytest.mark.usefixtures("untested_engines")

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "margins.cases.yaml").read_text(encoding="utf-8"))
TIMES = {"starts_at": "2026-04-30T21:00:00+08:00", "ends_at": "2026-04-30T22:00:00+08:00"}
ZONE = "Asia/Shanghai"


def explained(case: dict[str, Any]) -> dict[str, Any]:
    stage = case.get("stage", "proposed")
    gate = vc.Gate(policy_of({**case, "require": case["check"], "stages": [stage]}), engine="native")
    as_of = "2026-04-30T20:00:00+08:00" if stage == "proposed" else "2026-05-01T00:00:00+08:00"
    visit = {"visit": {"id": "V-1", "stage": stage, **TIMES, "as_of": as_of}, **case.get("facts", {})}
    explanation = explanation_to_dict(gate.check(visit).explain("own/rule")[0])
    jsonschema.Draft202012Validator(explanation_schema()).validate(explanation)
    (check,) = explanation["checks"]  # type: ignore[misc]
    return check


@pytest.mark.long
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["note"])
def test_the_margins_of_a_check(case: dict[str, Any]) -> None:
    check = explained(case)

    margins = [[margin["passed"], margin["value"], margin["unit"]] for margin in check.get("margins", [])]
    assert case["margins"] == margins
    assert all(passed is check["value"] for passed, _, _ in margins)


def test_a_finding_carries_them_and_says_them_in_both_languages(gate: vc.Gate, allowed: dict[str, Any]) -> None:
    allowed["visit"]["ends_at"] = "2026-03-10T12:20:00+08:00"
    decision = gate.check(allowed)
    finding = next(one for one in decision.findings if one.rule == "base.humane/visit-not-too-long")

    (check,) = finding.checks
    (margin,) = check.margins
    assert (False, 20 * 60 * 1_000_000, "minutes") == (margin.passed, margin.value, margin.unit)
    assert "check short-enough: no (off by 20 min)" in decision.render("en")
    assert "检查 short-enough：否（差 20分钟）" in decision.render("zh")


@pytest.mark.parametrize(
    ("check", "facts", "en", "zh"),
    [
        ("team.size() >= 2", {"team": [{}]}, "(off by 1 person)", "（差 1 人）"),
        ("team.size() >= 1", {"team": [{}, {}, {}]}, "(2 people to spare)", "（余 2 人）"),
        ("team.size() >= 1", {"team": [{}]}, "(exactly at the limit)", "（正好在界限上）"),
        ("debt.days_overdue >= 9", {"debt": {"days_overdue": 7}}, "(off by 2 days)", "（差 2 天）"),
    ],
)
def test_in_words(check: str, facts: dict[str, Any], en: str, zh: str) -> None:
    gate = vc.Gate(policy_of({"require": check}), engine="native")
    (tree,) = gate.check({"visit": {"id": "V-1", "stage": "proposed", **TIMES}, **facts}).explain()

    assert render_explanation(tree, "en").splitlines()[-2 if not facts else 2].endswith(en) or en in render_explanation(
        tree
    )
    assert zh in render_explanation(tree, "zh")


@given(st.integers(0, 400), st.integers(0, 200), st.integers(0, 300))
def test_a_number_moved_by_its_margin_is_at_the_limit(overdue: int, limit: int, more: int) -> None:
    """Taking the margin off a number that passed, or off one that failed, makes it the last that passes."""
    condition = _condition(limit)

    def margin(days: int) -> Margin:
        visit = read_visit({"debt": {"days_overdue": days}})
        return measure_margins(condition, CachedInterpretation(visit))[0]

    measured = margin(overdue)
    turned = margin(overdue + int(measured.size) if measured.passed else overdue - int(measured.size))
    assert (True, 0) == (turned.passed, turned.value)
    assert measured.passed is (overdue <= limit)
    assert margin(limit + 1 + more).value == 1 + more


def _condition(limit: int, known: dict[int, Any] = {}) -> Any:  # noqa: B006 - a policy for each limit, once
    if limit not in known:
        known[limit] = policy_of({"require": f"debt.days_overdue <= {limit}"}).rules[0].require[0].condition.expr
    return known[limit]


@example(0, 0, 0, 1440)  # nothing escapes a window of the whole day, not even a moment
@given(st.integers(0, 3 * 1440), st.integers(0, 400), st.integers(0, 1439), st.integers(0, 1440))
def test_a_span_shifted_by_its_distance_just_meets_or_leaves_the_window(
    start: int, length: int, opens: int, closes: int
) -> None:
    """One way or the other; a microsecond less, and it is as it was."""
    minute = 60_000_000
    first, last = start * minute, (start + length) * minute
    args = (opens * minute, closes * minute, ZONE)
    overlaps = bool(overlaps_daily(first, last, *args))
    distance = window_distance("overlapsDaily", [first, last, *args], overlaps)
    if distance is None:
        return

    def met(shift: int) -> bool:
        return bool(overlaps_daily(first + shift, last + shift, *args))

    beyond = 0 if overlaps and length else 1  # a moment at which a window opens is in it
    assert (met(distance + beyond) is not overlaps) or (met(-distance - beyond) is not overlaps)
    assert all(met(sign * max(distance - 1, 0)) is overlaps for sign in (1, -1)) or distance == 0


@pytest.mark.parametrize(
    ("span", "en", "zh"),
    [
        (1, "1 μs", "1 μs"),
        (45 * SECOND, "45 s", "45秒"),
        (15 * MINUTE, "15 min", "15分钟"),
        (90 * MINUTE, "1 h 30 min", "1小时30分钟"),
        (36 * HOUR, "36 h", "36小时"),
        (36 * HOUR + 7 * SECOND + 1, "36 h", "36小时"),
        (6239 * HOUR + 31 * MINUTE + 41 * SECOND + 5, "259 d 23 h", "259天23小时"),
    ],
)
def test_long_spans_are_said_in_their_largest_units(span: int, en: str, zh: str) -> None:
    """Nobody reads how many microseconds a visit is overdue; the exact value stays in JSON."""
    assert (en, zh) == (say_span(span, "en"), say_span(span, "zh"))
