"""Mutants: what is changed, what cases notice, what may be explained away."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from conditions import compiled, conditions
from conditions import values as facts
from hypothesis import given
from hypothesis import strategies as st
from small_pack import CASES, PACK, policy, results, with_case

from visitcheck.authoring import Mutation, mutants_of, mutate, mutation_text, mutation_to_dict, parse_accepted
from visitcheck.authoring.mutation.mutants import changes_in, rewrite_nodes
from visitcheck.authoring.mutation.values import neighbouring_values
from visitcheck.facts.types import (
    BOOL,
    DATE,
    DOUBLE,
    DURATION,
    HOUR,
    INT,
    MINUTE,
    MONEY,
    SECOND,
    STRING,
    TIME_OF_DAY,
    WEEKLY_HOURS,
    ListOf,
    Money,
    Type,
    Word,
)
from visitcheck.language.hours import read_weekly_hours
from visitcheck.language.interpreter import interpret

INSTRUMENT = """\
instruments:
  own: {title: {en: Own, zh: 自有}, force: own}
parameters:"""
ASKED = "unless: [{id: asked, when: visit.requested_by_debtor, cites: [{instrument: own, reading: own}]}]\n"
COLOURS = Word("colour", ("red", "green", "blue"))


def texts(pack: str = PACK) -> list[str]:
    return [mutant.text for mutant in mutants_of(policy(pack).rules[0])]


def tried(cases: str = CASES, pack: str = PACK, accepted: str | None = None) -> Mutation:
    accepted_file = None if accepted is None else parse_accepted(accepted, "small.accepted.yaml")
    return mutate(policy(pack), results(cases, pack), "small", accepted_file)


def survivors(cases: str = CASES, pack: str = PACK) -> set[str]:
    return {mutant.text for mutant in tried(cases, pack).unexplained}


def test_a_case_whose_list_goes_on_notices_a_word_that_a_complete_list_cannot() -> None:
    """All calls are listed, and there is none; of letters nothing is said, so a rule about these would be open."""
    pack = PACK.replace('there.all(m, m.id != "x")', 'contacts.all(c, c.channel != "phone")')
    cases = CASES.replace("    place: {kind: home}\n", "    place: {kind: home}\n    contacts: []\n")
    goes_on = (
        "  - {note: calls, from: two, expect: {team: satisfied}, "
        "set: {completeness: {contacts: {complete: false, all_with: {channel: [phone]}}}}}\n"
    )
    word = next(text for text in survivors(cases, pack) if '"phone" becomes' in text)

    assert survivors(cases, pack) - survivors(cases + goes_on, pack) == {
        word,
        'c.channel != "phone": != becomes ==',
    }


def test_each_written_piece_is_changed_once() -> None:
    # `there` is used by both checks and changed as one.
    assert texts() == [
        'place.kind in ["home", "workplace"]: "home" becomes "lender_office"',
        'place.kind in ["home", "workplace"]: "workplace" becomes "lender_office"',
        "there.size() >= params.least: >= becomes >",
        "m.present && m.trained: && becomes ||",
        "params.least: 2 becomes 1",
        "params.least: 2 becomes 3",
        'm.id != "x": != becomes ==',
    ]


def test_a_let_is_changed_wherever_it_is_used() -> None:
    (mutant,) = (each for each in mutants_of(policy().rules[0]) if each.kind == "logic")
    before, after = policy().rules[0], mutant.changed

    changed = [new.condition.expr != old.condition.expr for new, old in zip(after.require, before.require, strict=True)]
    assert changed == [True, True]
    assert after.application == before.application


def test_each_operator_between_three_parts_is_changed_as_it_would_be_read() -> None:
    rule = "m.present && m.trained && m.id == 'a'"
    pack = PACK.replace("m.present && m.trained", rule)
    notes = '{note: n, from: two, set: {"team[0].id": c, "team[0].trained": false}, expect: {team: violated}}'

    changes = [text for text in texts(pack) if "&&" in text]
    assert changes == ["m.present && m.trained: && becomes ||", "m.trained && m.id == 'a': && becomes ||"]
    assert len(survivors(CASES + f"  - {notes}\n", pack)) < len(texts(pack))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("m.present &&", "!m.present ||", {"!m.present || m.trained: || becomes &&", "!m.present: ! removed"}),
        ("effect: review", "effect: review\n    effective: {from: 2026-03-10, until: 2026-04-01}", {
            'effective from: date("2026-03-10") becomes date("2026-03-09")',
            'effective from: date("2026-03-10") becomes date("2026-03-11")',
            'effective until: date("2026-04-01") becomes date("2026-03-31")',
            'effective until: date("2026-04-01") becomes date("2026-04-02")',
        }),
        ("value: 2", "values: [{value: 2}, {from: 2026-03-01, value: 3}]", {
            "params.least: 3 becomes 2",
            "params.least: 3 becomes 4",
            'params.least: from date("2026-03-01") becomes date("2026-02-28")',
            'params.least: from date("2026-03-01") becomes date("2026-03-02")',
        }),
        ("effect: review", ASKED + "    effect: review", {
            "unless asked: removed"
        }),
    ],
)  # fmt: skip
def test_what_else_is_changed(old: str, new: str, expected: set[str]) -> None:
    pack = PACK.replace(old, new).replace("parameters:", INSTRUMENT)
    assert expected <= set(texts(pack)) - set(texts())


def test_a_mutant_is_noticed_when_a_status_changes() -> None:
    three = "{note: three, from: two, add: {team: [{id: c, present: true, trained: true}]}, expect: {team: satisfied}}"

    # Two is enough and one is too few: that tells 2 from 1 and from 3, and `>=` from `>`.
    assert survivors() == {'place.kind in ["home", "workplace"]: "workplace" becomes "lender_office"'}
    # With three people in place of two, the case no longer tells 2 from 3.
    without_two = CASES.replace("  - {note: two, from: two, expect: {team: satisfied}}\n", f"  - {three}\n")
    assert "params.least: 2 becomes 3" in survivors(without_two)


def test_more_cases_notice_more() -> None:
    elsewhere = "{note: w, from: two, set: {place.kind: workplace}, expect: {team: satisfied}}"
    word = 'place.kind in ["home", "workplace"]: "workplace" becomes "lender_office"'

    assert word in survivors()
    assert word not in survivors(with_case(elsewhere))


def test_cases_that_fail_notice_nothing() -> None:
    failing = CASES.replace("team: satisfied", "team: violated").replace("team: undetermined", "team: satisfied")

    assert len(tried(failing).noticed) < len(tried().noticed)


def test_the_pack_applies_is_changed_for_all_its_rules() -> None:
    pack = PACK.replace("timezone:", 'applies: lender.kind == "bank"\ntimezone:')
    cases = CASES.replace("    place:", "    lender: {kind: bank}\n    place:")
    mutation = tried(cases, pack)

    noticed = {mutant.text for mutant in mutation.noticed if mutant.rule == "small"}
    assert 'lender.kind == "bank": == becomes !=' in noticed


def test_survivors_may_be_explained_but_not_for_ever() -> None:
    word = 'place.kind in [\\"home\\", \\"workplace\\"]: \\"workplace\\" becomes \\"lender_office\\"'
    entry = f'pack: small\nsurvivors:\n  - {{rule: team, mutant: "{word}", why: w}}\n'
    before = tried()
    after = tried(accepted=entry)

    assert len(after.unexplained) == len(before.unexplained) - 1
    assert after.stale == ()
    noticed = tried(accepted=entry.replace(word, "params.least: 2 becomes 3"))
    assert [str(each.place) for each in noticed.stale] == ["small.accepted.yaml:3:5"]


def test_reports_name_the_survivors() -> None:
    mutation = tried()
    text = mutation_text([mutation])

    assert all(f": small/team: no case notices\n  {mutant.text}" in text for mutant in mutation.unexplained)
    assert text.endswith(f"mutants: {len(mutation.noticed)} of {mutation.made} noticed (85.7 %)")
    shown: dict[str, Any] = mutation_to_dict(mutation)
    assert shown["made"] == shown["noticed"] + len(shown["survivors"]) == len(texts())


@pytest.mark.parametrize(
    ("value", "type_", "expected"),
    [
        (True, BOOL, [False]),
        (3, INT, [2, 4]),
        (10, DATE, [9, 11]),
        (24 * HOUR, DURATION, [24 * HOUR - MINUTE, 24 * HOUR + MINUTE]),
        (2 * MINUTE, DURATION, [2 * MINUTE - SECOND, 2 * MINUTE + SECOND]),
        (0, TIME_OF_DAY, [MINUTE]),
        (1.5, DOUBLE, [1.4, 1.6]),
        (Money(50_000, "CNY"), MONEY, [Money(49_900, "CNY"), Money(50_100, "CNY")]),
        ("red", COLOURS, ["green"]),
        (("red", "green"), ListOf(COLOURS), [("blue", "green"), ("red", "blue")]),
        (("red", "green", "blue"), ListOf(COLOURS), [("green", "blue"), ("red", "blue"), ("red", "green")]),
        ((1, 2), ListOf(INT), [(0, 2), (1, 3)]),
        (("a",), ListOf(STRING), []),
        ("a", STRING, []),
    ],
)
def test_values_move_by_a_step_of_their_type(value: object, type_: Type, expected: list[object]) -> None:
    assert list(neighbouring_values(value, type_)) == (pytest.approx(expected) if type_ == DOUBLE else expected)


@given(st.integers(0, 22), st.integers(1, 24))
def test_hours_move_each_end_by_a_minute_and_stay_hours(start: int, length: int) -> None:
    end = min(24, start + length)
    hours = read_weekly_hours({"mon-fri": [f"{start:02}:00-{end:02}:00"]})
    openings = {each.days[0][0] for each in neighbouring_values(hours, WEEKLY_HOURS)}  # type: ignore[attr-defined]

    opening = {(start * HOUR + step, end * HOUR) for step in (-MINUTE, MINUTE)} if start > 0 else set()
    closing = {(start * HOUR, end * HOUR + step) for step in (-MINUTE, MINUTE)} if end < 24 else set()
    assert openings == opening | closing


@given(conditions, facts)
def test_every_change_gives_another_condition_that_can_be_read(text: str, visit: SimpleNamespace) -> None:
    condition = compiled(text)

    for key, _, change in changes_in(condition):
        changed = rewrite_nodes(condition, key, change.apply)
        assert changed != condition
        assert changed.type == condition.type
        assert interpret(changed, visit) in (True, False, None)


@given(conditions)
def test_a_condition_stays_what_it_is_where_the_change_is_none(text: str) -> None:
    condition = compiled(text)

    for key, _, _ in changes_in(condition):
        assert rewrite_nodes(condition, key, lambda node: node) is condition
