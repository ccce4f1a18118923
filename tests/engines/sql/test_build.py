"""Constructors of SQL: brackets where the tree needs them, and a check that notices where they are missing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from engines.sql.reading_back import read_back
from visitcheck.engines.sql import build as t
from visitcheck.engines.sql.dialects import DIALECTS

A, B, C = (t.column(name) for name in "abc")
_LEAVES = st.sampled_from([A, B, C, t.number(-3), t.number(7), t.true(), t.text("'\\\n外访")])


def _larger(inner: st.SearchStrategy[exp.Expr]) -> st.SearchStrategy[exp.Expr]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        pair.map(t.and_),
        pair.map(t.or_),
        inner.map(t.not_),
        inner.map(t.is_null),
        inner.map(t.known),
        st.builds(t.compare, st.sampled_from(sorted(t.COMPARISONS)), inner, inner),
        *(st.builds(build, inner, inner) for build in (t.add, t.sub, t.mul, t.int_div, t.mod)),
        pair.map(lambda p: t.case((p[0], p[1]))),
        inner.map(lambda e: t.between(e, -1, 1)),
        inner.map(lambda e: t.field(e, "x")),
        inner.map(lambda e: t.in_(e, [t.number(1)])),
        st.builds(lambda a, b: exp.RegexpLike(this=t.wrap(a), expression=t.wrap(b)), inner, inner),
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
    first = t.add(A, B)
    both = t.compare("==", first, first)

    assert both.sql() == '("a" + "b") = ("a" + "b")'


def test_the_least_int_is_no_literal() -> None:
    assert t.number(-(2**63)).sql() == "(-9223372036854775807 - 1)"
