"""Findings: rules violated, suspected, excused, or undetermined for a fact that the row itself lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from visitcheck.audit.running.scope import AuditScope
from visitcheck.concurrency import cached_property
from visitcheck.engines.arrays.values import Bools, Ints, Masks
from visitcheck.engines.arrays.verdicts import Codes
from visitcheck.engines.outcomes import STATUS_CODES, Status
from visitcheck.engines.tally import asked_effect
from visitcheck.facts.types import BOOL, ListOf, Record, Type
from visitcheck.ir.nodes import Compare, Const, Element, Exists, Expr, Fact, Field, Has, Not
from visitcheck.ir.plan import PlanRule

if TYPE_CHECKING:
    import pyarrow as pa

REPORTED = (Status.VIOLATED, Status.SUSPECTED, Status.EXCUSED, Status.UNDETERMINED)
OPEN = (Status.SUSPECTED, Status.UNDETERMINED)
"""The statuses that facts would settle which a row lacks."""
_DECIDED = (Status.VIOLATED, Status.EXCUSED)
_IS_REPORTED = np.isin(list(STATUS_CODES.values()), [STATUS_CODES[status] for status in REPORTED])
_PART_COLUMNS = ("at", "rule_number", "status", "checks", "exceptions", "missing")
_NONE = np.zeros(0, np.int64)


def has_status(statuses: Codes, asked: Iterable[Status]) -> Bools:
    """Where the codes of statuses are those of some."""
    mask: Bools = np.isin(statuses, [STATUS_CODES[status] for status in asked])
    return mask


@dataclass(frozen=True)
class FindingColumns:
    """The findings of a run's rules over chunks of rows, from what is true, decided and missing in each."""

    scope: AuditScope

    @cached_property
    def lackable(self) -> dict[str, Expr]:
        """Each fact that a finding may call missing, sorted, with the condition that is TRUE where a row lacks it.

        Facts that no row gives are left out: rules left open for them are listed once, in the summary. A list that
        goes on stands there as what is asked of it, like `completeness.contacts`.
        """
        tests = {fact: _is_missing(fact, self.scope.root) for fact in self.scope.ruled_facts - self.scope.never_known}
        for path in self._lists_that_may_go_on(self.scope.ruled_facts):
            about = Fact(("completeness", *path.split("."), "complete"), BOOL)
            tests[f"completeness.{path}"] = Compare("==", about, Const(False, BOOL))
        return dict(sorted(tests.items()))

    def _lists_that_may_go_on(self, facts: Iterable[str]) -> list[str]:
        """The lists that are among facts, or whose elements are, and of which rows may say that they go on."""
        if not self.scope.may_go_on:
            return []
        lists = {fact.partition("[]")[0] for fact in facts} & self.scope.may_go_on
        return sorted(path for path in lists if f"completeness.{path}.complete" in self.scope.plan.open_facts)

    @cached_property
    def _places(self) -> dict[str, int]:
        """The places of facts in `lackable`."""
        return {fact: place for place, fact in enumerate(self.lackable)}

    @cached_property
    def _asked_of(self) -> tuple[frozenset[str], ...]:
        """For each condition the facts that it reads and a row may lack, or every row does."""
        reads = []
        for position in range(len(self.scope.plan.conditions)):
            facts = self.scope.plan.facts_of(position)
            going_on = {f"completeness.{path}" for path in self._lists_that_may_go_on(facts)}
            reads.append((facts | going_on) & (self.lackable.keys() | self.scope.never_known))
        return tuple(reads)

    def findings(self, truths: Sequence[Masks], statuses: Codes, lacks: Sequence[Masks]) -> pa.Table:
        """The findings of a chunk by row and rule: `at`, the row, `rule_number`, and what decided."""
        import pyarrow as pa

        names = {column: ListsOfNames() for column in ("checks", "exceptions", "missing")}
        parts = [
            self._of_rule(position, truths, statuses[position], lacks, names)
            for position in range(len(self.scope.plan.rules))
        ]
        whole = {column: np.concatenate([_NONE, *(part[column] for part in parts)]) for column in _PART_COLUMNS}
        # Each part is in the order of rows, and parts are in that of rules.
        order = np.argsort(whole["at"], kind="stable")
        whole = {column: values[order] for column, values in whole.items()}
        rules, codes = whole["rule_number"], whole["status"]
        ids = pa.array([rule.rule.id for rule in self.scope.plan.rules], pa.string())
        return pa.table(
            {
                "at": pa.array(whole["at"]),
                "rule": ids.take(pa.array(rules)),
                "status": pa.array([str(status) for status in STATUS_CODES], pa.string()).take(pa.array(codes)),
                "effect": self._effects.take(pa.array(rules * len(STATUS_CODES) + codes)),
                **{column: lists.take(whole[column]) for column, lists in names.items()},
                "rule_number": pa.array(rules.astype(np.int32)),
            }
        )

    @cached_property
    def _effects(self) -> pa.Array:
        """What a rule asks for by its status, rule by rule; NULL for what is no finding, or asks for nothing."""
        import pyarrow as pa

        asks = (Status.VIOLATED, Status.SUSPECTED, Status.UNDETERMINED)
        effects = [
            asked_effect(rule, status) if status in asks else None
            for rule in self.scope.plan.rules
            for status in STATUS_CODES
        ]
        return pa.array(effects, pa.string())

    def _of_rule(
        self,
        position: int,
        truths: Sequence[Masks],
        statuses: Codes,
        lacks: Sequence[Masks],
        names: Mapping[str, ListsOfNames],
    ) -> dict[str, Ints]:
        """The findings of one rule as numbers: row, rule, status, and places among `names`."""
        rule = self.scope.plan.rules[position]
        rows = np.flatnonzero(_IS_REPORTED[statuses])
        codes = statuses[rows]
        is_suspected = codes == STATUS_CODES[Status.SUSPECTED]
        facts, missing = self._missing(rule, truths, lacks, rows, is_suspected)
        missing[has_status(codes, _DECIDED)] = False
        # A rule left undetermined by what the row does give, or no row gives, is counted and not told row by row.
        shown = (codes != STATUS_CODES[Status.UNDETERMINED]) | np.logical_or.reduce(missing, axis=1)
        if not shown.all():
            rows, codes, missing, is_suspected = rows[shown], codes[shown], missing[shown], is_suspected[shown]
        failed = _side_by_side([~truths[at].true[rows] for at in rule.checks], len(rows))
        # Of a suspected rule those that may excuse it: open, or of a reading too weak to.
        excuses = _side_by_side(
            [np.where(is_suspected, ~truths[at].false[rows], truths[at].true[rows]) for at in rule.unless], len(rows)
        )
        return {
            "at": rows,
            "rule_number": np.full(len(rows), position),
            "status": codes.astype(np.int64),
            "checks": names["checks"].places(failed, [check.name for check in rule.rule.require]),
            "exceptions": names["exceptions"].places(excuses, [excuse.id for excuse in rule.rule.unless]),
            "missing": names["missing"].places(missing, facts),
        }

    def _missing(
        self, rule: PlanRule, truths: Sequence[Masks], lacks: Sequence[Masks], rows: Ints, is_suspected: Bools
    ) -> tuple[list[str], Bools]:
        """The facts that a row lacks and that a condition of the rule reads which is UNKNOWN, sorted.

        What would settle a suspicion is named, though no row of the input gives it.
        """
        asked: dict[str, Bools] = {}
        for at in dict.fromkeys(rule.positions):
            unknown = truths[at].unknown[rows]
            for fact in self._asked_of[at]:
                asked[fact] = asked[fact] | unknown if fact in asked else unknown
        names = sorted(asked)
        places = self._places
        columns = [asked[fact] & (lacks[places[fact]].true[rows] if fact in places else is_suspected) for fact in names]
        return names, _side_by_side(columns, len(rows))


def finding_types() -> dict[str, pa.DataType]:
    """The columns that findings have of their own, in the order in which files have them."""
    import pyarrow as pa

    texts, lists = ("rule", "status", "effect"), ("checks", "exceptions", "missing")
    return dict.fromkeys(texts, pa.string()) | dict.fromkeys(lists, pa.list_(pa.string()))


class ListsOfNames:
    """Distinct lists of names, to which many findings point."""

    def __init__(self) -> None:
        self._lists: list[list[str]] = []

    def places(self, held: Bools, names: Sequence[str]) -> Ints:
        """For each line the place of the list of those names whose entry is set."""
        if not len(held) or not names:
            self._lists.append([])
            return np.full(len(held), len(self._lists) - 1)
        words = np.packbits(held, axis=1, bitorder="little")
        words = np.pad(words, ((0, 0), (0, -words.shape[1] % 8))).view(np.uint64)
        if (words == words[0]).all():
            distinct, places = words[:1], np.zeros(len(held), np.int64)
        elif words.shape[1] == 1:
            distinct, places = np.unique(words, return_inverse=True)
        else:
            distinct, places = np.unique(words, axis=0, return_inverse=True)
        first = len(self._lists)
        for line in distinct.reshape(-1, words.shape[1]):
            bits = np.unpackbits(line.view(np.uint8), bitorder="little", count=len(names))
            self._lists.append([name for name, bit in zip(names, bits, strict=True) if bit])
        return first + places.reshape(-1)

    def take(self, places: Ints) -> pa.Array:
        """The lists at some places."""
        import pyarrow as pa

        return pa.array(self._lists, pa.list_(pa.string())).take(pa.array(places))


def _side_by_side(columns: Sequence[Bools], count: int) -> Bools:
    return np.column_stack(columns) if columns else np.zeros((count, 0), np.bool_)


def _is_missing(fact: str, root: Record) -> Expr:
    """Whether a row lacks a fact: of a fact of list elements, whether some element does."""
    listed, mark, inner = fact.partition("[].")
    path = tuple(listed.split("."))
    type_ = _type_of(root, path)
    if not mark:
        return Not(Has(Fact(path, type_)))
    if not isinstance(type_, ListOf) or "[]" in inner:
        raise TypeError(f"`{fact}` is no fact of the elements of a list")
    record: Expr = Element(0, type_.item)
    for name in inner.split("."):
        below = record.type
        if not isinstance(below, Record):
            raise TypeError(f"`{fact}`: `{name}` is no field of {below}")
        record = Field(record, name, below.fields[name])
    if not isinstance(record, Field):
        raise TypeError(f"`{fact}` names no field")
    return Exists(Fact(path, type_), 0, Not(Has(record)))


def _type_of(root: Record, path: tuple[str, ...]) -> Type:
    type_: Type = root
    for name in path:
        if not isinstance(type_, Record):
            raise TypeError(f"`{'.'.join(path)}` is no fact")
        type_ = type_.fields[name]
    return type_
