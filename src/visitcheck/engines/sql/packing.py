"""One look at a list for many questions about its elements.

A pass over a list costs more than a test of an element. So tests of one list that are known at the same step
share a pass: an element becomes one number with two bits a test, 1 for TRUE and 2 for UNKNOWN; the numbers are
joined by OR, and each truth is read off its bits. However long the list, nothing overflows. A count takes one
pass, too: one for what is in, `_MAYBE` for what is maybe in, added up.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.dialects import Dialect

MOST = 15
"""Tests in one number: two bits each, in 32 bits, and none for the sign."""
ELEMENT = "__e0"
"""What a test calls the element."""
_UNKNOWN = 2
_MAYBE = 2**32


def masks(dialect: Dialect, items: Sql, tests: Sequence[Sql]) -> Sql:
    """The bits of some tests over a list; NULL for an absent one."""
    number: Sql = _code(tests[0], _UNKNOWN, "int")
    for place, test in enumerate(tests[1:], 1):
        number = sql.add(number, sql.mul(_code(test, _UNKNOWN, "int"), 4**place))
    return _unless_empty(items, dialect.bits(_each(items, number)))


def any_of(mask: Sql, place: int) -> Sql:
    """The Kleene OR of a test over the list, from its bits."""
    bits = (sql.binary(exp.BitwiseAnd, mask, sql.number(bit * 4**place)) for bit in (1, _UNKNOWN))
    true, unknown = (sql.compare("!=", bit, 0) for bit in bits)
    # TRUE OR NULL is TRUE, FALSE OR NULL is NULL.
    return sql.or_([true, exp.Nullif(this=unknown, expression=sql.true())])


def counts(dialect: Dialect, items: Sql, test: Sql) -> Sql:
    """How many elements are in, and how many are maybe in, as one number; NULL for an absent list."""
    return _unless_empty(items, dialect.tally(_each(items, _code(test, _MAYBE, "bigint"))))


def ends(counted: Sql) -> dict[str, Sql]:
    """The ends of a count, from that number."""
    sure, doubtful = sql.mod(counted, _MAYBE), sql.int_div(counted, _MAYBE)
    return {"low": sure, "high": sql.add(sure, doubtful)}


def _code(test: Sql, unknown: int, kind: str) -> Sql:
    return exp.Coalesce(this=exp.cast(sql.own(test), kind), expressions=[sql.number(unknown)])


def _each(items: Sql, number: Sql) -> Sql:
    return exp.Transform(this=sql.own(items), expression=sql.lambda_((ELEMENT,), number))


def _unless_empty(items: Sql, joined: Sql) -> Sql:
    """What was joined, and 0 for a list of no elements. No CASE around the pass: databases are slower inside one."""
    return exp.Coalesce(this=joined, expressions=[sql.case((sql.is_known(items), sql.number(0)))])
