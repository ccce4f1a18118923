"""One look at a list for many questions about its elements.

A pass over a list costs more than a test of an element. So tests of one list that are known at the same step
share a pass: an element becomes one number with two bits a test, 1 for TRUE and 2 for UNKNOWN; the numbers are
joined by OR, and each truth is read off its bits. However long the list, nothing overflows. A count takes one
pass, too: one for what is in, `_MAYBE` for what is maybe in, added up.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from visitcheck.engines.sql import build as t
from visitcheck.engines.sql.build import E
from visitcheck.engines.sql.dialects import Dialect

MOST = 15
"""Tests in one number: two bits each, in 32 bits, and none for the sign."""
ELEMENT = "__e0"
"""What a test calls the element."""
_UNKNOWN = 2
_MAYBE = 2**32


def masks(dialect: Dialect, items: E, tests: Sequence[E]) -> E:
    """The bits of some tests over a list; NULL for an absent one."""
    number: E = _code(tests[0], _UNKNOWN, "int")
    for place, test in enumerate(tests[1:], 1):
        number = t.add(number, t.mul(_code(test, _UNKNOWN, "int"), 4**place))
    return _unless_empty(items, dialect.bits(_each(items, number)))


def any_of(mask: E, place: int) -> E:
    """The Kleene OR of a test over the list, from its bits."""
    bits = (t.binary(exp.BitwiseAnd, mask, t.number(bit * 4**place)) for bit in (1, _UNKNOWN))
    true, unknown = (t.compare("!=", bit, 0) for bit in bits)
    # TRUE OR NULL is TRUE, FALSE OR NULL is NULL.
    return t.or_([true, exp.Nullif(this=unknown, expression=t.true())])


def counts(dialect: Dialect, items: E, test: E) -> E:
    """How many elements are in, and how many are maybe in, as one number; NULL for an absent list."""
    return _unless_empty(items, dialect.tally(_each(items, _code(test, _MAYBE, "bigint"))))


def ends(counted: E) -> dict[str, E]:
    """The ends of a count, from that number."""
    sure, doubtful = t.mod(counted, _MAYBE), t.int_div(counted, _MAYBE)
    return {"low": sure, "high": t.add(sure, doubtful)}


def _code(test: E, unknown: int, kind: str) -> E:
    return exp.Coalesce(this=exp.cast(t.own(test), kind), expressions=[t.number(unknown)])


def _each(items: E, number: E) -> E:
    return exp.Transform(this=t.own(items), expression=t.lambda_((ELEMENT,), number))


def _unless_empty(items: E, joined: E) -> E:
    """What was joined, and 0 for a list of no elements. No CASE around the pass: databases are slower inside one."""
    return exp.Coalesce(this=joined, expressions=[t.case((t.known(items), t.number(0)))])
