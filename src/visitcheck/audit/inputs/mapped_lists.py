"""The lists that columns of the visits feed, element by element; and what `completeness` says of them.

A column that feeds one element says nothing of others, so the list goes on. An event column says more: its no closes
its kinds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from visitcheck.audit.inputs.conversions import as_text, constant, is_stand_in, json_value, split_cell
from visitcheck.audit.inputs.raw_rows import RawType
from visitcheck.audit.mapping.columns import EVERY
from visitcheck.audit.mapping.model import Closing, Column, ColumnMapping, EventColumn, Target, Value
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.facts.completeness import OPEN_LISTS
from visitcheck.facts.types import ListOf, Record

Steps = tuple[str | int, ...]
Leaf = tuple[Steps, Sql]


@dataclass
class FedList:
    """What columns of the visits feed into one list of records."""

    path: Steps
    places: dict[int, list[Leaf]] = field(default_factory=dict)
    every: Column | None = None
    events: list[EventColumn] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The list's path."""
        return ".".join(map(str, self.path))


def fed_lists(mapping: ColumnMapping) -> dict[Steps, FedList]:
    """The lists of which columns or constants of the visits feed elements, by their steps."""
    lists: dict[Steps, FedList] = {}
    for target in _targets(mapping):
        at = next((at for at, step in enumerate(target.steps) if isinstance(step, int) or step == EVERY), None)
        if at is not None:
            lists.setdefault(target.steps[:at], FedList(target.steps[:at]))
    for column in mapping.visits.columns:
        if EVERY in column.target.steps:
            lists[column.target.steps[: column.target.steps.index(EVERY)]].every = column
    for event in mapping.visits.events:
        lists.setdefault((event.list,), FedList((event.list,))).events.append(event)
    separate = {table.name for table in mapping.tables}
    return {steps: fed for steps, fed in lists.items() if steps[0] not in separate}


def _targets(mapping: ColumnMapping) -> Iterator[Target]:
    yield from (target for target, _ in mapping.constants)
    yield from (column.target for column in mapping.visits.columns)


class ListSql:
    """A list as SQL, over the texts of its event columns."""

    def __init__(self, fed: FedList, types: Mapping[str, RawType], missing: frozenset[str]) -> None:
        self.fed = fed
        self.types = types
        self.missing = missing
        self.items = f"__items_{fed.name}"
        self.texts = [f"__event_{fed.name}_{number}" for number in range(len(fed.events))]

    def event_texts(self) -> Iterator[Sql]:
        """The texts of the event columns, as columns of a step of their own."""
        for name, event in zip(self.texts, self.fed.events, strict=True):
            text = as_text(sql.column(event.name), self.types[event.name], self.missing | event.nothing)
            # `无` may be what a column says where nothing happened; else it is as missing as in a remark.
            told = _is_one_of(text, frozenset(event.words) | event.none)
            yield sql.named(sql.case((sql.or_([told, sql.not_(is_stand_in(text))]), text)), name)

    def elements(self) -> Sql:
        """All elements as one list, empty where there is none."""
        fields = list(dict.fromkeys(self._field_names()))
        single = [self._at_place(leaves, fields) for _, leaves in sorted(self.fed.places.items())]
        several: list[Sql] = []
        for name, event in zip(self.texts, self.fed.events, strict=True):
            if event.split:
                several.append(self._split_events(sql.column(name), event, fields))
            else:
                text = sql.column(name)
                single.append(sql.case((self._adds(text, event), self._event(text, event, fields))))
        if self.fed.every is not None:
            several.append(self._every(self.fed.every, fields))
        lists = [sql.filter_(sql.array(single), 0, sql.is_known)] if single else []
        lists += [sql.coalesce(one, sql.array([])) for one in several]
        return lists[0] if len(lists) == 1 else sql.call("list_concat", *lists)

    def _at_place(self, leaves: Sequence[Leaf], fields: Sequence[str]) -> Sql:
        """The element at a fixed place; NULL where no column gives a fact of it."""
        return sql.case((sql.or_([sql.is_known(value) for _, value in leaves]), self._struct(fields, dict(leaves))))

    def _split_events(self, text: Sql, event: EventColumn, fields: Sequence[str]) -> Sql:
        """The elements of an event column whose cells hold several words."""
        parts = split_cell(text, event.split, self.missing | event.nothing)
        adding = sql.filter_(parts, 0, lambda one: self._adds(one, event))
        return sql.transform(adding, 0, lambda one: self._event(one, event, fields))

    def _field_names(self) -> Iterator[str]:
        for leaves in self.fed.places.values():
            yield from (str(steps[-1]) for steps, _ in leaves)
        for event in self.fed.events:
            yield event.closing
            yield from (str(target.steps[-1]) for target, _ in event.constants)
            yield from (str(column.target.steps[-1]) for column in event.details)
        if self.fed.every is not None:
            yield str(self.fed.every.target.steps[-1])
            yield from (str(target.steps[-1]) for target, _ in self.fed.every.constants)

    def _struct(self, fields: Sequence[str], values: Mapping[Steps, Sql]) -> Sql:
        named = {str(steps[-1]): value for steps, value in values.items()}
        return sql.struct([(name, named.get(name, sql.null("json"))) for name in fields])

    def _adds(self, text: Sql, event: EventColumn) -> Sql:
        """Whether a text adds an element: it is there, and does not say that there was none."""
        return sql.and_([sql.is_known(text), sql.not_(_is_one_of(text, event.none))])

    def _event(self, text: Sql, event: EventColumn, fields: Sequence[str]) -> Sql:
        """The element of an event column; a text that means nothing stays, so that it is refused."""
        cases = [(sql.compare("==", text, sql.text(written)), constant(word)) for written, word in event.words.items()]
        values: dict[Steps, Sql] = {(event.closing,): sql.case(*cases, default=sql.call("to_json", text))}
        values |= {target.steps: constant(value) for target, value in event.constants}
        values |= {column.target.steps: self._json(column) for column in event.details}
        return self._struct(fields, values)

    def _every(self, column: Column, fields: Sequence[str]) -> Sql:
        """The elements of which a cell holds one fact each."""
        text = as_text(sql.column(column.name), self.types[column.name], self.missing)
        constants = {target.steps: constant(value) for target, value in column.constants}
        last = column.target.steps[-1:]
        return sql.transform(
            split_cell(text, column.split, self.missing),
            0,
            lambda one: self._struct(fields, {last: json_value(one, column), **constants}),
        )

    def _json(self, column: Column) -> Sql:
        return json_value(as_text(sql.column(column.name), self.types[column.name], self.missing), column)

    # -- over the step that has the elements

    def value(self) -> Sql:
        """The list: missing where no column says anything, empty where one says that there was nothing."""
        items = sql.column(self.items)
        some = sql.compare(">", sql.call("len", items), 0)
        return sql.case((some, items), (self._is_none(), items))

    def completeness(self) -> Iterator[Leaf]:
        """The leaves below `completeness` that say what the list lacks."""
        path: Steps = ("completeness", *self.fed.path)
        none = sql.and_([self._is_none(), sql.compare("==", sql.call("len", sql.column(self.items)), 0)])
        complete = sql.coalesce(none, sql.false())
        yield (*path, "complete"), complete
        closed = list(self._closed_kinds())
        if closed:
            all_with = sql.call("coalesce", *closed) if len(closed) > 1 else closed[0]
            yield (*path, "all_with"), sql.case((sql.not_(complete), all_with))

    def _is_none(self) -> Sql:
        """Whether a column says that there was nothing of any kind."""
        says = [
            sql.coalesce(_is_one_of(sql.column(name), event.none), sql.false())
            for name, event in zip(self.texts, self.fed.events, strict=True)
            if None in event.words.values() and event.closes_kinds and not event.closing_constants
        ]
        return sql.or_(says)

    def _closed_kinds(self) -> Iterator[Sql]:
        """What the list lacks nothing of, for each set of further closing facts that event columns are limited to."""
        groups: dict[tuple[tuple[str, Value], ...], list[tuple[str, EventColumn]]] = {}
        for name, event in zip(self.texts, self.fed.events, strict=True):
            if event.closes_kinds and (event.none or event.is_all):
                groups.setdefault(event.closing_constants, []).append((name, event))
        words_of = OPEN_LISTS[self.fed.name].closing
        further = {key for group in groups for key, _ in group}
        names = [name for name in words_of if name == words_of[0] or name in further]
        for limits, events in groups.items():
            kinds = dict.fromkeys(word for _, event in events for word in event.words.values() if word is not None)
            closed = sql.filter_(
                sql.array([sql.case((self._is_closed(kind, events), sql.text(kind))) for kind in kinds]),
                0,
                sql.is_known,
            )
            limited = dict(limits)
            parts = [
                (name, closed if name == words_of[0] else _words([limited[name]] if name in limited else None))
                for name in names
            ]
            yield sql.case((sql.compare(">", sql.call("len", closed), 0), sql.struct(parts)))

    def _is_closed(self, kind: str, events: Sequence[tuple[str, EventColumn]]) -> Sql:
        """Whether columns say that every element of a kind is there, and none that there may be more."""
        says = [_is_one_of(sql.column(name), event.none) for name, event in events if kind in event.words.values()]
        says += [self._says(name, event, kind) for name, event in events if event.is_all]
        more = [
            self._says(name, event, kind)
            for name, event in zip(self.texts, self.fed.events, strict=True)
            if not event.is_all
        ]
        return sql.and_([sql.coalesce(sql.or_(says), sql.false()), sql.not_(sql.coalesce(sql.or_(more), sql.false()))])

    def _says(self, name: str, event: EventColumn, kind: str) -> Sql:
        written = [text for text, word in event.words.items() if word == kind]
        if not event.split:
            return _is_one_of(sql.column(name), written)
        parts = split_cell(sql.column(name), event.split, self.missing | event.nothing)
        return sql.call("list_has_any", parts, sql.array([sql.text(one) for one in written] or [sql.text("")]))


def _is_one_of(text: Sql, words: Sequence[str] | frozenset[str]) -> Sql:
    return sql.in_(text, [sql.text(one) for one in sorted(words)]) if words else sql.false()


def _words(words: Sequence[object] | None) -> Sql:
    return sql.null("varchar[]") if words is None else sql.array([sql.text(str(one)) for one in words])


def closing_leaves(path: str, closing: Closing) -> Iterator[Leaf]:
    """The leaves below `completeness` for a list of which a mapping says what it lacks; none for a complete one."""
    if closing.complete:
        return
    steps: Steps = ("completeness", *path.split("."))
    yield (*steps, "complete"), sql.false()
    for name, words in closing.all_with.items():
        yield (*steps, "all_with", name), _words(words)


def fed_completeness(mapping: ColumnMapping) -> Iterator[str]:
    """The paths of facts below `completeness` that a mapping gives."""
    for path in open_list_paths(mapping):
        yield f"completeness.{path}.complete"
        yield from (f"completeness.{path}.all_with.{name}" for name in OPEN_LISTS[path].closing)


def open_list_paths(mapping: ColumnMapping) -> Iterator[str]:
    """The lists of a mapping that may go on."""
    said = said_completeness(mapping)
    for fed in fed_lists(mapping).values():
        closing = mapping.visits.closings.get(fed.name)
        whole = (closing is not None and closing.complete) or (fed.every is not None and fed.every.complete)
        if fed.name in OPEN_LISTS and fed.name not in said and not whole:
            yield fed.name
    for table in mapping.tables:
        if table.join is not None and not table.join.closing.complete and table.name in OPEN_LISTS:
            yield table.name
    yield from (path for path, _ in open_word_lists(mapping))


def open_word_lists(mapping: ColumnMapping) -> Iterator[tuple[str, Closing]]:
    """Lists of words that a column feeds one word of, with what they lack."""
    said = said_completeness(mapping)
    for column in mapping.visits.columns:
        type_, path = column.target.fact.type, column.target.fact.path
        if isinstance(type_, ListOf) and not isinstance(type_.item, Record) and path in OPEN_LISTS:
            closing = mapping.visits.closings.get(path, Closing(column.complete))
            if not closing.complete and path not in said:
                yield path, closing


def said_completeness(mapping: ColumnMapping) -> set[str]:
    """The lists of which columns or constants say themselves, under `completeness`, what they lack."""
    paths = [target.fact.path.split(".") for target in _targets(mapping)]
    named = {".".join(path[1:-1]) for path in paths if path[0] == "completeness"}
    return named | {path.rpartition(".all_with")[0] for path in named if ".all_with" in path}
