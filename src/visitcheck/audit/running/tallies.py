"""What a chunk of judged rows adds to the summary: counts only, which add up."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from visitcheck.audit.arrow_columns import is_known, whole_numbers
from visitcheck.audit.next_facts import needs_key
from visitcheck.audit.running.judged_rows import JudgedRows, RowJudge
from visitcheck.audit.running.local_hours import LocalHours
from visitcheck.audit.running.scope import AuditScope
from visitcheck.engines.arrays.values import Array, Bools, Ints
from visitcheck.engines.arrays.verdicts import Codes
from visitcheck.engines.outcomes import ASSESSED_WORDS, OUTCOME_WORDS, STATUS_CODES
from visitcheck.engines.status import Status
from visitcheck.engines.tally import DECIDED
from visitcheck.policy.sources import SOURCES, source_of

if TYPE_CHECKING:
    import pyarrow as pa

NOT_KNOWN = "(not known)"
SAID = ("visits", "rules_assessed", "rules_applicable", "lists", "lists_going_on")
"""What is counted of how much the visits of an agency or a collector say."""
Counts = dict[str, Any]
_STATUSES = {code: str(status) for status, code in STATUS_CODES.items()}


class RowCounter:
    """Counts judged rows, chunk by chunk."""

    def __init__(self, judge: RowJudge) -> None:
        self._judge = judge
        self._scope = judge.scope
        self._hours = LocalHours(judge.scope.plan.policy)
        rules = [source_of(rule.rule) for rule in self._scope.plan.rules]
        self._sources = {source: [at for at, own in enumerate(rules) if own == source] for source in SOURCES}
        self._lackable = list(judge.finder.lackable)

    def count(self, rows: JudgedRows) -> Counts:
        """Count the rows of a chunk."""
        assessed = rows.assessed_outcomes
        by_collector, members = _distinct_members(*rows.collectors())
        groups = {
            "month": _months(rows.days()),
            "place_kind": _Keys.of(rows.column("place.kind")),
            "agency": _Keys.of(rows.column("agency.id")),
            "hour_of_week": _Keys.of(self._hours.of_week(rows)),
        }
        return {
            "visits": len(rows),
            "outcome": _count_words(rows.verdicts.outcomes, OUTCOME_WORDS),
            "assessed_outcome": _count_words(assessed, ASSESSED_WORDS),
            "assessed": _count_visits_by_rules(rows, assessed),
            "sources": {source: self._count_source(rows, among) for source, among in self._sources.items()},
            "said": {
                "agency": self._count_what_is_said(rows, groups["agency"], np.arange(len(rows))),
                "collector": self._count_what_is_said(rows, by_collector, members),
            },
            "rules": _count_rules(rows, self._scope),
            "openings": _count_openings(rows, self._scope),
            "doubts": self._count_doubts(rows),
            "missing": self._count_missing(rows),
            **{name: keys.count_words(assessed, ASSESSED_WORDS) for name, keys in groups.items()},
            "collector": by_collector.count_words(assessed[members], ASSESSED_WORDS),
        }

    def _count_source(self, rows: JudgedRows, among: Sequence[int]) -> Counts:
        """Count visits by what their facts show of the rules of one source alone; nothing where it has none."""
        if not among:
            return {}
        outcomes = self._judge.judge.assessed_outcomes(rows.verdicts, rows.truths, among)
        return _count_words(rows.in_doubt_at_least(outcomes), ASSESSED_WORDS)

    def _count_what_is_said(self, rows: JudgedRows, keys: _Keys, of: Ints) -> Counts:
        """Count by key visits, the rules assessed and applicable on them, and the lists stated and going on in them.

        `of` are the rows that the keys are of.
        """
        lists = [np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)]
        for positions in self._scope.lists.values():
            for total, position in zip(lists, positions, strict=True):
                total += rows.truths[position].true
        numbers: list[Array] = [np.ones(len(rows)), rows.verdicts.assessed, rows.verdicts.applicable, *lists]
        sums = (keys.add_up(each[of]) for each in numbers)
        return {
            name: dict(zip(SAID, each, strict=True)) for name, *each in zip(keys.names, *sums, strict=True) if each[0]
        }

    def _count_doubts(self, rows: JudgedRows) -> Counts:
        """Count visits by the doubts that they are in."""
        counts = {doubt.code: int(rows.truths[at].true.sum()) for doubt, at in self._scope.plan.doubts}
        return {code: number for code, number in counts.items() if number}

    def _count_missing(self, rows: JudgedRows) -> Counts:
        """Count by fact the visits that lack it and have a suspected or undetermined rule."""
        is_open = rows.is_open()
        counts = {
            fact: int((masks.true & is_open).sum()) for fact, masks in zip(self._lackable, rows.lacks, strict=True)
        }
        return {fact: number for fact, number in counts.items() if number}


class _Keys:
    """A key for each entry: a place in `names`."""

    def __init__(self, names: Sequence[str], places: Ints) -> None:
        self.names = names
        self._places = places

    @classmethod
    def of(cls, texts: pa.Array) -> _Keys:
        """The keys of texts, some of which may not be known."""
        encoded = texts.dictionary_encode()
        names = encoded.dictionary.to_pylist()
        # A text may say the same as stands for what is not known; then both are one key.
        unknown = names.index(NOT_KNOWN) if NOT_KNOWN in names else len(names)
        return cls(
            names if unknown < len(names) else [*names, NOT_KNOWN],
            encoded.indices.fill_null(unknown).to_numpy().astype(np.int64),
        )

    def count_words(self, codes: Codes, words: Sequence[str]) -> Counts:
        """Count entries by key and word."""
        size = len(words)
        counts = np.bincount(self._places * size + codes, minlength=len(self.names) * size).reshape(-1, size)
        named = {name: _by_word(line, words) for name, line in zip(self.names, counts, strict=True)}
        return {name: by_word for name, by_word in named.items() if by_word}

    def add_up(self, numbers: Array) -> list[int]:
        """Add up numbers by key."""
        sums = np.bincount(self._places, weights=numbers, minlength=len(self.names))
        return [int(each) for each in sums.tolist()]


def _months(days: pa.Array) -> _Keys:
    """The month of each day, like `2026-03`."""
    import pyarrow as pa

    distinct, places = np.unique(whole_numbers(days), return_inverse=True)
    months = distinct.astype("datetime64[D]").astype("datetime64[M]").astype(str)
    return _Keys.of(pa.array(months[places].tolist(), pa.string(), mask=~is_known(days)))


def _distinct_members(ids: pa.Array, rows: Array) -> tuple[_Keys, Ints]:
    """The keys of ids, each once a row, and the rows; an id that is not known is one, too."""
    import pyarrow as pa

    encoded = ids.dictionary_encode()
    names = encoded.dictionary
    size = len(names) + 1
    pairs = np.unique(rows.astype(np.int64) * size + whole_numbers(encoded.indices.fill_null(len(names))))
    places = pairs % size
    members = names.take(pa.array(places, mask=places == len(names)))
    return _Keys.of(members), pairs // size


def _by_word(counts: Ints, words: Sequence[str]) -> Counts:
    return {word: int(number) for word, number in zip(words, counts.tolist(), strict=True) if number}


def _count_words(codes: Codes, words: Sequence[str]) -> Counts:
    """Count rows by what their codes stand for."""
    return _by_word(np.bincount(codes, minlength=len(words)), words)


def _count_visits_by_rules(rows: JudgedRows, assessed_outcomes: Codes) -> Counts:
    """Count visits by what their facts show, and by how many rules were assessed, and apply or may."""
    counts: Counts = {}
    columns = {"rules_assessed": rows.verdicts.assessed, "rules_applicable": rows.verdicts.applicable}
    for name, numbers in columns.items():
        for code, word in enumerate(ASSESSED_WORDS):
            by_number = np.bincount(numbers[assessed_outcomes == code])
            for number in np.flatnonzero(by_number).tolist():
                counts.setdefault(word, {}).setdefault(name, {})[str(number)] = int(by_number[number])
    return counts


def _has_any(line: Codes, statuses: Sequence[Status]) -> Bools:
    """Where a rule has one of these statuses."""
    table = np.zeros(len(STATUS_CODES), np.bool_)
    table[[STATUS_CODES[status] for status in statuses]] = True
    mask: Bools = table[line]
    return mask


def _count_rules(rows: JudgedRows, scope: AuditScope) -> Counts:
    """Count visits by rule and status; of the satisfied, for how many it is unknown whether it applies.

    Under `counted` are those that a rate is of, by status: that surely are under the rule, and in which no list goes on
    for what it asks.
    """
    rules: Counts = {}
    for rule, line, applies in zip(scope.plan.rules, rows.verdicts.statuses, rows.verdicts.scopes, strict=True):
        by_status = _by_word(np.bincount(line, minlength=len(_STATUSES)), list(_STATUSES.values()))
        unsure = int((_has_any(line, [Status.SATISFIED]) & applies.unknown).sum())
        if unsure:
            by_status["satisfied_perhaps_not_applicable"] = unsure
        counts = applies.true & _has_any(line, [*DECIDED, Status.SUSPECTED])
        mark = scope.marks.get(rule.rule.id)
        if mark is not None:
            counts = counts & rows.truths[mark].false
        counted = _by_word(np.bincount(line[counts], minlength=len(_STATUSES)), list(_STATUSES.values()))
        if counted:
            by_status["counted"] = counted
        if by_status:
            rules[rule.rule.id] = by_status
    return rules


def _count_openings(rows: JudgedRows, scope: AuditScope) -> Counts:
    """Count by rule the visits on which it would be assessed, were some facts given that no column gives.

    Where it is not assessed, and each of its conditions that is UNKNOWN, exceptions apart, reads such a fact.
    """
    openings: Counts = {}
    for place, rule in enumerate(scope.plan.rules):
        positions = dict.fromkeys((*rule.scope, *rule.checks))
        needs = {at: facts for at in positions if (facts := scope.needs(at))}
        if not needs:
            continue
        line, applies = rows.verdicts.statuses[place], rows.verdicts.scopes[place]
        would = _has_any(line, [Status.UNDETERMINED, Status.NOT_ASSESSED])
        would |= _has_any(line, [Status.SATISFIED, Status.EXCUSED]) & applies.unknown
        for at in positions.keys() - needs.keys():
            would &= rows.truths[at].known
        mark = scope.marks.get(rule.rule.id)
        if mark is not None and not any("history.visits_since" in facts for facts in needs.values()):
            would &= rows.truths[mark].false  # a list that goes on would leave it open all the same
        for facts, number in _by_needs(rows, needs, np.flatnonzero(would)):
            by_needs = openings.setdefault(rule.rule.id, {})
            by_needs[needs_key(facts)] = by_needs.get(needs_key(facts), 0) + number
    return openings


def _by_needs(rows: JudgedRows, needs: Mapping[int, frozenset[str]], of: Ints) -> Iterator[tuple[frozenset[str], int]]:
    """The facts that some rows need, by their conditions that are UNKNOWN, with how many rows need them."""
    patterns = np.zeros(len(of), np.int64)
    for bit, at in enumerate(needs):
        patterns |= rows.truths[at].unknown[of].astype(np.int64) << bit
    for pattern, number in zip(*np.unique(patterns, return_counts=True), strict=True):
        facts = frozenset[str]().union(*(facts for bit, facts in enumerate(needs.values()) if pattern >> bit & 1))
        if facts:
            yield facts, int(number)


def add_counts(left: Any, right: Any) -> Any:
    """Add two counts, or two mappings of them."""
    if isinstance(left, dict):
        return {
            key: add_counts(left[key], right[key]) if key in left and key in right else left.get(key, right.get(key))
            for key in left | right
        }
    return left + right


def counts_json(counts: Counts) -> str:
    """Write counts as checkpoints hold them."""
    return json.dumps(counts, sort_keys=True, ensure_ascii=False)
