"""Arguments that are looked up or prepared while a condition is compiled: zones, calendars, patterns, lexicons."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from visitcheck.facts.types import STRING, ListOf
from visitcheck.facts.zones import zone_help, zone_names
from visitcheck.ir.nodes import Const, Expr
from visitcheck.language import calendars, lexicon, patterns
from visitcheck.language import syntax as s
from visitcheck.language.coerce import fit
from visitcheck.language.context import Context
from visitcheck.suggest import did_you_mean


def known_zone(cx: Context, zone: Expr, span: s.Span) -> Expr | None:
    """A zone argument; a constant one must be the name of a zone."""
    if not isinstance(zone, Const) or zone.value in zone_names():
        return zone
    cx.report("no-such-zone", f'there is no time zone "{zone.value}"', zone_help(str(zone.value)), span)
    return None


def _calendar(cx: Context, arg: Expr, span: s.Span) -> Expr | None:
    found = fit(cx, arg, STRING, span, "the calendar")
    if not isinstance(found, Const):
        return found
    known = sorted(calendars.names())
    if found.value in known:
        return found
    help_ = did_you_mean(str(found.value), known, f"there are {', '.join(known)}")
    cx.report("no-such-calendar", f'there is no calendar "{found.value}"', help_, span)
    return None


def _pattern(cx: Context, arg: Expr, span: s.Span) -> Expr | None:
    found = fit(cx, arg, STRING, span, "the pattern")
    if not isinstance(found, Const):
        return found
    try:
        patterns.parse(str(found.value))
    except patterns.PatternError as error:
        cx.report("bad-pattern", f"the pattern is outside the subset: {error}", None, span)
        return None
    return found


def _lexicon(cx: Context, arg: Expr, span: s.Span) -> Expr | None:
    if not isinstance(arg, Const) or arg.type != STRING:
        if isinstance(arg, Const) and arg.type == ListOf(STRING):
            return _words(cx, cast("tuple[str, ...]", arg.value), arg, span)
        cx.report(
            "constant-needed",
            "the lexicon of `mentions` must be a constant",
            'name it, like `"threat"`',
            span,
        )
        return None
    words = cx.scope.lexicons.get(str(arg.value))
    if words is None:
        help_ = did_you_mean(str(arg.value), cx.scope.lexicons, "declare it under `lexicons`")
        cx.report("no-such-lexicon", f'there is no lexicon "{arg.value}"', help_, span)
        return None
    return _words(cx, words, arg, span)


def _words(cx: Context, words: tuple[str, ...], arg: Expr, span: s.Span) -> Expr | None:
    try:
        return Const(lexicon.fold_words(words), ListOf(STRING), origin=arg.origin)
    except ValueError as error:
        cx.report("text-not-readable", str(error), "name words with letters or characters in them", span)
        return None


LOOKED_UP: dict[str, tuple[int, Callable[[Context, Expr, s.Span], Expr | None]]] = {
    "isHoliday": (1, _calendar),
    "workdaysBetween": (2, _calendar),
    "matches": (1, _pattern),
    "mentions": (1, _lexicon),
}
"""Arguments that are names or patterns, by position, with what reads them."""

LABELS: dict[str, tuple[int, str]] = {
    "isHoliday": (1, "calendar"),
    "workdaysBetween": (2, "calendar"),
    "matches": (1, "pattern"),
    "mentions": (1, "lexicon"),
    "knownSince": (0, "list"),
}
"""What forms call an argument that is more than its type says, by position."""
