"""What the models say about their fields: each field's type, list, record and constraints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from visitcheck.facts.constraints import Constraint, MaxItems, UniqueKey
from visitcheck.facts.fields import FactModel, Flag, Known, Listed, Reading, Sum, Whole

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
    said: dict[str, Any] = dict(extra) if isinstance(extra, dict) else {}
    parts: dict[str, Any] = {}
    for part in _parts(info.annotation, info.metadata):
        parts |= part
    known = said.get("known") or model.known
    parts["protective"] = said.get("protective", False)
    return FieldShape(name, info.description or "", said.get("unit"), known, **parts)


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
        for one in get_args(annotation):
            yield from _parts(one, [])
    elif origin is Literal:
        yield {"words": get_args(annotation)}
    elif origin is tuple:
        yield from _parts(get_args(annotation)[0], [])
    elif isinstance(annotation, type) and issubclass(annotation, FactModel):
        yield {"record": annotation}
