"""Registers: facts of lenders, agencies and collectors, given once by id and filled into visits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias, TypeVar

from pydantic import model_validator

from visitcheck.errors import InvalidVisit, Problem
from visitcheck.facts.breaches import BrokenConstraintsError, breaches_in_record
from visitcheck.facts.completeness import (
    OPEN_LISTS,
    WORDS,
    Completeness,
    LenderCompleteness,
    absent_complete_lists,
    with_open_lists,
)
from visitcheck.facts.constraints import NotAfter, StateTime
from visitcheck.facts.diagnosis import diagnose
from visitcheck.facts.fields import FactModel, fact
from visitcheck.facts.groups.elsewhere import Contradiction
from visitcheck.facts.groups.people import Agency, Collector, Lender
from visitcheck.facts.limits import MAX_TEXT
from visitcheck.facts.paths import Path, json_path
from visitcheck.facts.scalars import kind_of, shown
from visitcheck.facts.visit import Visit

Entry = TypeVar("Entry", bound=FactModel)
AnyVisit = TypeVar("AnyVisit", bound=Visit)
NOT_REGISTERED = "not-registered"
REGISTER_CONTRADICTION = "register-contradiction"
_IN_WORDS = {"lender.id": "lender", "agency.id": "agency", "team[].id": "collector", "team[].agency_id": "agency"}


class LenderEntry(Lender):
    """A lender as a register holds it: beside its facts it may say that a list of them goes on."""

    completeness: LenderCompleteness | None = fact("Which lists of the lender may go on.")  # type: ignore[valid-type]

    @model_validator(mode="before")
    @classmethod
    def _state_open_lists(cls, facts: Any) -> Any:
        """A list that goes on and is not given is empty, as in a visit."""
        if not isinstance(facts, Mapping) or not facts.get("completeness"):
            return facts
        opened = with_open_lists({"lender": dict(facts), "completeness": {"lender": facts["completeness"]}})
        return opened["lender"]

    @model_validator(mode="after")
    def _hold_lists_given(self) -> LenderEntry:
        broken = list(absent_complete_lists(self, "lender"))
        if broken:
            raise BrokenConstraintsError(broken)
        return self


_MODELS: dict[str, type[FactModel]] = {"lenders": LenderEntry, "agencies": Agency, "collectors": Collector}
# Facts of one visit or case, which no register can know.
_OF_A_VISIT = {
    "lenders": frozenset[str](),
    "agencies": frozenset({"involved", "outsourcing_notified", "outsourcing_notified_at"}),
    "collectors": frozenset({"present"}),
}


@dataclass(frozen=True, slots=True)
class Registers:
    """Facts by id. A visit that names an id gets the facts it lacks.

    A register without entries is none: nobody is looked for in it.
    """

    lenders: Mapping[str, Lender] = field(default_factory=dict)
    agencies: Mapping[str, Agency] = field(default_factory=dict)
    collectors: Mapping[str, Collector] = field(default_factory=dict)

    @classmethod
    def of(cls, given: Registers | Mapping[str, object] | None) -> Registers | None:
        """Registers as a caller may give them: as they are, as plain values to `read`, or none."""
        return given if given is None or isinstance(given, Registers) else cls.read(given)

    @classmethod
    def read(cls, source: Mapping[str, object]) -> Registers:
        """Registers from plain values: `{"lenders": {"icbc": {"kind": "bank"}}, "agencies": ..., ...}`.

        Raises `InvalidVisit` with all problems, each with its path.
        """
        if not isinstance(source, Mapping):
            raise InvalidVisit([_no_registers(source)])
        problems: list[Problem] = []
        registers: dict[str, Any] = {}
        for name, entries in source.items():
            if name not in _MODELS or not isinstance(entries, Mapping):
                problems.append(_no_register(str(name), entries))
                continue
            records = {key: _read_entry(name, key, entry, problems) for key, entry in entries.items()}
            registers[name] = {key: entry for key, entry in records.items() if entry is not None}
        if problems:
            raise InvalidVisit(problems)
        return cls(**registers)

    def fill(self, visit: AnyVisit, *, overrule: bool = True) -> tuple[AnyVisit, list[RegisterDifference]]:
        """The visit with the facts that it lacks, and where the registers differ from it, or hold nobody of that id.

        Where they differ the register's value is taken; without `overrule` the visit's own stays.
        """
        differences: list[RegisterDifference] = []
        update: dict[str, Any] = {}
        as_of = None if visit.visit is None else visit.visit.as_of
        filler = _Filler(as_of, overrule, differences)
        if visit.lender is not None and self.lenders:
            update["lender"] = filler.fill(visit.lender, self.lenders, ("lender",))
            entry = self.lenders.get(visit.lender.id or "")
            if entry is not None:
                update["lender"], about = filler.settle_lists(update["lender"], visit, entry, "lender")
                update |= {} if about is None else {"completeness": about}
            elif _is_named(visit.lender):
                differences.append(_not_registered(visit.lender, ("lender",)))
        if visit.agency is not None and self.agencies:
            update["agency"] = filler.fill(visit.agency, self.agencies, ("agency",))
            if visit.agency.involved is not False and _is_named(visit.agency) and visit.agency.id not in self.agencies:
                differences.append(_not_registered(visit.agency, ("agency",)))
        if visit.team and self.collectors:
            update["team"] = tuple(
                filler.fill(collector, self.collectors, ("team", position))
                for position, collector in enumerate(visit.team)
            )
            differences += [
                _not_registered(collector, ("team", position))
                for position, collector in enumerate(visit.team)
                if collector.present is not False and collector.id not in self.collectors
            ]
        if visit.team and self.agencies:
            differences += [
                _not_registered(collector, ("team", position), "agency_id")
                for position, collector in enumerate(update.get("team", visit.team))
                if collector.present is not False
                and collector.agency_id is not None
                and collector.agency_id not in self.agencies
            ]
        changed = any(getattr(visit, name) is not value for name, value in update.items())
        return (visit.model_copy(update=update) if changed else visit), differences


class RegisterDifference(NamedTuple):
    """A contradiction between a visit and a register, and the fact of the visit that it is about."""

    contradiction: Contradiction
    where: Path

    def problem(self) -> Problem:
        """The problem for which a proposal is refused."""
        said, path = self.contradiction, json_path(self.where)
        if said.kind == "not_registered":
            message = f"no register holds this {_IN_WORDS[str(said.path)]}"
            return Problem(NOT_REGISTERED, message, "give the id under which the register holds it", path=path)
        message = f"the visit says {said.stated}, the register {said.elsewhere}"
        return Problem(REGISTER_CONTRADICTION, message, "correct one of them", path=path)


@dataclass(frozen=True, slots=True)
class _Filler:
    """Fills entries into records of one visit, and notes where they differ."""

    as_of: int | None
    overrule: bool
    differences: list[RegisterDifference]

    def fill(self, given: Entry, entries: Mapping[str, Entry], path: Path) -> Entry:
        """A record with the facts of its entry, but lists that may go on."""
        entry = entries.get(given.id)  # type: ignore[attr-defined]
        if entry is None:
            return given
        update: dict[str, Any] = {}
        for name, value in entry.__dict__.items():
            if value is None or name in ("id", "completeness") or f"{path[0]}.{name}" in OPEN_LISTS:
                continue
            own = getattr(given, name)
            if own is None:
                update[name] = value
            elif own != value:
                self._note(given, (*path, name), given.written(name), entry.written(name))
                update |= {name: value} if self.overrule else {}
        if not update:
            return given
        filled = given.model_copy(update=update)
        return self._reconcile(filled, given, entry, path) if self.overrule else filled

    def _reconcile(self, filled: Entry, given: Entry, entry: Entry, path: Path) -> Entry:
        """Leave out facts of the visit with which the register's cannot stand in one record.

        Of the register's own, what is later than the moment of judging was not known then: neither the time nor the
        state that goes with it.
        """
        for constraint in type(filled).constraints:
            breach = constraint.breach(filled.__dict__, self.as_of, filled.written)
            if breach is None:
                continue
            if isinstance(constraint, NotAfter):
                states = [
                    each.state
                    for each in type(filled).constraints
                    if isinstance(each, StateTime) and each.time == breach.at
                ]
                filled = filled.model_copy(update=dict.fromkeys([breach.at, *states]))
                continue
            others = [name for name in breach.needs if getattr(entry, name) is not None]
            for name in breach.needs:
                if name not in others:
                    elsewhere = ", ".join(f"{other}: {entry.written(other)}" for other in others)
                    self._note(given, (*path, name), given.written(name), elsewhere)
                    filled = filled.model_copy(update={name: None})
        return filled

    def _note(self, given: FactModel, where: Path, stated: str, elsewhere: str) -> None:
        said = Contradiction(
            kind="register_differs",
            path=json_path(where)[2:],
            id=given.id,  # type: ignore[attr-defined]
            stated=stated[:MAX_TEXT],
            elsewhere=elsewhere[:MAX_TEXT],
        )
        self.differences.append(RegisterDifference(said, where))

    def settle_lists(self, record: Entry, visit: Visit, entry: Entry, group: str) -> tuple[Entry, FactModel | None]:
        """A record with the lists of its entry that may go on, and `completeness` where that changes (else None).

        A list of the visit that goes on and is part of the register's contradicts nothing.
        """
        about = visit.completeness
        for path in OPEN_LISTS:
            name = path.removeprefix(f"{group}.")
            if name == path or (known := getattr(entry, name)) is None:
                continue
            own = getattr(record, name)
            mine, theirs = _words_closed(about, group, name), _words_closed(entry, "completeness", name)
            if own is None:
                settled, closed = known, theirs
            else:
                settled, closed, differs = _settle_words((own, mine), (known, theirs))
                if differs:
                    self._note(record, (group, name), record.written(name), entry.written(name))
                    if not self.overrule:
                        continue
            if settled != own:
                record = record.model_copy(update={name: settled})
            if closed != mine or (own is None and closed is not None):
                about = _with_words_closed(about, group, name, closed)
        return record, (None if about is visit.completeness else about)


_Words: TypeAlias = tuple[tuple[str, ...], frozenset[str] | None]
"""A list of words, and the words of which it lacks nothing although it goes on; None where it is complete."""


def _settle_words(own: _Words, known: _Words) -> tuple[tuple[str, ...], frozenset[str] | None, bool]:
    """A visit's list and a register's as one, and whether they contradict each other; then the register's counts."""
    (mine, my_closed), (theirs, their_closed) = own, known
    differs = _lacks(own, theirs) or _lacks(known, mine)
    if their_closed is None:
        return (mine if set(mine) == set(theirs) else theirs), None, differs
    if my_closed is None and not differs:
        return mine, None, False
    more = tuple(word for word in mine if word not in theirs and word not in their_closed)
    return theirs + more, their_closed | (my_closed or frozenset()), differs


def _lacks(words: _Words, others: tuple[str, ...]) -> bool:
    """Whether a list says of some of these words that they are not in it."""
    held, closed = words
    return any(word not in held and (closed is None or word in closed) for word in others)


def _words_closed(about: Any, *path: str) -> frozenset[str] | None:
    """The words of which a list lacks nothing, where `about` says that it goes on; None where it is complete."""
    for name in path:
        about = getattr(about, name, None)
    if about is None or about.complete is not False:
        return None
    return frozenset(() if about.all_with is None else about.all_with.words or ())


def _with_words_closed(about: Any, group: str, name: str, closed: frozenset[str] | None) -> Any:
    """`completeness` of a visit, with this said of one of its lists."""
    facts: dict[str, Any] = {} if about is None else about.model_dump(mode="json", exclude_none=True)
    lists = facts.setdefault(group, {})
    if closed is None:
        lists.pop(name, None)
    else:
        lists[name] = {"complete": False} | ({"all_with": {WORDS: sorted(closed)}} if closed else {})
    return Completeness.model_validate(facts)


def _is_named(record: FactModel) -> bool:
    """Whether anything is said of a lender or an agency."""
    return any(value is not None for value in record.__dict__.values())


def _not_registered(record: Any, path: Path, field: str = "id") -> RegisterDifference:
    # Without the position in the team, as databases have it.
    name = f"{path[0]}[].{field}" if len(path) > 1 else f"{path[0]}.{field}"
    said = Contradiction(kind="not_registered", path=name, id=getattr(record, field))
    return RegisterDifference(said, (*path, field))


def _no_registers(source: object) -> Problem:
    message = f"expected registers by name, found {kind_of(source)}"
    return Problem("fact-wrong-type", message, 'write them like `{"agencies": {"id-1": {...}}}`', path="$")


def _no_register(name: str, entries: object) -> Problem:
    path = json_path((name,))
    if name not in _MODELS:
        known = ", ".join(f"`{register}`" for register in _MODELS)
        return Problem("fact-unknown-name", f"there is no register `{shown(name)}`", f"known: {known}", path=path)
    message = f"expected an object of entries by id, found {kind_of(entries)}"
    return Problem("fact-wrong-type", message, 'write it like `{"id-1": {...}}`', path=path)


def _read_entry(register: str, key: str, entry: object, problems: list[Problem]) -> FactModel | None:
    """One entry, validated as the same facts in a visit are."""
    model = _MODELS[register]
    prefix: Path = (register, str(key))
    refusals, record = diagnose(entry, model)
    for problem in refusals:
        path = json_path(prefix) + (problem.path or "$")[1:]
        code = "fact-wrong-type" if problem.code == "visit-not-an-object" else problem.code
        help_ = "give an object of facts" if code != problem.code else problem.help
        problems.append(Problem(code, problem.message, help_, path=path))
    if record is None:
        return None
    for breach in breaches_in_record(record):
        problems.append(Problem(breach.code, breach.message, breach.help, path=json_path((*prefix, *breach.path))))
    problems += _misplaced_facts(register, record, prefix)
    if record.id not in (None, key):  # type: ignore[attr-defined]
        message = f"the entry is filed under `{shown(key)}`, but its `id` is another"
        problems.append(Problem("register-id", message, "leave `id` out", path=json_path((*prefix, "id"))))
    return record


def _misplaced_facts(register: str, record: FactModel, prefix: Path) -> Iterator[Problem]:
    for name in sorted(_OF_A_VISIT[register]):
        if getattr(record, name) is not None:
            message = f"`{name}` is a fact of one visit, not of a register"
            yield Problem("fact-unknown-name", message, "give it in the visit", path=json_path((*prefix, name)))
