"""Types of what is asked of lists: macros, `size min max sum distinct`, and the list functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from visitcheck.facts.types import (
    BOOL,
    DATE,
    DOUBLE,
    DURATION,
    INT,
    MONEY,
    TIME_OF_DAY,
    TIMESTAMP,
    ListOf,
    Type,
)
from visitcheck.ir.nodes import (
    Aggregate,
    Compare,
    Const,
    Distinct,
    Exists,
    Expr,
    Filter,
    ForAll,
    ListCall,
    Map,
    Size,
)
from visitcheck.language import syntax as s
from visitcheck.language.binders import number, renumbered
from visitcheck.language.coerce import condition, exact, fit, is_value, same, value
from visitcheck.language.context import Context
from visitcheck.language.functions import LIST_FUNCTIONS, ListFunction
from visitcheck.language.scope import describe

MACROS: dict[str, str] = {
    "exists": "list.exists(x, condition)",
    "all": "list.all(x, condition)",
    "exists_one": "list.exists_one(x, condition)",
    "filter": "list.filter(x, condition)",
    "map": "list.map(x, value) or list.map(x, condition, value)",
}
AGGREGATES: dict[str, str] = {
    "size": "list.size()",
    "distinct": "list.distinct()",
    "min": "list.min() or list.min(value)",
    "max": "list.max() or list.max(value)",
    "sum": "list.sum()",
}
LIST_METHODS: dict[str, str] = MACROS | AGGREGATES
"""What can be asked of a list by method, with the form that help shows."""

_MEASURED: frozenset[Type] = frozenset({INT, DOUBLE, TIMESTAMP, DURATION, DATE, TIME_OF_DAY, MONEY})
_SUMMED: frozenset[Type] = frozenset({INT, DOUBLE, DURATION, MONEY})


@dataclass(frozen=True, slots=True)
class _Asked:
    """A list being asked something: the call, where the list is written, the list (None: had a problem)."""

    tree: s.Invoke
    at: s.Tree
    source: Expr | None
    args: tuple[s.Tree, ...]


def list_method(cx: Context, tree: s.Invoke, source: Expr | None = None) -> Expr | None:
    """A macro, aggregate or list function; `source` is the list where it has been read already."""
    if tree.receiver is None and not tree.args:
        _wrong(cx, tree)
        return None
    at = tree.receiver if tree.receiver is not None else tree.args[0]
    args = tree.args if tree.receiver is not None else tree.args[1:]
    if source is None:
        source = cx.read(cx, at)
    if source is not None and not isinstance(source.type, ListOf):
        help_ = f"the form is `{_form(tree.name)}`"
        cx.report("not-a-list", f"`{cx.written(at)}` is {describe(source.type)}, not a list", help_, at)
        source = None
        if tree.name in AGGREGATES:
            return None
    asked = _Asked(tree, at, source, args)
    if tree.name in LIST_FUNCTIONS:
        return _list_function(cx, asked, LIST_FUNCTIONS[tree.name])
    return _aggregate(cx, asked) if tree.name in AGGREGATES else _macro(cx, asked)


def _form(name: str) -> str:
    return list_form(LIST_FUNCTIONS[name]) if name in LIST_FUNCTIONS else LIST_METHODS[name]


def list_form(function: ListFunction) -> str:
    """A list function as people write it."""
    bodies = {"lastRun": "order, condition", "covers": "from, to"}.get(function.name, "key")
    rest = {"covers": ", start, end, tolerance"}.get(function.name, ", ..." if function.repeat else "")
    return f"list.{function.name}(x, {bodies}{rest})"


def _wrong(cx: Context, tree: s.Invoke) -> None:
    count = len(tree.args)
    message = f"`{tree.name}` does not take {count} argument{'s' * (count != 1)}"
    cx.report("wrong-arguments", message, f"its form is `{_form(tree.name)}`", tree)


def _variable(cx: Context, tree: s.Tree) -> str | None:
    """The fresh name that a macro's first argument gives to the element."""
    if not isinstance(tree, s.Name):
        cx.report(
            "binding-needed",
            "the first argument is a name for the element",
            "like `c` in `exists(c, ...)`",
            tree,
        )
        return None
    taken = "an outer macro's variable" if tree.name in cx.variables else cx.scope.meaning(tree.name)
    if taken is not None:
        cx.report("name-taken", f"`{tree.name}` is already the name of {taken}", "choose another name", tree)
        return None
    return tree.name


def _item(source: Expr | None) -> Type | None:
    return None if source is None else cast("ListOf", source.type).item


def _bodies(cx: Context, asked: _Asked, trees: tuple[s.Tree, ...]) -> tuple[list[Expr | None], int] | None:
    """The bodies read with the element bound, and the provisional binder number."""
    name = _variable(cx, asked.args[0])
    if name is None:
        return None
    with cx.bound(name, _item(asked.source)) as provisional:
        return [cx.read(cx, tree) for tree in trees], provisional


def _settled(bodies: list[Expr], provisional: int) -> tuple[tuple[Expr, ...], int]:
    """The bodies with the macro's final binder number, and that number."""
    binder = number(tuple(bodies))
    return tuple(renumbered(body, provisional, binder) for body in bodies), binder


def _macro(cx: Context, asked: _Asked) -> Expr | None:
    tree = asked.tree
    if len(asked.args) != 2 and not (tree.name == "map" and len(asked.args) == 3):
        _wrong(cx, tree)
        return None
    body_trees = asked.args[1:]
    read = _bodies(cx, asked, body_trees)
    if read is None:
        return None
    found, provisional = read
    bodies: list[Expr | None] = []
    for place, (body, span) in enumerate(zip(found, body_trees, strict=True)):
        if tree.name == "map" and place == len(body_trees) - 1:
            bodies.append(_mapped(cx, body, span))
        else:
            bodies.append(condition(cx, body, span, f"what `{tree.name}` asks of each element"))
    if asked.source is None or any(body is None for body in bodies):
        return None
    return _made(cx, asked, asked.source, cast("list[Expr]", bodies), provisional)


def _mapped(cx: Context, body: Expr | None, span: s.Span) -> Expr | None:
    if body is not None and isinstance(body.type, ListOf):
        cx.report("not-a-value", "`map` to lists would give a list of lists", "map to single values", span)
        return None
    return None if body is None else exact(body)


def _made(cx: Context, asked: _Asked, source: Expr, bodies: list[Expr], provisional: int) -> Expr:
    origin = cx.origin(asked.tree)
    name = asked.tree.name
    if len(bodies) == 2:  # map(x, condition, value) is filter and then map
        (test,), outer = _settled(bodies[:1], provisional)
        source, bodies = Filter(source, outer, test, source.type, origin=origin), bodies[1:]
    (body,), binder = _settled(bodies, provisional)
    if name == "exists":
        return Exists(source, binder, body, origin=origin)
    if name == "all":
        return ForAll(source, binder, body, origin=origin)
    if name == "map":
        return Map(source, binder, body, ListOf(body.type), origin=origin)
    kept = Filter(source, binder, body, source.type, origin=origin)
    if name == "filter":
        return kept
    return Compare("==", Size(kept, origin=origin), Const(1, INT, origin=origin), origin=origin)


def _aggregate(cx: Context, asked: _Asked) -> Expr | None:
    tree, source = asked.tree, asked.source
    if len(asked.args) > (1 if tree.name in ("min", "max") else 0):
        _wrong(cx, tree)
        return None
    defaults = [value(cx, cx.read(cx, arg), arg) for arg in asked.args]
    if source is None or any(default is None for default in defaults):
        return None
    origin = cx.origin(tree)
    item = cast("ListOf", source.type).item
    if tree.name == "size":
        return Size(source, origin=origin)
    if tree.name == "distinct":
        if is_value(item):
            return Distinct(source, source.type, origin=origin)
        help_ = "map the records to a value first, like `.map(x, x.id).distinct()`"
        cx.report("type-mismatch", f"`distinct` compares values, not {describe(item)}", help_, tree)
        return None
    if item not in (_SUMMED if tree.name == "sum" else _MEASURED):
        first = f"map the records to a value first, like `.map(x, x.at).{tree.name}()`"
        mended = None if is_value(item) else first
        cx.report("type-mismatch", f"`{tree.name}` does not take a list of {item}", mended, tree)
        return None
    default = None
    if defaults:
        what = f"the value of `{tree.name}` for an empty list"
        default = fit(cx, exact(cast("Expr", defaults[0])), item, asked.args[0], what)
        if default is None:
            return None
    kind = cast("Literal['min', 'max', 'sum']", tree.name)
    return Aggregate(kind, source, default, item, origin=origin)


def _list_function(cx: Context, asked: _Asked, function: ListFunction) -> Expr | None:
    tree = asked.tree
    extra = len(asked.args) - 1 - len(function.bodies) - len(function.args)
    if extra < 0 or (extra and not function.repeat):
        _wrong(cx, tree)
        return None
    last = 1 + len(function.bodies) + extra
    body_trees, arg_trees = asked.args[1:last], asked.args[last:]
    read = _bodies(cx, asked, body_trees)
    args = [
        fit(cx, cx.read(cx, arg), wanted, arg, f"argument {last + place + 1} of `{function.name}`")
        for place, (arg, wanted) in enumerate(zip(arg_trees, function.args, strict=True))
    ]
    if read is None:
        return None
    found, provisional = read
    bodies = [
        _body(cx, body, span, function.bodies[min(place, len(function.bodies) - 1)], function.name)
        for place, (body, span) in enumerate(zip(found, body_trees, strict=True))
    ]
    if asked.source is None or any(part is None for part in (*bodies, *args)):
        return None
    settled, binder = _settled(cast("list[Expr]", bodies), provisional)
    closed = tuple(cast("list[Expr]", args))
    return ListCall(tree.name, asked.source, binder, settled, closed, function.result, origin=cx.origin(tree))


def _body(cx: Context, body: Expr | None, span: s.Span, allowed: frozenset[Type] | None, name: str) -> Expr | None:
    if body is not None and allowed == frozenset({BOOL}):
        return condition(cx, body, span, f"what `{name}` asks of each element")
    body = value(cx, body, span)
    if body is None:
        return None
    body = exact(body)
    if allowed is None or any(same(body.type, one) for one in allowed):
        return body
    wanted = " or ".join(sorted(str(one) for one in allowed))
    cx.report("type-mismatch", f"`{name}` needs {wanted} here, not {describe(body.type)}", None, span)
    return None


__all__ = ["AGGREGATES", "LIST_METHODS", "MACROS", "list_form", "list_method"]
