"""One refusal by pydantic as one of our problems. None of pydantic's words get through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic_core import ErrorDetails

from visitcheck.errors import Problem
from visitcheck.facts.fields import FactModel
from visitcheck.facts.models import FieldShape, shapes
from visitcheck.facts.paths import Path, json_path
from visitcheck.facts.scalars import BadValueError, kind_of, shown, wrong_type
from visitcheck.suggest import nearest


def refusal(detail: ErrorDetails, path: Path, model: type[FactModel]) -> Problem:
    """The problem behind an error that pydantic reports for `model`."""
    bad = _bad_value(detail, path, model)
    return Problem(bad.code, bad.message, bad.help, path=json_path(path))


def _bad_value(detail: ErrorDetails, path: Path, model: type[FactModel]) -> BadValueError:
    value: Any = detail["input"]
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, BadValueError):
        return cause
    if value is None and path and isinstance(path[-1], int):
        return BadValueError("fact-null-element", "a list holds `null`", "leave the element out")
    match detail["type"]:
        case "extra_forbidden" | "invalid_key":
            return unknown_name(path, model)
        case "literal_error":
            return _unknown_word(value, path, model)
        case "bool_type":
            return wrong_type(value, "true or false", "`true`")
        case "int_type" | "int_from_float" | "int_parsing_size":
            return wrong_type(value, "a whole number", "`45`, without quotes or a decimal point")
        case "greater_than_equal" | "less_than_equal":
            limit = detail.get("ctx", {})
            side = f"at least {limit['ge']:,}" if "ge" in limit else f"at most {limit['le']:,}"
            return BadValueError(
                "fact-range", f"{shown(value)} is outside the range of this fact", f"give {side}"
            )
        case _ if not path:
            help_ = 'give an object like `{"visit": {"id": "v1"}}`'
            return BadValueError("visit-not-an-object", f"expected an object, found {kind_of(value)}", help_)
        case _:
            return wrong_type(value, "an object", "`{...}`")


def _unknown_word(value: object, path: Path, model: type[FactModel]) -> BadValueError:
    shape = _shape(path, model)
    words = shape.words if shape is not None else ()
    listed = ", ".join(f"`{word}`" for word in words)
    bad = wrong_type(value, "one of the words of this fact", f"`{words[0]}`" if words else "a word")
    if bad.code == "fact-stand-in" or not isinstance(value, str):
        return bad
    near = nearest(value, words)
    help_ = f"did you mean `{near}`? one of {listed}" if near else f"one of {listed}"
    return BadValueError("fact-unknown-word", f"`{shown(value)}` is none of the words of this fact", help_)


def _shape(path: Path, model: type[FactModel]) -> FieldShape | None:
    """The field that a path leads to."""
    *before, last = [step for step in path if isinstance(step, str)]
    found = _model_at(before, model)
    return shapes(found).get(last) if found is not None else None


def _model_at(steps: list[str], model: type[FactModel]) -> type[FactModel] | None:
    found: type[FactModel] | None = model
    for step in steps:
        shape = shapes(found).get(step) if found is not None else None
        found = shape.record if shape is not None else None
    return found


def unknown_name(path: Path, model: type[FactModel]) -> BadValueError:
    """Why the last name of a path is none that `model` knows there, with the nearest that it does."""
    name = str(path[-1])
    steps = [step for step in path[:-1] if isinstance(step, str)]
    group = _model_at(steps, model)
    known = list(shapes(group)) if group is not None else []
    where = f"`{'.'.join(steps)}`" if steps else "a visit"
    message = f"{where} has no fact `{shown(name)}`" if steps else f"{where} has no group `{shown(name)}`"
    near = nearest(name, known)
    if near:
        return BadValueError("fact-unknown-name", message, f"did you mean `{near}`?")
    elsewhere = next(_named(name, model, ""), None)
    if elsewhere is not None:
        return BadValueError("fact-unknown-name", message, f"did you mean `{elsewhere}`?")
    if steps[:1] == ["extra"] or not known:
        return BadValueError(
            "fact-unknown-name", message, "declare it in a pack under `facts:`, or leave it out"
        )
    return BadValueError(
        "fact-unknown-name", message, f"known here: {', '.join(f'`{one}`' for one in sorted(known))}"
    )


def _named(name: str, model: type[FactModel], prefix: str) -> Iterator[str]:
    """Paths of facts with exactly this name, anywhere."""
    for field, shape in shapes(model).items():
        if field == name:
            yield f"{prefix}{field}"
        if shape.record is not None:
            yield from _named(name, shape.record, f"{prefix}{field}{'[]' if shape.listed else ''}.")
