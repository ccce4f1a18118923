"""Which lists of a visit may hold less than what happened: the group `completeness`.

A list that is given is complete unless `completeness` says that it goes on. Each list has up to three *closing facts*,
declared here once: `completeness.conduct = {complete: false, all_with: {kind: [threat]}}` says that every event of kind
`threat` is in the list, and that of other kinds there may be more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import create_model

from visitcheck.facts.breaches import LocatedBreach
from visitcheck.facts.constraints import OnlyFor, RecordConstraint, SaysSomething
from visitcheck.facts.fields import Bool, FactModel, Listed, fact, shapes
from visitcheck.facts.groups.contact import AvoidTime, Consent, Contact, Notice, Wishes
from visitcheck.facts.groups.debt import Preparation, Verification
from visitcheck.facts.groups.door import Conduct, Recording, RecordingGap
from visitcheck.facts.groups.past import Complaint, EarlierVisit
from visitcheck.facts.groups.people import Collector, Debtor, Lender, MetPerson
from visitcheck.facts.groups.plan import PlanFacts
from visitcheck.facts.paths import Path

LIST_NOT_GIVEN = "fact-list-not-given"
"""The code of a list that is said to be complete and is not given."""
WORDS = "words"
"""The closing fact of a list of closed words: the words themselves."""
_MAX_CLOSING_FACTS = 3


class OpenList(NamedTuple):
    """A list that may go on: the model of its elements (of its group, for a list of words), and its closing facts."""

    model: type[FactModel]
    closing: tuple[str, ...]


OPEN_LISTS: Mapping[str, OpenList] = MappingProxyType(
    {
        "team": OpenList(Collector, ()),
        "met": OpenList(MetPerson, ("role",)),
        "verification": OpenList(Verification, ("item",)),
        "contacts": OpenList(Contact, ("channel", "direction", "party")),
        "notices": OpenList(Notice, ("about",)),
        "consents": OpenList(Consent, ("kind", "by")),
        "conduct": OpenList(Conduct, ("kind",)),
        "recordings": OpenList(Recording, ("medium",)),
        "recording_gaps": OpenList(RecordingGap, ("medium",)),
        "earlier_visits": OpenList(EarlierVisit, ()),
        "complaints": OpenList(Complaint, ()),
        "lender.memberships": OpenList(Lender, (WORDS,)),
        "debtor.vulnerabilities": OpenList(Debtor, (WORDS,)),
        "preparation.documents": OpenList(Preparation, (WORDS,)),
        "wishes.avoid_times": OpenList(AvoidTime, ()),
        "wishes.places_refused": OpenList(Wishes, (WORDS,)),
        "plan.letter_states": OpenList(PlanFacts, (WORDS,)),
    }
)
"""Every list of a visit that may go on, by path. Lists inside an element are complete when they are given."""


class ListCompleteness(FactModel):
    """What one list lacks."""

    complete: Bool | None = fact(
        "Whether the list holds everything there was. False: it goes on, and there may be more."
    )


class ClosableCompleteness(ListCompleteness):
    """What a list with closing facts lacks: its models add `all_with`, which only a list that goes on has."""

    constraints: ClassVar[tuple[RecordConstraint, ...]] = (OnlyFor({"all_with": (False,)}, kind="complete"),)


def _group(name: str, base: type[FactModel], doc: str, fields: Mapping[str, Any]) -> type[FactModel]:
    return create_model(name, __base__=base, __module__=__name__, __doc__=doc, **fields)


def _words_of(path: str, entry: OpenList, closing: str) -> tuple[str, ...]:
    field = path.rpartition(".")[2] if closing == WORDS else closing
    return shapes(entry.model)[field].words


def _list_model(path: str, entry: OpenList) -> type[FactModel]:
    """The model of `completeness.PATH`, with `all_with` where the list has closing facts."""
    stem = "".join(word.title() for word in path.replace(".", "_").split("_"))
    if not entry.closing:
        return _group(f"{stem}Completeness", ListCompleteness, f"What `{path}` lacks.", {})
    named: dict[str, Any] = {}
    for closing in entry.closing:
        words: Any = Literal[_words_of(path, entry, closing)]
        what = "these words" if closing == WORDS else f"one of these as its `{closing}`"
        named[closing] = (
            Annotated[tuple[words, ...], Listed(100)] | None,
            fact(f"Every element of `{path}` with {what} is in the list."),
        )
    all_with = _group(f"{stem}AllWith", FactModel, f"Of what kinds `{path}` lacks nothing.", named)
    field = fact(f"Every element of `{path}` with all of these is in the list; of others there may be more.")
    model = _group(
        f"{stem}Completeness", ClosableCompleteness, f"What `{path}` lacks.", {"all_with": (all_with | None, field)}
    )
    model.constraints = (*ClosableCompleteness.constraints, SaysSomething("all_with", entry.closing))
    return model


def _grouped() -> Iterator[tuple[str, dict[str, Any]]]:
    """The fields of `completeness`: lists, and for lists in groups a group of theirs."""
    groups: dict[str, dict[str, Any]] = {}
    for path, entry in OPEN_LISTS.items():
        if len(entry.closing) > _MAX_CLOSING_FACTS:
            raise ValueError(f"`{path}` has more than {_MAX_CLOSING_FACTS} closing facts")
        group, _, name = path.rpartition(".")
        field = (_list_model(path, entry) | None, fact(f"Whether `{path}` holds everything there was."))
        groups.setdefault(group, {})[name] = field
    yield from groups.items()


def _completeness() -> type[FactModel]:
    fields: dict[str, Any] = {}
    for group, lists in _grouped():
        if not group:
            fields |= lists
        else:
            doc = f"Which lists of `{group}` may go on."
            model = _group(f"{group.title()}ListsCompleteness", FactModel, doc, lists)
            fields[group] = (model | None, fact(doc))
    doc = "Which lists may hold less than what happened. A list that is given is complete where nothing is said of it."
    return _group("Completeness", FactModel, doc, fields)


Completeness: type[FactModel] = _completeness()
"""The group: for each list whether it is complete, and of what kinds it lacks nothing although it goes on."""


LenderCompleteness = shapes(Completeness)["lender"].record
"""The part about a lender, which registers may give with it."""


def with_open_lists(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of a visit, as plain values, with an empty list where one that is not given is said to go on."""
    completed = facts
    for path in OPEN_LISTS:
        group, _, name = path.rpartition(".")
        about = _step(facts, "completeness", *path.split("."))
        if not isinstance(about, Mapping) or about.get("complete") is not False:
            continue
        if not group and completed.get(name) is None:
            completed = {**completed, name: []}
        elif group and isinstance(inside := completed.get(group) or {}, Mapping) and inside.get(name) is None:
            completed = {**completed, group: {**inside, name: []}}
    return completed


def absent_complete_lists(record: Any, group: str = "") -> Iterator[LocatedBreach]:
    """Breaches for lists that are said to be complete and are not given, of a visit or of one `group`."""
    if record.completeness is None:
        return
    for path in OPEN_LISTS:
        if not path.startswith(f"{group}." if group else ""):
            continue
        names = path.split(".")[1 if group else 0 :]
        if _fact(record.completeness, *names, "complete") is True and _fact(record, *names) is None:
            said: Path = ("completeness", *names, "complete")
            message = f"`{'.'.join(names)}` is said to be complete, and is not given"
            help_ = "give the list, empty where there is nothing, or leave this out"
            yield LocatedBreach(LIST_NOT_GIVEN, said, message, help_, (said, tuple(names)))


def _fact(record: Any, *path: str) -> Any:
    for name in path:
        record = getattr(record, name, None)
    return record


def _step(value: Any, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
