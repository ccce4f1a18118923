"""What cases show of a rule's conditions, outcome by outcome."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from conditions import compiled, conditions, joined, values
from hypothesis import given
from hypothesis import strategies as st
from small_pack import CASES, PACK, policy, results, with_case

from visitcheck.authoring import Coverage, coverage_text, coverage_to_dict, measure, parse_accepted
from visitcheck.authoring.coverage.observe import ConditionShown
from visitcheck.errors import InvalidPolicy
from visitcheck.language.interpreter import interpret

ACCEPTED = """\
pack: small
unshown:
  - rule: team
    part: check known
    outcomes: [{outcomes}]
    why: Nobody is called x.
"""


def cover(cases: str = CASES, accepted: str | None = None) -> Coverage:
    accepted_file = None if accepted is None else parse_accepted(accepted, "small.accepted.yaml")
    return measure(policy(), results(cases), "small", accepted_file)


def missing(cases: str = CASES) -> set[str]:
    return {str(item).removeprefix("small/team") for item in cover(cases).missing}


def test_every_truth_and_every_deciding_atom_is_asked_for() -> None:
    assert missing() == {
        ": no case shows not_applicable",
        " > check known: no case shows violated",
        " > when: no case shows FALSE",
        " > when: no case shows UNKNOWN",
        " > check known: no case shows FALSE",
        " > check enough > m.present: no case shows UNKNOWN",
        " > check enough > m.trained: no case shows FALSE",
        " > check enough > m.trained: no case shows UNKNOWN",
        " > check known > m.present: no case shows UNKNOWN",
        " > check known > m.present: no case shows decides",
        " > check known > m.trained: no case shows FALSE",
        " > check known > m.trained: no case shows UNKNOWN",
        " > check known > m.trained: no case shows decides",
        ' > check known > m.id != "x": no case shows FALSE',
        ' > check known > m.id != "x": no case shows UNKNOWN',
    }


def test_a_case_with_a_list_that_goes_on_shows_what_further_elements_may_be() -> None:
    """Nobody says that there were only two: of a third nothing is known, and that decides."""
    goes_on = "{note: more, from: two, set: {completeness: {team: {complete: false}}}, expect: {team: undetermined}}"
    gone = missing() - missing(with_case(goes_on))

    assert gone == {
        " > check enough > m.present: no case shows UNKNOWN",
        " > check enough > m.trained: no case shows UNKNOWN",
        " > check known > m.present: no case shows UNKNOWN",
        " > check known > m.trained: no case shows UNKNOWN",
        ' > check known > m.id != "x": no case shows UNKNOWN',
    }


def test_an_atom_decides_where_the_opposite_would_have_changed_the_check() -> None:
    absent_x = "{note: x, from: two, add: {team: [{id: x, present: false, trained: true}]}, expect: {team: satisfied}}"
    gone = missing() - missing(with_case(absent_x))

    # Were x present, the check `known` would fail. (Not being there, x is never asked for its id.)
    assert gone == {" > check known > m.present: no case shows decides"}


def test_an_atom_is_turned_everywhere_it_was_written_at_once() -> None:
    # `there` is read twice: turning `m.trained` in one of them alone would break the equation.
    pack = PACK.replace("there.size() >= params.least", "there.size() == there.size() || there.size() >= params.least")
    coverage = measure(policy(pack), results(pack=pack), "small")
    (shown,) = (
        item.shown
        for item in coverage.items
        if (item.part, item.condition, item.outcome) == ("check enough", "m.trained", "decides")
    )

    assert not shown


def test_cases_that_fail_show_nothing() -> None:
    assert cover(CASES.replace("team: satisfied", "team: violated")).shown < cover().shown


def test_what_is_accepted_is_out_of_reach_and_not_missing() -> None:
    coverage = cover(accepted=ACCEPTED.replace("{outcomes}", "violated, FALSE"))

    assert coverage.reachable == cover().reachable - 2
    assert len(coverage.missing) == len(cover().missing) - 2
    assert coverage.stale == ()


def test_what_is_accepted_but_shown_is_stale() -> None:
    (stale,) = cover(accepted=ACCEPTED.replace("{outcomes}", "TRUE")).stale

    assert str(stale.place) == "small.accepted.yaml:3:5"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("why: Nobody is called x.", "", "case-missing"),
        ("part:", "parts:", "case-key"),
        ("unshown:", "unseen:", "case-key"),
        ("[{outcomes}]", "FALSE", "case-form"),
    ],
)
def test_a_file_of_what_is_accepted_is_read_strictly(old: str, new: str, code: str) -> None:
    assert old in ACCEPTED
    with pytest.raises(InvalidPolicy) as caught:
        parse_accepted(ACCEPTED.replace(old, new), "small.accepted.yaml")

    assert code in {problem.code for problem in caught.value.problems}


def test_the_text_names_what_is_missing_and_counts_the_rest() -> None:
    coverage = cover()
    text = coverage_text([coverage])

    assert '  check known: m.id != "x"\n    no case shows: FALSE, UNKNOWN' in text
    assert "shown:" not in text.replace("no case shows:", "")
    assert text.endswith(f"coverage: {coverage.shown} of {coverage.reachable} outcomes shown (58.3 %)")
    assert "    shown: TRUE, decides" in coverage_text([coverage], verbose=True)


def test_the_json_lists_every_outcome() -> None:
    coverage = cover()
    shown = coverage_to_dict(coverage)

    assert shown["missing"] == len(coverage.missing)
    assert len(shown["outcomes"]) == len(coverage.items) == coverage.reachable  # type: ignore[arg-type]


def test_nearly_all_never_looks_complete() -> None:
    items = cover().items
    coverage = Coverage("small", tuple(item for item in items if item.shown) * 2000 + cover().missing[:1], ())

    assert "(99.9 %)" in coverage_text([coverage])


def once(words: list[str], text: str) -> str:
    """The condition with its facts taken from `words`, each used once."""
    left = iter(words)
    return "".join(next(left) if char == "?" else char for char in text)


shapes = st.recursive(st.just("?"), joined, max_leaves=3).filter(lambda text: text.count("?") <= 3)


@given(shapes, st.permutations(["p", "q", "r"]), values)
def test_an_atom_decides_just_where_the_opposite_fact_changes_the_condition(
    shape: str, words: list[str], visit: SimpleNamespace
) -> None:
    condition = compiled(once(words, shape))
    shown = ConditionShown(condition)
    shown.look(visit)  # type: ignore[arg-type]

    for each in shown.atoms:
        was = getattr(visit, each.text)
        assert each.truths == {was}
        opposite = SimpleNamespace(**(vars(visit) | {each.text: not was}))
        assert each.decides is (was is not None and interpret(condition, opposite) != interpret(condition, visit))


@given(conditions, values)
def test_looking_changes_nothing_and_sees_the_truth(text: str, visit: SimpleNamespace) -> None:
    condition = compiled(text)
    facts = dict(vars(visit))
    truth = interpret(condition, visit)
    shown = ConditionShown(condition)
    shown.look(visit)  # type: ignore[arg-type]

    assert vars(visit) == facts
    assert interpret(condition, visit) is truth
    assert shown.truths == {truth}
    assert shown.atoms
    for each in shown.atoms:
        inside_a_list = "x" in each.text  # its truths are those of the elements, of which there may be none
        assert each.truths <= ({True, False, None} if inside_a_list else {interpret(compiled(each.text), visit)})
