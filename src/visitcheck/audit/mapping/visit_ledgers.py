"""The proposal for a ledger of visits: columns that belong together, an id, events, and what people must fill in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from visitcheck.audit.mapping.guesses import (
    OTHER_VALUES,
    ColumnGuess,
    delimiter_text,
    detail_lines,
    is_date,
    is_moment,
    item_type,
    lines_of_column,
    reading_of,
    same_column,
    share_of,
    yaml_path,
    yaml_text,
)
from visitcheck.audit.mapping.model import TableSample
from visitcheck.audit.mapping.notes import Note, comment_text, note, unsure_text, words_of
from visitcheck.audit.mapping.proposals import (
    FORM_BLANKS,
    EventGuess,
    event_of,
    is_clock,
    is_entry_time,
    is_planned,
    rows_of_visits,
    separators_in,
    status_columns,
    without_form_blanks,
)
from visitcheck.audit.mapping.synonyms import fold_header
from visitcheck.facts import FACTS
from visitcheck.facts.scalars import STAND_INS
from visitcheck.facts.types import DATE, TIMESTAMP
from visitcheck.texts.catalogue import Language, say

_IDS = frozenset({"id", "编号", "序号", "no", "记录编号", "记录id", "跟进id", "recordid"})
_MOMENTS = ("visit.starts_at", "visit.ends_at")
_PLANNED = note("suggest.plan")
_SAY_ZONE = note("suggest.say-zone")
_JOINED = Note("")
"""Where a guess is settled, since its column is joined with another."""


@dataclass
class Ledger:
    """A ledger as it is proposed: what each column is, and what follows from several."""

    sample: TableSample
    guesses: list[ColumnGuess]
    lang: Language
    events: list[tuple[str, EventGuess]] = field(default_factory=list)
    joined: list[tuple[str, str, str]] = field(default_factory=list)
    split: dict[str, list[str]] = field(default_factory=dict)
    date_of: tuple[str, str] | None = None
    """A column that gives the day alone, and what is said of it."""

    @property
    def is_chinese(self) -> bool:
        """Whether headers, or most values of a column, are Chinese, so that times are those of China's one zone."""
        if any(map(_has_chinese, self.sample.columns)):
            return True
        return any(values and share_of(values, _has_chinese) for values in self.sample.columns.values())

    def active(self, path: str) -> ColumnGuess | None:
        """The column that surely feeds a fact."""
        return next((one for one in self.guesses if one.path == path and one.doubt is None), None)


def _stands_for_nothing(value: str) -> bool:
    return value.lower() in STAND_INS | {"/"} | FORM_BLANKS


def _has_chinese(text: str) -> bool:
    return any("一" <= char <= "鿿" for char in text)


def visit_lines(sample: TableSample, guesses: list[ColumnGuess], lang: Language) -> Iterator[str]:
    """The lines of the proposal for a table of visits."""
    stand_ins = sorted({one for some in sample.columns.values() for one in some if _stands_for_nothing(one)})
    sample = without_form_blanks(sample)
    ledger = Ledger(sample, guesses, lang)
    _doubt_plans(ledger)
    _take_events(ledger)
    _settle_times(ledger)
    _split_people(ledger)
    yield f"# {say(lang, 'suggest.head', file=yaml_text(sample.file))}"
    yield f"# {say(lang, 'suggest.then-check')}"
    mark = "" if ledger.is_chinese else "# "
    yield f"{mark}timezone: Asia/Shanghai  # {unsure_text(note('suggest.zone'), lang)}"
    if stand_ins:
        yield f"missing: [{', '.join(map(_quoted, stand_ins))}]  # {say(lang, 'suggest.missing')}"
    yield from ("", "constants:")
    yield from _constant_lines(ledger)
    yield from ("", "visits:")
    yield from _source_lines(ledger)
    yield "  columns:"
    yield from _id_lines(ledger)
    yield from _time_lines(ledger)
    for guess in ledger.guesses:
        yield from _column_lines(ledger, guess)
    if any(not event.unclear for _, event in ledger.events):
        yield "  events:"
    elif ledger.events:
        yield "  # events:"
    for name, event in ledger.events:
        yield from _event_lines(name, event, lang)


def _doubt_plans(ledger: Ledger) -> None:
    headers = frozenset(map(fold_header, ledger.sample.columns))
    for at, guess in enumerate(ledger.guesses):
        if guess.path and not guess.path.startswith(("appointment.", "plan.")) and is_planned(guess.column, headers):
            ledger.guesses[at] = replace(guess, doubt=_PLANNED, odd=None)
        elif guess.path and is_entry_time(guess.column) and item_type(FACTS[guess.path].type) in (TIMESTAMP, DATE):
            ledger.guesses[at] = replace(guess, doubt=note("suggest.entered"), odd=None)
    planned = {guess.column for guess in ledger.guesses if guess.doubt == _PLANNED}
    for at, guess in enumerate(ledger.guesses):
        if guess.doubt in set(map(same_column, planned)) and guess.likeness >= 1:
            ledger.guesses[at] = replace(guess, doubt=None)


def _take_events(ledger: Ledger) -> None:
    for guess in list(ledger.guesses):
        event = event_of(guess.column, ledger.sample.columns[guess.column])
        if event is not None:
            ledger.events.append((guess.column, event))
            ledger.guesses.remove(guess)


def _settle_times(ledger: Ledger) -> None:
    """What feeds the start, the end and the day of the visit: moments, or a date and times of day."""
    columns = ledger.sample.columns
    for at, guess in enumerate(ledger.guesses):
        values, plain = columns[guess.column], guess.doubt is None or guess.doubt.code == OTHER_VALUES
        if guess.path == "visit.starts_at" and plain and is_date(values) and not is_moment(values):
            ledger.guesses[at] = replace(guess, path="visit.date", doubt=None)
        elif guess.path == "visit.date" and plain and is_moment(values) and not is_date(values):
            ledger.guesses[at] = replace(guess, path="visit.starts_at", doubt=None)
    date = ledger.active("visit.date")
    for at, guess in enumerate(ledger.guesses):
        values = columns[guess.column]
        if guess.path in _MOMENTS and values and share_of(values, lambda one: is_clock(one) is not None):
            if date is not None and guess.likeness >= 1:
                ledger.joined.append((guess.column, guess.path, date.column))
                ledger.guesses[at] = replace(guess, path=None, doubt=_JOINED)
            else:
                ledger.guesses[at] = replace(guess, doubt=note("suggest.time-of-day"), odd=None)
    start = ledger.active("visit.starts_at")
    entries = (one for one in columns if is_entry_time(one))
    entered = next((one for one in entries if is_moment(columns[one]) or is_date(columns[one])), None)
    if not ledger.is_chinese:
        for at, guess in enumerate(ledger.guesses):
            if guess.path is None or guess.doubt is not None or item_type(FACTS[guess.path].type) != TIMESTAMP:
                continue
            if reading_of(TIMESTAMP, columns[guess.column]) is None:  # seconds since 1970 have no zone
                ledger.guesses[at] = replace(guess, doubt=_SAY_ZONE)
    needs_zone = start is not None and reading_of(TIMESTAMP, columns[start.column]) is None
    if date is None and start is not None and needs_zone and not ledger.is_chinese:
        ledger.date_of = (start.column, say(ledger.lang, "suggest.day-alone"))
    elif date is None and start is None and entered is not None:
        ledger.date_of = (entered, unsure_text(note("suggest.entered-later"), ledger.lang))


def _split_people(ledger: Ledger) -> None:
    """Columns of several people in one cell."""
    for guess in ledger.guesses:
        if guess.path in ("team[].id", "team[].name") and guess.doubt is None and not ledger.split:
            separators = separators_in(ledger.sample.columns[guess.column])
            if separators:
                ledger.split[guess.column] = separators
    for at, guess in enumerate(ledger.guesses):
        if ledger.split and guess.person and guess.column not in ledger.split:
            doubt = note("suggest.several-people", column=comment_text(next(iter(ledger.split))))
            ledger.guesses[at] = replace(guess, doubt=doubt, odd=None)


def _constant_lines(ledger: Ledger) -> Iterator[str]:
    fed = {guess.path for guess in ledger.guesses if guess.doubt is None}
    if "visit.stage" not in fed:
        yield "  visit.stage: recorded"
    if "debt.amount" in fed and "debt.currency" not in fed:
        yield _currency_line(ledger)
    if "visit.timezone" not in fed:
        mark = "" if ledger.is_chinese else "# "
        yield f"  {mark}visit.timezone: Asia/Shanghai  # {unsure_text(note('suggest.places-zone'), ledger.lang)}"
    for path in ("lender.kind", "lender.memberships", "debt.product", "debt.online"):
        if path not in fed:
            first = words_of(FACTS[path].type)[0]
            shown = f"[{first}]" if path == "lender.memberships" else first
            yield f"  # {path}: {shown}  # {unsure_text(note('suggest.fill-in', words=path), ledger.lang)}"


def _currency_line(ledger: Ledger) -> str:
    """The currency that the header of the amounts names; in a Chinese ledger without one China's."""
    header = next(guess.column for guess in ledger.guesses if guess.path == "debt.amount" and guess.doubt is None)
    named = re.findall(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])", header)
    mark = "" if named or ledger.is_chinese else "# "
    doubt = unsure_text(note("suggest.currency"), ledger.lang)
    return f"  {mark}debt.currency: {named[0] if named else 'CNY'}  # {doubt}"


def _source_lines(ledger: Ledger) -> Iterator[str]:
    sample = ledger.sample
    if sample.encoding:
        remark = f"  # {unsure_text(note('suggest.encoding'), ledger.lang)}" if sample.guessed else ""
        yield f"  encoding: {sample.encoding}{remark}"
    if sample.delimiter:
        yield f"  delimiter: {delimiter_text(sample.delimiter)}"
    if sample.sheet:
        yield f"  sheet: {yaml_text(sample.sheet)}"
    if len(sample.header) > 1:
        yield f"  header: [{', '.join(map(str, sample.header))}]"
    elif sample.header[0] > 1:
        yield f"  header: {sample.header[0]}"
    kept = rows_of_visits(sample.columns)
    if kept is not None:
        name, words = kept
        yield f"  # {say(ledger.lang, 'suggest.other-rows')}"
        yield f"  where: {{{yaml_text(name)}: [{', '.join(map(_quoted, words))}]}}"
    for name, values in status_columns(sample.columns):
        if kept is not None and name == kept[0]:
            continue
        listed = ", ".join(map(_quoted, values))
        mark = "#" if kept is None else f"# {say(ledger.lang, 'suggest.besides')}"
        doubt = unsure_text(note("suggest.keep-visits"), ledger.lang)
        yield f"  {mark} where: {{{yaml_text(name)}: [{listed}]}}  # {doubt}"


def _id_lines(ledger: Ledger) -> Iterator[str]:
    columns, rows = ledger.sample.columns, ledger.sample.rows
    guess = ledger.active("visit.id")
    if guess is not None and len(columns[guess.column]) >= rows:
        return
    if guess is not None:
        at = ledger.guesses.index(guess)
        ledger.guesses[at] = replace(guess, doubt=note("suggest.same-id"))
    for at, one in enumerate(ledger.guesses):
        if fold_header(one.column) in _IDS and rows and len(columns[one.column]) == rows:
            ledger.guesses[at] = replace(one, path="visit.id", doubt=None)
            return
    yield f"    visit.id: {{row_number: WF-}}  # {say(ledger.lang, 'suggest.no-id')}"


def _time_lines(ledger: Ledger) -> Iterator[str]:
    for column, path, date in ledger.joined:
        mark = "" if ledger.is_chinese else "# "
        remark = "" if ledger.is_chinese else f"  # {unsure_text(_SAY_ZONE, ledger.lang)}"
        yield f"    {mark}{yaml_text(column)}:{remark}"
        yield f"    {mark}  fact: {path}"
        yield f"    {mark}  from: [{_quoted(date)}, {_quoted(column)}]"
        if not _is_plain_join(ledger, date, column):
            day = next(detail_lines("visit.date", ledger.sample.columns[date], ledger.lang), "")
            by_format = day.startswith('format: "%') and all(map(_plain_clock, ledger.sample.columns[column]))
            yield f"    {mark}  {day[:-1]} %H:%M{chr(34)}" if by_format else f"    {mark}  reading: chinese"
    if ledger.date_of is not None:
        column, remark = ledger.date_of
        yield f"    {yaml_text(column)}:  # {remark}"
        yield "      fact: visit.date"
        values = ledger.sample.columns[column]
        yield from (f"      {line}" for line in detail_lines("visit.starts_at", values, ledger.lang, iso=True))


_plain_clock = re.compile(r"[0-9]{1,2}:[0-9]{2}").fullmatch


def _is_plain_join(ledger: Ledger, date: str, clock: str) -> bool:
    """Whether a date and a time of day are both written in ISO's order."""
    columns = ledger.sample.columns
    plain_date = all(len(one) == 10 and one[4] == one[7] == "-" for one in columns[date])
    return plain_date and all(one.replace(":", "").isdigit() and one.isascii() for one in columns[clock])


def _column_lines(ledger: Ledger, guess: ColumnGuess) -> Iterator[str]:
    if guess.doubt == _JOINED or (ledger.date_of is not None and guess.column == ledger.date_of[0]):
        doubt = None if guess.doubt == _JOINED or is_entry_time(guess.column) else guess.doubt
        if doubt is not None and guess.path is not None and guess.path in _MOMENTS:
            told = unsure_text(doubt, ledger.lang)
            yield f"    # {yaml_text(guess.column)}: {yaml_path(guess.path)}  # {told}"
        return
    if guess.column in ledger.split:
        listed = ", ".join(map(_quoted, ledger.split[guess.column]))
        yield f"    {yaml_text(guess.column)}: {{fact: {yaml_path(str(guess.path))}, split: [{listed}]}}"
        return
    yield from lines_of_column(guess, ledger.sample.columns[guess.column], None, "    ", ledger.lang)


def _event_lines(name: str, event: EventGuess, lang: Language) -> Iterator[str]:
    mark = "# " if event.unclear or not event.yes + event.no + event.says_nothing else ""
    unclear = note("suggest.unclear", values=comment_text(", ".join(event.unclear[:3])))
    remark = f"  # {unsure_text(unclear, lang)}" if event.unclear else ""
    yes, no, nothing = (", ".join(map(_quoted, some)) for some in (event.yes or ("是",), event.no, event.says_nothing))
    tail = (f", no: [{no}]" if no else "") + (f", says_nothing: [{nothing}]" if nothing else "")
    yield f"    {mark}{yaml_text(name)}: {{{event.key}: {event.word}, yes: [{yes}]{tail}}}{remark}"


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)
