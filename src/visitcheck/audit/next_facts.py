"""What to collect next: facts that no column gives, ranked by the rules that each opens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from visitcheck.concurrency import cached_property
from visitcheck.facts.types import BOOL, DATE, DURATION, MONEY, TIME_OF_DAY, TIMESTAMP, ListOf, Record, Type, Word
from visitcheck.facts.vocabulary import FACTS, FactInfo
from visitcheck.ir.facts_read import facts_with_nodes
from visitcheck.ir.nodes import And, Choose, Const, Exists, Expr, ForAll, Not, Or
from visitcheck.ir.walk import distinct_nodes
from visitcheck.policy.model import Effect, Text
from visitcheck.texts.facts import fact_text

_NEITHER: frozenset[bool] = frozenset()
_EITHER = frozenset({True, False})
_GRAVEST: tuple[Effect, ...] = ("deny", "review", "note")
_WORDS = 6
_LOOKS = {
    BOOL: Text(en="yes or no", zh="是 / 否"),
    TIMESTAMP: Text(en="2026-03-10 14:30", zh="2026-03-10 14:30"),
    DATE: Text(en="2026-03-10", zh="2026-03-10"),
    TIME_OF_DAY: Text(en="14:30", zh="14:30"),
    DURATION: Text(en="a length of time, such as 90 min", zh="时长，如 90 min"),
    MONEY: Text(en="a sum, such as 1200.00", zh="金额，如 1200.00"),
}


@dataclass(frozen=True, slots=True)
class RuleOpening:
    """That some visits, `visits` of them, would have a rule assessed, were these facts given."""

    rule: str
    needs: frozenset[str]
    visits: int = 1


@dataclass(frozen=True, slots=True)
class NextFact:
    """A fact, and the rules that it would open: alone, and after those before it in the list.

    `visits` are those on which one of the rules after it would be assessed, at least.
    """

    fact: str
    alone: tuple[str, ...]
    after: tuple[str, ...]
    visits: int


def rank_facts(openings: Collection[RuleOpening], effects: Mapping[str, str]) -> Iterator[NextFact]:
    """Rank facts one after another: each the one that opens the most rules with those before it, deny rules first."""
    alone: dict[str, dict[str, None]] = {}
    for opening in openings:
        if len(opening.needs) == 1:
            alone.setdefault(next(iter(opening.needs)), {})[opening.rule] = None
    left = [(opening, set(opening.needs)) for opening in openings]
    facts = sorted(frozenset[str]().union(*(opening.needs for opening in openings)))
    while facts:
        opened: dict[str, Counter[str]] = {fact: Counter() for fact in facts}
        readers: Counter[str] = Counter()
        for opening, rest in left:
            readers.update(rest)
            if len(rest) == 1:
                opened[next(iter(rest))][opening.rule] += opening.visits
        best = min(facts, key=lambda fact: (_weigh(opened[fact], effects), -readers[fact], fact))
        yield NextFact(best, tuple(alone.get(best, ())), tuple(opened[best]), max(opened[best].values(), default=0))
        facts.remove(best)
        left = [(opening, rest - {best}) for opening, rest in left if rest != {best}]


def _weigh(rules: Counter[str], effects: Mapping[str, str]) -> tuple[int, ...]:
    """Weigh rules by how many there are of each effect, then by their visits: less for more."""
    counts = Counter(effects[rule] for rule in rules)
    return (*(-counts[effect] for effect in _GRAVEST), -rules.total())


@dataclass(frozen=True)
class FactsThatOpen:
    """Which of the facts that no column gives could make one condition TRUE."""

    condition: Expr
    never: frozenset[str]

    @cached_property
    def facts(self) -> frozenset[str]:
        """The fewest of them that were found to do; a list stands for all that is known of its elements."""
        needed = set[str]().union(*self._reads.values()) if self._reads else set[str]()
        for fact in sorted(needed, key=_is_wanted):
            without = needed - {fact}
            if without and True in self._answers(self.condition, without):
                needed = without
        return frozenset(needed)

    @cached_property
    def _reads(self) -> dict[int, frozenset[str]]:
        """For each node that reads one of these facts itself, which."""
        reads: dict[int, frozenset[str]] = {}
        for fact, node in facts_with_nodes((self.condition,)):
            if fact in self.never:
                listed = fact.partition("[]")[0]
                reads[id(node)] = reads.get(id(node), frozenset()) | {listed if listed in self.never else fact}
        return reads

    def _answers(self, node: Expr, given: Collection[str]) -> frozenset[bool]:
        """The truths that a condition may have where only some of these facts are given; none, where it is UNKNOWN."""
        match node:
            case Const(value=value):
                return _NEITHER if value is None else frozenset({bool(value)})
            case Not(operand=operand):
                return frozenset(not each for each in self._answers(operand, given))
            case And(parts=parts):
                return _join([self._answers(part, given) for part in parts], settled=False)
            case Or(parts=parts):
                return _join([self._answers(part, given) for part in parts], settled=True)
            case Exists(source=source, body=body) | ForAll(source=source, body=body):
                return self._answers(body, given) if self._is_given(source, given) else _NEITHER
            case Choose(test=test, then=then, other=other) if node.type == BOOL:
                if not self._answers(test, given):
                    return _NEITHER
                return self._answers(then, given) | self._answers(other, given)
            case _:
                return _EITHER if self._is_given(node, given) else _NEITHER

    def _is_given(self, node: Expr, given: Collection[str]) -> bool:
        return all(self._reads.get(id(part), frozenset()) <= set(given) for part in distinct_nodes(node))


def _join(parts: list[frozenset[bool]], settled: bool) -> frozenset[bool]:
    """What an `and` (settled by FALSE) or an `or` (by TRUE) of parts may be."""
    answers = {settled} if any(settled in part for part in parts) else set()
    return frozenset(answers | ({not settled} if all((not settled) in part for part in parts) else set()))


def _is_wanted(fact: str) -> tuple[bool, str]:
    """States are asked for rather than their times, which matter only where there is the state."""
    info = FACTS.get(fact)
    return info is None or info.type not in (TIMESTAMP, DATE), fact


def fact_label(fact: str) -> Text:
    """What people call a fact; the path of one that a pack declares."""
    return Text(en=fact_text(fact, "en") or fact, zh=fact_text(fact, "zh") or fact)


def column_look(fact: str, facts: Mapping[str, FactInfo] = FACTS) -> Text:
    """What a column for a fact looks like."""
    info = facts.get(fact)
    if info is None:
        return Text(fact, fact)
    look = _type_look(info.type, info.unit)
    listed, mark, _ = fact.partition("[]")
    if not mark:
        return look
    return Text(en=f"{look.en}, beside each of `{listed}`", zh=f"{look.zh}，`{listed}` 的每一项各有一个")


def _type_look(type_: Type, unit: str | None) -> Text:
    match type_:
        case ListOf(item=Record()):
            return Text(
                en="a table with a row for each, or columns of yes and no under `events`",
                zh="每项一行的表，或 `events` 下的是/否列",
            )
        case ListOf(item=item):
            look = _type_look(item, None)
            return Text(
                en=f"several of: {look.en.removeprefix('one of ')}", zh=f"可多项：{look.zh.removeprefix('之一：')}"
            )
        case Word(words=words):
            some = ", ".join(words[:_WORDS]) + (", ..." if len(words) > _WORDS else "")
            return Text(en=f"one of {some}", zh=f"之一：{some}")
        case _ if type_ in _LOOKS:
            return _LOOKS[type_]
        case _ if str(type_) in ("int", "double"):
            return Text(en=f"a number{f' ({unit})' if unit else ''}", zh=f"数字{f'（{unit}）' if unit else ''}")
        case _:
            return Text(en="text", zh="文字")


def openings_from(counts: Mapping[str, Mapping[str, int]]) -> list[RuleOpening]:
    """Read openings as an audit counts them: by rule and needs, which `needs_key` writes."""
    return [
        RuleOpening(rule, frozenset(key.split("|")), visits)
        for rule, by_needs in sorted(counts.items())
        for key, visits in sorted(by_needs.items())
    ]


def needs_key(needs: Collection[str]) -> str:
    """Write needs as one text."""
    return "|".join(sorted(needs))
