"""Nothing is concluded from silence: suspected rules, doubts, facts that speak against a visit, missing selectors."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from one_rule import policy_with, rule

import visitcheck as vc
from policies import shipped_policy
from visitcheck.documents import parse_yaml, to_python
from visitcheck.engines.status import Status
from visitcheck.engines.tally import scope_truth
from visitcheck.gate.schema import decision_schema

pytestmark = pytest.mark.usefixtures("shared_engines")

CASES = Path(__file__).parent / "cases"
EXAMPLES = Path(__file__).parents[2] / "examples"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((CASES / "expected.yaml").read_text(encoding="utf-8"))
DAY_BEFORE = datetime(2026, 3, 9, 12, tzinfo=UTC)
SCHEMA = Draft202012Validator(decision_schema())
CHINESE = {Status.SUSPECTED: "涉嫌违规"}
FINDABLE = ("violated", "suspected")
EACH_ENGINE = pytest.mark.parametrize("engine", ["native", "both", pytest.param("durable", marks=pytest.mark.long)])


def facts_of(path: Path) -> dict[str, Any]:
    node, problems = parse_yaml(path.read_text(encoding="utf-8"), path.name)
    facts = to_python(node)
    assert not problems
    assert isinstance(facts, dict)
    return facts


def gate_of(policy: vc.Policy, **options: Any) -> vc.Gate:
    return vc.Gate(policy, engine="native", **{"clock": lambda: DAY_BEFORE, **options})


@pytest.fixture(scope="module")
def gates(base: vc.Policy) -> dict[str, vc.Gate]:
    registers = facts_of(EXAMPLES / "cn" / "registers.yaml")
    return {"base": gate_of(base), "cn": gate_of(shipped_policy("cn"), registers=registers)}


def with_status(decision: vc.Decision, *statuses: str) -> set[str]:
    return {entry.rule for entry in decision.rules if entry.status in statuses}


REFUSED = {name: case["refused_for"] for name, case in EXPECTED.items() if "refused_for" in case}


@pytest.mark.parametrize("name", REFUSED)
def test_a_proposal_that_contradicts_itself_is_refused(gates: dict[str, vc.Gate], name: str) -> None:
    with pytest.raises(vc.InvalidVisit) as refused:
        gates[EXPECTED[name]["policy"]].check((CASES / f"{name}.json").read_bytes())
    assert REFUSED[name] == [problem.code for problem in refused.value.problems]


@pytest.mark.parametrize("name", [name for name in EXPECTED if name not in REFUSED])
def test_a_visit_that_silence_or_contradiction_once_let_through(gates: dict[str, vc.Gate], name: str) -> None:
    """What speaks against it is named in the decision, in both languages and in JSON."""
    expected = EXPECTED[name]
    decision = gates[expected["policy"]].check((CASES / f"{name}.json").read_bytes())
    shown = {lang: decision.render(lang) for lang in ("en", "zh")}

    assert expected["outcome"] == decision.outcome
    assert expected.get("doubts", []) == [doubt.code for doubt in decision.doubts]
    assert set(expected.get("suspected", [])) == with_status(decision, "suspected")
    if "speaks_against" in expected:
        read = {read.fact.partition("[")[0] for finding in decision.findings for read in finding.evidence}
        assert expected["speaks_against"] in read | set(decision.unread)
    for doubt in decision.doubts:
        assert doubt.text.en in shown["en"]
        assert doubt.text.zh in shown["zh"]
        assert len(doubt.evidence) > 1 or all(fact in shown["en"] for fact in doubt.facts)
    assert all(fact in shown[lang] for fact in decision.unread for lang in shown)
    assert bool(expected.get("suspected")) is (CHINESE[Status.SUSPECTED] in shown["zh"])
    SCHEMA.validate(json.loads(decision.to_json()))


@pytest.mark.long
def test_a_list_that_holds_one_sort_alone_says_nothing_of_another(gates: dict[str, vc.Gate]) -> None:
    """No notice of the visit was sent: of a privacy notice that speaks only where all notices are in the list."""
    facts = facts_of(CASES.parent / "silence" / "no-visit-notice.yaml")
    goes_on = {"completeness": {"notices": {"complete": False, "all_with": {"about": ["visit"]}}}}
    whole, part = gates["cn"].check(facts), gates["cn"].check(facts | goes_on)
    asked = {"cn.law.data/privacy-notice-given", "base.notice/told-beforehand"}

    assert asked == asked & with_status(whole, "violated")
    assert {"base.notice/told-beforehand"} == asked & with_status(part, "violated")
    assert {"cn.law.data/privacy-notice-given"} == asked & with_status(part, "undetermined")


@pytest.mark.parametrize("online", [None, True, False])
def test_a_selector_that_is_not_said_hides_no_breach(gates: dict[str, vc.Gate], online: bool | None) -> None:
    """The same definite breaches, whether the loan was made online, was not, or nobody says."""
    facts = facts_of(CASES.parent / "silence" / "selector-not-said.yaml")
    facts["debt"] |= {} if online is None else {"online": online}
    decision = gates["cn"].check(facts)
    breaches = {"base.conduct/no-violence", "cn.law.conduct/no-threat-force-or-insult"}

    assert "deny" == decision.outcome
    assert breaches <= with_status(decision, "violated")


def own_gate(**more: Any) -> vc.Gate:
    unless = [{"id": "agreed", "when": "appointment.agreed", "cites": [{"instrument": "own", "reading": "own"}]}]
    return gate_of(policy_with([rule("never", "debt.days_overdue > 90", unless=unless, **more)]))


def visit_of(stage: str = "proposed", **groups: Any) -> dict[str, Any]:
    times = {"starts_at": "2026-03-10T10:00:00+08:00", "as_of": "2026-03-20T10:00:00+08:00"}
    if stage == "proposed":
        times["as_of"] = "2026-03-09T10:00:00+08:00"
    given = {"visit": {"id": "V", "stage": stage, **times}, "debt": {"days_overdue": 45}}
    return given | groups


def test_only_an_open_exception_leaves_a_rule_suspected() -> None:
    """The exception is named, and the fact that settles it is a need; once it is settled, so is the rule."""
    gate = own_gate()
    decision = gate.check(visit_of())
    (finding,) = decision.findings

    assert "review" == decision.outcome == finding.leads_to
    assert ("suspected", ("agreed",), False) == (finding.status, finding.open_exceptions, finding.law_open)
    assert [("appointment.agreed", ("own/never",))] == [(need.fact, need.rules) for need in decision.needs]
    assert ("own/never",) == decision.trail.behind["suspected_review"]
    assert "not met; open is only: exception agreed" in str(decision)
    assert "仅待查明：例外 agreed" in decision.render("zh")
    for reader in ("supervisor", "borrower", "regulator"):
        assert finding.title.en in decision.render(for_=reader)  # type: ignore[arg-type]
    assert "Find out `appointment.agreed`" in decision.render(for_="agent")
    assert "deny" == gate.check(visit_of(appointment={"agreed": False})).outcome
    assert "excused" == gate.check(visit_of(appointment={"agreed": True})).findings[0].status


def test_the_gravest_findings_come_first_suspected_between_violated_and_undetermined() -> None:
    unless = [{"id": "agreed", "when": "appointment.agreed", "cites": [{"instrument": "own", "reading": "own"}]}]
    rules = [
        rule("open", "debt.lawful", effect="review"),
        rule("suspected", "debt.days_overdue > 90", unless=unless, effect="review"),
        rule("violated", "debt.days_overdue > 90", effect="review"),
    ]
    decision = gate_of(policy_with(rules)).check(visit_of())

    assert ["violated", "suspected", "undetermined"] == [finding.status for finding in decision.findings]


def test_a_proposal_with_a_doubt_is_refused_and_a_record_judged() -> None:
    """The problem has the doubt's code, the place of its first fact, and help; breaches stand beside a doubt."""
    gate = own_gate(stages=["proposed", "recorded"])
    odd = {"date": "2026-03-09", "timezone": "Asia/Shanghai"}
    proposal, record = visit_of(), visit_of("recorded", appointment={"agreed": False})
    proposal["visit"] |= odd
    record["visit"] |= odd

    for ask in (gate.check, gate.next_slot):
        with pytest.raises(vc.InvalidVisit) as refused:
            ask(proposal)
        (problem,) = refused.value.problems
        assert ("date-contradicts-start", "$.visit.date") == (problem.code, problem.path)
        assert problem.help
    decision = gate.check(record)
    assert ["date-contradicts-start"] == [doubt.code for doubt in decision.doubts]
    assert ("deny", ("own/never",)) == (decision.outcome, decision.trail.behind["violated_deny"])
    record["debt"] = {"days_overdue": 100}
    assert "review" == gate.check(record).outcome
    del record["visit"]["date"]
    assert "allow" == gate.check(record).outcome


def test_facts_that_speak_against_a_visit_and_that_no_rule_reads_are_named() -> None:
    gate = own_gate()
    silent = gate.check(visit_of(debt={"days_overdue": 100}))
    stated = gate.check(visit_of(debt={"days_overdue": 100, "disputed": True}))
    denied = gate.check(visit_of(debt={"days_overdue": 100, "disputed": False}))

    assert ("allow", "review", "allow") == (silent.outcome, stated.outcome, denied.outcome)
    assert ((), ("debt.disputed",), ()) == (silent.unread, stated.unread, denied.unread)
    assert "debt.disputed" in silent.not_stated
    assert "debt.disputed" not in stated.not_stated + denied.not_stated
    assert stated.to_dict()["unread"] == ["debt.disputed"]
    assert "debt.disputed speaks against the visit" in stated.render(for_="agent")


def visits(policy: str) -> Iterator[Path]:
    folder = EXAMPLES if policy == "base" else EXAMPLES / "cn"
    paths = (path for path in sorted(folder.iterdir()) if path.suffix in (".json", ".yaml"))
    yield from (path for path in paths if path.stem != "registers")


def assessed(decision: vc.Decision) -> set[str]:
    """The binding rules that surely apply and are decided, and those suspected although their law binds."""
    truths = decision._truths
    return {
        entry.rule.id
        for entry, status in zip(decision.plan.rules, decision.verdict.statuses, strict=True)
        if entry.effect != "note"
        and (
            (status in ("satisfied", "violated", "excused") and scope_truth(entry, truths) is True)
            or (status == "suspected" and truths[entry.law] is True)
        )
    }


def leave_out(visit: dict[str, Any], paths: tuple[str, ...]) -> dict[str, Any]:
    changed = copy.deepcopy(visit)
    for path in paths:
        group, name = path.split(".")
        changed.get(group, {}).pop(name, None)
    return changed


def is_given(visit: dict[str, Any], path: str) -> bool:
    group, name = path.split(".")
    return name in visit.get(group, {})


def check_without_selectors(
    gates: dict[str, vc.Gate], policy: str, sizes: range | tuple[int, ...], examples: str | None = None
) -> None:
    filled, unaided = gates[policy], gate_of(gates[policy].policy)
    selectors = sorted(filled.policy.selectors - {"visit.id", "visit.stage"})
    for path in visits(examples or policy):
        visit = filled.read(facts_of(path)).to_dict()
        whole = unaided.check(visit)
        for paths in (chosen for size in sizes for chosen in combinations(selectors, size)):
            decision = unaided.check(leave_out(visit, paths))
            assert with_status(whole, "violated") <= with_status(decision, *FINDABLE), (path.name, paths)
            assert assessed(decision) <= assessed(whole), (path.name, paths)
            if decision.trail.counts["open_law"]:
                named = {problem.path for problem in decision.problems if problem.code == "missing-selector"}
                assert decision.outcome != "allow", (path.name, paths)
                assert named
                assert whole.trail.counts["open_law"] or named & {f"$.{selector}" for selector in paths}
                # What the visit never gave is asked for, too, where what made it idle is left out.
                assert named <= {f"$.{selector}" for selector in selectors if not is_given(visit, selector)} | {
                    f"$.{selector}" for selector in paths
                }
            else:  # whatever they are, the same laws bind
                assert whole.outcome == decision.outcome, (path.name, paths)


def test_no_selector_left_out_makes_an_answer_milder(gates: dict[str, vc.Gate]) -> None:
    """One left out, and all: breaches stay findings, nothing is allowed where the law is open, no more is assessed."""
    check_without_selectors(gates, "base", (0,))
    check_without_selectors(gates, "cn", (1, 4))


@pytest.mark.long
def test_no_subset_of_selectors_left_out_makes_an_answer_milder(gates: dict[str, vc.Gate]) -> None:
    """Of every shipped example, those of the process alone asked of the law as well."""
    for examples in ("cn", "base"):
        check_without_selectors(gates, "cn", range(5), examples)


def test_a_breach_of_an_open_law_is_suspected_if_the_law_binds(gates: dict[str, vc.Gate]) -> None:
    """The finding names the facts that would settle it, and so do the problem and the needs."""
    visit = gates["cn"].read(facts_of(EXAMPLES / "cn" / "recorded-breach.yaml")).to_dict()
    decision = gate_of(gates["cn"].policy).check(leave_out(visit, ("lender.memberships",)))
    open_law = [finding for finding in decision.findings if finding.law_open and finding.status == "suspected"]

    assert open_law
    assert all(finding.law_facts == ("lender.memberships",) for finding in open_law)
    assert "suspected, if this law binds" in str(decision)
    assert "涉嫌违规，如该规定适用" in decision.render("zh")
    SCHEMA.validate(json.loads(decision.to_json()))


def test_who_gave_the_moment_of_judging(base: vc.Policy, allowed: dict[str, Any]) -> None:
    """By default the visit's own is taken; with `trust_as_of=False` only the gate's clock counts."""
    early, late = gate_of(base), gate_of(base, clock=lambda: datetime(2026, 3, 11, tzinfo=UTC), trust_as_of=False)
    given = early.check(allowed)
    without = copy.deepcopy(allowed)
    del without["visit"]["as_of"]
    filled, passed = early.check(without), late.check(allowed)

    assert ("allow", "visit") == (given.outcome, given.as_of_source)
    assert ("allow", "clock") == (filled.outcome, filled.as_of_source)
    assert ("deny", "clock") == (passed.outcome, passed.as_of_source)
    assert ["visit-in-the-past"] == [problem.code for problem in passed.problems]
    assert "2026-03-11T00:00:00Z" == passed.to_dict()["as_of"]
    assert "by the gate's clock" in str(passed)
    assert "系统时钟" in passed.render("zh")
    assert gate_of(base, trust_as_of=False).check(allowed).allowed
    SCHEMA.validate(json.loads(passed.to_json()))


def test_a_long_past_proposal_is_allowed_only_where_its_own_moment_is_taken(base: vc.Policy) -> None:
    text = (CASES / "long-past-proposal.json").read_bytes()
    now = datetime(2027, 1, 1, tzinfo=UTC)

    trusting = gate_of(base, clock=lambda: now).check(text)
    assert ("allow", "visit") == (trusting.outcome, trusting.as_of_source)
    for engine in ("native", "both"):
        gate = vc.Gate(base, engine=engine, clock=lambda: now, trust_as_of=False)  # type: ignore[arg-type]
        assert "deny" == gate.check(text).outcome


@pytest.mark.parametrize("engine", ["native", "both"])
@pytest.mark.parametrize(
    ("times", "path"),
    [
        ({"starts_at": "2026-03-09T12:00:00Z"}, None),
        ({"starts_at": "2026-03-09T12:00:01Z"}, "$.visit.starts_at"),
        ({"starts_at": "2026-03-09T12:00:00Z", "ends_at": "2026-03-09T12:00:01Z"}, "$.visit.ends_at"),
        ({"date": "2026-03-10"}, None),  # it is the 10th already in Kiribati
        ({"date": "2026-03-11"}, "$.visit.date"),
        ({"starts_at": "2099-03-10T02:00:00Z"}, "$.visit.starts_at"),
        ({"starts_at": "2099-03-10T02:00:00Z", "as_of": "2099-03-11T00:00:00Z"}, None),
    ],
)
def test_a_recorded_visit_of_the_future_is_refused(engine: Any, times: dict[str, str], path: str | None) -> None:
    policy = policy_with([rule("overdue", "debt.days_overdue > 90", stages=["recorded"])])
    gate = vc.Gate(policy, engine=engine, clock=lambda: DAY_BEFORE)
    visit = {"visit": {"id": "v", "stage": "recorded"} | times, "debt": {"days_overdue": 100}}

    if path is None:
        decision = gate.check(visit)
        assert ("allow", times.get("as_of") and "visit") == (decision.outcome, decision.as_of_source)
        return
    with pytest.raises(vc.InvalidVisit) as refused:
        gate.check(visit)
    assert [("fact-after-as-of", path)] == [(problem.code, problem.path) for problem in refused.value.problems]


def test_a_proposal_of_which_only_the_day_is_known_has_passed_when_the_day_is_over_everywhere() -> None:
    def codes(hour: int) -> list[str]:
        visit = visit_of(debt={"days_overdue": 100})
        del visit["visit"]["starts_at"]
        visit["visit"]["date"] = "2026-03-10"
        gate = gate_of(
            policy_with([rule("overdue", "debt.days_overdue > 90")]),
            clock=lambda: datetime(2026, 3, 11, hour, tzinfo=UTC),
            trust_as_of=False,
        )
        return [problem.code for problem in gate.check(visit).problems]

    assert ([], ["visit-in-the-past"]) == (codes(11), codes(12))


@EACH_ENGINE
@pytest.mark.parametrize("value", ["no", "false", 0, ""])
def test_a_promise_changed_behind_validation_is_refused(
    base: vc.Policy, allowed: dict[str, Any], engine: Any, value: Any
) -> None:
    """Whatever engine answers: a copy is validated again, also where it is a part of a mapping."""
    gate = vc.Gate(base, engine=engine)
    visit = gate.read(allowed)
    assert visit.plan is not None
    plan = visit.plan.model_copy(update={"respectful_conduct": value, "keep_private": value})

    for changed in (visit.model_copy(update={"plan": plan}), {**allowed, "plan": plan}):
        with pytest.raises(vc.InvalidVisit) as refused:
            gate.check(changed)  # type: ignore[arg-type]
        assert "$.plan.respectful_conduct" in {problem.path for problem in refused.value.problems}


@EACH_ENGINE
def test_what_is_changed_below_a_visit_is_refused(base: vc.Policy, allowed: dict[str, Any], engine: Any) -> None:
    """An element of a list, a list of anything, a visit made without validation; nothing can be set in place."""
    gate = vc.Gate(base, engine=engine)
    visit = gate.read(allowed)
    assert visit.team
    assert visit.lender is not None
    person = visit.team[0].model_copy(update={"authorised": "no"})
    for changed in (
        visit.model_copy(update={"team": (person, *visit.team[1:])}),
        visit.model_copy(update={"team": [*visit.team, {"id": 5}]}),
        visit.model_copy(update={"lender": visit.lender.model_copy(update={"memberships": ["cba", 1]})}),
        vc.Visit.model_construct(**{**visit.__dict__, "team": (person,)}),
    ):
        for ask in (gate.check, gate.next_slot, gate.read):
            with pytest.raises(vc.InvalidVisit):
                ask(changed)
    with pytest.raises(ValueError, match="frozen"):
        visit.plan = None
    with pytest.raises(ValueError, match="frozen"):
        visit.team[0].authorised = False
    assert isinstance(visit.team, tuple)
    for same in (copy.copy(visit), copy.deepcopy(visit)):
        assert gate.check(same).allowed


@EACH_ENGINE
def test_what_is_set_inside_a_visit_is_validated_again(base: vc.Policy, engine: Any) -> None:
    """However it was set, at any depth; also a value equal to that before, of another type."""
    gate = vc.Gate(base, engine=engine)
    facts = json.loads((EXAMPLES / "recorded-compliant.json").read_text(encoding="utf-8"))
    facts["conduct"].append({"kind": "violence", "at": "2026-03-10T10:20:00+08:00"})

    def set_kind(visit: vc.Visit) -> None:
        object.__setattr__(visit.conduct[-1], "kind", "VIOLENCE")  # type: ignore[index]

    def set_below(visit: vc.Visit) -> None:
        visit.conduct[-1].__dict__["kind"] = "VIOLENCE"  # type: ignore[index]

    def end_first(visit: vc.Visit) -> None:
        object.__setattr__(visit.visit, "ends_at", visit.visit.starts_at - 1)  # type: ignore[union-attr]

    def set_number(visit: vc.Visit) -> None:
        object.__setattr__(visit.team[0], "present", 1)  # type: ignore[index]

    assert "deny" == gate.check(gate.read(facts)).outcome
    for change in (set_kind, set_below, end_first, set_number):
        visit = gate.read(facts)
        change(visit)
        with pytest.raises(vc.InvalidVisit):
            gate.check(visit)


def test_the_time_of_a_state_speaks_against_a_visit_as_the_state_does() -> None:
    """Where the state is left out; a rule that is decided and reads the state has read its time, too."""
    gate = own_gate()
    times = {
        "wishes": ("cease_requested_at", "no_contact_from", "no_contact_until", "authority_stopped_at",
                   "moratorium_from", "moratorium_until"),
        "debtor": ("represented_since",),
    }  # fmt: skip
    for group, names in times.items():
        for name in names:
            facts = visit_of(debt={"days_overdue": 100}, **{group: {name: "2026-03-01T10:00:00+08:00"}})
            decision = gate.check(facts)
            assert ("review", (f"{group}.{name}",)) == (decision.outcome, decision.unread)
    silent = gate.check(visit_of(debt={"days_overdue": 100}))
    assert not {"debt.disputed_at", "wishes.moratorium_until"} & set(silent.not_stated)
    reading = gate_of(policy_with([rule("open", "!debt.disputed || debt.days_overdue > 90")]))
    stated = visit_of(debt={"days_overdue": 100, "disputed_at": "2026-03-01T10:00:00+08:00"})
    assert ("allow", ()) == (reading.check(stated).outcome, reading.check(stated).unread)


def test_a_copy_is_held_against_constraints_again(native: vc.Gate, allowed: dict[str, Any]) -> None:
    """A moment of judging before what has happened is refused as in a mapping; a copy in order is judged."""
    visit = native.read(allowed)
    assert visit.visit is not None
    assert visit.visit.as_of is not None
    late = visit.visit.model_copy(update={"as_of": visit.visit.as_of - 20 * 86_400_000_000})
    moved = visit.visit.model_copy(update={"case_id": "C-2"})

    with pytest.raises(vc.InvalidVisit, match="fact-after-as-of"):
        native.check(visit.model_copy(update={"visit": late}))
    assert native.check(visit.model_copy(update={"visit": moved})).allowed


REGISTERS: dict[str, Any] = {
    "lenders": {"L-1": {"kind": "bank", "memberships": ["cba"]}},
    "collectors": {"K-1": {"trained": False}},
}


@EACH_ENGINE
def test_a_record_that_contradicts_the_register_is_judged_by_it_and_a_proposal_refused(engine: Any) -> None:
    """The breach that the register shows stands beside the doubt, which names both values."""
    policy = policy_with([rule("trained", "team.all(m, m.trained)", stages=["proposed", "recorded"])])
    gate = vc.Gate(policy, engine=engine, registers=REGISTERS, clock=lambda: DAY_BEFORE)
    facts = {"lender": {"id": "L-1", "kind": "trust"}, "team": [{"id": "K-1", "trained": True}]}
    decision = gate.check(visit_of("recorded", **facts))

    assert ["register-contradiction"] == [doubt.code for doubt in decision.doubts]
    assert ("lender.kind", "team[0].trained") == decision.doubts[0].facts
    assert {"own/trained"} == with_status(decision, "violated")
    assert "`lender.kind` (L-1): the record says trust, elsewhere bank" in str(decision)
    assert "记录为 trust" in decision.render("zh")
    SCHEMA.validate(json.loads(decision.to_json()))
    with pytest.raises(vc.InvalidVisit) as refused:
        gate.check(visit_of(**facts))
    assert ["$.lender.kind", "$.team[0].trained"] == [problem.path for problem in refused.value.problems]
    assert {"register-contradiction"} == {problem.code for problem in refused.value.problems}


@pytest.mark.parametrize("engine", ["native", "both"])
def test_whom_no_register_holds_is_doubted_or_refused(engine: Any) -> None:
    """A visit with them is never allowed, proposed or recorded; `require_registered` refuses it."""
    policy = policy_with([rule("overdue", "debt.days_overdue > 90", stages=["proposed", "recorded"])])
    visit = visit_of("recorded", debt={"days_overdue": 100}, lender={"id": "L-1"}, team=[{"id": "K-1"}])
    doubted = visit | {"team": [{"id": "K-1"}, {"id": "K-2"}]}

    def gate(**options: Any) -> vc.Gate:
        return vc.Gate(policy, engine=engine, clock=lambda: DAY_BEFORE, **options)

    strict = gate(registers=REGISTERS, require_registered=True)
    decision = gate(registers=REGISTERS).check(doubted)
    assert ("review", ["not-registered"]) == (decision.outcome, [doubt.code for doubt in decision.doubts])
    assert "`team[].id` (K-2)" in str(decision)
    assert gate(registers=REGISTERS).check(visit).allowed
    assert strict.check(visit).allowed
    assert gate().check(doubted).allowed
    proposal = doubted | {"visit": visit_of()["visit"]}
    planned = gate(registers=REGISTERS).check(proposal)
    assert ("review", ["not-registered"]) == (planned.outcome, [doubt.code for doubt in planned.doubts])
    for refused in (doubted, proposal):
        with pytest.raises(vc.InvalidVisit) as caught:
            strict.check(refused)
        assert [("not-registered", "$.team[1].id")] == [(each.code, each.path) for each in caught.value.problems]


def test_a_visit_that_states_a_contradiction_is_held_to_it() -> None:
    """So a visit that was read with registers, written out and read without them keeps its doubt."""
    policy = policy_with([rule("overdue", "debt.days_overdue > 90", stages=["recorded"])])
    visit = visit_of("recorded", debt={"days_overdue": 100}, lender={"kind": "bank"})
    filled = gate_of(policy, registers=REGISTERS).read(visit).to_dict()

    assert gate_of(policy).check(visit).allowed
    assert ("review", "not-registered") == (
        gate_of(policy).check(filled).outcome,
        gate_of(policy).check(filled).doubts[0].code,
    )


NIGHT = """\
pack: company
title: {{en: Night, zh: 夜间}}
version: 1.0.0
uses: [cn.gbt-45251.visit]
overrides:
  - {{parameter: cn.gbt-45251.visit/night, value: {value}, reason: {{en: Stricter., zh: 更严。}}}}
"""


@pytest.mark.parametrize(
    ("value", "code"),
    [('"01:00-08:00"', "override-loosens"), ('"08:00-08:00"', "wrong-value-type"), ("[]", "impossible-hours")],
)
def test_a_night_that_an_override_moves_or_empties_is_refused(tmp_path: Path, value: str, code: str) -> None:
    """A night from 01:00 may begin later or end earlier: it forbids less, whoever calls it stricter."""
    (tmp_path / "company.yaml").write_text(NIGHT.format(value=value), encoding="utf-8")

    with pytest.raises(vc.InvalidPolicy) as refused:
        vc.load_policy(tmp_path / "company.yaml")

    assert [code] == [problem.code for problem in refused.value.problems]
