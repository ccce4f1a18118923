"""Generated conditions as text, over a few facts, and the values they are read on."""

from __future__ import annotations

from types import SimpleNamespace

from hypothesis import strategies as st

from visitcheck.facts.types import BOOL, DATE, INT, STRING, ListOf, Record, Word
from visitcheck.ir.nodes import Const, Expr
from visitcheck.language import Scope, compile_condition

COLOUR = Word("colour", ("red", "green", "blue"))
FACTS = Record("values", {"n": INT, "m": INT, "c": COLOUR, "p": BOOL, "q": BOOL, "r": BOOL, "ns": ListOf(INT)})
SCOPE = Scope(facts=FACTS, zone=Const("UTC", STRING), date=Const(None, DATE))
_OPS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])


def compiled(text: str) -> Expr:
    return compile_condition(text, SCOPE)


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """`&&`, `||` and `!` of conditions."""
    return st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: "(" + " && ".join(parts) + ")"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: "(" + " || ".join(parts) + ")"),
        inner.map("!({})".format),
    )


numbers = st.integers(-2, 2)
atoms = st.one_of(
    st.builds("{} {} {}".format, st.sampled_from("nm"), _OPS, numbers),
    st.builds("{} {} {}".format, numbers, _OPS, st.sampled_from("nm")),
    st.builds('c {} "{}"'.format, st.sampled_from(["==", "!="]), st.sampled_from(COLOUR.words)),
    st.sampled_from(["p", 'c in ["red", "blue"]', "ns.size() > 1", "ns.size() <= 0", "ns.exists(x, x > n)", "n < m"]),
    st.sampled_from(["ns.all(x, x > 0 || p)", "ns.filter(x, x != m).size() >= 1", "n in ns", "p ? n > 0 : q"]),
)
conditions = st.recursive(atoms, joined, max_leaves=6)
_maybe_number, _maybe = st.none() | numbers, st.none() | st.booleans()
values = st.builds(
    SimpleNamespace,
    n=_maybe_number,
    m=_maybe_number,
    c=st.none() | st.sampled_from(COLOUR.words),
    p=_maybe,
    q=_maybe,
    r=_maybe,
    ns=st.none() | st.lists(numbers, max_size=3).map(tuple),
)
