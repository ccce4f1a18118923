"""How packs meet: uses, names, selectors, dates, and what a rule becomes."""

import pytest
from small_packs import pack, rule

from visitcheck.errors import InvalidPolicy
from visitcheck.facts.types import BOOL, DATE
from visitcheck.ir.nodes import And, Arithmetic, Call, Compare, Const, Fact, Param
from visitcheck.ir.walk import children
from visitcheck.policy import Placeholder, Policy, load_policy, policy_from_texts


def load(*packs: str) -> Policy:
    return policy_from_texts({f"{number}.yaml": text for number, text in enumerate(packs)})


def codes(*packs: str) -> list[str]:
    with pytest.raises(InvalidPolicy) as failure:
        load(*packs)
    return [problem.code for problem in failure.value.problems]


def test_used_packs_come_first_and_unchanged() -> None:
    """`uses` brings the other pack's rules along, whatever the order of files."""
    policy = load(pack("b", rule("two"), more="uses: [a]"), pack("a", rule("one")))

    assert [each.id for each in policy.packs] == ["a", "b"]
    assert [each.id for each in policy.rules] == ["a/one", "b/two"]


def test_a_ring_of_uses_shows_its_members() -> None:
    """A ring is reported once, where it closes."""
    with pytest.raises(InvalidPolicy) as failure:
        load(*(pack(name, more=f"uses: [{used}]") for name, used in (("a", "b"), ("b", "c"), ("c", "a"))))

    (problem,) = failure.value.problems
    assert problem.message == "packs use each other: `a` uses `b` uses `c` uses `a`"
    assert problem.place is not None
    assert problem.place.file == "2.yaml"


def test_two_packs_with_one_id() -> None:
    """The same id twice names both places."""
    with pytest.raises(InvalidPolicy) as failure:
        load(pack("a", rule()), pack("a", rule()))

    assert [(p.code, p.help) for p in failure.value.problems] == [("pack-twice", "it is also defined in 0.yaml:1:7")]


def test_an_unknown_name_offers_the_nearest() -> None:
    """Names are looked for among shipped policies, packs, files and folders."""
    with pytest.raises(InvalidPolicy) as failure:
        load_policy("bsae")

    assert [(p.code, p.help) for p in failure.value.problems] == [("no-such-policy", "did you mean `base`?")]


def test_an_unknown_name_like_no_other_lists_the_policies() -> None:
    """Folders of packs, each once, and not every pack in them."""
    with pytest.raises(InvalidPolicy) as failure:
        load_policy("cn/atlantis")

    assert [problem.help for problem in failure.value.problems] == ["known here: `base`, `cn`, `cn/local`"]


def test_a_rule_with_nothing_applies_always() -> None:
    """Parts that say nothing are left out of the application."""
    assert load(pack("a", rule())).rules[0].application == Const(True, BOOL)


def test_application_holds_the_period_applies_and_when() -> None:
    """In force AND `applies` AND `when`, the period by the local date of the visit in the pack's zone."""
    more = "timezone: Asia/Shanghai\napplies: debt.online"
    when = "when: debt.disputed\neffective: {from: 2026-01-30, until: 2027-01-01}"
    the_rule = load(pack("a", rule(more=when), more=more)).rules[0]

    assert isinstance(the_rule.application, And)
    start, end, applies, own = the_rule.application.parts
    assert isinstance(start, Compare)
    assert (start.op, start.left, start.right) == (">=", the_rule.date, Const(20483, DATE))
    assert isinstance(end, Compare)
    assert (end.op, end.right) == ("<", Const(20819, DATE))
    assert (applies, own) == (Fact(("debt", "online"), BOOL), Fact(("debt", "disputed"), BOOL))
    assert isinstance(the_rule.date, Call)
    assert the_rule.date.function == "firstKnown"


def test_dated_by_names_another_date() -> None:
    """Parameters have their value on the date that the rule is dated by."""
    more = "parameters: {n: {type: int, values: [{from: 2026-01-01, value: 1}]}}"
    text = rule(require="debt.days_overdue > params.n", more="dated_by: debt.disputed_at", stages="[recorded]")
    the_rule = load(pack("a", text, more=f"timezone: Asia/Tokyo\n{more}")).rules[0]

    compared = the_rule.require[0].condition.expr
    assert isinstance(compared, Compare)
    assert isinstance(compared.right, Param)
    assert compared.right.date == the_rule.date
    assert isinstance(the_rule.date, Call)
    assert the_rule.date.args[0].type.__str__() == "timestamp"


def test_selectors_are_what_applies_reads() -> None:
    """`visit.id` and `visit.stage` always, and whatever decides which packs a visit is for."""
    alone = load(pack("a", rule()))
    more = "applies: '\"cba\" in lender.memberships && contacts.exists(c, c.planned)'"
    bound = load(pack("a", rule(), more=more))

    assert alone.selectors == {"visit.id", "visit.stage"}
    assert bound.selectors == alone.selectors | {"lender.memberships", "contacts"}
    assert alone.dating == ("visit.starts_at", "visit.date")


def test_defaults_of_on_unknown() -> None:
    """Review for deny and review rules, note for note rules."""
    policy = load(pack("a", *(rule(effect, effect=effect) for effect in ("deny", "review", "note"))))

    assert [each.on_unknown for each in policy.rules] == ["review", "review", "note"]


@pytest.mark.parametrize(
    ("cites", "own_rule", "weak"),
    [
        ("[{instrument: law, reading: text}]", False, False),
        ("[{instrument: law, reading: press}]", False, False),
        ("[{instrument: law, reading: weak}]", False, True),
        ("[{instrument: law, reading: weak}, {instrument: law, reading: press}]", False, False),
        ("[{instrument: own, reading: own}]", False, True),
        ("[{instrument: own, reading: own}]", True, False),
        ("[{instrument: law, reading: weak}]", True, True),
    ],
)
def test_an_exception_is_as_strong_as_its_best_reading(cites: str, own_rule: bool, weak: bool) -> None:
    """A weak reading excuses nothing, and the lender's own exception does not excuse from the law."""
    excuse = f"unless: [{{id: x, when: debt.disputed, cites: {cites}}}]"
    cited = {"instrument": "own", "reading": "own"} if own_rule else {"instrument": "law", "reading": "text"}
    the_rule = load(pack("a", rule(more=excuse, **cited))).rules[0]

    assert the_rule.unless[0].weak is weak


def test_instruments_of_used_packs_are_cited_in_full() -> None:
    """`pack/key` reaches the instruments of packs that are used."""
    cited = rule("two", instrument="a/law", reading="text")
    policy = load(pack("a", rule("one")), pack("b", cited, more="uses: [a]"))

    assert policy.rules[1].cites[0].instrument is policy.instruments["a/law"]
    assert codes(pack("b", cited)) == ["no-such-instrument"]


def test_messages_are_pieces_and_typed_placeholders() -> None:
    """Braces are doubled; a `let`, a parameter and a fact path may be shown."""
    more = 'let: {n: contacts.size()}\nremedy: {en: "{{x}} {n} of {params.p}, {place.kind}", zh: "{n}"}'
    policy = load(pack("a", rule(more=more), more="parameters: {p: {type: int, value: 3}}"))
    remedy = policy.rules[0].remedy

    assert remedy is not None
    assert [each.source if isinstance(each, Placeholder) else each for each in remedy.en] == [
        "{x} ", "n", " of ", "params.p", ", ", "place.kind",
    ]  # fmt: skip


def test_extra_facts_are_typed_and_shared() -> None:
    """Two packs may declare one fact alike, and not differently."""
    facts = "facts: {depth: {type: int, known: door, description: {en: D, zh: 深}}}"
    doubles = facts.replace("int", "double")
    reads = rule(require="extra.depth > 3", stages="[recorded]")

    assert load(pack("a", reads, more=facts), pack("b", reads, more=facts)).extra_facts["depth"].known == "door"
    assert codes(pack("a", more=facts), pack("b", more=doubles)) == ["fact-taken"]
    assert codes(pack("a", rule(require="extra.depth > 3"), more=facts)) == ["fact-too-late"]


def test_parameters_of_used_packs_are_in_scope() -> None:
    """A company pack may compare with a parameter of the pack it uses; its own of that name comes first."""
    base = pack("a", rule("one"), more="parameters: {n: {type: int, value: 1}, m: {type: int, value: 7}}")
    reads = rule("two", require="debt.days_overdue > params.n + params.m")
    policy = load(base, pack("b", reads, more="uses: [a]\nparameters: {n: {type: int, value: 2}}"))
    compared = policy.rules[1].require[0].condition.expr

    assert isinstance(compared, Compare)
    assert isinstance(compared.right, Arithmetic)
    values = [node.values[0].value for node in children(compared.right) if isinstance(node, Param)]
    assert values == [2, 7]
