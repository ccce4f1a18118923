"""The Plan: one stage of a policy as the flat, typed list of conditions that every engine reads.

What must hold:

- `conditions` are boolean expressions, each once, in the order rules first use them;
- a `PlanRule` names its W, checks and exceptions by position in `conditions`;
- an engine answers with a `Truths` vector: one truth for each condition, by position. All else (status,
  outcome, findings) is worked out from that vector by `engines.status`, in one place for all engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from visitcheck.concurrency import cached_property
from visitcheck.errors import Place
from visitcheck.facts.doubts import Doubt
from visitcheck.ir.facts_read import facts_read
from visitcheck.ir.looks import Looks
from visitcheck.ir.nodes import Expr
from visitcheck.ir.open_lists import open_lists
from visitcheck.policy.model import Effect, Policy, Rule, Stage
from visitcheck.truth import Truth

Truths: TypeAlias = tuple[Truth, ...]


@dataclass(frozen=True, slots=True)
class PlanRule:
    """A rule as engines see it: positions in `Plan.conditions`, and what its status leads to."""

    rule: Rule
    law: int
    """L: whether the law of the place and the pack's `applies` bind the visit."""
    in_force: int
    when: int
    checks: tuple[int, ...]
    unless: tuple[int, ...]
    weak: tuple[bool, ...]
    """For each exception, whether its reading is too weak to excuse: then the rule is suspected."""
    effect: Effect
    on_unknown: Effect

    @property
    def positions(self) -> tuple[int, ...]:
        """The positions of all conditions of the rule: the parts of W, the checks, the exceptions."""
        return (*self.scope, *self.checks, *self.unless)

    @property
    def scope(self) -> tuple[int, int, int]:
        """The positions of the conditions that are together W, whether the rule applies: L, in force, `when`."""
        return (self.law, self.in_force, self.when)


@dataclass(frozen=True, slots=True)
class Owner:
    """A rule that a condition belongs to, and as what: `applies`, `requires NAME` or `unless ID`."""

    rule: Rule
    role: str
    place: Place


@dataclass(frozen=True, slots=True)
class LaterRule:
    """A rule for recorded visits alone, and what says of a proposal whether it will apply.

    `known` are the parts of W among the plan's conditions, by position, `further` the others, by position among
    `later_conditions`.
    """

    rule: Rule
    known: tuple[int, ...]
    further: tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """What an engine needs to know of a policy for visits of one stage."""

    policy: Policy
    stage: Stage
    conditions: tuple[Expr, ...]
    rules: tuple[PlanRule, ...]
    reads: tuple[frozenset[str], ...]
    """For each condition, the paths of the facts it reads, list elements as `contacts[].at`."""
    doubts: tuple[tuple[Doubt, int], ...] = ()
    """Each doubt with the position of the condition that is TRUE where it is there."""
    protective: tuple[tuple[str, int], ...] = ()
    """Each fact that may speak against a visit with the position of the condition that says that it does."""
    states: Mapping[str, str] = field(default_factory=dict)
    """For each protective fact that is the time of a state, that state: silence is asked of the state alone."""

    @cached_property
    def open_conditions(self) -> tuple[Expr, ...]:
        """`conditions` for a visit with lists that may go on (`ir.open_lists`), by the same positions."""
        return tuple(map(open_lists, self.conditions))

    def with_conditions(self, further: tuple[Expr, ...]) -> Plan:
        """The plan with conditions after its own, which no rule asks; its own are not opened a second time."""
        if not further:
            return self
        conditions, reads = (*self.conditions, *further), (*self.reads, *map(facts_read, further))
        plan = replace(self, conditions=conditions, reads=reads)
        plan.__dict__["open_conditions"] = (*self.open_conditions, *map(open_lists, further))
        return plan

    @cached_property
    def looks(self) -> Looks:
        """What the expressions of the policy look at of list elements, for every visit that is explained."""
        return Looks()

    @cached_property
    def later_rules(self) -> tuple[LaterRule, ...]:
        """The rules for recorded visits alone, as a proposal meets them."""
        known = {condition: position for position, condition in enumerate(self.conditions)}
        further = {condition: position for position, condition in enumerate(self.later_conditions)}
        return tuple(
            LaterRule(
                rule,
                known=tuple(known[part] for part in rule.scope if part in known),
                further=tuple(further[part] for part in rule.scope if part not in known),
            )
            for rule in self._rules_for_records_alone
        )

    @cached_property
    def later_conditions(self) -> tuple[Expr, ...]:
        """What `later_rules` ask of a proposal that the plan's rules do not: each once."""
        known = set(self.conditions)
        return tuple(dict.fromkeys(p for rule in self._rules_for_records_alone for p in rule.scope if p not in known))

    @property
    def _rules_for_records_alone(self) -> Iterator[Rule]:
        return (rule for rule in self.policy.rules if rule.stages == ("recorded",))

    @cached_property
    def policy_positions(self) -> tuple[tuple[Rule, int | None], ...]:
        """Every rule of the policy with its position in `rules`; None for one of the other stage."""
        positions = {entry.rule.id: position for position, entry in enumerate(self.rules)}
        return tuple((rule, positions.get(rule.id)) for rule in self.policy.rules)

    @cached_property
    def readers(self) -> Mapping[str, tuple[int, ...]]:
        """For each protective fact the positions (in `rules`) of the rules that read it, or an element of it.

        Who reads a state reads its time, too: a rule that is decided while the state is open is so whatever it is.
        """

        def reads(facts: frozenset[str], path: str) -> bool:
            return any(fact in (path, self.states.get(path)) or fact.startswith(f"{path}[]") for fact in facts)

        return {
            path: tuple(position for position, rule in enumerate(self.rules) if reads(self.rule_facts(rule), path))
            for path, _ in self.protective
        }

    def facts_of(self, position: int) -> frozenset[str]:
        """The facts that the condition at `position` reads."""
        return self.reads[position]

    def owners(self, position: int) -> tuple[Owner, ...]:
        """What the condition at `position` belongs to, in the order of the rules and as each is written."""
        return self._owners.get(position, ())

    @cached_property
    def _owners(self) -> dict[int, tuple[Owner, ...]]:
        owners: dict[int, list[Owner]] = {}
        for rule in self.rules:
            for position, owner in _owners_in(rule):
                owners.setdefault(position, []).append(owner)
        return {position: tuple(group) for position, group in owners.items()}

    def rule_ids(self, position: int) -> tuple[str, ...]:
        """The ids of the rules that the condition at `position` belongs to, each once."""
        return tuple(entry.rule.id for entry in self.rules if position in entry.positions)

    def rule_facts(self, rule: PlanRule) -> frozenset[str]:
        """The facts that any condition of a rule reads."""
        return frozenset[str]().union(*(self.reads[position] for position in rule.positions))

    @property
    def facts(self) -> frozenset[str]:
        """The facts that any condition reads."""
        return frozenset().union(*self.reads)

    @cached_property
    def open_facts(self) -> frozenset[str]:
        """`facts`, and what is asked of lists that may go on: facts below `completeness`."""
        return self.facts.union(*map(facts_read, self.open_conditions))


def _owners_in(entry: PlanRule) -> Iterator[tuple[int, Owner]]:
    """What each condition of one rule is there for, by position."""
    rule = entry.rule
    for position in dict.fromkeys(entry.scope):
        yield position, Owner(rule, "applies", rule.place)
    for position, check in zip(entry.checks, rule.require, strict=True):
        yield position, Owner(rule, f"requires {check.name}", check.condition.place)
    for position, excuse in zip(entry.unless, rule.unless, strict=True):
        yield position, Owner(rule, f"unless {excuse.id}", excuse.condition.place)


def make_plan(policy: Policy, stage: Stage) -> Plan:
    """The plan for visits of one stage: the rules that list it, and each of their conditions once."""
    positions: dict[Expr, int] = {}

    def position(condition: Expr) -> int:
        return positions.setdefault(condition, len(positions))

    rules = tuple(_plan_rule(rule, position) for rule in policy.rules if stage in rule.stages)
    doubts = tuple((each.doubt, position(each.condition)) for each in policy.doubts)
    protective = tuple((each.path, position(each.condition)) for each in policy.protective)
    conditions = tuple(positions)
    return Plan(
        policy=policy,
        stage=stage,
        conditions=conditions,
        rules=rules,
        reads=tuple(facts_read(condition) for condition in conditions),
        doubts=doubts,
        protective=protective,
        states={each.path: each.state for each in policy.protective if each.state is not None},
    )


def _plan_rule(rule: Rule, position: Callable[[Expr], int]) -> PlanRule:
    law, in_force, when = map(position, rule.scope)
    return PlanRule(
        rule=rule,
        law=law,
        in_force=in_force,
        when=when,
        checks=tuple(position(check.condition.expr) for check in rule.require),
        unless=tuple(position(excuse.condition.expr) for excuse in rule.unless),
        weak=tuple(excuse.weak for excuse in rule.unless),
        effect=rule.effect,
        on_unknown=rule.on_unknown,
    )
