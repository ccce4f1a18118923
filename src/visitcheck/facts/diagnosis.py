"""Everything that is wrong with facts that pydantic has refused, in our own words: none of pydantic's get through.

Runs only after a failure. The refused parts are taken out until the rest is a visit, so that contradictions
between facts are reported together with facts that cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from visitcheck.errors import Problem
from visitcheck.facts.breaches import BrokenConstraintsError, LocatedBreach
from visitcheck.facts.fields import FactModel, FieldShape, shapes
from visitcheck.facts.limits import MAX_DEPTH, MAX_NODES, MAX_PROBLEMS
from visitcheck.facts.paths import Path, json_path
from visitcheck.facts.scalars import BadValueError, kind_of, shown, wrong_type
from visitcheck.facts.sources import too_deep
from visitcheck.suggest import nearest

Model = TypeVar("Model", bound=FactModel)
_MOST_ROUNDS = 64
# Stands for each problem past the limit: to word a hundred thousand of them, with the nearest name for each, takes
# longer than anyone should be able to make a service wait.
_UNTOLD = Problem("visit-too-many-problems", "one more problem was found", path="$")


def diagnose(facts: object, model: type[Model]) -> tuple[list[Problem], Model | None]:
    """All problems, and what can be read without the facts that have them (None: nothing)."""
    outsized = _size_problem(facts)
    if outsized is not None:
        return [outsized], None
    rest = _copy_plain(facts)
    problems: list[Problem] = []
    dropped: set[Path] = set()
    for _ in range(_MOST_ROUNDS):
        try:
            return problems, model.model_validate(rest)
        except ValidationError as error:
            refused = list(_refused(error, model, dropped, first=not dropped))
        problems += [problem for _, problem in refused if problem is not None]
        dropped |= {path for path, _ in refused}
        if () in dropped or not refused:
            break
        rest = _drop_paths(rest, dropped, ())
    return problems, None


def breach_problem(breach: LocatedBreach) -> Problem:
    """The problem of facts that contradict each other."""
    return Problem(breach.code, breach.message, breach.help, path=json_path(breach.path))


def cap_problems(problems: list[Problem]) -> list[Problem]:
    """At most `MAX_PROBLEMS`, and a word on the rest."""
    if len(problems) <= MAX_PROBLEMS:
        return problems
    message = f"{len(problems) - MAX_PROBLEMS:,} more problems were found"
    return [
        *problems[:MAX_PROBLEMS],
        Problem("visit-too-many-problems", message, "mend these first", path="$"),
    ]


def _size_problem(facts: object) -> Problem | None:
    """Whether the input is too deep or too large to be worth a diagnosis; it may even contain itself."""
    stack, seen = [(facts, 1)], 0
    while stack:
        value, depth = stack.pop()
        seen += 1
        if seen > MAX_NODES:
            message = f"the visit has more than {MAX_NODES:,} values"
            return Problem("visit-too-large", message, "send only what belongs to this visit", path="$")
        below = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else None
        if below is None:
            continue
        if depth > MAX_DEPTH:
            return too_deep()
        stack += [(part, depth + 1) for part in below]
    return None


def dump_unsure(record: FactModel) -> dict[str, object]:
    """Write out the facts of a record that a copy may have filled with anything."""
    return {name: _dump_fact(record, name) for name, value in record.__dict__.items() if value is not None}


def _dump_fact(record: FactModel, name: str) -> object:
    value = getattr(record, name)
    try:
        dumped = record.model_dump(mode="json", include={name}, exclude_none=True, warnings=False)
    except Exception:  # a writer was handed what is no value of its type
        return _copy_plain(value)
    return dumped.get(name, value)


def _copy_plain(value: object) -> object:
    """A copy made of dicts and lists, which can be taken apart."""
    if isinstance(value, FactModel):
        return dump_unsure(value)
    if isinstance(value, Mapping):
        return {key: _copy_plain(below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_copy_plain(below) for below in value]
    return value


def _drop_paths(value: Any, dropped: set[Path], path: Path) -> Any:
    """The facts without those at `dropped`; an element becomes an empty record, to keep positions."""
    if isinstance(value, dict):
        kept = {key: below for key, below in value.items() if (*path, str(key)) not in dropped}
        return {key: _drop_paths(below, dropped, (*path, str(key))) for key, below in kept.items()}
    if isinstance(value, list):
        return [
            {} if (*path, position) in dropped else _drop_paths(below, dropped, (*path, position))
            for position, below in enumerate(value)
        ]
    return value


def _refused(
    error: ValidationError, model: type[FactModel], dropped: set[Path], *, first: bool
) -> Iterator[tuple[Path, Problem | None]]:
    """What to take out next, and the problem to report for it.

    After the first round, facts that cannot be read are a consequence of taking others out, and not reported.
    """
    for number, detail in enumerate(error.errors(include_url=False)):
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, BrokenConstraintsError):
            yield from (
                (breach.path, breach_problem(breach))
                for breach in cause.breaches
                if not dropped.intersection(breach.needs)
            )
            continue
        path = _path(detail)
        if first:
            yield path, explain_refusal(detail, path, model) if number < MAX_PROBLEMS else _UNTOLD
        else:
            yield (path[:-1] if path and isinstance(path[-1], int) else path), None


def _path(detail: ErrorDetails) -> Path:
    return tuple(detail["loc"])


def explain_refusal(detail: ErrorDetails, path: Path, model: type[FactModel]) -> Problem:
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
            return BadValueError("fact-range", f"{shown(value)} is outside the range of this fact", f"give {side}")
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
    holder = _model_at(before, model)
    return shapes(holder).get(last) if holder is not None else None


def _model_at(steps: list[str], model: type[FactModel]) -> type[FactModel] | None:
    here: type[FactModel] | None = model
    for step in steps:
        shape = shapes(here).get(step) if here is not None else None
        here = shape.record if shape is not None else None
    return here


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
        return BadValueError("fact-unknown-name", message, "declare it in a pack under `facts:`, or leave it out")
    return BadValueError(
        "fact-unknown-name", message, f"known here: {', '.join(f'`{known_name}`' for known_name in sorted(known))}"
    )


def _named(name: str, model: type[FactModel], prefix: str) -> Iterator[str]:
    """Paths of facts with exactly this name, anywhere."""
    for field, shape in shapes(model).items():
        if field == name:
            yield f"{prefix}{field}"
        if shape.record is not None:
            yield from _named(name, shape.record, f"{prefix}{field}{'[]' if shape.listed else ''}.")
