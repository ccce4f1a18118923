"""A parameter's value by date: its `DatedValue`s, sorted by their start, which never overlap."""

from __future__ import annotations

from itertools import pairwise

from visitcheck.ir.nodes import DatedValue, Value


def value_on(values: tuple[DatedValue, ...], day: int | None) -> Value:
    """The value on a day (days since 1970), UNKNOWN where none covers it; on an UNKNOWN day see `undated_value`."""
    if day is None:
        return undated_value(values)
    for dated in values:
        if (dated.start is None or dated.start <= day) and (dated.end is None or day < dated.end):
            return dated.value
    return None


def undated_value(values: tuple[DatedValue, ...]) -> Value:
    """The value on an UNKNOWN day: the one that all dated values have, if there is one."""
    first = values[0].value if values else None
    return first if all(dated.value == first for dated in values) else None


def first_value(values: tuple[DatedValue, ...]) -> Value:
    """The value before all days on which another begins; UNKNOWN where the first one begins on a day itself."""
    return next((dated.value for dated in values if dated.start is None), None)


def never_changes(values: tuple[DatedValue, ...]) -> bool:
    """Whether the value is the same on every day, also on an UNKNOWN one: no gap, and no other value.

    Also where it is written in pieces, each from the day on which the one before it ends.
    """
    if not values or values[0].start is not None or values[-1].end is not None:
        return False
    return all(before.end == after.start and before.value == after.value for before, after in pairwise(values))
