"""One rule: from its part of a pack to a typed `Rule`, with the local date by which it is in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from visitcheck.documents import YamlScalar
from visitcheck.documents.parts import Part
from visitcheck.errors import Problem
from visitcheck.facts.types import BOOL, DATE, STRING, TIMESTAMP, Record
from visitcheck.facts.vocabulary import FactInfo
from visitcheck.ir.nodes import And, Call, Compare, Const, Expr, Fact
from visitcheck.policy import bounds
from visitcheck.policy.conditions import Conditions, read_message
from visitcheck.policy.context import BINDING_FORCES, PackContext
from visitcheck.policy.model import (
    STAGES,
    Check,
    Citation,
    Condition,
    Effect,
    Excuse,
    Message,
    Rule,
    Stage,
    Text,
)
from visitcheck.policy.values import read_date, read_text
from visitcheck.suggest import did_you_mean

_ALWAYS = Const(True, BOOL)
DATING = ("visit.starts_at", "visit.date")
"""Facts of which one must be given: the start of a visit, or its local date where the time is lost."""


def zone_of(timezone: str | None) -> Expr:
    """A pack's zone, or the visit's own where the pack names none."""
    return Fact(("visit", "timezone"), STRING) if timezone is None else Const(timezone, STRING)


def visit_date(zone: Expr) -> Expr:
    """The local date of the visit's start, or `visit.date` where the time is lost."""
    start, date = (tuple(path.split(".")) for path in DATING)
    local = Call("localDate", (Fact(start, TIMESTAMP), zone), DATE)
    return Call("firstKnown", (local, Fact(date, DATE)), DATE)


def rule_date(part: Part, zone: Expr, facts: Mapping[str, FactInfo], problems: list[Problem]) -> Expr:
    """The date that `dated_by` asks for, else the visit's."""
    named = part.scalar("dated_by")
    if named is None:
        return visit_date(zone)
    fact = facts.get(named.text)
    if fact is None or "[]" in named.text:
        dates = [path for path, info in facts.items() if info.type in (TIMESTAMP, DATE) and "[]" not in path]
        message = f"there is no single fact `{named.text}`"
        help_ = did_you_mean(named.text, dates, "`visitcheck schema visit` lists all facts")
        problems.append(Problem("no-such-fact", message, help_, named.place()))
        return visit_date(zone)
    node = Fact(tuple(named.text.split(".")), fact.type)
    if fact.type == DATE:
        return node
    if fact.type != TIMESTAMP:
        message = f"`{named.text}` is a {fact.type}"
        help_ = "`dated_by` names a timestamp or a date"
        problems.append(Problem("dated-by-type", message, help_, named.place()))
        return visit_date(zone)
    return Call("localDate", (node, zone), DATE)


def application(in_force: Expr, *conditions: Condition | None) -> Expr:
    """In force and all of the conditions, without the parts that say nothing."""
    parts: list[Expr] = []
    if in_force != _ALWAYS:
        parts.extend(in_force.parts if isinstance(in_force, And) else (in_force,))
    return _all([*parts, *(each.expr for each in conditions if each is not None)])


def in_force(date: Expr, start: int | None, end: int | None) -> Expr:
    """Whether a date lies from `start` up to, not including, `end` (days since 1970; None: no bound)."""
    return _all(list(_bounds(date, start, end)))


def _all(parts: list[Expr]) -> Expr:
    if not parts:
        return _ALWAYS
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _bounds(date: Expr, start: int | None, end: int | None) -> Iterator[Expr]:
    if start is not None:
        yield Compare(">=", date, Const(start, DATE))
    if end is not None:
        yield Compare("<", date, Const(end, DATE))


_SEVERITY: dict[Effect, int] = {"note": 0, "review": 1, "deny": 2}


@dataclass(frozen=True, slots=True)
class Effects:
    """What a rule does when it is violated, and when it stays undecided."""

    effect: Effect
    on_unknown: Effect

    def looser_than(self, other: Effects) -> bool:
        """Whether either of the two became milder."""
        return (
            _SEVERITY[self.effect] < _SEVERITY[other.effect] or _SEVERITY[self.on_unknown] < _SEVERITY[other.on_unknown]
        )


def effects_of(part: Part, change: Part | None = None) -> Effects:
    """The effects written in a rule, with those of an override instead where it names any."""
    effect = (change.text("effect") if change is not None else None) or part.text("effect") or "review"
    on_unknown = (change.text("on_unknown") if change is not None else None) or part.text("on_unknown")
    if on_unknown is None:
        on_unknown = "note" if effect == "note" else "review"
    return Effects(cast("Effect", effect), cast("Effect", on_unknown))


def is_binding(cites: tuple[Citation, ...]) -> bool:
    """Whether law or regulation is cited, which nobody may loosen."""
    return any(cite.instrument.force in BINDING_FORCES for cite in cites)


@dataclass
class RuleReader:
    """Reads the rules of one pack, against the vocabulary of the whole policy."""

    pack: PackContext
    root: Record
    facts: Mapping[str, FactInfo]
    changes: Mapping[str, Effects]
    problems: list[Problem]
    _applies: dict[tuple[Expr, bool], Condition | None] = field(default_factory=dict)

    def read(self) -> tuple[Rule, ...]:
        """All rules that could be read; what could not is reported."""
        seen: dict[str, Part] = {}
        rules: list[Rule] = []
        for part in self.pack.part.parts("rules"):
            name = part.scalar("id")
            if name is not None and name.text in seen:
                help_ = f"it is also defined in line {seen[name.text].place('id').line}"
                self.problems.append(Problem("rule-twice", f"`{name.text}` is defined twice", help_, name.place()))
            if name is not None:
                seen.setdefault(name.text, part)
            rule = self._rule(part, name)
            if rule is not None:
                rules.append(rule)
        if not rules:
            self._applied(self._conditions(self.pack.part, allow_has=False))
        return tuple(rules)

    def _applied(self, conditions: Conditions) -> Condition | None:
        """The pack's `applies`, compiled once for all rules that are dated alike."""
        text = self.pack.part.scalar("applies")
        key = (conditions.date, conditions.allow_has)
        if key not in self._applies:
            self._applies[key] = conditions.condition(text)
        elif text is not None:
            conditions.remember(text)
        return self._applies[key]

    def _conditions(self, part: Part, *, allow_has: bool) -> Conditions:
        zone = zone_of(self.pack.timezone)
        date = rule_date(part, zone, self.facts, self.problems)
        return Conditions(self.pack, self.root, zone, date, allow_has, self.problems)

    def _rule(self, part: Part, name: YamlScalar | None) -> Rule | None:
        rule_id = f"{self.pack.id}/{name.text if name is not None else ''}"
        effects = self.changes.get(rule_id) or effects_of(part)
        conditions = self._conditions(part, allow_has=effects == Effects("note", "note"))
        applies = self._applied(conditions)
        conditions.let(part.entries("let"))
        when = conditions.condition(part.scalar("when"))
        checks = tuple(self._check(key, text, conditions) for key, text in part.entries("require"))
        cites = self.pack.citations(part)
        excuses = tuple(self._excuse(each, conditions, cites) for each in part.parts("unless"))
        start, end = self._period(part.part("effective"))
        period = in_force(conditions.date, start, end)
        message = read_message(part.part("message"), conditions)
        remedy = read_message(part.part("remedy"), conditions)
        if name is None:
            return None
        rule = Rule(
            id=rule_id,
            title=read_text(part.part("title")) or Text("", ""),
            stages=self._stages(part),
            application=application(period, applies, when),
            in_force=period,
            applies=applies,
            when=when,
            lets=conditions.lets,
            require=tuple(each for each in checks if each is not None),
            unless=tuple(each for each in excuses if each is not None),
            effect=effects.effect,
            on_unknown=effects.on_unknown,
            effective_from=start,
            effective_until=end,
            date=conditions.date,
            message=message or Message((), ()),
            remedy=remedy,
            cites=cites,
            place=name.place(),
        )
        bounds.check_bounds(rule, part, conditions, self.facts, self.problems)
        return rule

    def _stages(self, part: Part) -> tuple[Stage, ...]:
        written = {stage.text for stage in part.scalars("stages")}
        return tuple(stage for stage in STAGES if stage in written)

    def _check(self, key: YamlScalar, text: object, conditions: Conditions) -> Check | None:
        condition = conditions.condition(text if isinstance(text, YamlScalar) else None)
        return None if condition is None else Check(key.text, condition)

    def _excuse(self, part: Part, conditions: Conditions, rule_cites: tuple[Citation, ...]) -> Excuse | None:
        condition = conditions.condition(part.scalar("when"))
        cites = self.pack.citations(part)
        name = part.text("id")
        if condition is None or name is None:
            return None
        readings = {cite.reading for cite in cites}
        strong = bool(readings & {"text", "press"}) or ("own" in readings and not is_binding(rule_cites))
        return Excuse(name, condition, cites, weak=not strong)

    def _period(self, part: Part | None) -> tuple[int | None, int | None]:
        if part is None:
            return None, None
        start = read_date(part.scalar("from"), self.problems)
        end = read_date(part.scalar("until"), self.problems)
        if start is not None and end is not None and end <= start:
            message = "the rule is in force on no day"
            help_ = "`until` is the first day no longer in force"
            self.problems.append(Problem("empty-period", message, help_, part.place("until")))
        return start, end
