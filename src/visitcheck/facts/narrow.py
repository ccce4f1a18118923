"""The vocabulary narrowed to the facts that somebody reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from visitcheck.facts.types import ListOf, Record, Type


def narrow_record(record: Record, paths: Collection[str]) -> Record:
    """`record` with nothing but the facts at `paths`, and the groups and lists around them.

    The path of a group or list, like `contacts`, asks whether it is given and how many elements it has; each field that
    is read of an element has a path of its own, like `contacts[].at`. As a record needs a field, such a group or list
    keeps one, without parts where it has one: a database reads elements whole, so every further field costs time.
    """
    return Record(record.name, dict(_narrow_fields(record, "", frozenset(paths))))


def _narrow_fields(record: Record, prefix: str, paths: frozenset[str]) -> Iterator[tuple[str, Type]]:
    for name, type_ in record.fields.items():
        path = f"{prefix}{name}"
        listed = isinstance(type_, ListOf)
        item = type_.item if isinstance(type_, ListOf) else type_
        if not isinstance(item, Record):
            if path in paths:
                yield name, type_
            continue
        fields = dict(_narrow_fields(item, f"{path}[]." if listed else f"{path}.", paths))
        if not fields and path in paths:
            fields = _cheapest_field(item)
        if fields:
            part = Record(item.name, fields)
            yield name, ListOf(part) if listed else part


def _cheapest_field(record: Record) -> dict[str, Type]:
    by_cost = sorted(record.fields.items(), key=lambda field: isinstance(field[1], ListOf | Record))
    return dict(by_cost[:1])
