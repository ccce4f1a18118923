"""Types of calls and methods: built-in functions, `has`, constants of time, and what is looked up by name."""

from __future__ import annotations

from typing import cast

from visitcheck.facts.types import (
    BOOL,
    DATE,
    DURATION,
    STRING,
    TIMESTAMP,
    ListOf,
    Record,
)
from visitcheck.ir.nodes import Call, Const, Expr, Fact, Field, Has
from visitcheck.language import syntax as s
from visitcheck.language.coerce import exact, fit, readable, same, value
from visitcheck.language.constants import READERS, UnreadableError
from visitcheck.language.context import Context
from visitcheck.language.elaborate_macros import LIST_METHODS, list_method
from visitcheck.language.functions import FUNCTIONS, LIST_FUNCTIONS, Function, Signature
from visitcheck.language.left_out import LEFT_OUT_FUNCTIONS, PARTS
from visitcheck.language.lookups import LABELS, LOOKED_UP, known_zone
from visitcheck.suggest import did_you_mean

INTERNAL = frozenset({"firstKnown", "inParam"})
"""Functions that only the compiler itself writes."""
HISTORIES = {"contacts": "contacts_since", "earlier_visits": "visits_since", "complaints": "complaints_since"}
"""The lists that `knownSince` takes, with the fact of `history` that says from when each is complete."""
_STATE_ENDINGS = ("_at", "_on", "_since", "_from", "_until")


def invoke(cx: Context, tree: s.Invoke) -> Expr | None:
    """`name(args)` or `receiver.name(args)`."""
    if tree.receiver is None and tree.name in LEFT_OUT_FUNCTIONS:
        part = PARTS[LEFT_OUT_FUNCTIONS[tree.name]]
        cx.report("left-out", f"`{tree.name}()` is left out: conditions do not have {part.name}", part.instead, tree)
        return None
    if tree.receiver is None and tree.name == "has":
        return _has(cx, tree)
    if tree.receiver is None and tree.name == "knownSince":
        return _known_since(cx, tree)
    if _is_list_method(tree):
        return list_method(cx, tree)
    function = FUNCTIONS.get(tree.name)
    if tree.name in ("size", "contains") and (function is None or _subject(tree) is not None):
        return _of_list_or_text(cx, tree)
    if function is None or tree.name in INTERNAL:
        _unknown(cx, tree)
        return None
    written = [*([tree.receiver] if tree.receiver is not None else []), *tree.args]
    return _call(cx, tree, function, [(cx.read(cx, arg), arg) for arg in written])


def _is_list_method(tree: s.Invoke) -> bool:
    if tree.name in LIST_FUNCTIONS:
        return True
    return tree.receiver is not None and tree.name in LIST_METHODS and tree.name != "size"


def _subject(tree: s.Invoke) -> s.Tree | None:
    """What `size` or `contains` is asked of, in either form."""
    if tree.receiver is not None:
        return tree.receiver
    return tree.args[0] if len(tree.args) == 1 and tree.name == "size" else None


def _of_list_or_text(cx: Context, tree: s.Invoke) -> Expr | None:
    """`size` and `contains`, which mean one thing on a text and another on a list."""
    subject = cast("s.Tree", _subject(tree))
    found = cx.read(cx, subject)
    rest = [(cx.read(cx, arg), arg) for arg in (tree.args if tree.receiver is not None else ())]
    if found is None:
        return None
    if isinstance(found.type, ListOf):
        if tree.name == "size":
            return list_method(cx, tree, found)
        cx.report("no-such-function", "a list has no `contains`", "write `x in list`", tree.name_span)
        return None
    return _call(cx, tree, FUNCTIONS[tree.name], [(found, subject), *rest])


def _unknown(cx: Context, tree: s.Invoke) -> None:
    known = {*FUNCTIONS.keys() - INTERNAL, *LIST_FUNCTIONS, *LIST_METHODS, "has"}
    what = "function" if tree.receiver is None else "method"
    if tree.name in LIST_METHODS:
        help_: str | None = f"write `list.{tree.name}(...)`"
    else:
        help_ = did_you_mean(tree.name, known, "docs/language.md lists the functions")
    cx.report("no-such-function", f"there is no {what} `{tree.name}`", help_, tree.name_span)


def _call(cx: Context, tree: s.Invoke, function: Function, args: list[tuple[Expr | None, s.Tree]]) -> Expr | None:
    method = tree.receiver is not None
    fitting = [sig for sig in function.signatures if sig.receiver == method and _takes(function, sig, len(args))]
    if not fitting:
        _wrong_form(cx, tree, function)
        return None
    if any(arg is None for arg, _ in args):
        return None
    given = [(cast("Expr", arg), span) for arg, span in args]
    signature = _best(fitting, [arg for arg, _ in given])
    found: list[Expr | None] = []
    for place, ((arg, span), wanted) in enumerate(zip(given, signature.params, strict=False)):
        if function.name in LOOKED_UP and place == LOOKED_UP[function.name][0]:
            found.append(LOOKED_UP[function.name][1](cx, arg, span))
            continue
        fitted = fit(cx, arg, wanted, span, _argument(tree, function, place))
        if fitted is not None and function.zone and place == len(signature.params) - 1 and wanted == STRING:
            fitted = known_zone(cx, fitted, span)
        found.append(fitted)
    if any(arg is None for arg in found):
        return None
    if len(found) < len(signature.params):
        found.append(cx.scope.zone)
    if not _constants_are(cx, function, found, given):
        return None
    return _folded(cx, Call(function.name, tuple(cast("list[Expr]", found)), signature.result, origin=cx.origin(tree)))


def _takes(function: Function, signature: Signature, count: int) -> bool:
    full = len(signature.params)
    return count == full or (_ends_in_zone(function, signature) and count == full - 1)


def _ends_in_zone(function: Function, signature: Signature) -> bool:
    return function.zone and len(signature.params) > 1 and signature.params[-1] == STRING


def _best(signatures: list[Signature], args: list[Expr]) -> Signature:
    """The signature whose parameters fit most of the arguments; the first of several."""
    return max(
        signatures,
        key=lambda sig: sum(
            2 * same(arg.type, wanted) + readable(exact(arg), wanted)
            for arg, wanted in zip(args, sig.params, strict=False)
        ),
    )


def form(function: Function, signature: Signature) -> str:
    """A signature as people write it, like `localDate(timestamp [, zone])`."""
    names = [str(type_) for type_ in signature.params]
    if function.name in LABELS:
        place, label = LABELS[function.name]
        names[place] = label
    if _ends_in_zone(function, signature):
        names[-1] = "zone"
    first = f"{names.pop(0)}." if signature.receiver else ""
    inside = ", ".join(names)
    if _ends_in_zone(function, signature):
        inside = inside.removesuffix("zone").removesuffix(", ") + (" [, zone]" if len(names) > 1 else "[zone]")
    return f"{first}{function.name}({inside})"


def _wrong_form(cx: Context, tree: s.Invoke, function: Function) -> None:
    forms = " or ".join(f"`{form(function, sig)}`" for sig in function.signatures)
    method = tree.receiver is not None
    if all(sig.receiver != method for sig in function.signatures):
        message = f"`{function.name}` is {'no method' if method else 'a method'}"
    else:
        message = f"`{function.name}` does not take {len(tree.args)} argument{'s' * (len(tree.args) != 1)}"
    cx.report("wrong-arguments", message, f"its form is {forms}", tree)


def _argument(tree: s.Invoke, function: Function, place: int) -> str:
    if tree.receiver is None:
        return f"argument {place + 1} of `{function.name}`"
    return f"what `.{function.name}` stands on" if place == 0 else f"argument {place} of `{function.name}`"


def _constants_are(cx: Context, function: Function, args: list[Expr | None], given: list[tuple[Expr, s.Tree]]) -> bool:
    for place in sorted(function.constant):
        if not isinstance(args[place], Const):
            span = given[place][1]
            what = f"argument {place + 1} of `{function.name}`" if len(given) > 1 else f"what `{function.name}` reads"
            cx.report("constant-needed", f"{what} must be a constant", "write it as a text in quotes", span)
            return False
    return True


def _folded(cx: Context, call: Call) -> Expr | None:
    """Time constants worked out now: `duration("24h")`, `timestamp("...")`, `date("...")`, `days(3)`."""
    if call.function not in ("duration", "timestamp", "date", "days") or not isinstance(call.args[0], Const):
        return call
    argument = call.args[0]
    span = cast("s.Span", call.origin)
    if call.function == "days":
        found = FUNCTIONS["days"](argument.value)
        return call if found is None else Const(found, DURATION, origin=call.origin)
    type_ = {"duration": DURATION, "timestamp": TIMESTAMP, "date": DATE}[call.function]
    try:
        return Const(READERS[type_](str(argument.value)), type_, origin=call.origin)
    except UnreadableError as error:
        cx.report("text-not-readable", error.message, error.help, span)
        return None


def _known_since(cx: Context, tree: s.Invoke) -> Expr | None:
    form_ = "its form is `knownSince(list, timestamp)` with " + " or ".join(f"`{name}`" for name in HISTORIES)
    if len(tree.args) != 2:
        cx.report("wrong-arguments", "`knownSince` takes a history and a timestamp", form_, tree)
        return None
    listed, at = tree.args
    moment = fit(cx, value(cx, cx.read(cx, at), at), TIMESTAMP, at, "argument 2 of `knownSince`")
    name = listed.name if isinstance(listed, s.Name) else ""
    history = cx.scope.facts.fields.get("history")
    since = HISTORIES.get(name, "")
    if not isinstance(history, Record) or since not in history.fields or name in cx.variables:
        cx.report("wrong-arguments", f"`{cx.written(listed)}` is no history", form_, listed)
        return None
    if moment is None:
        return None
    fact = Fact(("history", since), TIMESTAMP, origin=cx.origin(listed))
    return Call("knownSince", (fact, moment), BOOL, origin=cx.origin(tree))


def _has(cx: Context, tree: s.Invoke) -> Expr | None:
    if len(tree.args) != 1:
        cx.report("wrong-arguments", "`has` takes one fact", "its form is `has(fact)`", tree)
        return None
    (argument,) = tree.args
    if not isinstance(argument, s.Access | s.Name):
        cx.report("has-needs-fact", "`has` takes a fact or a field", "its form is `has(group.fact)`", argument)
        return None
    target = cx.read(cx, argument)
    if target is None:
        return None
    if not isinstance(target, Fact | Field) or (isinstance(argument, s.Name) and argument.name in cx.scope.lets):
        message = f"`has` takes a fact or a field, and `{cx.written(argument)}` is none"
        cx.report("has-needs-fact", message, "its form is `has(group.fact)`", argument)
        return None
    if not cx.scope.allow_has:
        cx.report(
            "has-in-rule",
            "`has()` turns a missing fact into FALSE, which may not decide a rule that denies or reviews",
            _state_help(cx, argument, target),
            tree,
        )
        return None
    return Has(target, origin=cx.origin(tree))


def _state_help(cx: Context, argument: s.Tree, target: Fact | Field) -> str:
    """The fact that states what `has(time)` was meant to ask, where the record has one."""
    general = "ask for the fact itself: where it is missing the answer is UNKNOWN and `on_unknown` decides"
    if not isinstance(argument, s.Access):
        return general
    record = cx.read(cx, argument.record)
    name = target.path[-1] if isinstance(target, Fact) else target.name
    for ending in _STATE_ENDINGS:
        state = name.removesuffix(ending)
        if state == name or record is None or not isinstance(record.type, Record):
            continue
        if record.type.fields.get(state) == BOOL:
            return f"ask for `{cx.written(argument.record)}.{state}`, the fact that states it"
    return general


__all__ = ["HISTORIES", "INTERNAL", "form", "invoke"]
