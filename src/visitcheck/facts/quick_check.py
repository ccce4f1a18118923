"""A quick check of a visit: whether any constraint might be broken.

Almost no visit breaks one, so this test is made once for each model, as a Python function of plain comparisons.
It may suspect what is right, and then `breaches` looks closely; it never overlooks what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from visitcheck.facts.constraints import NotAfter, OnlyFor, Order, RecordConstraint, StateTime, UniqueKey
from visitcheck.facts.fields import FactModel, FieldShape, shapes

QuickCheck: TypeAlias = Callable[[Any, int | None], bool]
"""Whether a record, judged at a moment (None: not known), might break a constraint."""


@lru_cache(maxsize=256)
def quick_check(model: type[FactModel]) -> QuickCheck | None:
    """The test for one model and all below it; None where nothing can be wrong."""
    writer = _Writer()
    writer.constraints([constraint for constraint in model.constraints if not isinstance(constraint, NotAfter)], 1)
    later = [constraint for constraint in model.constraints if isinstance(constraint, NotAfter)]
    if later:
        writer.line(1, "if as_of is not None:")
        writer.constraints(later, 2)
    for name, shape in shapes(model).items():
        if shape.record is not None:
            writer.below(name, shape, shape.record)
    return writer.made(model)


class _Writer:
    """Writes the body of a test; field names are known to be identifiers, and are written as text constants."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._namespace: dict[str, Any] = {}

    def line(self, indent: int, text: str) -> None:
        self._lines.append("    " * indent + text)

    def constraints(self, constraints: Sequence[RecordConstraint], indent: int) -> None:
        for trigger in dict.fromkeys(constraint.trigger for constraint in constraints):
            self.line(indent, f"x = v[{trigger!r}]")
            self.line(indent, "if x is not None:")
            for constraint in constraints:
                if constraint.trigger == trigger:
                    self.line(indent + 1, f"if {self._suspicion(constraint)}: return True")

    def _suspicion(self, constraint: RecordConstraint) -> str:
        """A condition on the trigger's value `x` and the record's values `v` that holds wherever `one` is broken."""
        match constraint:
            case Order():
                return f"(y := v[{constraint.first!r}]) is not None and x < y"
            case StateTime():
                return f"v[{constraint.state!r}] is False"
            case NotAfter(is_date=False):
                return "x > as_of"
            case OnlyFor():
                all_kinds = {kind for kinds in constraint.kinds.values() for kind in kinds}
                strange = {
                    kind: frozenset(name for name, kinds in constraint.kinds.items() if kind not in kinds)
                    for kind in all_kinds
                }
                others, table = self._name(frozenset(constraint.kinds)), self._name(strange)
                return f"not {table}.get(x, {others}).isdisjoint(record.__pydantic_fields_set__)"
            case _:
                return f"{self._name(constraint)}.breach(v, as_of, record.written) is not None"

    def below(self, name: str, shape: FieldShape, model: type[FactModel]) -> None:
        test = quick_check(model)
        if test is None and shape.unique is None:
            return
        self.line(1, f"x = v[{name!r}]")
        self.line(1, "if x is not None:")
        if shape.listed is None:
            self.line(2, f"if {self._name(test)}(x, as_of): return True")
            return
        if shape.unique is not None:
            self.line(2, f"if len(x) > 1 and {self._name(_repeats(shape.unique))}(x): return True")
        if test is not None:
            never_without = all(isinstance(constraint, NotAfter) for constraint in model.constraints)
            if never_without and not any(below.record for below in shapes(model).values()):
                self.line(2, "if as_of is None: x = ()")
            self.line(2, "for e in x:")
            self.line(3, f"if {self._name(test)}(e, as_of): return True")

    def made(self, model: type[FactModel]) -> QuickCheck | None:
        if not self._lines:
            return None
        text = "\n".join(["def check(record, as_of):", "    v = record.__dict__", *self._lines, "    return False"])
        exec(compile(text, f"<quick check of {model.__name__}>", "exec"), self._namespace)  # noqa: S102 - our own text
        check: QuickCheck = self._namespace["check"]
        return check

    def _name(self, value: object) -> str:
        name = f"k{len(self._namespace)}"
        self._namespace[name] = value
        return name


def _repeats(unique: UniqueKey) -> Callable[[tuple[Any, ...]], bool]:
    key = unique.key

    def repeats(elements: tuple[Any, ...]) -> bool:
        given = [value for element in elements if (value := element.__dict__[key]) is not None]
        return len(given) > 1 and len(set(given)) != len(given)

    return repeats
