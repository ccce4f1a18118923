"""The types of what is asked of lists, once lists and bodies have theirs.

Lists are asked by macros (`exists`, `filter`, ...), by `size min max sum distinct`, and by the list functions.
"""

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
from visitcheck.ir.binders import next_binder, renumber_binder
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
    Origin,
    Size,
)
from visitcheck.language import syntax as s
from visitcheck.language.coerce import as_exact, is_same_type, is_value, require_truth, require_type, require_value
from visitcheck.language.condition_text import ConditionText
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
class ListQuestion:
    """What is asked of a list: the call, the list (None: it had a problem), and the arguments besides the list."""

    tree: s.Invoke
    source: Expr | None
    args: tuple[s.Tree, ...]


def is_list_question(tree: s.Invoke) -> bool:
    """Whether a call can only be asked of a list; `size` can be asked of a text too."""
    if tree.name in LIST_FUNCTIONS:
        return True
    return tree.receiver is not None and tree.name in LIST_METHODS and tree.name != "size"


def form_of(name: str) -> str:
    """How a question is written, like `list.exists(x, condition)`."""
    return form_of_list_function(LIST_FUNCTIONS[name]) if name in LIST_FUNCTIONS else LIST_METHODS[name]


def form_of_list_function(function: ListFunction) -> str:
    """A list function as people write it."""
    bodies = {"lastRun": "order, condition", "covers": "from, to"}.get(function.name, "key")
    rest = {"covers": ", start, end, tolerance"}.get(function.name, ", ..." if function.repeat else "")
    return f"list.{function.name}(x, {bodies}{rest})"


def report_wrong_form(text: ConditionText, tree: s.Invoke) -> None:
    """Report that a question has the wrong number of arguments."""
    count = len(tree.args)
    message = f"`{tree.name}` does not take {count} argument{'s' * (count != 1)}"
    text.report("wrong-arguments", message, f"its form is `{form_of(tree.name)}`", tree)


def _settle_binder(bodies: list[Expr], provisional: int) -> tuple[tuple[Expr, ...], int]:
    """The bodies with the macro's final binder number, and that number."""
    binder = next_binder(tuple(bodies))
    return tuple(renumber_binder(body, provisional, binder) for body in bodies), binder


def macro(
    text: ConditionText, question: ListQuestion, pairs: list[tuple[Expr | None, s.Tree]], provisional: int
) -> Expr | None:
    """A macro over bodies, each given with the part of the tree it was elaborated from."""
    name = question.tree.name
    bodies: list[Expr] = []
    for place, (body, tree) in enumerate(pairs):
        if name == "map" and place == len(pairs) - 1:
            checked = _require_mapped(text, body, tree)
        else:
            checked = require_truth(text, body, tree, f"what `{name}` asks of each element")
        if checked is not None:
            bodies.append(checked)
    if question.source is None or len(bodies) < len(pairs):
        return None
    return _macro_node(name, question.source, bodies, provisional, text.origin(question.tree))


def _require_mapped(text: ConditionText, body: Expr | None, span: s.TextSpan) -> Expr | None:
    if body is not None and isinstance(body.type, ListOf):
        text.report("not-a-value", "`map` to lists would give a list of lists", "map to single values", span)
        return None
    return None if body is None else as_exact(body)


def _macro_node(name: str, source: Expr, bodies: list[Expr], provisional: int, origin: Origin) -> Expr:
    if len(bodies) == 2:  # map(x, condition, value) is filter and then map
        (test,), outer = _settle_binder(bodies[:1], provisional)
        source, bodies = Filter(source, outer, test, source.type, origin=origin), bodies[1:]
    (body,), binder = _settle_binder(bodies, provisional)
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


def aggregate(text: ConditionText, question: ListQuestion, source: Expr, default: Expr | None) -> Expr | None:
    """`size`, `distinct`, `min`, `max` or `sum`; `default` is what `min` and `max` of an empty list are."""
    tree = question.tree
    origin = text.origin(tree)
    item = cast("ListOf", source.type).item
    if tree.name == "size":
        return Size(source, origin=origin)
    if tree.name == "distinct":
        if is_value(item):
            return Distinct(source, source.type, origin=origin)
        help_ = "map the records to a value first, like `.map(x, x.id).distinct()`"
        text.report("type-mismatch", f"`distinct` compares values, not {describe(item)}", help_, tree)
        return None
    if item not in (_SUMMED if tree.name == "sum" else _MEASURED):
        first = f"map the records to a value first, like `.map(x, x.at).{tree.name}()`"
        message = f"`{tree.name}` does not take a list of {item}"
        text.report("type-mismatch", message, None if is_value(item) else first, tree)
        return None
    fitted = None
    if default is not None:
        what = f"the value of `{tree.name}` for an empty list"
        fitted = require_type(text, as_exact(default), item, question.args[0], what)
        if fitted is None:
            return None
    kind = cast("Literal['min', 'max', 'sum']", tree.name)
    return Aggregate(kind, source, fitted, item, origin=origin)


def list_call(
    text: ConditionText,
    question: ListQuestion,
    function: ListFunction,
    pairs: list[tuple[Expr | None, s.Tree]],
    args: list[Expr | None],
    provisional: int,
) -> Expr | None:
    """A list function over bodies, each given with the part of the tree it was elaborated from."""
    bodies = [
        _require_body(text, body, tree, function.bodies[min(place, len(function.bodies) - 1)], function.name)
        for place, (body, tree) in enumerate(pairs)
    ]
    if question.source is None or any(part is None for part in (*bodies, *args)):
        return None
    final_bodies, binder = _settle_binder(cast("list[Expr]", bodies), provisional)
    final_args = tuple(cast("list[Expr]", args))
    origin = text.origin(question.tree)
    return ListCall(function.name, question.source, binder, final_bodies, final_args, function.result, origin=origin)


def _require_body(
    text: ConditionText, body: Expr | None, span: s.TextSpan, allowed: frozenset[Type] | None, name: str
) -> Expr | None:
    if body is not None and allowed == frozenset({BOOL}):
        return require_truth(text, body, span, f"what `{name}` asks of each element")
    body = require_value(text, body, span)
    if body is None:
        return None
    body = as_exact(body)
    if allowed is None or any(is_same_type(body.type, type_) for type_ in allowed):
        return body
    wanted = " or ".join(sorted(str(type_) for type_ in allowed))
    text.report("type-mismatch", f"`{name}` needs {wanted} here, not {describe(body.type)}", None, span)
    return None
