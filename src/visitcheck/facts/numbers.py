"""Numbers and sums of money."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal

from visitcheck.facts.scalars import BadValueError, is_stand_in, shown, wrong_type
from visitcheck.facts.types import INT_MAX, Money

_is_money = re.compile(r"(-?)(0|[1-9][0-9]{0,16})(?:\.([0-9]{1,2}))?").fullmatch


def read_double(value: object) -> float:
    """A finite number."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        try:
            number = float(value)
        except (OverflowError, ValueError):
            number = float("inf")
        if number - number != 0:
            raise BadValueError("fact-not-finite", "the number is not finite")
        return number
    raise wrong_type(value, "a number", "`1.5`")


def double_reader(low: float, high: float) -> Callable[[object], float]:
    """Read finite numbers from `low` to `high`; a refusal does not show them, for they may be personal."""

    def read(value: object) -> float:
        number = read_double(value)
        if not low <= number <= high:
            help_ = f"give at least {low}" if number < low else f"give at most {high}"
            raise BadValueError("fact-range", "the number is outside the range of this fact", help_)
        return number

    return read


def read_minor_units(value: object) -> int:
    """An exact sum in hundredths: text like `1234.50`, or a number with at most two decimals."""
    if isinstance(value, str):
        parts = _is_money(value)
        if parts is not None:
            sign, whole, cents = parts.groups()
            return _in_64_bits(int(f"{sign}{whole}{(cents or '').ljust(2, '0')}"))
        if re.fullmatch(r"-?[0-9]+\.[0-9]{3,}", value):
            raise _too_many_decimals(value)
        if not is_stand_in(value):
            message = f"`{shown(value)}` is not a sum of money"
            raise BadValueError("fact-money", message, 'write digits and a decimal point only, like `"1234.50"`')
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _hundredths(value)
    raise wrong_type(value, "a sum of money", '`"1234.50"`')


def _hundredths(value: float | Decimal) -> int:
    if isinstance(value, int):
        return _in_64_bits(value * 100)
    # A float stands for the shortest decimal that reads back as it: 12.3 is 12.30, not 12.30000000000000071.
    exact = Decimal(repr(float(value))) if isinstance(value, float) else value
    if not exact.is_finite():
        raise BadValueError("fact-not-finite", "the sum is not a finite number")
    if exact.is_zero():
        return 0
    sign, digits, exponent = exact.normalize(Context(prec=len(exact.as_tuple().digits))).as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 - finite, as tested above
    if exponent < -2:
        raise _too_many_decimals(exact)
    if exact.adjusted() > 20:
        return _in_64_bits(INT_MAX + 1)
    minor = int("".join(map(str, digits))) * 10 ** (exponent + 2)
    return _in_64_bits(-minor if sign else minor)


def _in_64_bits(minor: int) -> int:
    if not -INT_MAX - 1 <= minor <= INT_MAX:
        raise BadValueError("fact-range", "the sum is too large: hundredths must fit in 64 bits")
    return minor


def _too_many_decimals(value: object) -> BadValueError:
    message = f"`{shown(value)}` has more than two decimals"
    return BadValueError("fact-money-decimals", message, "give hundredths at most, like `1234.50`")


def money_text(money: Money) -> str:
    """The sum with two decimals, without its currency."""
    sign = "-" if money.minor < 0 else ""
    return f"{sign}{abs(money.minor) // 100}.{abs(money.minor) % 100:02}"
