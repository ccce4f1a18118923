"""What one pack may change in another."""

import pytest
from small_packs import pack, rule

from visitcheck.errors import InvalidPolicy
from visitcheck.policy import Policy, policy_from_texts

BASE_PARAMETERS = """\
parameters:
  higher: {type: int, stricter: higher, values: [{value: 2}, {from: 2026-01-01, value: 4}]}
  lower: {type: duration, stricter: lower, value: 24h}
  free: {type: int, value: 5}
  later: {type: int, stricter: higher, values: [{from: 2026-06-01, value: 9}]}
  unread: {type: int, stricter: higher, value: 5}
"""
READS = "debt.days_overdue > params.higher && visit.ends_at - visit.starts_at < params.lower"
READS += " && debt.days_overdue > params.later"
BASE = pack("base", rule("own", require=READS, effect="review"), more=BASE_PARAMETERS)
LAW = pack("base", rule("own", require=READS, instrument="law", reading="text"), more=BASE_PARAMETERS)
REASON = "reason: {en: Why, zh: 因}"


def load(override: str, base: str = BASE) -> Policy:
    company = pack("company", more=f"uses: [base]\noverrides:\n  - {{{override}, {REASON}}}")
    return policy_from_texts({"base.yaml": base, "company.yaml": company})


def problems(override: str, base: str = BASE) -> list[str]:
    with pytest.raises(InvalidPolicy) as failure:
        load(override, base)
    return [problem.code for problem in failure.value.problems]


@pytest.mark.parametrize(
    "override",
    [
        "parameter: base/higher, value: 4",
        "parameter: base/higher, values: [{value: 2}, {from: 2026-01-01, value: 5}]",
        "parameter: base/lower, value: 23h",
        "rule: base/own, effect: deny",
        "rule: base/own, on_unknown: deny",
    ],
)
@pytest.mark.parametrize("base", [BASE, LAW], ids=["own", "law"])
def test_tightening_needs_only_a_reason(override: str, base: str) -> None:
    """What makes rules stricter is no relaxation, even of a rule that cites law."""
    assert load(override, base).relaxations == ()


LOOSER = [
    "parameter: base/higher, value: 3",
    "parameter: base/higher, values: [{value: 2}, {from: 2026-01-02, value: 4}]",
    "parameter: base/higher, values: [{from: 2020-01-01, value: 9}]",
    "parameter: base/lower, value: 25h",
    # Where there was no value the rule was undecided, which never passes.
    "parameter: base/later, values: [{from: 2020-01-01, value: 9}]",
    "rule: base/own, effect: note",
    "rule: base/own, on_unknown: note",
]


@pytest.mark.parametrize("override", [*LOOSER, "parameter: base/free, value: 6"])
def test_loosening_must_say_so_and_is_listed(override: str) -> None:
    """`relaxes: true` is asked for, and every relaxation stands in the policy with its reason."""
    assert problems(override) == ["override-loosens"]

    (relaxation,) = load(f"{override}, relaxes: true").relaxations
    assert relaxation.target in override
    assert relaxation.reason.en == "Why"


@pytest.mark.parametrize("base", [BASE, LAW], ids=["own", "law"])
def test_facts_never_collected_are_listed_with_what_loosens(base: str) -> None:
    """Rules that they leave open are not assessed: nobody has to permit that, and everybody is told."""
    policy = load("never_collected: [place.private, 'contacts[].kind']", base)

    assert [(each.target, each.change) for each in policy.relaxations] == [
        ("place.private", "never collected"),
        ("contacts[].kind", "never collected"),
    ]


@pytest.mark.parametrize("override", LOOSER)
def test_a_rule_that_cites_law_is_not_loosened(override: str) -> None:
    """Not even by saying so, which nobody is then asked to do."""
    assert problems(f"{override}, relaxes: true", LAW) == ["override-refused"]
    assert problems(override, LAW) == ["override-refused"]


def test_a_parameter_that_no_rule_of_law_reads_may_be_loosened() -> None:
    """What counts is which rules read the parameter."""
    assert load("parameter: base/unread, value: 1, relaxes: true", LAW).relaxations != ()


def test_a_new_value_reaches_the_rules() -> None:
    """Rules of the other pack are compiled with the new value, and the digest says so."""
    changed = load("parameter: base/free, value: 6, relaxes: true")

    assert changed.parameters["base/free"].values[0].value == 6
    assert changed.digest != load("never_collected: [place.private]").digest


def test_a_new_effect_is_bound_by_readings() -> None:
    """An override cannot make a weakly read rule deny."""
    weak = pack("base", rule("own", instrument="law", reading="weak"))

    assert problems("rule: base/own, effect: deny", weak) == ["reading-too-weak"]


def test_a_note_rule_with_has_cannot_become_a_review() -> None:
    """The bounds hold for the effect that the policy ends up with."""
    notes = pack("base", rule("own", require="has(place.kind)", effect="note"))

    assert problems("rule: base/own, effect: review", notes) == ["has-in-rule"]


@pytest.mark.parametrize(
    "override",
    [
        "parameter: base/nothing, value: 1",
        "parameter: other/higher, value: 1",
        "parameter: company/higher, value: 1",
        "rule: base/nothing, effect: note",
        "rule: base/own, never_collected: [place.kind]",
    ],
)
def test_targets_that_are_none(override: str) -> None:
    """An override names one thing of a pack that is used."""
    assert problems(override) == ["override-target"]


def test_an_override_of_a_rule_names_an_effect() -> None:
    """Without one it would change nothing."""
    assert problems("rule: base/own") == ["missing-key"]


def test_the_reason_is_required() -> None:
    """In both languages, as every text."""
    company = pack("company", more="uses: [base]\noverrides:\n  - {rule: base/own, effect: deny}")
    with pytest.raises(InvalidPolicy) as failure:
        policy_from_texts({"base.yaml": BASE, "company.yaml": company})

    assert [problem.code for problem in failure.value.problems] == ["missing-key"]


def test_two_packs_that_do_not_know_each_other_cannot_both_override() -> None:
    """Where one uses the other, its override comes last; otherwise nobody could say which one holds."""
    change = "overrides: [{rule: base/own, effect: deny, " + REASON + "}]"
    one = pack("one", more="uses: [base]\n" + change)
    two = pack("two", more="uses: [base]\n" + change)
    above = pack("two", more="uses: [base, one]\n" + change)
    with pytest.raises(InvalidPolicy) as failure:
        policy_from_texts({"base": BASE, "one": one, "two": two})

    assert [problem.code for problem in failure.value.problems] == ["override-twice"]
    assert policy_from_texts({"base": BASE, "one": one, "two": above}).rules[0].effect == "deny"


def test_an_override_without_dates_fills_no_gap() -> None:
    """A plain value holds on the days that the parameter has one, so that it can tighten without loosening."""
    policy = load("parameter: base/later, value: 10", LAW)

    assert policy.relaxations == ()
    (dated,) = policy.parameters["base/later"].values
    assert dated.start is not None
    assert dated.value == 10


HOURS = """\
parameters:
  night: {type: daily_hours, hours: forbidden, value: "22:00-08:00"}
  open: {type: weekly_hours, hours: allowed, value: {mon-fri: ["09:00-12:00", "12:00-18:00"], sat: ["09:00-12:00"]}}
  free: {type: weekly_hours, hours: allowed, value: {mon-sun: ["09:00-18:00"], holiday: ["10:00-12:00"], calendar: CN}}
"""
READS_HOURS = "!overlaps(visit.starts_at, visit.ends_at, params.night)"
READS_HOURS += " && within(visit.starts_at, visit.ends_at, params.open)"
READS_HOURS += " && within(visit.starts_at, visit.ends_at, params.free)"
HOURS_OWN = pack("base", rule("own", require=READS_HOURS, effect="review"), more=HOURS)
HOURS_LAW = pack("base", rule("own", require=READS_HOURS, instrument="law", reading="text"), more=HOURS)


@pytest.mark.parametrize(
    "override",
    [
        "parameter: base/night, value: '22:00-08:00'",
        "parameter: base/night, value: '21:59-08:00'",
        "parameter: base/night, value: ['22:00-24:00', '00:00-08:00']",
        "parameter: base/night, value: ['22:00-23:00', '23:00-08:00', '12:00-14:00']",
        "parameter: base/night, value: '00:00-24:00'",
        "parameter: base/open, value: {mon-fri: ['09:00-18:00']}",
        "parameter: base/open, value: {mon: ['11:00-13:00'], sat: ['09:00-12:00']}",
        "parameter: base/free, value: {mon-sun: ['10:00-12:00']}",
        "parameter: base/free, value: {mon-sun: ['09:00-18:00'], holiday: [], calendar: CN}",
        "parameter: base/free, value: {mon-sun: ['10:00-12:00'], holiday: ['10:00-11:00'], calendar: HK}",
    ],
)
def test_hours_are_stricter_where_they_cover_more_forbidden_or_fewer_allowed_ones(override: str) -> None:
    """Whatever the spans they are written in, and of rules that cite law too."""
    assert load(override, HOURS_LAW).relaxations == ()


LOOSER_HOURS = [
    # No beginning or end by itself says which night is longer.
    "parameter: base/night, value: '01:00-08:00'",
    "parameter: base/night, value: '21:00-07:00'",
    "parameter: base/night, value: '08:00-22:00'",
    "parameter: base/night, value: ['22:00-03:00', '03:01-08:00']",
    "parameter: base/open, value: {mon-fri: ['09:00-18:00'], sun: ['10:00-11:00']}",
    "parameter: base/open, value: {mon-fri: ['08:59-10:00']}",
    "parameter: base/open, value: {mon-fri: ['09:00-18:00'], ends: closed}",
    "parameter: base/free, value: {mon-sun: ['09:00-18:00']}",
    "parameter: base/free, value: {mon-sun: ['09:00-18:00'], holiday: ['10:00-12:00'], calendar: HK}",
]


@pytest.mark.parametrize("override", LOOSER_HOURS)
def test_hours_that_do_not_hold_the_others_are_looser(override: str) -> None:
    """A night that is moved forbids less at one end, whatever it forbids at the other."""
    assert problems(override, HOURS_OWN) == ["override-loosens"]
    assert problems(override, HOURS_LAW) == ["override-refused"]
    (relaxation,) = load(f"{override}, relaxes: true", HOURS_OWN).relaxations
    assert relaxation.target in override


@pytest.mark.parametrize(
    ("override", "code"),
    [
        ("parameter: base/night, value: '08:00-08:00'", "wrong-value-type"),
        ("parameter: base/night, value: []", "impossible-hours"),
        ("parameter: base/open, value: {mon-sun: ['00:00-24:00']}", "impossible-hours"),
        ("parameter: base/open, value: {}", "impossible-hours"),
    ],
)
def test_an_override_cannot_empty_a_window(override: str, code: str) -> None:
    """Not even one that says that it loosens."""
    assert problems(f"{override}, relaxes: true", HOURS_OWN) == [code]
