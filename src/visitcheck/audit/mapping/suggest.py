"""A mapping proposed from headers and sample values, as a file to be finished by hand."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from visitcheck.audit.mapping.model import TableSample
from visitcheck.audit.mapping.synonyms import fold_header, likely_facts, value_words
from visitcheck.facts import FACTS
from visitcheck.facts.types import BOOL, DATE, INT, TIMESTAMP, ListOf, Type, Word

_SURE_LIKENESS, _MOST_WORDS, _SHARE_OF_VALUES = 0.85, 20, 0.8
_KEYS = ("visit.id", "visit.case_id", "debt.id", "debtor.id")
_MOMENT_FORMATS = (
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日%H时%M分",
    "%Y.%m.%d %H:%M", "%Y%m%d%H%M%S", "%Y%m%d %H:%M:%S",
)  # fmt: skip
_DAY_FORMATS = ("%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d", "%Y%m%d")
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?(Z|[+-]\d\d:\d\d)?").fullmatch
_plain = re.compile(r"\w[\w -]*").fullmatch


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What a column may be; `doubt` says what to check, and a guess without a path is none.

    `odd` is a value that is not written like most of the column's.
    """

    column: str
    path: str | None
    doubt: str | None
    likeness: float
    odd: str | None = None


def suggest_mapping(sample: TableSample) -> str:
    """Propose a mapping file for a table, as YAML. What it is not sure of is in comments, marked `unsure`."""
    guesses = _guess_columns(sample)
    lists = Counter(
        guess.path.partition("[]")[0] for guess in guesses if guess.path and "[]" in guess.path and guess.doubt is None
    )
    single = sum(1 for guess in guesses if guess.path and "[]" not in guess.path and guess.path not in _KEYS)
    name, number = max(lists.items(), key=lambda one: one[1], default=("", 0))
    separate = name if name not in ("", "team") and number > single else None
    if separate is not None:
        guesses = _guess_columns(sample, separate)
    return "\n".join(_mapping_lines(sample, guesses, separate)) + "\n"


def _guess_columns(sample: TableSample, separate: str | None = None) -> list[ColumnGuess]:
    """Guess what each column is; a fact is given to the column that resembles it most.

    In a separate table of a list, facts of that list go before all others.
    """
    guesses = [_guess_column(name, values, separate) for name, values in sample.columns.items()]
    best: dict[str, ColumnGuess] = {}
    for guess in guesses:
        if guess.path and guess.likeness > (best[guess.path].likeness if guess.path in best else 0):
            best[guess.path] = guess
    return [
        guess
        if guess.path is None or best[guess.path] is guess
        else replace(guess, doubt=f"the column {best[guess.path].column} may be the same", odd=None)
        for guess in guesses
    ]


def _guess_column(name: str, values: tuple[str, ...], separate: str | None) -> ColumnGuess:
    likely = likely_facts(name)
    if separate is not None:
        likely.sort(key=lambda one: not (one[1] in _KEYS or one[1].startswith(f"{separate}[].")))
    if not likely:
        return ColumnGuess(name, None, "no fact has a name like this", 0)
    for ratio, path in likely:
        type_ = _item_type(FACTS[path].type)
        if _values_fit(type_, values):
            return ColumnGuess(name, path, _doubt_about_name(ratio, path), ratio, _odd_value(type_, values))
    ratio, path = likely[0]
    return ColumnGuess(name, path, f"the values do not look like those of {path}", ratio)


def _doubt_about_name(ratio: float, path: str) -> str | None:
    if path.startswith("plan.") and ratio < 1:
        return "a plan made before the visit; what took place is told by other facts"
    return None if ratio >= _SURE_LIKENESS else "the name only resembles it"


def _item_type(type_: Type) -> Type:
    return type_.item if isinstance(type_, ListOf) else type_


def _values_fit(type_: Type, values: tuple[str, ...]) -> bool:
    """Whether sample values may be of a type."""
    if not values:
        return True
    if type_ == BOOL:
        return len(values) <= 3
    if type_ == INT:
        return all(re.fullmatch(r"-?[\d,]+(\.0+)?", value) for value in values)
    if type_ in (TIMESTAMP, DATE):
        return _likeliest_format(type_, values)[1] >= _SHARE_OF_VALUES * len(values)
    return not isinstance(type_, Word) or len(values) <= _MOST_WORDS


def _odd_value(type_: Type, values: tuple[str, ...]) -> str | None:
    """The first value that is not written like most."""
    if type_ not in (TIMESTAMP, DATE) or not values:
        return None
    format_, _ = _likeliest_format(type_, values)
    return next((value for value in values if not _has_format(value, format_)), None)


def _likeliest_format(type_: Type, values: tuple[str, ...]) -> tuple[str | None, int]:
    """The format that reads the most values, and how many; None is ISO order."""
    formats = (None, *(_DAY_FORMATS if type_ == DATE else _MOMENT_FORMATS))
    numbers = {one: sum(_has_format(value, one) for value in values) for one in formats}
    return max(numbers.items(), key=lambda one: one[1])


def _has_format(value: str, format_: str | None) -> bool:
    if format_ is None:
        return _ISO(value) is not None
    try:
        datetime.strptime(value, format_)
    except ValueError:
        return False
    return True


def _mapping_lines(sample: TableSample, guesses: list[ColumnGuess], separate: str | None) -> Iterator[str]:
    yield f"# A mapping for {_yaml_text(sample.file)}. Check it, above all the lines marked `unsure`."
    yield from _zone_lines(guesses)
    fed = {guess.path for guess in guesses}
    if separate is None:
        yield from ("", "constants:")
        yield from _constant_lines(fed)
        yield from ("", "visits:")
        yield from _column_lines(sample, guesses, None, "  ")
        return
    yield from ("", "# The table of the visits themselves:", "visits:", "  columns:")
    yield from (
        "    id: visit.id  # unsure: replace by the columns of your table of visits",
        "",
        "tables:",
        f"  {separate}:",
    )
    yield f"    files: [{_yaml_text(sample.file)}]"
    key = next((guess.column for path in _KEYS for guess in guesses if guess.path == path), next(iter(sample.columns)))
    yield f"    key: {_yaml_text(key)}  # unsure: the column that says to which visit a row belongs"
    yield f"    joins: {_yaml_text(key)}  # unsure: the column of the visits that it equals"
    yield "    complete: false  # unsure: true where a visit without rows has none"
    yield from _column_lines(sample, [guess for guess in guesses if guess.column != key], separate, "    ")


def _zone_lines(guesses: list[ColumnGuess]) -> Iterator[str]:
    local = any(guess.path and FACTS[guess.path].type == TIMESTAMP for guess in guesses)
    if local:
        chinese = any("一" <= char <= "鿿" for guess in guesses for char in guess.column)
        mark = "" if chinese else "# "
        yield f"{mark}timezone: Asia/Shanghai  # unsure: the zone of times without an offset"


def _constant_lines(fed: set[str | None]) -> Iterator[str]:
    if "visit.stage" not in fed:
        yield "  visit.stage: recorded"
    if "lender.kind" not in fed:
        yield "  # lender.kind: bank  # unsure: what the lender is"
    if "debt.amount" in fed and "debt.currency" not in fed:
        yield "  debt.currency: CNY  # unsure: the currency of the amounts"
    if "visit.timezone" not in fed:
        yield "  visit.timezone: Asia/Shanghai  # unsure: the zone of the places visited"


def _column_lines(sample: TableSample, guesses: list[ColumnGuess], separate: str | None, indent: str) -> Iterator[str]:
    if sample.encoding:
        yield f"{indent}encoding: {sample.encoding}"
    if sample.sheet:
        yield f"{indent}sheet: {_yaml_text(sample.sheet)}"
    yield f"{indent}columns:"
    for guess in guesses:
        yield from _lines_of_column(guess, sample.columns[guess.column], separate, indent + "  ")


def _lines_of_column(guess: ColumnGuess, values: tuple[str, ...], separate: str | None, indent: str) -> Iterator[str]:
    name, doubt = _yaml_text(guess.column), guess.doubt
    if guess.path is None:
        shown = ", ".join(values[:3])
        yield f"{indent}# {name}:  # unsure: {doubt}{f' (it holds: {_comment_text(shown)})' if shown else ''}"
        return
    within = f"{separate}[]." if separate else ""
    path = guess.path.removeprefix(within) if within else guess.path.replace("team[]", "team[0]")
    if "[]" in path or (separate and not guess.path.startswith(within)):
        doubt = doubt or f"{guess.path} belongs in a table of its own"
    mark = "# " if doubt else ""
    note = f"  # unsure: {doubt}" if doubt else ""
    if doubt is None and guess.odd is not None:
        note = f"  # unsure: not all values are written alike, such as {_comment_text(guess.odd)}"
    item = _item_type(FACTS[guess.path].type)
    details = list(_detail_lines(item, values))
    if not details:
        yield f"{indent}{mark}{name}: {_yaml_path(path)}{note}"
        return
    yield f"{indent}{mark}{name}:{note}"
    yield from (f"{indent}{mark}  {line}" for line in (f"fact: {_yaml_path(path)}", *details))


def _detail_lines(item: Type, values: tuple[str, ...]) -> Iterator[str]:
    if item in (TIMESTAMP, DATE) and values:
        format_, number = _likeliest_format(item, values)
        if format_ is not None and number >= _SHARE_OF_VALUES * len(values):
            yield f"format: {json.dumps(format_, ensure_ascii=False)}"
    elif item == BOOL:
        yield from _translation_lines(values, value_words()["truths"], ("true", "false"))
    elif isinstance(item, Word):
        yield from _translation_lines(values, value_words()["words"], item.words)


def _translation_lines(
    values: tuple[str, ...], known: Mapping[str, tuple[str, ...]], words: tuple[str, ...]
) -> Iterator[str]:
    """What each value means; a value that says it itself needs no line."""
    meaning = {fold_header(synonym): word for word in words for synonym in known.get(word, ())}
    strange = [value for value in values if value not in words][:_MOST_WORDS]
    if not strange:
        return
    yield "values:"
    for value in strange:
        word = meaning.get(fold_header(value))
        if word:
            yield f"  {_yaml_text(value)}: {word}"
        else:
            yield f"  {_yaml_text(value)}: null  # unsure: one of {', '.join(words)}; null is missing"


def _yaml_path(path: str) -> str:
    return f'"{path}"' if "[" in path else path


def _yaml_text(text: str) -> str:
    """A text as YAML reads it back."""
    return text if _plain(text) and text.strip() == text else json.dumps(text, ensure_ascii=False)


def _comment_text(text: str) -> str:
    return re.sub(r"\s+", " ", text)[:60]
