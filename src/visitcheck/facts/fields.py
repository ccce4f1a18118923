"""What a field of a fact model is made of: annotated types, `fact` for its documentation, and its shape taken apart.

The shape serves documents, schemas and other engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, ClassVar, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from visitcheck.facts import numbers, texts, times
from visitcheck.facts.constraints import (
    Constraint,
    KnownZone,
    Length,
    MaxItems,
    NoStandIn,
    Pattern,
    Range,
    RecordConstraint,
    UniqueKey,
)
from visitcheck.facts.limits import MAX_ID, MAX_LIST, MAX_TEXT
from visitcheck.facts.scalars import BadValueError, wrong_type
from visitcheck.facts.types import (
    BOOL,
    DATE,
    DOUBLE,
    DURATION,
    INT,
    INT_MAX,
    INT_MIN,
    MONEY,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    Money,
    Scalar,
)

Known: TypeAlias = Literal["before", "door", "after"]
KNOWN: tuple[Known, ...] = ("before", "door", "after")


class FactModel(BaseModel):
    """A group of facts or an element of a list: frozen, every fact optional, None where it is missing.

    `known` says when its facts are known, unless a fact says otherwise; `constraints` tie facts together.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        regex_engine="python-re",
        hide_input_in_errors=True,
        revalidate_instances="always",  # a copy may hold values that were never validated
    )
    known: ClassVar[Known] = "before"
    constraints: ClassVar[tuple[RecordConstraint, ...]] = ()

    def written(self, name: str) -> str:
        """The fact `name` as messages show it, in its outside form."""
        return str(self.model_dump(mode="json", include={name})[name])


def fact(
    description: str,
    *,
    unit: str | None = None,
    known: Known | None = None,
    protective: bool | tuple[str, ...] = False,
    personal: bool = False,
) -> Any:
    """A fact that may be missing. `known` only where it differs from its group's.

    A `protective` fact speaks against the visit: where it is true, where the list is not empty, or, for a closed word,
    where it is one of the words given. A `personal` fact is shown to readers of reports only on demand, as all text is.
    """
    extra: dict[str, Any] = {"unit": unit, "known": known, "protective": protective, "personal": personal}
    return Field(default=None, description=description, json_schema_extra=extra)


@dataclass(frozen=True)
class Reading:
    """How a scalar fact is read and written: the annotation behind `Timestamp`, `Date` and the like."""

    type: Scalar
    read: Callable[[object], object]
    write: Callable[[Any], object] | None = None
    constraints: tuple[Constraint, ...] = ()

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A plain Python validator: one call, no coercion by pydantic."""
        written = None
        if self.write is not None:
            written = core_schema.plain_serializer_function_ser_schema(self.write, when_used="json")
        return core_schema.no_info_plain_validator_function(self.read, serialization=written)


@dataclass(frozen=True)
class Whole:
    """A whole number within a range, read without coercion."""

    constraints: tuple[Range]
    type: Scalar = INT

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's own strict integer: no booleans, no text, no fractions."""
        limits = self.constraints[0]
        return core_schema.int_schema(strict=True, ge=limits.low, le=limits.high)


@dataclass(frozen=True)
class Flag:
    """True or false, read without coercion."""

    type: Scalar = BOOL
    constraints: tuple[Constraint, ...] = ()

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's own strict boolean: no 0, 1 or "yes"."""
        return core_schema.bool_schema(strict=True)


@dataclass(frozen=True)
class Sum:
    """Money, in the currency that the field `currency` of the same record names."""

    type: Scalar = MONEY
    constraints: tuple[Constraint, ...] = (Range(0, INT_MAX),)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A validator that sees the fields read before; `currency` must stand before the sum in the model."""
        written = core_schema.plain_serializer_function_ser_schema(numbers.money_text, when_used="json")
        return core_schema.with_info_plain_validator_function(read_money, serialization=written)


def read_money(value: object, info: core_schema.ValidationInfo) -> Money:
    """The sum with the currency beside it."""
    minor = numbers.read_minor_units(value)
    if minor < 0:
        raise BadValueError("fact-range", "the sum is less than 0", "sums are given without a sign")
    beside: Mapping[str, Any] = info.data
    currency = beside.get("currency", "")  # "": it was given and refused, which is a problem of its own
    if currency is None:
        help_ = "add `currency`, an ISO 4217 code like `CNY`"
        raise BadValueError("fact-currency-missing", "the sum has no currency beside it", help_)
    return Money(minor, currency)


def _degrees(most: int) -> Reading:
    """Degrees on either side of zero."""
    return Reading(DOUBLE, numbers.double_reader(-most, most), None, (Range(-most, most),))


def _list(value: object) -> object:
    """Only lists and tuples are lists: text, sets and generators are not."""
    if type(value) is list or type(value) is tuple:
        return value
    if isinstance(value, list | tuple):
        return list(value)
    raise wrong_type(value, "a list", "`[...]`")


@dataclass(frozen=True)
class Listed:
    """A list, complete where it is given; inside a tuple."""

    longest: int = MAX_LIST

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Length first: an endless list is refused before its elements are read."""
        items = handler.generate_schema(source.__args__[0])
        inner = core_schema.tuple_variable_schema(items, max_length=self.longest)
        return core_schema.no_info_before_validator_function(self._short, inner)

    def _short(self, value: object) -> object:
        items = _list(value)
        if len(items) > self.longest:  # type: ignore[arg-type]
            message = f"the list has {len(items):,} elements"  # type: ignore[arg-type]
            raise BadValueError("fact-too-many", message, f"at most {self.longest:,} are read")
        return items


def _text(*constraints: Length | Pattern | NoStandIn, control: bool = True) -> Reading:
    longest, pattern, example = MAX_TEXT, None, ""
    for constraint in constraints:
        if isinstance(constraint, Length):
            longest = constraint.longest
        elif isinstance(constraint, Pattern):
            pattern, example = constraint.pattern, constraint.example
    if not control:
        pattern = None  # it only says so to JSON Schema: the reader refuses control characters anyway
    spoken = NoStandIn() not in constraints
    read = texts.text_reader(longest=longest, control=control, pattern=pattern, example=example, spoken=spoken)
    return Reading(STRING, read, None, constraints)


Bool: TypeAlias = Annotated[bool, Flag()]
Timestamp: TypeAlias = Annotated[int, Reading(TIMESTAMP, times.read_timestamp, times.timestamp_text)]
Date: TypeAlias = Annotated[int, Reading(DATE, times.read_date, times.date_text)]
TimeOfDay: TypeAlias = Annotated[int, Reading(TIME_OF_DAY, times.read_time_of_day, times.time_of_day_text)]
Duration: TypeAlias = Annotated[int, Reading(DURATION, times.read_duration, times.duration_text)]
Double: TypeAlias = Annotated[float, Reading(DOUBLE, numbers.read_double)]
Latitude: TypeAlias = Annotated[float, _degrees(90)]
Longitude: TypeAlias = Annotated[float, _degrees(180)]
Int: TypeAlias = Annotated[int, Whole((Range(INT_MIN, INT_MAX),))]
Metres: TypeAlias = Annotated[int, Whole((Range(0, 50_000_000),))]
Days: TypeAlias = Annotated[int, Whole((Range(0, 100_000),))]
Weekday: TypeAlias = Annotated[int, Whole((Range(1, 7),))]
Amount: TypeAlias = Annotated[Money, Sum()]
Id: TypeAlias = Annotated[
    str, _text(Length(1, MAX_ID), NoStandIn(), Pattern("[^\x00-\x1f\x7f-\x9f]+", "case-17"), control=False)
]
Text: TypeAlias = Annotated[str, _text(Length(1, MAX_TEXT), NoStandIn())]
Spoken: TypeAlias = Annotated[str, _text(Length(1, MAX_TEXT))]
Currency: TypeAlias = Annotated[str, _text(Pattern("[A-Z]{3}", "CNY"), NoStandIn())]
Region: TypeAlias = Annotated[str, _text(Pattern("[A-Z]{2}-[A-Z0-9]{1,3}", "CN-GD"), NoStandIn())]
Zone: TypeAlias = Annotated[str, Reading(STRING, texts.read_zone, None, (KnownZone(), NoStandIn()))]


Scalars = Reading | Whole | Flag | Sum


@dataclass(frozen=True)
class FieldShape:
    """One field of a model, taken apart: exactly one of `scalar`, `words` and `record` is set.

    With `listed` the field is a list of such.
    """

    name: str
    description: str
    unit: str | None
    known: Known
    scalar: Scalars | None = None
    words: tuple[str, ...] = ()
    record: type[FactModel] | None = None
    listed: MaxItems | None = None
    unique: UniqueKey | None = None
    protective: bool | tuple[str, ...] = False
    """Whether the fact, where it is true or not empty, or which of its words speak against the visit."""
    personal: bool = False
    """Whether pages show the fact only on demand."""

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """The constraints on one value of the field."""
        return self.scalar.constraints if self.scalar is not None else ()


@lru_cache(maxsize=256)
def shapes(model: type[FactModel]) -> dict[str, FieldShape]:
    """The fields of `model`, by name, in order."""
    return {name: _shape(name, info, model) for name, info in model.model_fields.items()}


def _shape(name: str, info: FieldInfo, model: type[FactModel]) -> FieldShape:
    extra = info.json_schema_extra
    details: dict[str, Any] = dict(extra) if isinstance(extra, dict) else {}
    parts: dict[str, Any] = {}
    for part in _parts(info.annotation, info.metadata):
        parts |= part
    known = details.get("known") or model.known
    parts["protective"] = details.get("protective", False)
    parts["personal"] = details.get("personal", False)
    return FieldShape(name, info.description or "", details.get("unit"), known, **parts)


def _parts(annotation: Any, metadata: list[Any]) -> Iterator[dict[str, Any]]:
    """Walk `Annotated[...] | None` down to what is inside."""
    for note in metadata:
        if isinstance(note, Listed):
            yield {"listed": MaxItems(note.longest)}
        elif isinstance(note, UniqueKey):
            yield {"unique": note}
        elif isinstance(note, Reading | Whole | Flag | Sum):
            yield {"scalar": note}
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *notes = get_args(annotation)
        yield from _parts(inner, notes)
    elif origin in (Union, UnionType):
        for part in get_args(annotation):
            yield from _parts(part, [])
    elif origin is Literal:
        yield {"words": get_args(annotation)}
    elif origin is tuple:
        yield from _parts(get_args(annotation)[0], [])
    elif isinstance(annotation, type) and issubclass(annotation, FactModel):
        yield {"record": annotation}
