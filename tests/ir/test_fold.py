"""What never changes, whatever the visit: constants, and parameters with one value on every day."""

import pytest

from visitcheck.facts.types import DATE, INT, STRING
from visitcheck.ir.dated_values import first_value, never_changes, undated_value, value_on
from visitcheck.ir.fold import fold_constants, known_constant
from visitcheck.ir.nodes import Arithmetic, Call, Const, DatedValue, Expr, Fact, Negate, Param

ON = Fact(("visit", "date"), DATE)
ALWAYS = DatedValue(None, None, 3)


@pytest.mark.parametrize(
    ("values", "same"),
    [
        ((ALWAYS,), True),
        # In pieces that meet, all with the value: no day shows which piece it is in.
        ((DatedValue(None, 100, 3), DatedValue(100, None, 3)), True),
        ((DatedValue(None, 100, 3), DatedValue(100, 200, 3), DatedValue(200, None, 3)), True),
        # A day without a value is UNKNOWN, though an UNKNOWN day is not.
        ((DatedValue(None, 100, 3), DatedValue(101, None, 3)), False),
        ((DatedValue(100, None, 3),), False),
        ((DatedValue(None, 100, 3),), False),
        ((DatedValue(None, 100, 3), DatedValue(100, None, 4)), False),
        ((), False),
    ],
)
def test_a_parameter_never_changes(values: tuple[DatedValue, ...], same: bool) -> None:
    """It has one value on every day, also an UNKNOWN one: by pieces counts, a gap does not."""
    days = [None, -1_000_000, 99, 100, 101, 199, 200, 1_000_000]
    param = Param("limit", INT, values, ON)

    assert never_changes(values) is same
    assert (len({value_on(values, day) for day in days}) == 1 and bool(values)) is same
    assert fold_constants(param) == (Const(3, INT) if same else param)


def test_values_by_day() -> None:
    """Both ends of a value's time; a gap; an UNKNOWN day, on which all values must be equal."""
    values = (DatedValue(10, 20, 3), DatedValue(30, None, 3))

    assert [value_on(values, day) for day in (9, 10, 19, 20, 29, 30)] == [None, 3, 3, None, None, 3]
    assert value_on(values, None) == undated_value(values) == 3
    assert undated_value((*values[:1], DatedValue(30, None, 4))) is None
    assert undated_value(()) is None
    assert first_value(values) is first_value(()) is None
    assert first_value((DatedValue(None, 10, 3), *values)) == 3


@pytest.mark.parametrize(
    ("node", "value"),
    [
        (Const(3, INT), 3),
        (Arithmetic("+", Const(3, INT), Negate(Const(1, INT), INT), INT), 2),
        (Arithmetic("/", Const(3, INT), Const(0, INT), INT), None),
        (Call("size", (Const("abc", STRING),), INT), 3),
        (Arithmetic("+", Const(3, INT), Fact(("debt", "days_overdue"), INT), INT), None),
        (Const(None, INT), None),
    ],
)
def test_constant_values(node: Expr, value: object) -> None:
    """Arithmetic and functions of constants are worked out; what has no value has none."""
    assert known_constant(node) == (None if value is None else Const(value, INT))
