"""Constructors of SQL: brackets where the tree needs them, and a check that notices where they are missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from engines.sql.reading_back import read_back
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.dialects import DIALECTS

A, B, C = (sql.column(name) for name in "abc")
_LEAVES = st.sampled_from([A, B, C, sql.number(-3), sql.number(7), sql.true(), sql.text("'\\\n外访")])


def _larger(inner: st.SearchStrategy[exp.Expr]) -> st.SearchStrategy[exp.Expr]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.map(sql.and_),
        pair.map(sql.or_),
        inner.map(sql.not_),
        inner.map(sql.is_null),
        inner.map(sql.is_known),
        st.builds(sql.compare, st.sampled_from(sorted(sql.COMPARISONS)), inner, inner),
        *(st.builds(build, inner, inner) for build in (sql.add, sql.sub, sql.mul, sql.int_div, sql.mod)),
        pair.map(lambda p: sql.case((p[0], p[1]))),
        inner.map(lambda e: sql.between(e, -1, 1)),
        inner.map(lambda e: sql.field(e, "x")),
        inner.map(lambda e: sql.in_(e, [sql.number(1)])),
        st.builds(lambda a, b: exp.RegexpLike(this=sql.operand(a), expression=sql.operand(b)), inner, inner),
    )


@pytest.mark.parametrize("dialect", DIALECTS)
@given(tree=st.recursive(_LEAVES, _larger, max_leaves=12))
def test_any_tree_is_read_back_as_it_is(dialect: str, tree: exp.Expr) -> None:
    written, read = read_back(tree, dialect)

    assert read == written


@pytest.mark.parametrize("dialect", DIALECTS)
def test_missing_brackets_are_noticed(dialect: str) -> None:
    bare = exp.Mul(this=exp.Add(this=A.copy(), expression=B.copy()), expression=C.copy())

    written, read = read_back(bare, dialect)

    assert read != written


def test_a_node_used_twice_is_copied() -> None:
    first = sql.add(A, B)
    both = sql.compare("==", first, first)

    assert both.sql() == '("a" + "b") = ("a" + "b")'


def test_the_least_int_is_no_literal() -> None:
    assert sql.number(-(2**63)).sql() == "(-9223372036854775807 - 1)"
