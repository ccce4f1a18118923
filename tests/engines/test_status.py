"""Statuses and outcomes: the table that every engine's truths go through."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from types import SimpleNamespace
from typing import Any, cast

import pytest

from visitcheck.engines.outcomes import AssessedOutcome
from visitcheck.engines.status import Judge, Outcome, Status, leads_to, status_of
from visitcheck.engines.tally import COUNTS, FLOORS, KINDS, conclude
from visitcheck.ir.plan import Plan, PlanRule
from visitcheck.truth import Truth

T, F, U = True, False, None

# L, in force, `when`, checks, exceptions (each with whether its reading is weak), status
TABLE: list[tuple[tuple[Truth, Truth, Truth], list[Truth], list[tuple[Truth, bool]], str]] = [
    # W FALSE
    ((F, T, T), [F], [], "not_applicable"),
    ((T, F, U), [U], [(T, False)], "not_applicable"),
    ((U, U, F), [T], [], "not_applicable"),
    # W TRUE or UNKNOWN, all checks TRUE
    ((T, T, T), [T], [], "satisfied"),
    ((T, T, T), [T], [(T, False)], "satisfied"),
    ((U, T, T), [T, T], [], "satisfied"),
    ((T, U, U), [T], [(U, True)], "satisfied"),
    # not kept, and an exception TRUE
    ((T, T, T), [F], [(T, False)], "excused"),
    ((T, T, T), [U], [(T, False)], "excused"),
    ((U, T, T), [F], [(T, False)], "excused"),
    ((T, T, U), [F], [(U, False), (T, False)], "excused"),
    ((T, T, T), [F], [(T, True), (T, False)], "excused"),
    # broken, and no exception left
    ((T, T, T), [F], [], "violated"),
    ((T, T, T), [U, F], [], "violated"),
    ((T, T, T), [F], [(F, False)], "violated"),
    ((T, T, T), [F], [(F, True), (F, False)], "violated"),
    # broken, and only an exception open, a weak one that is TRUE included
    ((T, T, T), [F], [(U, False)], "suspected"),
    ((T, T, T), [F, U], [(F, False), (U, False)], "suspected"),
    ((T, T, T), [F], [(U, True)], "suspected"),
    ((T, T, T), [F], [(T, True)], "suspected"),
    ((T, T, T), [F], [(F, False), (T, True)], "suspected"),
    # broken, and open whether the law binds at all
    ((U, T, T), [F], [], "suspected"),
    ((U, T, T), [F], [(F, False)], "suspected"),
    ((U, T, T), [F], [(U, False)], "suspected"),
    ((U, T, T), [F], [(T, True)], "suspected"),
    # broken, and open for other reasons whether the rule applies
    ((T, U, T), [F], [], "undetermined"),
    ((T, T, U), [F], [], "undetermined"),
    ((U, U, T), [F], [(F, False)], "undetermined"),
    ((U, T, U), [F], [(U, False)], "undetermined"),
    ((T, T, U), [F], [(T, True)], "undetermined"),
    # open whether it is kept
    ((T, T, T), [T, U], [], "undetermined"),
    ((U, T, T), [U], [], "undetermined"),
    ((T, T, T), [U], [(U, False)], "undetermined"),
    ((T, T, T), [U], [(T, True)], "undetermined"),
]
_FIRST = 3
"""The checks come after the three conditions that are W."""


def plan_rule(checks: int, weak: list[bool], effect: str = "deny", on_unknown: str = "review") -> PlanRule:
    """A rule whose L, in force, `when`, checks and exceptions stand at positions 0, 1.. of the truths."""
    last = _FIRST + checks
    return PlanRule(
        rule=cast("Any", SimpleNamespace(id="p/r")),
        law=0,
        in_force=1,
        when=2,
        checks=tuple(range(_FIRST, last)),
        unless=tuple(range(last, last + len(weak))),
        weak=tuple(weak),
        effect=cast("Any", effect),
        on_unknown=cast("Any", on_unknown),
    )


@pytest.mark.parametrize(("scope", "checks", "excuses", "expected"), TABLE)
def test_the_table_of_statuses(
    scope: tuple[Truth, Truth, Truth], checks: list[Truth], excuses: list[tuple[Truth, bool]], expected: str
) -> None:
    """Each row of the language's table of statuses."""
    rule = plan_rule(len(checks), [weak for _, weak in excuses])

    assert status_of(rule, (*scope, *checks, *(truth for truth, _ in excuses))) == expected


def _status_by_table(scope: tuple[Truth, Truth, Truth], check: Truth, excuses: list[tuple[Truth, bool]]) -> str:
    """The table read row by row, as it is written."""
    law, in_force, when = scope
    applies = False if F in scope else U if U in scope else T
    exceptions = [U if weak and truth is T else truth for truth, weak in excuses]
    if applies is F:
        return "not_applicable"
    if check is T:
        return "satisfied"
    if T in exceptions:
        return "excused"
    if applies is T and check is F and all(truth is F for truth in exceptions):
        return "violated"
    by_law_alone = law is U and in_force is T and when is T
    if check is F and (applies is T or by_law_alone):
        return "suspected"
    return "undetermined"


def test_every_combination_of_truths_is_in_one_row() -> None:
    """Three parts of W, a check and two exceptions, each TRUE, FALSE or UNKNOWN, the exceptions weak or not."""
    truths = (T, F, U)
    for *scope, check, first, second in product(truths, repeat=6):
        for weak in product((True, False), repeat=2):
            excuses = list(zip((first, second), weak, strict=True))
            rule = plan_rule(1, list(weak))
            expected = _status_by_table((scope[0], scope[1], scope[2]), check, excuses)

            assert status_of(rule, (*scope, check, first, second)) == expected


def judge(
    *rules: PlanRule,
    never_collected: frozenset[str] = frozenset(),
    reads: tuple[str, ...] = (),
    doubts: tuple[tuple[str, int], ...] = (),
    protective: tuple[tuple[str, int], ...] = (),
) -> Judge:
    """A judge over rules that share positions 0, 1, ... of the truths; doubts and protective facts may follow."""
    further = [position for _, position in (*doubts, *protective)]
    size = 1 + max([-1, *further, *(max(rule.positions) for rule in rules)])
    policy = cast("Any", SimpleNamespace(never_collected=never_collected, selectors=frozenset({"debt.product"})))
    read = tuple(frozenset(reads[at : at + 1]) for at in range(size))
    named = tuple((cast("Any", SimpleNamespace(code=code)), position) for code, position in doubts)
    return Judge(Plan(policy, "proposed", cast("Any", (None,) * size), rules, read, named, protective))


def test_outcome_is_the_worst_of_all_rules() -> None:
    """One violated deny rule outweighs any number of satisfied ones."""
    both = judge(plan_rule(1, [], effect="review"), plan_rule(1, [], effect="deny"))

    assert Outcome.DENY is both.verdict((T, T, T, F)).outcome
    assert Outcome.ALLOW is both.verdict((T, T, T, T)).outcome
    assert Outcome.REVIEW is both.verdict((T, T, T, U)).outcome


@pytest.mark.parametrize(
    ("effect", "on_unknown", "expected"),
    [
        ("deny", "deny", Outcome.DENY),
        ("deny", "review", Outcome.REVIEW),
        ("deny", "note", Outcome.REVIEW),
        ("review", "deny", Outcome.DENY),
        ("review", "note", Outcome.REVIEW),
        ("note", "note", Outcome.ALLOW),
        ("note", "review", Outcome.REVIEW),
    ],
)
def test_suspected_asks_what_undetermined_does_but_a_review_at_least(
    effect: str, on_unknown: str, expected: Outcome
) -> None:
    """An exception that is open lets a note rule pass, and no deny or review rule."""
    rule = plan_rule(1, [False], effect=effect, on_unknown=on_unknown)
    vouching = replace(plan_rule(1, []), checks=(5,))
    verdict = judge(rule, vouching).verdict((T, T, T, F, U, T))

    assert verdict.statuses == (Status.SUSPECTED, Status.SATISFIED)
    assert leads_to(rule, Status.SUSPECTED) is expected is verdict.outcome


def test_open_law_is_a_review_whatever_became_of_the_rule() -> None:
    """A rule that is kept if it binds does not vouch for a visit, and asks for a person."""
    open_law, vouching = plan_rule(1, []), replace(plan_rule(1, []), law=4)
    verdict = judge(open_law, vouching).verdict((U, T, T, T, T))

    assert verdict.statuses == (Status.SATISFIED, Status.SATISFIED)
    assert (verdict.tally.counts["open_law"], verdict.tally.counts["surely_binding"]) == (1, 1)
    assert verdict.tally.behind["open_law"] == ("p/r",)
    assert verdict.outcome is Outcome.REVIEW


def test_open_law_of_a_note_or_of_a_rule_that_does_not_apply_is_none() -> None:
    """Notes bind nobody; and where `when` is FALSE it does not matter whether the law binds."""
    noted, idle = plan_rule(1, [], effect="note", on_unknown="note"), replace(plan_rule(1, []), when=4)
    vouching = replace(plan_rule(1, []), law=5)
    verdict = judge(noted, idle, vouching).verdict((U, T, T, T, F, T))

    assert verdict.tally.counts["open_law"] == 0
    assert verdict.outcome is Outcome.ALLOW


def test_a_doubt_is_a_review_and_never_a_way_out() -> None:
    """Where it is TRUE; a visit that is denied stays denied."""
    doubting = judge(plan_rule(1, []), doubts=(("two-times", 4), ("two-places", 5)))

    assert doubting.verdict((T, T, T, T, T, F)).outcome is Outcome.REVIEW
    assert doubting.verdict((T, T, T, T, T, F)).tally.behind["doubts"] == ("two-times",)
    assert doubting.verdict((T, T, T, T, U, F)).outcome is Outcome.ALLOW
    assert doubting.verdict((T, T, T, F, T, T)).outcome is Outcome.DENY


def test_a_protective_fact_that_no_deciding_rule_reads_is_a_review() -> None:
    """A rule that is undetermined, or does not apply, has not read it."""
    reads = ("", "", "", "debtor.represented")
    unread = judge(plan_rule(1, []), reads=reads, protective=(("debtor.represented", 4),))
    elsewhere = judge(plan_rule(1, []), reads=(), protective=(("debtor.represented", 4),))

    assert unread.verdict((T, T, T, T, T)).outcome is Outcome.ALLOW
    assert unread.verdict((T, T, T, T, T)).tally.counts["unread_protective"] == 0
    assert unread.verdict((T, T, T, U, T)).tally.behind["unread_protective"] == ("debtor.represented",)
    assert unread.verdict((T, T, U, T, T)).tally.counts["unread_protective"] == 1
    assert elsewhere.verdict((T, T, T, T, T)).outcome is Outcome.REVIEW
    assert elsewhere.verdict((T, T, T, T, F)).outcome is Outcome.ALLOW


def test_every_rule_is_of_one_kind_and_floors_ask_for_a_review() -> None:
    """Outcomes by hand from counts: each kind and each floor alone beside a rule that vouches."""
    for name in (*KINDS, *FLOORS):
        counts = dict.fromkeys(COUNTS, 0) | {"surely_binding": 1, name: 1}
        asked = name.rpartition("_")[2]
        expected = Outcome(asked) if asked in ("deny", "review") else Outcome.ALLOW

        assert conclude(counts) is (Outcome.REVIEW if name in FLOORS else expected), name
        assert conclude(counts | {"surely_binding": 0}) is max(Outcome.REVIEW, conclude(counts))


def test_a_note_never_bars_a_visit() -> None:
    """A violated note rule is a finding, and no more; alone it is no rule that could vouch for a visit."""
    noted = judge(plan_rule(1, [], effect="note", on_unknown="note"), plan_rule(1, [], effect="deny"))

    assert Outcome.ALLOW is leads_to(noted.plan.rules[0], Status.VIOLATED)
    assert noted.verdict((F, T, T, F)).no_rule_applies


def test_no_rule_applies_is_a_review() -> None:
    """A policy none of whose rules applies says nothing in favour of a visit."""
    verdict = judge(plan_rule(1, [])).verdict((F, T, T, T))

    assert (Outcome.REVIEW, True) == (verdict.outcome, verdict.no_rule_applies)
    assert Outcome.REVIEW is judge().verdict(()).outcome


def test_a_fact_never_collected_is_not_assessed_but_still_no_pass() -> None:
    """Not assessed asks what undetermined asks; of the facts that there are, nothing was assessed."""
    rule = plan_rule(1, [])
    verdict = judge(rule, never_collected=frozenset({"team"}), reads=("", "", "", "team")).verdict((T, T, T, U))

    assert (Status.NOT_ASSESSED,) == verdict.statuses
    assert (Outcome.REVIEW, AssessedOutcome.NOT_ASSESSABLE) == (verdict.outcome, verdict.tally.assessed_outcome)
    assert (0, 1) == (verdict.tally.counts["assessed"], verdict.tally.counts["binding"])


@pytest.mark.parametrize(
    ("effects", "truths", "expected", "assessed", "applicable"),
    [
        # A violated deny rule, whatever else there is.
        (("deny", "review"), (T, T, T, F, F), "breach", 2, 2),
        (("deny", "review"), (T, T, T, F, U), "breach", 1, 2),
        # A suspected deny rule, for the law alone is open; a review rule beside it is milder.
        (("deny", "review"), (U, T, T, F, F), "suspected", 2, 2),
        # A violated or suspected review rule.
        (("review", "deny"), (T, T, T, F, T), "to_review", 2, 2),
        (("review", "note"), (U, T, T, F, F), "to_review", 1, 1),
        # Kept where it surely applies; kept if it applies is not assessed.
        (("deny", "review"), (T, T, T, T, U), "no_breach_found", 1, 2),
        (("deny", "review"), (T, T, U, T, T), "not_assessable", 0, 2),
        # What is not said, what does not apply, and what only notes.
        (("deny", "review"), (T, T, T, U, U), "not_assessable", 0, 2),
        (("deny", "deny"), (F, T, T, F, F), "not_assessable", 0, 0),
        (("note", "note"), (T, T, T, F, F), "not_assessable", 0, 0),
    ],
)
def test_what_the_facts_show(
    effects: tuple[str, str], truths: tuple[Truth, ...], expected: str, assessed: int, applicable: int
) -> None:
    """The gravest that is shown, of how many rules that were assessed, of how many that apply or may."""
    first, second = (plan_rule(1, [], effect=effect, on_unknown="note") for effect in effects)
    verdict = judge(first, replace(second, checks=(4,))).verdict(truths)

    assert verdict.tally.assessed_outcome == expected
    assert (verdict.tally.counts["assessed"], verdict.tally.counts["binding"]) == (assessed, applicable)


def test_a_doubt_is_graver_than_nothing_found_and_milder_than_a_finding() -> None:
    """Also where no rule was assessed; and it makes no rule assessed."""
    doubting = judge(plan_rule(1, [], effect="review"), doubts=(("two-times", 4),))

    for check, expected in ((T, "in_doubt"), (U, "in_doubt"), (F, "to_review")):
        assert doubting.verdict((T, T, T, check, T)).tally.assessed_outcome == expected
    assert doubting.verdict((T, T, T, U, T)).tally.counts["assessed"] == 0
    assert doubting.verdict((T, T, T, T, U)).tally.assessed_outcome == "no_breach_found"


def test_an_excused_rule_is_assessed_where_it_surely_applies() -> None:
    """An exception of a rule of which it is open whether it applies shows nothing."""
    excusable = judge(plan_rule(1, [False]))

    assert excusable.verdict((T, T, T, F, T)).tally.assessed_outcome == "no_breach_found"
    assert excusable.verdict((T, T, U, F, T)).tally.assessed_outcome == "not_assessable"


def test_truths_of_the_wrong_number_are_refused() -> None:
    """A vector that does not fit the plan is an error, never a verdict."""
    with pytest.raises(ValueError, match="3 truths for 4 conditions"):
        judge(plan_rule(1, [])).verdict((T, T, T))


def test_outcomes_are_ordered() -> None:
    """`allow < review < deny`, whatever their letters say."""
    assert [Outcome.ALLOW, Outcome.REVIEW, Outcome.DENY] == sorted(Outcome, reverse=False)
    assert Outcome.ALLOW < Outcome.REVIEW <= Outcome.REVIEW < Outcome.DENY
    assert Outcome.DENY > Outcome.ALLOW
    assert Outcome.DENY >= Outcome.DENY
