"""Walking and rewriting expressions: what a macro binds, what is shared, what stays."""

from dataclasses import replace
from typing import Any, get_args, get_type_hints

from visitcheck.facts.types import BOOL, COUNT, INT, STRING, ListOf, Record
from visitcheck.ir import nodes
from visitcheck.ir.nodes import (
    And,
    Compare,
    Const,
    Distinct,
    Element,
    Exists,
    Expr,
    Fact,
    Field,
    Filter,
    ListCall,
    Macro,
    Map,
    Not,
    Size,
)
from visitcheck.ir.sharing import NodeNumbers
from visitcheck.ir.walk import (
    base_list,
    bodies_of,
    children,
    distinct_nodes,
    free_names,
    outer_parts,
    part_names,
    rebuild,
    rebuild_parts,
    walk,
    walk_within,
)

ITEM = Record("contact", {"by": STRING, "number": INT})
CONTACTS = Fact(("contacts",), ListOf(ITEM))
VISITS = Fact(("earlier_visits",), ListOf(ITEM))
LIMIT = Fact(("extra", "limit"), INT)
YES = Fact(("place", "private"), BOOL)


def number_of(binder: int) -> Field:
    return Field(Element(binder, ITEM), "number", INT)


def test_a_macro_binds_its_bodies_alone() -> None:
    """The list and the plain arguments of a list function see no element, not even under the same number."""
    selected = Filter(CONTACTS, 0, Compare("==", number_of(0), LIMIT), CONTACTS.type)
    call = ListCall("maxPerGroup", selected, 0, (number_of(0), number_of(1)), (number_of(0),), COUNT)

    assert bodies_of(call) == (number_of(0), number_of(1))
    assert outer_parts(call) == (selected, number_of(0))
    assert free_names(call) == {0, 1}
    assert free_names(replace(call, args=())) == {1}
    assert free_names(selected) == frozenset()


def test_every_child_is_a_body_or_an_outer_part() -> None:
    """A node that binds elements is a `Macro`; the two kinds of children are all there are."""
    binding = {kind for kind in get_args(Expr) if "binder" in kind.__dataclass_fields__} - {Element}
    call = ListCall("covers", CONTACTS, 0, (number_of(0), number_of(0)), (LIMIT, LIMIT, LIMIT), BOOL)

    assert binding == set(get_args(Macro))
    for node in (call, Exists(CONTACTS, 0, YES), Not(YES), And((YES, YES)), LIMIT):
        assert sorted(map(repr, children(node))) == sorted(map(repr, (*outer_parts(node), *bodies_of(node))))


def test_parts_are_found_in_every_field_that_may_hold_them() -> None:
    """Nothing that an annotation leaves room for is walked past."""
    for kind in get_args(Expr):
        hints = get_type_hints(kind)
        may_hold = {name for name, hint in hints.items() if name != "origin" and _names_a_node(hint)}
        assert may_hold == set(part_names(kind)), kind


def _names_a_node(hint: Any) -> bool:
    return hint in get_args(Expr) or any(map(_names_a_node, get_args(hint)))


def test_every_kind_of_node_is_in_the_union() -> None:
    """A new node is found by its class; nothing walks past one that `Expr` leaves out."""
    defined = {kind for kind in vars(nodes).values() if isinstance(kind, type) and issubclass(kind, nodes.Node)}

    assert defined - {nodes.Node} == set(get_args(Expr))


def test_walking_tells_the_macros_around() -> None:
    """A body sees its macro, a list does not see the macro over it."""
    inner = Exists(CONTACTS, 0, Compare("==", number_of(1), number_of(0)))
    outer = Exists(VISITS, 1, inner)
    seen = {id(node): around for node, around in walk_within(outer)}

    assert seen[id(outer)] == seen[id(VISITS)] == {}
    assert seen[id(CONTACTS)] == {1: outer}
    assert seen[id(inner.body)] == {1: outer, 0: inner}
    assert sorted(id(node) for node, _ in walk_within(outer)) == sorted(map(id, walk(outer)))


def test_lists_are_traced_to_what_they_are_made_from() -> None:
    """Through filters, maps and `distinct`, or only some of them."""
    numbers = Map(Filter(CONTACTS, 0, YES, CONTACTS.type), 0, number_of(0), ListOf(INT))

    assert base_list(Distinct(numbers, numbers.type)) is CONTACTS
    assert base_list(Distinct(numbers, numbers.type), (Distinct,)) is numbers
    assert base_list(numbers, (Filter,)) is numbers


def test_shared_parts_are_visited_and_rebuilt_once() -> None:
    """What would be exponential as a tree takes as many steps as there are objects; sharing survives."""
    whole: Expr = YES
    for _ in range(200):
        whole = And((whole, whole))
    asked: list[Expr] = []

    def change(node: Expr) -> Expr | None:
        asked.append(node)
        return Const(True, BOOL) if node is YES else None

    changed = rebuild(whole, change)

    assert len(asked) == sum(1 for _ in distinct_nodes(whole)) == sum(1 for _ in distinct_nodes(changed)) == 201
    assert free_names(whole) == frozenset()


def test_what_does_not_change_is_kept() -> None:
    """The very objects, so that what is known of them by identity stays true."""
    left, right = Compare("==", LIMIT, Const(1, INT)), Not(YES)
    whole = And((left, right))
    changed = rebuild(whole, lambda node: Const(2, INT) if node == Const(1, INT) else None)

    assert rebuild(whole, lambda node: None) is whole
    assert isinstance(changed, And)
    assert changed.parts[1] is right
    assert rebuild_parts(left, lambda part: part) is left


def test_equal_nodes_are_one_number() -> None:
    """Two objects that mean the same are one, wherever they were written; uses are counted once for each parent."""
    numbers = NodeNumbers()
    some, same = Size(CONTACTS), Size(Fact(("contacts",), ListOf(ITEM)))
    whole = And((Compare("<", some, LIMIT), Compare(">", same, LIMIT)))

    assert numbers.number(some) == numbers.number(same)
    assert sum(1 for _ in numbers.distinct(whole)) == 6
    assert numbers.is_shared(some)
    assert not numbers.is_shared(CONTACTS)
    assert not numbers.is_shared(whole)
    numbers.count_use(whole)
    numbers.count_use(whole)
    assert numbers.is_shared(whole)
    assert numbers.free_names(Exists(CONTACTS, 0, Compare("==", number_of(0), number_of(1)))) == {1}
