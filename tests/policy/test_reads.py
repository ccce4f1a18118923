"""Which facts hand-made expressions read."""

from visitcheck.facts.types import BOOL, STRING, TIMESTAMP, ListOf, Record
from visitcheck.ir.facts_read import facts_read
from visitcheck.ir.nodes import (
    And,
    Choose,
    Compare,
    Const,
    Distinct,
    Element,
    Exists,
    Expr,
    Fact,
    Field,
    Filter,
    Map,
    Size,
)
from visitcheck.ir.walk import distinct_nodes

ITEM = Record("contact", {"at": TIMESTAMP, "by": STRING})
CONTACTS = Fact(("contacts",), ListOf(ITEM))
VISITS = Fact(("earlier_visits",), ListOf(ITEM))
TRUE = Const(True, BOOL)


def field(binder: int, name: str) -> Field:
    return Field(Element(binder, ITEM), name, ITEM.fields[name])


def test_elements_of_elements() -> None:
    """An inner macro over what an outer one selected reads the same list."""
    inner = Exists(Filter(CONTACTS, 0, TRUE, CONTACTS.type), 0, Compare("==", field(1, "by"), field(0, "at")))
    outer = Exists(VISITS, 1, inner)

    assert facts_read(outer) == {"contacts", "contacts[].at", "earlier_visits", "earlier_visits[].by"}


def test_a_choice_reads_from_both_lists() -> None:
    """Whichever list is looked at, its fields count as read."""
    chosen = Choose(Fact(("place", "private"), BOOL), CONTACTS, VISITS, CONTACTS.type)
    paths = facts_read(Exists(chosen, 0, Compare("==", field(0, "at"), field(0, "at"))))

    assert paths == {"place.private", "contacts", "contacts[].at", "earlier_visits", "earlier_visits[].at"}


def test_values_picked_out_keep_their_path() -> None:
    """`map`, `distinct` and then `exists` over single values."""
    times = Distinct(Map(CONTACTS, 0, field(0, "at"), ListOf(TIMESTAMP)), ListOf(TIMESTAMP))
    at = Element(1, TIMESTAMP)

    assert facts_read(Exists(times, 1, Compare("<", at, at)), Size(times)) == {"contacts", "contacts[].at"}


def test_a_let_used_again_and_again_is_looked_through_once() -> None:
    """Sharing that would be exponential as a tree stays linear."""
    node: Expr = Fact(("place", "private"), BOOL)
    for _ in range(200):
        node = And((node, node))

    assert facts_read(node) == {"place.private"}
    assert sum(1 for _ in distinct_nodes(node)) == 201
