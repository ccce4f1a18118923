"""A policy as engines see it."""

from visitcheck.facts.types import BOOL
from visitcheck.ir.nodes import Const
from visitcheck.ir.plan import make_plan
from visitcheck.policy import policy_from_texts

PACK = """\
pack: p
title: {en: P, zh: 包}
version: 1.0.0
rules:
  - id: both
    title: {en: R, zh: 规}
    stages: [proposed, recorded]
    require: {private: place.private, again: place.private}
    effect: review
    message: {en: M, zh: 信}
  - id: recorded
    title: {en: R, zh: 规}
    stages: [recorded]
    let:
      reached: contacts.filter(c, c.channel == "phone" && c.connected)
      at: reached.map(x, x.at)
    when: place.private
    require:
      early: at.exists(t, t < visit.starts_at)
      few: reached.map(c, c.number).distinct().size() <= 3
      hours: wishes.avoid_times.all(w, w.weekdays.exists(d, d == 6))
      member: '"cba" in lender.memberships'
      nested: contacts.exists(a, contacts.exists(b, a.by_id == b.agency_id))
    effect: review
    message: {en: "{visit.id}", zh: 信}
"""


def test_conditions_stand_once_in_order_of_first_use() -> None:
    """Equal conditions share a position, across rules too."""
    policy = policy_from_texts({"p.yaml": PACK})
    proposed, recorded = make_plan(policy, "proposed"), make_plan(policy, "recorded")

    assert [rule.rule.id for rule in proposed.rules] == ["p/both"]
    assert proposed.conditions[0] == Const(True, BOOL)
    assert proposed.rules[0].checks == (1, 1)
    assert [rule.scope for rule in recorded.rules] == [(0, 0, 0), (0, 0, 1)]
    assert recorded.rules[1].checks == (2, 3, 4, 5, 6)
    asked_of_every_visit = len(recorded.doubts) + len(recorded.protective)
    assert len(set(recorded.conditions)) == len(recorded.conditions) <= 7 + asked_of_every_visit
    assert [position for _, position in recorded.doubts] == list(range(7, 7 + len(recorded.doubts)))


def test_facts_are_followed_through_filters_and_maps() -> None:
    """A field read after `filter`, `map` and `distinct` is still that of the list it came from."""
    plan = make_plan(policy_from_texts({"p.yaml": PACK}), "recorded")
    by_check = dict(zip(("early", "few", "hours", "member", "nested"), plan.reads[2:7], strict=True))

    filtered = {"contacts", "contacts[].channel", "contacts[].connected"}
    assert by_check["early"] == filtered | {"contacts[].at", "visit.starts_at"}
    assert by_check["few"] == filtered | {"contacts[].number"}
    assert by_check["hours"] == {"wishes.avoid_times", "wishes.avoid_times[].weekdays"}
    assert by_check["member"] == {"lender.memberships"}
    assert by_check["nested"] == {"contacts", "contacts[].by_id", "contacts[].agency_id"}
    assert plan.facts == frozenset().union(*plan.reads)


def test_a_condition_knows_whose_it_is() -> None:
    """One that a rule uses twice belongs to it twice, by name and place; its rule is named once."""
    plan = make_plan(policy_from_texts({"p.yaml": PACK}), "recorded")
    both, recorded = plan.rules

    assert [(owner.rule.id, owner.role) for owner in plan.owners(0)] == [
        ("p/both", "applies"),
        ("p/recorded", "applies"),
    ]
    assert [(owner.rule.id, owner.role) for owner in plan.owners(1)] == [
        ("p/both", "requires private"),
        ("p/both", "requires again"),
        ("p/recorded", "applies"),
    ]
    assert plan.owners(1)[0].place == both.rule.require[0].condition.place
    assert plan.rule_ids(1) == ("p/both", "p/recorded")
    assert plan.owners(len(plan.conditions)) == ()
    assert recorded.positions == (0, 0, 1, 2, 3, 4, 5, 6)
    assert plan.rule_facts(both) == {"place.private"}
