"""Findings: rules violated, suspected, excused, or undetermined for a fact that the row itself lacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from visitcheck.audit.running.scope import AuditScope
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

        parts = [
            self._of_rule(position, rule, truths, statuses[position], lacks)
            for position, rule in enumerate(self.scope.plan.rules)
        ]
        table = pa.concat_tables([_no_findings(), *parts])
        # Each part is in the order of rows, and parts are in that of rules.
        return table.take(pa.array(np.argsort(table["at"].to_numpy(), kind="stable")))

    def missing_names(self, lacks: Sequence[Masks], rows: Ints) -> pa.Array:
        """The facts that each of some rows lacks."""
        return names_where(_side_by_side([masks.true[rows] for masks in lacks], len(rows)), list(self.lackable))

    def _of_rule(
        self, position: int, rule: PlanRule, truths: Sequence[Masks], statuses: Codes, lacks: Sequence[Masks]
    ) -> pa.Table:
        import pyarrow as pa

        rows = np.flatnonzero(has_status(statuses, REPORTED))
        codes = statuses[rows]
        is_suspected = has_status(codes, [Status.SUSPECTED])
        facts, missing = self._missing(rule, truths, lacks, rows, is_suspected)
        missing[has_status(codes, _DECIDED)] = False
        # A rule left undetermined by what the row does give, or no row gives, is counted and not told row by row.
        shown = ~has_status(codes, [Status.UNDETERMINED]) | missing.any(axis=1)
        rows, codes, missing, is_suspected = rows[shown], codes[shown], missing[shown], is_suspected[shown]
        failed = _side_by_side([~truths[at].true[rows] for at in rule.checks], len(rows))
        # Of a suspected rule those that may excuse it: open, or of a reading too weak to.
        excuses = _side_by_side(
            [np.where(is_suspected, ~truths[at].false[rows], truths[at].true[rows]) for at in rule.unless], len(rows)
        )
        words = {STATUS_CODES[status]: str(status) for status in REPORTED}
        effects: dict[int, str] = {
            STATUS_CODES[status]: asked_effect(rule, status) for status in REPORTED if status is not Status.EXCUSED
        }
        return pa.table(
            {
                "at": pa.array(rows, pa.int64()),
                "rule": pa.array([rule.rule.id] * len(rows), pa.string()),
                "status": pa.array([words[code] for code in codes.tolist()], pa.string()),
                "effect": pa.array([effects.get(code) for code in codes.tolist()], pa.string()),
                "checks": names_where(failed, [check.name for check in rule.rule.require]),
                "exceptions": names_where(excuses, [excuse.id for excuse in rule.rule.unless]),
                "missing": names_where(missing, facts),
                "rule_number": pa.array(np.full(len(rows), position), pa.int32()),
            }
        )

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


def _no_findings() -> pa.Table:
    import pyarrow as pa

    types = {"at": pa.int64()} | finding_types() | {"rule_number": pa.int32()}
    return pa.schema(types).empty_table()


def _side_by_side(columns: Sequence[Bools], count: int) -> Bools:
    return np.column_stack(columns) if columns else np.zeros((count, 0), np.bool_)


def names_where(held: Bools, names: Sequence[str]) -> pa.Array:
    """For each line the names whose entry is set."""
    import pyarrow as pa

    _, columns = np.nonzero(held)
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(held.sum(axis=1))))
    words = pa.array(list(names), pa.string()).take(pa.array(columns, pa.int64()))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), words)


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
