"""The types of calls and methods, once their arguments have theirs.

Some arguments are looked up or prepared here too: zones, calendars, patterns and lexicons.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from visitcheck.facts.groups.past import COMPLETE_SINCE
from visitcheck.facts.types import BOOL, DATE, DURATION, STRING, TIMESTAMP, ListOf, Record
from visitcheck.facts.zones import zone_help, zone_names
from visitcheck.ir.nodes import Call, Const, Expr, Fact, Field
from visitcheck.language import calendars, lexicon, patterns
from visitcheck.language import syntax as s
from visitcheck.language.coerce import as_exact, is_readable, is_same_type, require_type
from visitcheck.language.condition_text import ConditionText
from visitcheck.language.constants import READERS, UnreadableError
from visitcheck.language.functions import FUNCTIONS, INTERNAL_FUNCTIONS, LIST_FUNCTIONS, Function, Signature
from visitcheck.language.macro_types import LIST_METHODS
from visitcheck.language.scope import Scope
from visitcheck.suggest import did_you_mean

_LISTS = " or ".join(f"`{name}`" for name in COMPLETE_SINCE)
KNOWN_SINCE_FORM = f"its form is `knownSince(list, timestamp)` with {_LISTS}"

_STATE_ENDINGS = ("_at", "_on", "_since", "_from", "_until")
"""What names of times end with, where a fact of the same name without it states that the thing happened."""


def report_unknown_function(text: ConditionText, tree: s.Invoke) -> None:
    """Report that there is no function or method of this name."""
    known = {*FUNCTIONS.keys() - INTERNAL_FUNCTIONS, *LIST_FUNCTIONS, *LIST_METHODS, "has"}
    what = "function" if tree.receiver is None else "method"
    if tree.name in LIST_METHODS:
        help_: str | None = f"write `list.{tree.name}(...)`"
    else:
        help_ = did_you_mean(tree.name, known, "docs/language.md lists the functions")
    text.report("no-such-function", f"there is no {what} `{tree.name}`", help_, tree.name_span)


def call(
    text: ConditionText, scope: Scope, tree: s.Invoke, function: Function, args: list[tuple[Expr | None, s.Tree]]
) -> Expr | None:
    """A call of `function` with arguments, each given with the part of the tree it was elaborated from."""
    method = tree.receiver is not None
    fitting = [sig for sig in function.signatures if sig.receiver == method and _takes_count(function, sig, len(args))]
    if not fitting:
        _report_wrong_form(text, tree, function)
        return None
    if any(arg is None for arg, _ in args):
        return None
    given = [(cast("Expr", arg), span) for arg, span in args]
    signature = _best_signature(fitting, [arg for arg, _ in given])
    fitted: list[Expr | None] = []
    for place, ((arg, span), wanted) in enumerate(zip(given, signature.params, strict=False)):
        if function.name in _LOOKED_UP and place == _LOOKED_UP[function.name][0]:
            fitted.append(_LOOKED_UP[function.name][1](text, scope, arg, span))
            continue
        value = require_type(text, arg, wanted, span, _argument_name(tree, function, place))
        if value is not None and function.zone and place == len(signature.params) - 1 and wanted == STRING:
            value = _require_zone(text, value, span)
        fitted.append(value)
    if any(arg is None for arg in fitted):
        return None
    if len(fitted) < len(signature.params):
        fitted.append(scope.zone)
    if not _check_constants(text, function, fitted, given):
        return None
    final_args = tuple(cast("list[Expr]", fitted))
    return _fold_time_constant(text, Call(function.name, final_args, signature.result, origin=text.origin(tree)))


def _takes_count(function: Function, signature: Signature, count: int) -> bool:
    full = len(signature.params)
    return count == full or (_ends_in_zone(function, signature) and count == full - 1)


def _ends_in_zone(function: Function, signature: Signature) -> bool:
    return function.zone and len(signature.params) > 1 and signature.params[-1] == STRING


def _best_signature(signatures: list[Signature], args: list[Expr]) -> Signature:
    """The signature whose parameters fit most of the arguments; the first of several."""
    return max(
        signatures,
        key=lambda sig: sum(
            2 * is_same_type(arg.type, wanted) + is_readable(as_exact(arg), wanted)
            for arg, wanted in zip(args, sig.params, strict=False)
        ),
    )


def form_of_function(function: Function, signature: Signature) -> str:
    """A signature as people write it, like `localDate(timestamp [, zone])`."""
    names = [str(type_) for type_ in signature.params]
    if function.name in _LABELS:
        place, label = _LABELS[function.name]
        names[place] = label
    if _ends_in_zone(function, signature):
        names[-1] = "zone"
    first = f"{names.pop(0)}." if signature.receiver else ""
    inside = ", ".join(names)
    if _ends_in_zone(function, signature):
        inside = inside.removesuffix("zone").removesuffix(", ") + (" [, zone]" if len(names) > 1 else "[zone]")
    return f"{first}{function.name}({inside})"


def _report_wrong_form(text: ConditionText, tree: s.Invoke, function: Function) -> None:
    forms = " or ".join(f"`{form_of_function(function, sig)}`" for sig in function.signatures)
    method = tree.receiver is not None
    if all(sig.receiver != method for sig in function.signatures):
        message = f"`{function.name}` is {'no method' if method else 'a method'}"
    else:
        message = f"`{function.name}` does not take {len(tree.args)} argument{'s' * (len(tree.args) != 1)}"
    text.report("wrong-arguments", message, f"its form is {forms}", tree)


def _argument_name(tree: s.Invoke, function: Function, place: int) -> str:
    if tree.receiver is None:
        return f"argument {place + 1} of `{function.name}`"
    return f"what `.{function.name}` is called on" if place == 0 else f"argument {place} of `{function.name}`"


def _check_constants(
    text: ConditionText, function: Function, args: list[Expr | None], given: list[tuple[Expr, s.Tree]]
) -> bool:
    """Whether the arguments that must be constants are; the first one that is not is reported."""
    for place in sorted(function.constant):
        if not isinstance(args[place], Const):
            span = given[place][1]
            what = f"argument {place + 1} of `{function.name}`" if len(given) > 1 else f"what `{function.name}` reads"
            text.report("constant-needed", f"{what} must be a constant", "write it as a text in quotes", span)
            return False
    return True


def _fold_time_constant(text: ConditionText, call: Call) -> Expr | None:
    """The constant that `duration("24h")`, `timestamp("...")`, `date("...")` or `days(3)` stands for."""
    if call.function not in ("duration", "timestamp", "date", "days") or not isinstance(call.args[0], Const):
        return call
    argument = call.args[0]
    span = cast("s.TextSpan", call.origin)
    if call.function == "days":
        length = FUNCTIONS["days"](argument.value)
        return call if length is None else Const(length, DURATION, origin=call.origin)
    type_ = {"duration": DURATION, "timestamp": TIMESTAMP, "date": DATE}[call.function]
    try:
        return Const(READERS[type_](str(argument.value)), type_, origin=call.origin)
    except UnreadableError as error:
        text.report("text-not-readable", error.message, error.help, span)
        return None


def known_since(text: ConditionText, scope: Scope, tree: s.Invoke, name: str, moment: Expr | None) -> Expr | None:
    """`knownSince(name, moment)`: whether the history `name` is complete since `moment`."""
    listed = tree.args[0]
    history = scope.facts.fields.get("history")
    since = COMPLETE_SINCE.get(name, "")
    if not isinstance(history, Record) or since not in history.fields:
        text.report("wrong-arguments", f"`{text.excerpt(listed)}` is no history", KNOWN_SINCE_FORM, listed)
        return None
    if moment is None:
        return None
    fact = Fact(("history", since), TIMESTAMP, origin=text.origin(listed))
    return Call("knownSince", (fact, moment), BOOL, origin=text.origin(tree))


def stated_fact_help(text: ConditionText, argument: s.Tree, target: Fact | Field, record: Expr | None) -> str:
    """Help that names the fact which states what `has(time)` was meant to ask, where `record` has one."""
    general = "ask for the fact itself: where it is missing the answer is UNKNOWN and `on_unknown` decides"
    if not isinstance(argument, s.Access):
        return general
    name = target.path[-1] if isinstance(target, Fact) else target.name
    for ending in _STATE_ENDINGS:
        state = name.removesuffix(ending)
        if state == name or record is None or not isinstance(record.type, Record):
            continue
        if record.type.fields.get(state) == BOOL:
            return f"ask for `{text.excerpt(argument.record)}.{state}`, the fact that states it"
    return general


def _require_zone(text: ConditionText, zone: Expr, span: s.TextSpan) -> Expr | None:
    """A zone argument; a constant one must be the name of a zone."""
    if not isinstance(zone, Const) or zone.value in zone_names():
        return zone
    text.report("no-such-zone", f'there is no time zone "{zone.value}"', zone_help(str(zone.value)), span)
    return None


def _require_calendar(text: ConditionText, _scope: Scope, arg: Expr, span: s.TextSpan) -> Expr | None:
    calendar = require_type(text, arg, STRING, span, "the calendar")
    if not isinstance(calendar, Const):
        return calendar
    known = sorted(calendars.names())
    if calendar.value in known:
        return calendar
    help_ = did_you_mean(str(calendar.value), known, f"there are {', '.join(known)}")
    text.report("no-such-calendar", f'there is no calendar "{calendar.value}"', help_, span)
    return None


def _require_pattern(text: ConditionText, _scope: Scope, arg: Expr, span: s.TextSpan) -> Expr | None:
    pattern = require_type(text, arg, STRING, span, "the pattern")
    if not isinstance(pattern, Const):
        return pattern
    try:
        patterns.parse(str(pattern.value))
    except patterns.PatternError as error:
        text.report("bad-pattern", f"the pattern is outside the subset: {error}", error.help, span)
        return None
    return pattern


def _require_lexicon(text: ConditionText, scope: Scope, arg: Expr, span: s.TextSpan) -> Expr | None:
    if not isinstance(arg, Const) or arg.type != STRING:
        if isinstance(arg, Const) and arg.type == ListOf(STRING):
            return _folded_words(text, cast("tuple[str, ...]", arg.value), arg, span)
        text.report(
            "constant-needed",
            "the lexicon of `mentions` must be a constant",
            'name it, like `"threat"`',
            span,
        )
        return None
    words = scope.lexicons.get(str(arg.value))
    if words is None:
        help_ = did_you_mean(str(arg.value), scope.lexicons, "declare it under `lexicons`")
        text.report("no-such-lexicon", f'there is no lexicon "{arg.value}"', help_, span)
        return None
    return _folded_words(text, words, arg, span)


def _folded_words(text: ConditionText, words: tuple[str, ...], arg: Expr, span: s.TextSpan) -> Expr | None:
    try:
        return Const(lexicon.fold_words(words), ListOf(STRING), origin=arg.origin)
    except ValueError as error:
        text.report("text-not-readable", str(error), "name words with letters or characters in them", span)
        return None


_LOOKED_UP: dict[str, tuple[int, Callable[[ConditionText, Scope, Expr, s.TextSpan], Expr | None]]] = {
    "isHoliday": (1, _require_calendar),
    "workdaysBetween": (2, _require_calendar),
    "matches": (1, _require_pattern),
    "mentions": (1, _require_lexicon),
}
"""Arguments that are names or patterns, by position, with what reads them."""

_LABELS: dict[str, tuple[int, str]] = {
    "isHoliday": (1, "calendar"),
    "workdaysBetween": (2, "calendar"),
    "matches": (1, "pattern"),
    "mentions": (1, "lexicon"),
    "knownSince": (0, "list"),
}
"""What forms call an argument that is more than its type says, by position."""
