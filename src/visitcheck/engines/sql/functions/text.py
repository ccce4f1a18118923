"""Text, and what is known."""

from __future__ import annotations

from typing import Any, cast

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.context import Context
from visitcheck.engines.sql.functions.model import Writer, plainly
from visitcheck.ir.nodes import Call, Const
from visitcheck.language import lexicon, patterns
from visitcheck.language.patterns.printer import Printer
from visitcheck.language.patterns.tree import Chars, Either, Repeat, Sequence, merge_ranges

_MOST_WORDS = 300
"""Words in one pattern: past this the databases' matching slows down out of proportion."""


def _matches(c: Context, call: Call) -> Sql:
    pattern = cast("Const", call.args[1]).value
    # RE2 and Java read the spelling for RE2 alike.
    return sql.make(exp.RegexpLike, this=c.value(call.args[0]), expression=sql.text(patterns.to_re2(str(pattern))))


def _mentions(c: Context, call: Call) -> Sql:
    words = cast("tuple[str, ...]", cast("Const", call.args[1]).value)
    if not words:
        subject = c.value(call.args[0])
        return sql.case((sql.is_known(subject), sql.false()))
    groups = [words[start : start + _MOST_WORDS] for start in range(0, len(words), _MOST_WORDS)]

    def any_of(text: Sql) -> Sql:
        return sql.or_(sql.make(exp.RegexpLike, this=text, expression=sql.text(_pattern(group))) for group in groups)

    return c.names.let(c.value(call.args[0]), any_of)


def _pattern(words: tuple[str, ...]) -> str:
    """One pattern that finds any of the folded words in a text as it was written.

    Each character stands for all that fold to it, and what folds to nothing may stand in between. To fold the
    text first, by the databases' `translate`, takes about ten times as long.
    """
    left_out = Repeat(_any_of([point for point, target in lexicon.folding_table().items() if not target]), 0, None)

    def spelled(word: str) -> Sequence:
        first, *rest = [_any_of(_folding_to(char)) for char in word]
        return Sequence((first, *(part for char in rest for part in (left_out, char))))

    return Printer("\\A", "\\z").text(Either(tuple(spelled(word) for word in words)))


def _folding_to(char: str) -> list[int]:
    table = lexicon.folding_table()
    own = [] if ord(char) in table else [ord(char)]
    return [*own, *(point for point, target in table.items() if target == char)]


def _any_of(points: list[int]) -> Chars:
    return Chars(merge_ranges([(point, point) for point in points]))


def _first_known(c: Context, call: Call) -> Sql:
    first, *rest = [c.value(arg) for arg in call.args]
    return sql.coalesce(first, *rest)


def _in_param(c: Context, call: Call) -> Sql:
    value, options = call.args

    def among(subject: Sql) -> Sql:
        def one_of(values: Any) -> Sql:
            if not values:
                return sql.case((sql.is_known(subject), sql.false()))
            return sql.in_(subject, [sql.literal(each, value.type) for each in values])

        fixed = c.over_constants(options, one_of, sql.null())
        if fixed is not None:
            return fixed
        each = c.names.transform(c.value(options), lambda option: sql.compare("==", option, subject))
        return sql.case((sql.is_known(subject), sql.reduce(each, sql.false(), exp.Or)))

    return c.names.let(c.value(value), among)


def _starts_with(text: Sql, part: Sql) -> Sql:
    return sql.make(exp.StartsWith, this=text, expression=part)


def _ends_with(text: Sql, part: Sql) -> Sql:
    return sql.make(exp.EndsWith, this=text, expression=part)


def _contains(text: Sql, part: Sql) -> Sql:
    return sql.make(exp.Contains, this=text, expression=part)


CALLS: dict[str, Writer] = {
    "startsWith": plainly(_starts_with),
    "endsWith": plainly(_ends_with),
    "contains": plainly(_contains),
    "size": plainly(lambda text: sql.cast(sql.make(exp.Length, this=text))),
    "matches": _matches,
    "mentions": _mentions,
    "knownSince": plainly(lambda since, at: sql.case((sql.compare("<=", since, at), sql.true()))),
    "firstKnown": _first_known,
    "inParam": _in_param,
}
