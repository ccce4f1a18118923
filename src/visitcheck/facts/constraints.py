"""Constraints on facts, as data.

From each come the validators here, a part of the JSON Schema, the reference in `docs/facts.md` and, for an
audit, a reject expression in SQL; all carry the same code. So a constraint holds names and values, no code.

A constraint looks only at facts that are given: filling in a fact may break it, leaving one out never does.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import fields as dataclass_fields
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple, TypeAlias

from visitcheck.facts.limits import MAX_LIST
from visitcheck.facts.types import DAY, HOUR

# Kiribati, the first place where a day begins.
_FARTHEST_EAST = 14 * HOUR


class Breach(NamedTuple):
    """A broken constraint: at which field, what to say, and which fields it hangs on."""

    at: str
    message: str
    help: str | None
    needs: tuple[str, ...]


# -- on one field


@dataclass(frozen=True, slots=True)
class Range:
    """A number (of money: in hundredths) from `low` to `high`, both allowed."""

    low: int
    high: int
    code: ClassVar[str] = "fact-range"


@dataclass(frozen=True, slots=True)
class Length:
    """A text of `shortest` to `longest` characters (code points)."""

    shortest: int
    longest: int
    code: ClassVar[str] = "fact-too-long"


@dataclass(frozen=True, slots=True)
class MaxItems:
    """A list of at most `longest` elements."""

    longest: int = MAX_LIST
    code: ClassVar[str] = "fact-too-many"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text that matches `pattern` as a whole; `example` is a right value."""

    pattern: str
    example: str
    code: ClassVar[str] = "fact-pattern"


@dataclass(frozen=True, slots=True)
class KnownZone:
    """The name of a time zone of the installed `tzdata`, in exact case."""

    code: ClassVar[str] = "fact-zone"


@dataclass(frozen=True, slots=True)
class NoStandIn:
    """A text that is no stand-in for a missing value, like `unknown` (`scalars.STAND_INS`)."""

    code: ClassVar[str] = "fact-stand-in"


Constraint: TypeAlias = Range | Length | MaxItems | Pattern | KnownZone | NoStandIn


# -- on the fields of one record

Shown: TypeAlias = Callable[[str], str]
"""A field's value in its outside form, for messages."""


@dataclass(frozen=True, slots=True)
class FieldRelation(ABC):
    """What must hold between the fields of one record, or of one field by what it stands for.

    A constraint names its fields; values reach it in their inside form (`facts.types`), by field name, with None for
    one that is missing. Where a value that it needs is missing, nothing is wrong.
    """

    code: ClassVar[str]
    trigger_name: ClassVar[str] = "field"

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields looked at."""
        return tuple(getattr(self, each.name) for each in dataclass_fields(self))

    @property
    def trigger(self) -> str:
        """The name of the field without which nothing is wrong."""
        name: str = getattr(self, self.trigger_name)
        return name

    @abstractmethod
    def breach(self, record: Mapping[str, Any], as_of: int | None, shown: Shown) -> Breach | None:
        """What is wrong with the values of a record, None where nothing is; of several things the first.

        `as_of` is the moment of judging in microseconds since 1970, None where it is not known.
        """


@dataclass(frozen=True, slots=True)
class Order(FieldRelation):
    """`first` is not later than `then`."""

    first: str
    then: str
    code: ClassVar[str] = "fact-order"
    trigger_name: ClassVar[str] = "then"

    def breach(self, record: Mapping[str, Any], as_of: int | None, shown: Shown) -> Breach | None:
        first, then = record[self.first], record[self.then]
        if first is None or then is None or first <= then:
            return None
        message = f"`{self.then}` ({shown(self.then)}) is earlier than `{self.first}` ({shown(self.first)})"
        return Breach(self.then, message, f"give `{self.first}` first and `{self.then}` after it", self.fields)


@dataclass(frozen=True, slots=True)
class StateTime(FieldRelation):
    """A state that is FALSE has no `time`."""

    state: str
    time: str
    code: ClassVar[str] = "fact-state-time"
    trigger_name: ClassVar[str] = "time"

    def breach(self, record: Mapping[str, Any], as_of: int | None, shown: Shown) -> Breach | None:
        if record[self.state] is not False or record[self.time] is None:
            return None
        message = f"`{self.state}` is false, yet `{self.time}` is {shown(self.time)}"
        return Breach(self.time, message, f"leave `{self.time}` out, or set `{self.state}` to true", self.fields)


@dataclass(frozen=True, slots=True)
class NotAfter(FieldRelation):
    """An event must not be later than `visit.as_of`.

    `unless` names a field that is TRUE for what is only planned; with `only` the constraint looks at records
    whose field `only[0]` is `only[1]`. A date is compared with the latest local date anywhere at that moment
    (14 hours ahead of UTC).
    """

    field: str
    is_date: bool = False
    unless: str | None = None
    only: tuple[str, str] | None = None
    code: ClassVar[str] = "fact-after-as-of"

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.field, *([self.unless] if self.unless else []), *([self.only[0]] if self.only else []))

    def breach(self, record: Mapping[str, Any], as_of: int | None, shown: Shown) -> Breach | None:
        value = record[self.field]
        if value is None or as_of is None:
            return None
        if value <= ((as_of + _FARTHEST_EAST) // DAY if self.is_date else as_of):
            return None
        if self.unless is not None and record[self.unless] is True:
            return None
        if self.only is not None and record[self.only[0]] != self.only[1]:
            return None
        message = f"`{self.field}` ({shown(self.field)}) is after `visit.as_of`, the moment of judging"
        planned = f", or mark it with `{self.unless}: true`" if self.unless else ""
        return Breach(self.field, message, f"leave out what has not happened yet{planned}", self.fields)


@dataclass(frozen=True, slots=True)
class Before(FieldRelation):
    """A time of day before `24:00`, which is allowed only as an end."""

    field: str
    code: ClassVar[str] = "fact-time-of-day"

    def breach(self, record: Mapping[str, Any], as_of: int | None, shown: Shown) -> Breach | None:
        if record[self.field] is None or record[self.field] < DAY:
            return None
        return Breach(self.field, "`24:00` can only be an end", "write `00:00`", self.fields)


@dataclass(frozen=True, slots=True)
class Differ(FieldRelation):
    """Two times of day are not the same, which could mean no time at all or the whole day."""

    first: str
    second: str
    code: ClassVar[str] = "fact-same-times"
    trigger_name: ClassVar[str] = "first"

    def breach(self, record: Mapping[str, Any], as_of: int | None, shown: Shown) -> Breach | None:
        value = record[self.first]
        if value is None or value != record[self.second]:
            return None
        message = f"`{self.first}` and `{self.second}` are both {shown(self.first)}"
        return Breach(self.second, message, "for the whole day write `00:00` and `24:00`", self.fields)


@dataclass(frozen=True, slots=True)
class OnlyFor(FieldRelation):
    """Facts that only some kinds of record have: `kinds` gives them by field. `kind` may be a truth too."""

    kinds: Mapping[str, tuple[str | bool, ...]] = field(hash=False)
    kind: str = "kind"
    code: ClassVar[str] = "fact-wrong-kind"
    trigger_name: ClassVar[str] = "kind"

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.kind, *self.kinds)

    def breach(self, record: Mapping[str, Any], as_of: int | None, shown: Shown) -> Breach | None:
        kind = record[self.kind]
        if kind is None:
            return None
        for name, kinds in self.kinds.items():
            if record[name] is not None and kind not in kinds:
                if isinstance(kind, bool):
                    message = f"`{name}` is given, though `{self.kind}` is {str(kind).lower()}"
                    help_ = f"leave `{name}` out, or set `{self.kind}` to {str(not kind).lower()}"
                    return Breach(name, message, help_, (self.kind, name))
                allowed = " or ".join(f"`{word}`" for word in kinds)
                message = f"`{name}` belongs to {allowed}, not to `{kind}`"
                help_ = f"leave `{name}` out, or record it with an event of its own"
                return Breach(name, message, help_, (self.kind, name))
        return None


@dataclass(frozen=True, slots=True)
class Needs(FieldRelation):
    """`field` cannot be read without `other` beside it."""

    field: str
    other: str
    code: ClassVar[str] = "fact-currency-missing"

    def breach(self, record: Mapping[str, Any], as_of: int | None, shown: Shown) -> Breach | None:
        if record[self.field] is None or record[self.other] is not None:
            return None
        message = "the sum has no currency beside it"
        return Breach(self.field, message, f"add `{self.other}`, an ISO 4217 code like `CNY`", self.fields)


@dataclass(frozen=True, slots=True)
class SaysSomething(FieldRelation):
    """`field`, a group, holds one of its `facts` where it is given: without any it says nothing."""

    field: str
    facts: tuple[str, ...]
    code: ClassVar[str] = "fact-nothing-named"

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.field,)

    def breach(self, record: Mapping[str, Any], as_of: int | None, shown: Shown) -> Breach | None:
        group = record[self.field]
        if group is None or any(getattr(group, fact) is not None for fact in self.facts):
            return None
        message = f"`{self.field}` is given, and names nothing"
        help_ = f"name words of {' or '.join(f'`{fact}`' for fact in self.facts)}, or leave `{self.field}` out"
        return Breach(self.field, message, help_, self.fields)


RecordConstraint: TypeAlias = Order | StateTime | NotAfter | Before | Differ | OnlyFor | Needs | SaysSomething


# -- on a list


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """No two elements of a list have the same value of `key`; elements without one are not compared."""

    key: str = "id"
    code: ClassVar[str] = "fact-duplicate-id"

    def repeated(self, elements: Sequence[object]) -> list[tuple[int, int]]:
        """Positions of elements that repeat the key of an earlier one, each with that one's position."""
        keys = list(map(attrgetter(self.key), elements))
        given = [key for key in keys if key is not None]
        if len(set(given)) == len(given):
            return []
        first: dict[object, int] = {}
        for position, value in enumerate(keys):
            first.setdefault(value, position)
        return [(at, first[key]) for at, key in enumerate(keys) if key is not None and first[key] != at]
