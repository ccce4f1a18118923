"""The vocabulary narrowed to what is read."""

from __future__ import annotations

import pytest

from visitcheck.facts.narrow import narrow_record
from visitcheck.facts.types import ListOf, Record
from visitcheck.facts.vocabulary import ROOT


def shape(record: Record) -> dict[str, object]:
    """Names of fields, with those below them; lists marked by `[]`."""
    fields: dict[str, object] = {}
    for name, type_ in record.fields.items():
        listed, item = isinstance(type_, ListOf), type_.item if isinstance(type_, ListOf) else type_
        fields[f"{name}[]" if listed else name] = shape(item) if isinstance(item, Record) else str(item)
    return fields


def test_facts_keep_the_groups_and_lists_around_them() -> None:
    paths = {"visit.id", "contacts[].at", "contacts", "wishes.avoid_times[].weekdays", "no.such"}
    narrowed = narrow_record(ROOT, paths)

    assert shape(narrowed) == {
        "visit": {"id": "string"},
        "contacts[]": {"at": "timestamp"},
        "wishes": {"avoid_times[]": {"weekdays[]": "int"}},
    }
    assert [narrowed.fields[name] for name in ("visit", "contacts")] == [ROOT.fields["visit"], ROOT.fields["contacts"]]


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("contacts", {"contacts[]": {"id": "string"}}),
        ("wishes", {"wishes": {"cease_requested": "bool"}}),
        ("conduct", {"conduct[]": {"kind": "conduct.kind"}}),
    ],
)
def test_a_list_or_group_alone_keeps_one_field(path: str, kept: dict[str, object]) -> None:
    """Only whether it is given, and how many elements it has, is read."""
    assert shape(narrow_record(ROOT, [path])) == kept


def test_nothing_read_keeps_nothing() -> None:
    assert narrow_record(ROOT, []).fields == {}
