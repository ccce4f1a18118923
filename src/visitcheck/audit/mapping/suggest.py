"""A mapping proposed from headers and sample values, as a file to be finished by hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from visitcheck.audit.mapping.guesses import (
    KEYS,
    ColumnGuess,
    delimiter_text,
    guess_columns,
    lines_of_column,
    yaml_text,
)
from visitcheck.audit.mapping.load import mapping_from_text
from visitcheck.audit.mapping.model import TableSample
from visitcheck.audit.mapping.notes import comment_text, note, unsure_text
from visitcheck.audit.mapping.proposals import without_form_blanks
from visitcheck.audit.mapping.visit_ledgers import visit_lines
from visitcheck.errors import InvalidInput
from visitcheck.facts import FACTS
from visitcheck.facts.types import TIMESTAMP
from visitcheck.texts.catalogue import Language, say

_numbered_twin = re.compile(r" #[0-9]+$").sub
_ENTRY = 4
"""How far an entry of a table is indented."""


def suggest_mapping(sample: TableSample, lang: Language = "en") -> str:
    """Propose a mapping file for a table, as YAML. What it is not sure of is in comments, marked `unsure`."""
    sample, twins = _without_twins(sample)
    guesses = guess_columns(without_form_blanks(sample))
    lists = Counter(
        guess.path.partition("[]")[0] for guess in guesses if guess.path and "[]" in guess.path and guess.doubt is None
    )
    single = sum(1 for guess in guesses if guess.path and "[]" not in guess.path and guess.path not in KEYS)
    name, number = max(lists.items(), key=lambda one: one[1], default=("", 0))
    separate = name if name not in ("", "team") and number > single else None
    if separate is None:
        lines = list(visit_lines(sample, guesses, lang))
    else:
        lines = list(_mapping_lines(sample, guess_columns(sample, separate), separate, lang))
    lines[2:2] = [f"# {unsure_text(note('suggest.twins', column=comment_text(name)), lang)}" for name in twins]
    return _without_refused_lines(lines)


def _without_twins(sample: TableSample) -> tuple[TableSample, list[str]]:
    """The sample without columns of one name, which no mapping can tell apart, and their names."""
    twins = {name: base for name in sample.columns if (base := _numbered_twin("", name)) in sample.columns}
    named = {name: base for name, base in twins.items() if name != base}
    lost = named.keys() | set(named.values())
    kept = {name: values for name, values in sample.columns.items() if name not in lost}
    return replace(sample, columns=kept), list(dict.fromkeys(named.values()))


def _without_refused_lines(lines: list[str]) -> str:
    """The lines as a text that loads: what would be refused becomes a comment."""
    for _ in lines:
        text = "\n".join(lines) + "\n"
        try:
            mapping_from_text(text)
        except InvalidInput as refused:
            places = [problem.place.line - 1 for problem in refused.problems if problem.place is not None]
            if not places:
                break
            _comment_out(lines, places[0])
        else:
            break
    return "\n".join(lines) + "\n"


def _comment_out(lines: list[str], at: int) -> None:
    """Make a comment of an entry, from its first line to the last that is indented deeper."""
    indent = len(lines[at]) - len(lines[at].lstrip())
    while at > 0 and indent > _ENTRY:
        at -= 1
        indent = min(indent, len(lines[at]) - len(lines[at].lstrip()))
    end = at + 1
    while end < len(lines) and lines[end].startswith(" " * (indent + 1)):
        end += 1
    lines[at:end] = [f"{' ' * indent}# {line[indent:]}" for line in lines[at:end]]


def _mapping_lines(sample: TableSample, guesses: list[ColumnGuess], separate: str, lang: Language) -> Iterator[str]:
    yield f"# {say(lang, 'suggest.list-head', file=yaml_text(sample.file))}"
    yield from _zone_lines(guesses, lang)
    yield from ("", f"# {say(lang, 'suggest.visits-table')}", "visits:", "  columns:")
    yield from (
        f"    id: visit.id  # {unsure_text(note('suggest.replace-columns'), lang)}",
        "",
        "tables:",
        f"  {separate}:",
    )
    yield f"    files: [{yaml_text(sample.file)}]"
    key = next((guess.column for path in KEYS for guess in guesses if guess.path == path), next(iter(sample.columns)))
    yield f"    key: {yaml_text(key)}  # {unsure_text(note('suggest.key-column'), lang)}"
    yield f"    joins: {yaml_text(key)}  # {unsure_text(note('suggest.joined-column'), lang)}"
    yield f"    complete: false  # {unsure_text(note('suggest.complete'), lang)}"
    yield from _column_lines(sample, [guess for guess in guesses if guess.column != key], separate, lang)


def _zone_lines(guesses: list[ColumnGuess], lang: Language) -> Iterator[str]:
    local = any(guess.path and FACTS[guess.path].type == TIMESTAMP for guess in guesses)
    if local:
        chinese = any("一" <= char <= "鿿" for guess in guesses for char in guess.column)
        mark = "" if chinese else "# "
        yield f"{mark}timezone: Asia/Shanghai  # {unsure_text(note('suggest.zone'), lang)}"


def _column_lines(
    sample: TableSample, guesses: list[ColumnGuess], separate: str | None, lang: Language
) -> Iterator[str]:
    indent = "    "
    if sample.encoding:
        yield f"{indent}encoding: {sample.encoding}"
    if sample.delimiter:
        yield f"{indent}delimiter: {delimiter_text(sample.delimiter)}"
    if sample.sheet:
        yield f"{indent}sheet: {yaml_text(sample.sheet)}"
    yield f"{indent}columns:"
    for guess in guesses:
        yield from lines_of_column(guess, sample.columns[guess.column], separate, indent + "  ", lang)
