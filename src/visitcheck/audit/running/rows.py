"""Canonical rows as visits, for what is asked of one visit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from visitcheck.facts.fields import FactModel, shapes
from visitcheck.facts.types import Money
from visitcheck.facts.visit import Visit


def visit_from_row(row: Mapping[str, Any], model: type[Visit] = Visit) -> Visit:
    """The visit of a canonical row, whose facts were validated as the row was read."""
    return cast("Visit", _build_record(row, model))


def _build_record(values: Mapping[str, Any], model: type[FactModel]) -> FactModel:
    read = {name: _build_value(values.get(name), shape.record) for name, shape in shapes(model).items()}
    given = {name for name, value in read.items() if value is not None}
    return model.model_construct(given, **read)


def _build_value(value: Any, record: type[FactModel] | None) -> Any:
    if value is None:
        return None
    if isinstance(value, list):
        return tuple(_build_value(one, record) for one in value)
    if record is not None:
        return _build_record(value, record)
    return Money(**value) if isinstance(value, dict) else value
