"""From the syntax tree to the typed expression: names are looked up, types checked, zones put in.

`elaborate` goes down the tree; what belongs to operators, calls and macros stands in the modules named so.
"""

from __future__ import annotations

from visitcheck.facts.types import COUNT, INT, ListOf, Record, Type
from visitcheck.ir.nodes import And, Choose, Expr, Fact, Field, Has, Or, Param
from visitcheck.ir.walk import walk
from visitcheck.language import syntax as s
from visitcheck.language.coerce import as_type, condition, hint, is_value, readable, same
from visitcheck.language.context import Context
from visitcheck.language.elaborate_calls import invoke
from visitcheck.language.elaborate_operators import binary, list_literal, literal, prefix
from visitcheck.language.left_out import PARTS
from visitcheck.language.scope import PARAMETERS, describe
from visitcheck.suggest import did_you_mean


def elaborate(cx: Context, tree: s.Tree) -> Expr | None:
    """The typed expression of a part, or None after its problems were reported to `cx`."""
    match tree:
        case s.Literal():
            return literal(cx, tree)
        case s.Name():
            return _name(cx, tree)
        case s.Access():
            return _access(cx, tree)
        case s.Invoke():
            return invoke(cx, tree)
        case s.Prefix():
            return prefix(cx, tree)
        case s.Binary():
            return binary(cx, tree)
        case s.Logic():
            return _logic(cx, tree)
        case s.Conditional():
            return _conditional(cx, tree)
        case s.ListLiteral():
            return list_literal(cx, tree)
        case s.LeftOut():
            part = PARTS[tree.part]
            cx.report("left-out", f"conditions do not have {part.name}", part.instead, tree)
            return None


def _name(cx: Context, tree: s.Name) -> Expr | None:
    name = tree.name
    if name in cx.variables:
        return cx.element(cx.variables[name], tree)
    if name in cx.scope.lets:
        return _let(cx, tree)
    if name == PARAMETERS:
        known = ", ".join(f"`{PARAMETERS}.{other}`" for other in list(cx.scope.params)[:8])
        cx.report("not-a-value", "`params` holds the parameters", f"name one: {known}" if known else None, tree)
        return None
    if name in cx.scope.facts.fields:
        return Fact((name,), cx.scope.facts.fields[name], origin=cx.origin(tree))
    help_ = did_you_mean(name, [*cx.variables, *cx.scope.names()], _owner(cx.scope.facts, name))
    cx.report("no-such-name", f"there is no `{name}` here", help_, tree)
    return None


def _owner(facts: Record, name: str) -> str | None:
    """Help for a field named without its group."""
    groups = [group for group, type_ in facts.fields.items() if isinstance(type_, Record) and name in type_.fields]
    if groups:
        return "did you mean " + " or ".join(f"`{group}.{name}`" for group in groups[:3]) + "?"
    return None


def _let(cx: Context, tree: s.Name) -> Expr | None:
    found = cx.scope.lets[tree.name]
    if found is not None and not cx.scope.allow_has and any(isinstance(node, Has) for node in walk(found)):
        cx.report(
            "has-in-rule",
            f"the `let` `{tree.name}` uses `has()`, which may not decide a rule that denies or reviews",
            "ask for the fact that states it, and let `on_unknown` decide where that is missing",
            tree,
        )
        return None
    return found


def _access(cx: Context, tree: s.Access) -> Expr | None:
    base = tree.record
    if isinstance(base, s.Name) and base.name == PARAMETERS and base.name not in cx.variables:
        return _param(cx, tree)
    record = elaborate(cx, base)
    if record is None:
        return None
    if not isinstance(record.type, Record):
        help_ = None
        if isinstance(record.type, ListOf):
            help_ = f"ask about its elements, like `{cx.written(base)}.exists(x, x.{tree.name} == ...)`"
        message = f"`{cx.written(base)}` is {describe(record.type)} and has no fields"
        cx.report("no-such-field", message, help_, tree.name_span)
        return None
    type_ = record.type.fields.get(tree.name)
    if type_ is None:
        help_ = did_you_mean(tree.name, record.type.fields)
        cx.report("no-such-field", f"`{cx.written(base)}` has no field `{tree.name}`", help_, tree.name_span)
        return None
    if isinstance(record, Fact):
        return Fact((*record.path, tree.name), type_, origin=cx.origin(tree))
    return Field(record, tree.name, type_, origin=cx.origin(tree))


def _param(cx: Context, tree: s.Access) -> Expr | None:
    found = cx.scope.params.get(tree.name)
    if found is None:
        help_ = did_you_mean(tree.name, cx.scope.params, "declare it under `parameters`")
        cx.report("no-such-parameter", f"there is no parameter `{tree.name}`", help_, tree.name_span)
        return None
    return Param(tree.name, found.type, found.values, cx.scope.date, origin=cx.origin(tree))


def _logic(cx: Context, tree: s.Logic) -> Expr | None:
    what = f"each part of `{tree.op}`"
    found = [condition(cx, elaborate(cx, part), part, what) for part in tree.parts]
    parts = tuple(part for part in found if part is not None)
    if len(parts) < len(found):
        return None
    return (And if tree.op == "&&" else Or)(parts, origin=cx.origin(tree))


def _conditional(cx: Context, tree: s.Conditional) -> Expr | None:
    test = condition(cx, elaborate(cx, tree.test), tree.test, "what stands before `?`")
    then = _branch(cx, tree.then)
    other = _branch(cx, tree.other)
    if test is None or then is None or other is None:
        return None
    type_ = _common(then, other)
    if type_ is None:
        cx.report(
            "type-mismatch",
            f"`?:` chooses between {describe(then.type)} and {describe(other.type)}",
            hint(other, then.type) or hint(then, other.type) or "both must have one type",
            tree,
        )
        return None
    fitted_then = as_type(cx, then, type_, tree.then)
    fitted_other = as_type(cx, other, type_, tree.other)
    if fitted_then is None or fitted_other is None:
        return None
    return Choose(test, fitted_then, fitted_other, type_, origin=cx.origin(tree))


def _branch(cx: Context, tree: s.Tree) -> Expr | None:
    found = elaborate(cx, tree)
    if found is None or is_value(found.type):
        return found
    cx.report(
        "not-a-value",
        f"`?:` chooses between values, and `{cx.written(tree)}` is {describe(found.type)}",
        "choose between two conditions on it instead",
        tree,
    )
    return None


def _common(then: Expr, other: Expr) -> Type | None:
    if {then.type, other.type} <= {INT, COUNT}:
        return INT
    if same(then.type, other.type) or readable(other, then.type):
        return then.type
    return other.type if readable(then, other.type) else None
