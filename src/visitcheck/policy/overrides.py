"""Overrides: the one way in which a pack changes another, with a reason, and never quietly for the looser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from visitcheck.documents import YamlNode
from visitcheck.documents.parts import Part
from visitcheck.errors import Place, Problem
from visitcheck.facts.types import DATE, DOUBLE, DURATION, INT, MONEY, TIME_OF_DAY, TIMESTAMP
from visitcheck.facts.vocabulary import FactInfo
from visitcheck.ir.dated_values import first_value, value_on
from visitcheck.ir.facts_read import parameters_read
from visitcheck.ir.nodes import DatedValue, Value
from visitcheck.language.hours import WeeklyHours, is_part_of
from visitcheck.policy.context import PackContext
from visitcheck.policy.model import Parameter, Relaxation, Rule, Text
from visitcheck.policy.rules import Effects, effects_of, is_binding
from visitcheck.policy.values import read_dated_values, read_text
from visitcheck.suggest import did_you_mean

_KINDS = ("parameter", "rule", "never_collected")
_ORDERED = frozenset({INT, DOUBLE, DURATION, DATE, TIME_OF_DAY, TIMESTAMP, MONEY})
_NO_TEXT = Text("", "")


@dataclass
class Changes:
    """What the overrides of all packs add up to."""

    problems: list[Problem]
    effects: dict[str, Effects] = field(default_factory=dict)
    never_collected: set[str] = field(default_factory=set)
    relaxations: list[Relaxation] = field(default_factory=list)
    _by: dict[str, PackContext] = field(default_factory=dict)
    _loosened: list[tuple[Parameter, Part]] = field(default_factory=list)

    def apply(self, pack: PackContext, facts: Mapping[str, FactInfo]) -> None:
        """Applies a pack's overrides; parameters of the packs it uses get their new values in place."""
        for part in pack.part.parts("overrides"):
            kinds = [kind for kind in _KINDS if part.value(kind) is not None]
            if len(kinds) != 1:
                message = "an override names exactly one of `parameter`, `rule` and `never_collected`"
                self.problems.append(Problem("override-target", message, None, part.node.place()))
            elif kinds[0] == "parameter":
                self._parameter(pack, part)
            elif kinds[0] == "rule":
                self._rule(pack, part)
            else:
                self._never_collected(part, facts)

    def refuse_loosened(self, rules: Iterable[Rule], packs: Iterable[PackContext]) -> None:
        """Refuses looser parameters that a rule citing law or regulation reads; needs the rules compiled."""
        names = {pack.id: pack.in_scope()[0] for pack in packs}
        readers: dict[str, list[Rule]] = {}
        for rule in rules:
            if is_binding(rule.cites):
                for name in parameters_read(*rule.conditions):
                    parameter = names[rule.id.partition("/")[0]].get(name)
                    if parameter is not None:
                        readers.setdefault(parameter.id, []).append(rule)
        for parameter, part in self._loosened:
            by_law = [f"the rule `{rule.id}`" for rule in readers.get(parameter.id, ())]
            by_law += ["the parameter itself"] if is_binding(parameter.cites) else []
            if by_law:
                self._refuse(
                    part,
                    "parameter",
                    f"`{parameter.id}` cannot be loosened: {by_law[0]} cites law or regulation",
                )

    def _parameter(self, pack: PackContext, part: Part) -> None:
        named = part.text("parameter") or ""
        owner_id, _, name = named.partition("/")
        owner = self._owner(pack, owner_id, part, "parameter")
        if owner is None or not self._alone(f"parameter {named}", pack, part, "parameter"):
            return
        old = owner.parameters.get(name)
        if old is None:
            if name not in owner.broken:
                self._no_target(part, "parameter", named, (each.id for each in owner.parameters.values()))
            return
        values = read_dated_values(part, old.type, self.problems, old.hours)
        if values is None:
            return
        if part.value("value") is not None:
            # On the days that the parameter has a value: an override without dates fills no gap.
            (plain,) = values
            values = tuple(replace(dated, value=plain.value) for dated in old.values)
        cites = pack.citations(part) + tuple(c for entry in part.parts("values") for c in pack.citations(entry))
        new = replace(old, values=values, cites=old.cites + cites, overridden=True)
        if _is_loosening(old, values):
            self._loosened.append((old, part))
            self._relaxes(part, "parameter", named, f"{_values_as_written(part)}")
        owner.parameters[name] = new

    def _rule(self, pack: PackContext, part: Part) -> None:
        named = part.text("rule") or ""
        owner_id = named.partition("/")[0]
        owner = self._owner(pack, owner_id, part, "rule")
        if owner is None or not self._alone(f"rule {named}", pack, part, "rule"):
            return
        rules = {f"{owner_id}/{rule.text('id')}": rule for rule in owner.part.parts("rules")}
        target = rules.get(named)
        if target is None:
            self._no_target(part, "rule", named, rules)
            return
        if part.value("effect") is None and part.value("on_unknown") is None:
            message = "the override of a rule needs `effect` or `on_unknown`"
            self.problems.append(Problem("missing-key", message, None, part.place("rule")))
            return
        old = self.effects.get(named) or effects_of(target)
        new = effects_of(target, part)
        self.effects[named] = new
        if new.looser_than(old):
            if is_binding(owner.citations(target)):
                self._refuse(part, "rule", f"`{named}` cites law or regulation and cannot be loosened")
                return
            change = f"effect {old.effect} -> {new.effect}, on_unknown {old.on_unknown} -> {new.on_unknown}"
            self._relaxes(part, "rule", named, change)

    def _never_collected(self, part: Part, facts: Mapping[str, FactInfo]) -> None:
        for path in part.scalars("never_collected"):
            if path.text in facts:
                inside = (f"{path.text}.", f"{path.text}[].")
                self.never_collected |= {path.text, *(each for each in facts if each.startswith(inside))}
                reason = read_text(part.part("reason")) or _NO_TEXT
                self.relaxations.append(Relaxation(path.text, "never collected", reason))
            else:
                message = f"there is no fact `{path.text}`"
                help_ = did_you_mean(path.text, facts, "`visitcheck schema visit` lists all facts")
                self.problems.append(Problem("no-such-fact", message, help_, path.place()))

    def _owner(self, pack: PackContext, owner_id: str, part: Part, key: str) -> PackContext | None:
        used = {each.id: each for each in pack.everyone() if each is not pack}
        if owner_id in used:
            return used[owner_id]
        message = f"`{owner_id}` is no pack that `{pack.id}` uses"
        help_ = "change the pack itself" if owner_id == pack.id else did_you_mean(owner_id, used) or "add it to `uses`"
        self.problems.append(Problem("override-target", message, help_, _value_place(part, key)))
        return None

    def _alone(self, target: str, pack: PackContext, part: Part, key: str) -> bool:
        before = self._by.get(target)
        self._by[target] = pack
        if before is None or (before is not pack and before in pack.everyone()):
            return True
        message = f"`{before.id}` overrides the {target.partition(' ')[0]} too"
        help_ = "keep one of the overrides, or let one pack use the other: then its override comes last"
        self.problems.append(Problem("override-twice", message, help_, _value_place(part, key)))
        return False

    def _no_target(self, part: Part, key: str, named: str, known: Iterable[str]) -> None:
        message = f"there is no {key} `{named}`"
        self.problems.append(Problem("override-target", message, did_you_mean(named, known), _value_place(part, key)))

    def _relaxes(self, part: Part, key: str, target: str, change: str) -> None:
        if part.text("relaxes") != "true":
            message = f"this loosens `{target}`"
            help_ = "write `relaxes: true`; every decision will list it"
            self.problems.append(Problem("override-loosens", message, help_, _value_place(part, key)))
        self.relaxations.append(Relaxation(target, change, read_text(part.part("reason")) or _NO_TEXT))

    def _refuse(self, part: Part, key: str, message: str) -> None:
        place = _value_place(part, key)
        # What is refused anyway is not to be asked for `relaxes: true`.
        asked = ("override-loosens", place)
        self.problems[:] = [problem for problem in self.problems if (problem.code, problem.place) != asked]
        self.problems.append(Problem("override-refused", message, "make it stricter, or leave it", place))


def _value_place(part: Part, key: str) -> Place:
    node: YamlNode | None = part.value(key)
    return part.node.place() if node is None else node.place()


def _values_as_written(part: Part) -> str:
    """The new values as written, on one line."""
    node = part.value("value") or part.value("values")
    written = "" if node is None else node.span.source.text[node.span.start : node.span.end]
    return " ".join(written.split())


def _is_loosening(old: Parameter, values: tuple[DatedValue, ...]) -> bool:
    """Whether on some day the new value is looser than the old, or no longer there.

    Where no order is known (no `stricter`, or a type without one) every other value counts as looser.
    """
    days = {day for value in (*old.values, *values) for day in (value.start, value.end) if day is not None}
    loosened = _is_looser(first_value(old.values), first_value(values), old)
    return loosened or any(_is_looser(value_on(old.values, day), value_on(values, day), old) for day in sorted(days))


def _is_looser(old: Value, new: Value, parameter: Parameter) -> bool:
    if old == new:
        return False
    if parameter.hours is not None and isinstance(old, WeeklyHours) and isinstance(new, WeeklyHours):
        return not (is_part_of(new, old) if parameter.hours == "allowed" else is_part_of(old, new))
    # In a gap the rule is undecided, which never passes: a value there may let pass what did not.
    if old is None or new is None or parameter.stricter is None or parameter.type not in _ORDERED:
        return True
    if parameter.type == MONEY and old[1] != new[1]:  # type: ignore[index]
        return True
    lower = new < old  # type: ignore[operator]
    return bool(lower) if parameter.stricter == "higher" else not lower
