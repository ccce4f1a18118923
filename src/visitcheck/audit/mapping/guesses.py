"""What each column of a table may be, guessed from its header and its values, and the lines that say so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from visitcheck.audit.mapping.model import TableSample
from visitcheck.audit.mapping.notes import Note, comment_text, note, unsure_text, words_of
from visitcheck.audit.mapping.synonyms import fold_header, likely_facts, value_words
from visitcheck.facts import FACTS
from visitcheck.facts.scalars import STAND_INS
from visitcheck.facts.types import BOOL, DATE, INT, MONEY, TIMESTAMP, ListOf, Type, Word
from visitcheck.texts.catalogue import Language

_SURE_LIKENESS, _MOST_WORDS, _SHARE_OF_VALUES = 0.85, 20, 0.8
_PEOPLE = ("team[].id", "team[].name")
KEYS = ("visit.id", "visit.case_id", "debt.id", "debtor.id")
OTHER_VALUES = "suggest.other-values"
"""The doubt about a column whose values do not fit the fact that its name is like."""
_MOMENT_FORMATS = (
    "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日%H时%M分",
    "%Y.%m.%d %H:%M", "%Y%m%d%H%M%S", "%Y%m%d %H:%M:%S",
    "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S",
)  # fmt: skip
_DAY_FORMATS = ("%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y")
_NUMBER = re.compile(r"-?[\d,]+(\.\d*)?")
_READINGS: Mapping[Type, Mapping[str, re.Pattern[str]]] = {
    INT: {"unit": re.compile(r"\d+\s?(天|日|个月|月|次|期)")},
    MONEY: {
        "currency": re.compile(r"[¥￥]\s?[\d,]+(\.\d+)?|[\d,]+(\.\d+)?\s?元"),
        "ten_thousands": re.compile(r"\d+(\.\d+)?万"),
    },
    TIMESTAMP: {"epoch_milliseconds": re.compile(r"1[0-9]{12}"), "epoch_seconds": re.compile(r"1[0-9]{9}")},
}
"""Named readings that values plainly ask for, where nearly all are written so."""
_NUMBERED = re.compile(r"[ _-]?(?:[1-9一二三]|[A-C])$")
"""How the columns of several people are told apart: 外访员1, 外访员2; Officer A."""
_CODED = re.compile(r"[A-Za-z]{0,2}[0-9]{1,3}")
_MOST_CODES = 15
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?(Z|[+-]\d\d:\d\d)?").fullmatch
_plainly_a_time = re.compile(r"[0-9/:. T年月日时分秒-]{4,30}").fullmatch
_plain = re.compile(r"\w[\w -]*").fullmatch


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What a column may be; `doubt` says what to check, and a guess without a path is none.

    `odd` is a value that is not written like most of the column's. `person` is the place among people that go together,
    where a table has a column for each.
    """

    column: str
    path: str | None
    doubt: Note | None
    likeness: float
    odd: str | None = None
    person: int = 0


def guess_columns(sample: TableSample, separate: str | None = None) -> list[ColumnGuess]:
    """Guess what each column is; a fact is given to the column that resembles it most.

    In a separate table of a list, facts of that list go before all others.
    """
    guesses = [_guess_column(name, values, separate) for name, values in sample.columns.items()]
    best: dict[str, ColumnGuess] = {}
    for guess in guesses:
        if guess.path and guess.likeness > (best[guess.path].likeness if guess.path in best else 0):
            best[guess.path] = guess
    people = {path: _columns_of_people(guesses, path) for path in _PEOPLE} if separate is None else {}
    return [_settle_likeness(guess, best, people) for guess in guesses]


def _settle_likeness(
    guess: ColumnGuess, best: Mapping[str, ColumnGuess], people: Mapping[str, list[str]]
) -> ColumnGuess:
    """A guess beside others of the same fact: one of several people, or in doubt."""
    if guess.path is None:
        return guess
    if guess.column in people.get(guess.path, ()):
        return replace(guess, person=people[guess.path].index(guess.column))
    if best[guess.path] is guess:
        return guess
    return replace(guess, doubt=same_column(best[guess.path].column), odd=None)


def _columns_of_people(guesses: list[ColumnGuess], path: str) -> list[str]:
    """The columns that plainly name one person each of those who went."""
    return [guess.column for guess in guesses if guess.path == path and guess.doubt is None and guess.likeness >= 1]


def _guess_column(name: str, values: tuple[str, ...], separate: str | None) -> ColumnGuess:
    likely = likely_facts(name)
    if separate is not None:
        likely.sort(key=lambda one: not (one[1] in KEYS or one[1].startswith(f"{separate}[].")))
    if not likely or (separate is None and likely[0][0] < 1):
        likely = [one for one in likely_facts(_NUMBERED.sub("", name)) if one[0] >= 1 and one[1] in _PEOPLE] or likely
    if not likely:
        return ColumnGuess(name, None, note("suggest.no-fact"), 0)
    for ratio, path in likely:
        type_ = item_type(FACTS[path].type)
        if _values_fit(type_, values):
            doubt = _doubt_about_name(ratio, path)
            if doubt is None and type_ in (TIMESTAMP, DATE) and values:
                doubt = _day_or_month(type_, values)
            return ColumnGuess(name, path, doubt, ratio, _odd_value(type_, values))
    ratio, path = likely[0]
    return ColumnGuess(name, path, note(OTHER_VALUES, path=path), ratio)


def _doubt_about_name(ratio: float, path: str) -> Note | None:
    if path.startswith("plan.") and ratio < 1:
        return note("suggest.plan-before")
    return None if ratio >= _SURE_LIKENESS else note("suggest.name-resembles")


def item_type(type_: Type) -> Type:
    """The type of a fact, or of the elements of a list."""
    return type_.item if isinstance(type_, ListOf) else type_


def _values_fit(type_: Type, values: tuple[str, ...]) -> bool:
    """Whether sample values may be of a type."""
    if not values:
        return True
    if type_ == BOOL:
        return len(values) <= 3
    if type_ in (INT, MONEY):
        return all(map(_NUMBER.fullmatch, values)) or reading_of(type_, values) is not None
    if type_ in (TIMESTAMP, DATE):
        if type_ == TIMESTAMP and reading_of(type_, values) is not None:
            return True
        return _likeliest_format(type_, values)[1] >= _SHARE_OF_VALUES * len(values) or is_chinese(type_, values)
    return not isinstance(type_, Word) or len(values) <= _MOST_WORDS


def _odd_value(type_: Type, values: tuple[str, ...]) -> str | None:
    """The first value that is not written like most."""
    if type_ not in (TIMESTAMP, DATE) or not values or reading_of(type_, values) is not None:
        return None
    format_, _ = _likeliest_format(type_, values)
    odd = (value for value in values if not _has_format(value, format_))
    return next((value for value in odd if _plainly_a_time(value)), None)


def reading_of(type_: Type, values: tuple[str, ...]) -> str | None:
    """The reading by name that values plainly ask for."""
    readings = _READINGS.get(type_, {})
    return next((name for name, form in readings.items() if values and share_of(values, _matches(form))), None)


def _matches(form: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda value: form.fullmatch(value) is not None


def _day_or_month(type_: Type, values: tuple[str, ...]) -> Note | None:
    """The doubt about dates that may be read with the day or with the month first."""
    format_, number = _likeliest_format(type_, values)
    if format_ is None or not format_.startswith("%d"):
        return None
    other = format_.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m")
    if sum(_has_format(value, other) for value in values) < number:
        return None
    return note("suggest.day-or-month")


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


def same_column(column: str) -> Note:
    """The doubt about a column beside one that resembles the fact more."""
    return note("suggest.same-column", column=comment_text(column))


def lines_of_column(
    guess: ColumnGuess, values: tuple[str, ...], separate: str | None, indent: str, lang: Language
) -> Iterator[str]:
    """The lines that say what a column feeds, as a comment where that is in doubt.

    Of a column in doubt no values are shown unless most of them are known: they may be those of persons.
    """
    name, doubt = yaml_text(guess.column), guess.doubt
    if guess.path is None:
        yield f"{indent}# {name}:{_remark(doubt, lang)}"
        return
    within = f"{separate}[]." if separate else ""
    path = guess.path.removeprefix(within) if within else _first_of(guess.path, guess.person)
    if "[]" in path or (separate and not guess.path.startswith(within)):
        doubt = doubt or note("suggest.own-table", path=guess.path)
    mark = "# " if doubt else ""
    odd = None if guess.odd is None else note("suggest.not-alike", value=comment_text(guess.odd))
    remark = _remark(doubt or odd, lang)
    item = item_type(FACTS[guess.path].type)
    if (item == BOOL or isinstance(item, Word)) and values and not _mostly_known(item, values):
        shown = _MOST_CODES if doubt is None and _are_codes(guess.path, values) else 0
        doubt = doubt or note("suggest.say-values", words=guess.path)
        if not shown:
            yield f"{indent}# {name}: {yaml_path(path)}{_remark(doubt, lang)}"
            return
        yield f"{indent}# {name}:{_remark(doubt, lang)}"
        yield from (f"{indent}#   {line}" for line in (f"fact: {yaml_path(path)}", "values:"))
        yield from (f"{indent}#     {yaml_text(value)}: null" for value in values[:shown])
        return
    details = list(detail_lines(guess.path, values, lang))
    if not details:
        yield f"{indent}{mark}{name}: {yaml_path(path)}{remark}"
        return
    yield f"{indent}{mark}{name}:{remark}"
    yield from (f"{indent}{mark}  {line}" for line in (f"fact: {yaml_path(path)}", *details))


def _remark(doubt: Note | None, lang: Language) -> str:
    """The comment that ends a line with a doubt."""
    return "" if doubt is None else f"  # {unsure_text(doubt, lang)}"


def _are_codes(path: str, values: tuple[str, ...]) -> bool:
    """Whether values may be shown, since they are those of products or codes, not of persons."""
    few = len(values) <= _MOST_CODES
    return few and (path in ("debt.product", "lender.kind") or all(map(_CODED.fullmatch, values)))


_DAY = r"[12]\d{3}[年/.-]\d{1,2}[月/.-]\d{1,2}[日号]?"
_is_chinese_day = re.compile(_DAY).fullmatch
_is_chinese_moment = re.compile(_DAY + r"[ T]?(上午|下午)? ?\d{1,2}[:：时点]\d{1,2}(分|[:：]\d{1,2})?").fullmatch


def is_chinese(type_: Type, values: tuple[str, ...]) -> bool:
    """Whether most values are of one of the forms that the reading `chinese` knows, and none of the formats fits."""
    test = _is_chinese_day if type_ == DATE else _is_chinese_moment
    return share_of(values, lambda one: test(one) is not None)


def is_moment(values: tuple[str, ...]) -> bool:
    """Whether values are moments, not days."""
    return bool(values) and _values_fit(TIMESTAMP, values) and not is_date(values)


def is_date(values: tuple[str, ...]) -> bool:
    """Whether values are days without a time."""
    formats = ("%Y-%m-%d", *_DAY_FORMATS)
    return bool(values) and share_of(values, lambda one: any(_has_format(one, form) for form in formats))


def share_of(values: tuple[str, ...], test: Callable[[str], bool]) -> bool:
    """Whether most values pass a test."""
    return sum(map(test, values)) >= _SHARE_OF_VALUES * len(values)


def detail_lines(path: str, values: tuple[str, ...], lang: Language, *, iso: bool = False) -> Iterator[str]:
    """The keys of a column beside `fact`; `iso`: the format also where it is ISO order."""
    item = item_type(FACTS[path].type)
    if (reading := reading_of(item, values)) is not None:
        yield f"reading: {reading}"
    elif item in (TIMESTAMP, DATE) and values:
        format_, number = _likeliest_format(item, values)
        if format_ is None and iso and not is_date(values):
            format_ = "%Y-%m-%d %H:%M:%S" if share_of(values, lambda one: one.count(":") > 1) else "%Y-%m-%d %H:%M"
        if format_ is not None and number >= _SHARE_OF_VALUES * len(values):
            yield f"format: {json.dumps(format_, ensure_ascii=False)}"
        elif number < _SHARE_OF_VALUES * len(values) and is_chinese(item, values):
            yield "reading: chinese"
    elif item == BOOL:
        yield from _translation_lines(values, value_words()["truths"], path, lang)
    elif isinstance(item, Word):
        yield from _translation_lines(values, value_words()["words"], path, lang)


def _translation_lines(
    values: tuple[str, ...], known: Mapping[str, tuple[str, ...]], path: str, lang: Language
) -> Iterator[str]:
    """What each value means; a value that says it itself needs no line."""
    words = words_of(FACTS[path].type)
    meaning = {fold_header(synonym): word for word in words for synonym in (word, *known.get(word, ()))}
    strange = [value for value in values if value not in words and value.lower() not in STAND_INS][:_MOST_WORDS]
    if not strange:
        return
    yield "values:"
    for value in strange:
        word = meaning.get(fold_header(value))
        if word:
            yield f"  {yaml_text(value)}: {word}"
        else:
            yield f"  {yaml_text(value)}: null{_remark(note('suggest.one-of', words=path), lang)}"


def _first_of(path: str, person: int = 0) -> str:
    """The path with one element of a list of people, which a column of visits feeds."""
    return path.replace("team[]", f"team[{person}]").replace("met[]", "met[0]")


def _mostly_known(item: Type, values: tuple[str, ...]) -> bool:
    """Whether at least half of the values are known to mean a word."""
    known = value_words()["words" if isinstance(item, Word) else "truths"]
    words = item.words if isinstance(item, Word) else ("true", "false")
    meaning = {fold_header(one) for word in words for one in (word, *known.get(word, ()))}
    return 2 * sum(fold_header(value) in meaning for value in values) >= len(values)


def yaml_path(path: str) -> str:
    """A path as YAML reads it back."""
    return f'"{path}"' if "[" in path else path


def yaml_text(text: str) -> str:
    """A text as YAML reads it back."""
    return text if _plain(text) and text.strip() == text else json.dumps(text, ensure_ascii=False)


def delimiter_text(delimiter: str) -> str:
    """A delimiter as the mapping writes it."""
    return "'\\t'" if delimiter == "\t" else f"'{delimiter}'"
