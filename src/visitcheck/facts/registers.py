"""Registers: facts of lenders, agencies and collectors, given once by id and filled into visits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from visitcheck.errors import InvalidVisit, Problem
from visitcheck.facts.breaches import breaches_in_record
from visitcheck.facts.diagnosis import diagnose
from visitcheck.facts.fields import FactModel
from visitcheck.facts.groups.people import Agency, Collector, Lender
from visitcheck.facts.paths import Path, json_path
from visitcheck.facts.scalars import kind_of, shown
from visitcheck.facts.visit import Visit

Entry = TypeVar("Entry", bound=FactModel)
AnyVisit = TypeVar("AnyVisit", bound=Visit)
_MODELS: dict[str, type[FactModel]] = {"lenders": Lender, "agencies": Agency, "collectors": Collector}
# Facts of one visit or case, which no register can know.
_OF_A_VISIT = {
    "lenders": frozenset[str](),
    "agencies": frozenset({"involved", "outsourcing_notified", "outsourcing_notified_at"}),
    "collectors": frozenset({"present"}),
}


@dataclass(frozen=True, slots=True)
class Registers:
    """Facts by id. A visit that names an id gets the facts it lacks; an id that is not listed adds none."""

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

    def fill(self, visit: AnyVisit) -> tuple[AnyVisit, list[Problem]]:
        """The visit with the facts that it lacks, and every contradiction between it and the registers."""
        problems: list[Problem] = []
        update: dict[str, Any] = {}
        for name, entries in (("lender", self.lenders), ("agency", self.agencies)):
            given = getattr(visit, name)
            if given is not None:
                update[name] = _fill_record(given, entries, (name,), problems)
        if visit.team:
            update["team"] = tuple(
                _fill_record(collector, self.collectors, ("team", position), problems)
                for position, collector in enumerate(visit.team)
            )
        changed = any(getattr(visit, name) is not value for name, value in update.items())
        return (visit.model_copy(update=update) if changed else visit), problems


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


def _fill_record(given: Entry, entries: Mapping[str, Entry], path: Path, problems: list[Problem]) -> Entry:
    known = entries.get(given.id)  # type: ignore[attr-defined]
    if known is None:
        return given
    update: dict[str, Any] = {}
    for name, value in known.__dict__.items():
        if value is None or name == "id":
            continue
        own = getattr(given, name)
        if own is None:
            update[name] = value
        elif own != value:
            message = f"the visit says {given.written(name)}, the register {known.written(name)}"
            problems.append(
                Problem("register-contradiction", message, "correct one of them", path=json_path((*path, name)))
            )
    return given.model_copy(update=update) if update else given
