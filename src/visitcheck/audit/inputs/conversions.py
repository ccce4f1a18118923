"""One column's values as the gate would be given them: text, numbers and truths as JSON, times as RFC 3339.

What cannot be converted stays as it is written, so that the reader refuses it and can show it.
"""

from __future__ import annotations

import json

from visitcheck.audit.inputs.duckdb_functions import bound, matches
from visitcheck.audit.inputs.local_times import moment_of
from visitcheck.audit.inputs.raw_rows import JSON, TEXT_TYPE, RawList, RawRecord, RawType, RawValue
from visitcheck.audit.inputs.readings import read_named
from visitcheck.audit.mapping.model import Column, Value
from visitcheck.audit.mapping.time_formats import WEEKDAYS, directives, text_pattern
from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.facts.scalars import STAND_INS
from visitcheck.facts.types import BOOL, DATE, DOUBLE, INT, MONEY, STRING, TIME_OF_DAY, TIMESTAMP, ListOf, Type, Word

# All that Unicode calls a space or a separator, and what only marks the order of bytes.
_OUTSIDE = r"^[\s\pZ\x{85}\x{feff}]+|[\s\pZ\x{85}\x{feff}]+$"
_GROUPED = r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
_NAIVE = r"[12][0-9]{3}-[0-9]{1,2}-[0-9]{1,2}[T ](?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?"
_WHOLE = r"-?(?:[0-9]{1,19}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.0+)?"
_DECIMAL = r"-?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]{1,15})?"
_AT_MIDNIGHT = r"([12][0-9]{3}-[0-9]{2}-[0-9]{2})[T ]00:00(?::00(?:\.0+)?)?"
_LONGEST_WHOLE_DOUBLE = 2**53
_NONE = frozenset({"无", "暂无", "没有", "/", "none", "nil", "—", "——"})
"""What ledgers write in a remark where there is none."""
_PLAIN = 9
"""The depth of the lambda that names a text after its readings."""
_RFC = "%Y-%m-%dT%H:%M:%S.%fZ"


def convert_column(raw: Sql, type_: RawType, column: Column, missing: frozenset[str]) -> Sql:
    """The column's value for its fact."""
    fact = column.target.fact.type
    if isinstance(type_, RawRecord | RawList) or type_ == JSON:
        return raw
    if isinstance(fact, ListOf):
        return _convert_list(as_text(raw, type_, missing), column, fact, missing)
    if type_ != TEXT_TYPE and not column.values:
        return _convert_typed(raw, type_, fact, column, missing)
    return _convert_value(as_text(raw, type_, missing), column, fact)


def as_text(raw: Sql, type_: RawType, missing: frozenset[str]) -> Sql:
    """A value as text without white space around it; NULL where it stands for a missing one."""
    kind = type_.kind if isinstance(type_, RawValue) else "other"
    if kind == "double":  # a spreadsheet's whole numbers
        whole = sql.and_(
            [sql.compare("==", sql.call("trunc", raw), raw), sql.compare("<", sql.call("abs", raw), 10**15)]
        )
        text = sql.case((whole, sql.cast(sql.try_cast(raw, "bigint"), "varchar")), default=sql.cast(raw, "varchar"))
    else:
        text = sql.cast(raw, "varchar") if type_ != TEXT_TYPE else raw
    trimmed = sql.call("regexp_replace", text, sql.text(_OUTSIDE), sql.text(""), sql.text("g"))
    stands = sql.in_(trimmed, [sql.text(one) for one in sorted(missing | {""})])
    return sql.case((sql.not_(stands), trimmed))


def constant(value: Value | list[Value]) -> Sql:
    """A value of a mapping file."""
    if value is None:
        return sql.null("json")
    return sql.cast(sql.text(json.dumps(value, ensure_ascii=False)), "json")


def join_date_and_time(date: Sql, time: Sql) -> Sql:
    """The text of a moment from those of its date and its time of day.

    A time alone stays, so that it is refused; of a date alone the time is not known, so there is no moment.
    """
    day = sql.call("regexp_replace", date, sql.text(r"[T ]00:00(:00(\.0+)?)?$"), sql.text(""))
    clock = sql.call("regexp_replace", time, sql.text(r"^(1899-12-3[01]|1900-01-00)[T ]"), sql.text(""))
    both = sql.and_([sql.is_known(date), sql.is_known(time)])
    return sql.case((both, sql.call("concat", day, sql.text(" "), clock)), (sql.is_null(date), time))


def json_value(text: Sql, column: Column) -> Sql:
    """A text as the column's fact, or an element of it where the fact is a list, as JSON."""
    fact = column.target.fact.type
    if isinstance(fact, ListOf):
        return sql.call("to_json", _convert_list(text, column, fact, frozenset()))
    return sql.call("to_json", _convert_value(text, column, fact))


def split_cell(text: Sql, separators: tuple[str, ...], missing: frozenset[str]) -> Sql:
    """The parts of a cell between separators, those that are missing left out; NULL for a missing cell."""
    for other in separators[1:]:
        text = sql.call("replace", text, sql.text(other), sql.text(separators[0]))
    parts = sql.call("string_split", text, sql.text(separators[0])) if separators else sql.array([text])
    return sql.filter_(sql.transform(parts, 0, lambda one: as_text(one, TEXT_TYPE, missing)), 0, sql.is_known)


def _convert_value(text: Sql, column: Column, fact: Type) -> Sql:
    plain = _convert_text(text, fact, column)
    if not column.values:
        return plain
    as_json = sql.call("to_json", plain)
    cases = [(sql.compare("==", text, sql.text(written)), constant(value)) for written, value in column.values.items()]
    return sql.case(*cases, default=as_json)


def _convert_list(text: Sql, column: Column, fact: ListOf, missing: frozenset[str]) -> Sql:
    """A text with separators as a list; without `split` it is a list of one."""
    kept = split_cell(text, column.split, missing)
    # A cell of separators alone names nothing: the list is missing, not empty.
    some = sql.and_([sql.is_known(text), sql.compare(">", sql.call("len", kept), 0)])
    return sql.case((some, sql.transform(kept, 0, lambda one: _convert_value(one, column, fact.item))))


def _convert_text(text: Sql, fact: Type, column: Column) -> Sql:
    if column.readings:
        return bound(read_named(text, column.readings), _PLAIN, lambda plain: _convert_plain(plain, fact, column))
    return _convert_plain(text, fact, column)


def _convert_plain(text: Sql, fact: Type, column: Column) -> Sql:
    if fact == BOOL:
        lower = sql.call("lower", text)
        truth = sql.case((sql.in_(lower, [sql.text("true"), sql.text("false")]), sql.cast(lower, "json")))
        return sql.call("coalesce", truth, sql.call("to_json", text))
    if fact in (INT, DOUBLE):
        # What is no plain number stays a text, which the reader refuses: nothing is rounded, `9e1` and `0x5A` are none.
        plain = sql.case((matches(text, _WHOLE if fact == INT else _DECIMAL), _without_commas(text)))
        digits = sql.call("regexp_replace", plain, sql.text(r"\.0+$"), sql.text("")) if fact == INT else plain
        number = sql.try_cast(digits, "bigint" if fact == INT else "double")
        return sql.call("coalesce", sql.call("to_json", number), sql.call("to_json", text))
    if fact == MONEY:
        return _without_commas(text)
    if fact == TIMESTAMP:
        return _convert_timestamp(text, column)
    if fact in (DATE, TIME_OF_DAY):
        return _convert_day_or_clock(text, fact, column)
    if fact == STRING and column.target.fact.free_text:
        return sql.case((sql.not_(is_stand_in(text)), text))
    return text


def _convert_day_or_clock(text: Sql, fact: Type, column: Column) -> Sql:
    """A day or a time of day: as the formats say, or in ISO's order; a moment at midnight is its day."""
    shown = []
    if column.formats:
        pattern = sql.text("%Y-%m-%d" if fact == DATE else "%H:%M:%S")
        shown.append(sql.call("strftime", _parse_time(text, column), pattern))
    if fact == DATE:
        day = sql.call("regexp_extract", text, sql.text(f"^{_AT_MIDNIGHT}$"), sql.number(1))
        shown.append(sql.call("nullif", day, sql.text("")))
    return sql.call("coalesce", *shown, text) if shown else text


def _without_commas(text: Sql) -> Sql:
    """A number without the commas between its thousands."""
    return sql.case((matches(text, _GROUPED), sql.call("replace", text, sql.text(","), sql.text(""))), default=text)


def _parse_time(text: Sql, column: Column, *, aware: bool = False) -> Sql:
    """The time that the first fitting format makes of a text; `aware`: of formats with an offset."""
    formats = [one for one in column.formats if ("z" in directives(one)) == aware]
    times = [_parse_by(text, one) for one in formats]
    return sql.call("coalesce", *times) if len(times) > 1 else times[0] if times else sql.null("timestamp")


def _parse_by(text: Sql, format_: str) -> Sql:
    """A text by one format, read no more loosely than it is written."""
    fitting = sql.case((matches(text, text_pattern(format_)), text))
    time = sql.call("try_strptime", fitting, sql.text(format_))
    if directives(format_).isdisjoint(WEEKDAYS):
        return time
    # Databases do not look whether the weekday is that of the date.
    again = sql.call("strftime", time, sql.text(format_))
    return sql.case((sql.compare("==", _folded(again), _folded(text)), time))


def _folded(text: Sql) -> Sql:
    """A time as text, without leading zeros and case."""
    return sql.call("lower", sql.call("regexp_replace", text, sql.text(r"\b0+([0-9])"), sql.text(r"\1"), sql.text("g")))


def _convert_timestamp(text: Sql, column: Column) -> Sql:
    """A moment as the formats say; else RFC 3339 text stays, and other text in ISO's order is a local time."""
    iso = sql.try_cast(sql.case((matches(text, _NAIVE), text)), "timestamp")
    local = sql.call("coalesce", _parse_time(text, column), iso) if column.formats else iso
    otherwise = text
    if any("z" in directives(one) for one in column.formats):
        aware = sql.call("strftime", _parse_time(text, column, aware=True), sql.text(_RFC))
        otherwise = sql.call("coalesce", aware, text)
    return _local_time_as_text(local, column, otherwise)


def is_stand_in(text: Sql) -> Sql:
    """Whether a text says that there is none."""
    return sql.in_(sql.call("lower", text), [sql.text(one) for one in sorted(STAND_INS | _NONE)])


def _local_time_as_text(local: Sql, column: Column, otherwise: Sql) -> Sql:
    """A local time as RFC 3339 text in UTC; where it has no single meaning, as what it is: a naive time."""
    naive = sql.call("strftime", local, sql.text("%Y-%m-%dT%H:%M:%S"))
    if column.timezone is None:
        return sql.call("coalesce", naive, otherwise)
    moment = sql.call("strftime", moment_of(local, column.timezone, column.twice), sql.text(_RFC))
    return sql.call("coalesce", moment, naive, otherwise)


def _convert_typed(raw: Sql, type_: RawType, fact: Type, column: Column, missing: frozenset[str]) -> Sql:
    """A column that is no text: what a database or a spreadsheet means by its types."""
    kind = type_.kind if isinstance(type_, RawValue) else "other"
    name = type_.type if isinstance(type_, RawValue) else ""
    if fact == TIMESTAMP and name.startswith("TIMESTAMP") and kind == "other":
        local = sql.cast(raw, "timestamp")
        if name == "TIMESTAMP_NS":  # what is finer than a microsecond is not rounded, but refused
            whole = sql.compare("==", sql.mod(sql.call("epoch_ns", raw), 1_000), 0)
            local = sql.case((whole, local))
        return _local_time_as_text(local, column, sql.cast(raw, "varchar"))
    if fact == DATE and name.startswith("TIMESTAMP") and kind == "other":
        day = sql.cast(raw, "date")
        midnight = sql.compare("==", sql.cast(day, "timestamp"), raw)
        text = sql.cast(raw, "varchar")
        return sql.case((midnight, sql.cast(day, "varchar")), default=text)
    if kind in ("double", "decimal") and fact == INT:
        return _convert_value(
            as_text(raw, RawValue("double", "DOUBLE") if kind == "double" else type_, missing), column, fact
        )
    if kind in ("double", "decimal", "whole") and fact in (MONEY, DOUBLE):
        return raw
    if fact == STRING and kind == "double":  # of longer numbers the last digits are lost: no text, and refused
        short = sql.compare("<", sql.call("abs", raw), _LONGEST_WHOLE_DOUBLE)
        return sql.case((short, sql.call("to_json", as_text(raw, type_, missing))), default=sql.call("to_json", raw))
    if fact == STRING or isinstance(fact, Word):
        return _convert_text(as_text(raw, type_, missing), fact, column)
    return raw
