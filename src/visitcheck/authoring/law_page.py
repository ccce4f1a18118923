"""Writes `docs/law/cn.md`: which article is held by which rule, from the packs and what was noted of each law.

What was noted is in `NAME.coverage.yaml` beside the packs: a row names an article and the rules that hold it, or says
why none does; a row with both is held in part.

`python -m visitcheck.authoring.law_page > docs/law/cn.md` writes the page; a test fails while it is stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from visitcheck.documents import parse_yaml, to_python
from visitcheck.errors import InvalidPolicy
from visitcheck.facts.times import date_text
from visitcheck.policy import Policy, load_policy, shipped
from visitcheck.policy.model import Instrument, Rule, Text

SUFFIX = ".coverage.yaml"


@dataclass(frozen=True, slots=True)
class LawRow:
    """One noted article: where it stands, which rules hold it, and what of it no rule holds."""

    id: str
    pack: str
    instrument: str
    """Full id, `pack/key`."""
    article: str | None
    rules: tuple[str, ...]
    """Full ids, `pack/rule`."""
    not_encoded: Text | None
    """Why no rule holds it, or not all of it."""

    @property
    def held(self) -> str:
        """`yes`, `in part` or `no`."""
        if not self.rules:
            return "no"
        return "yes" if self.not_encoded is None else "in part"


def read_law_rows(jurisdiction: str) -> tuple[LawRow, ...]:
    """Read the rows of all packs of a shipped folder and the folders inside it, such as `cn`, in order of files.

    Raises `InvalidPolicy` where a file is no YAML, and `KeyError` or `TypeError` where it has another form: the files
    are the project's own, and a test reads them all.
    """
    return tuple(row for file in _coverage_files(jurisdiction) for row in _read_rows(file))


def _coverage_files(jurisdiction: str) -> Iterator[Traversable]:
    for name, folder in shipped.folders().items():
        if name == jurisdiction or name.startswith(f"{jurisdiction}/"):
            yield from sorted(
                (item for item in folder.iterdir() if item.name.endswith(SUFFIX)), key=lambda item: item.name
            )


def _read_rows(file: Traversable) -> Iterator[LawRow]:
    node, problems = parse_yaml(file.read_text(encoding="utf-8"), file.name)
    if problems or node is None:
        raise InvalidPolicy(problems)
    content: Any = to_python(node)
    for row_id, row in content["rows"].items():
        reason = row.get("not_encoded")
        yield LawRow(
            id=row_id,
            pack=content["pack"],
            instrument=row["instrument"] if "instrument" in row else content["instrument"],
            article=row.get("article"),
            rules=tuple(row.get("rules", ())),
            not_encoded=None if reason is None else Text(reason["en"], reason["zh"]),
        )


_JURISDICTION = "cn"
_WEAKEST_FIRST = ("weak", "press", "text", "own")
_FORCES = {
    "law": "law",
    "judicial": "judicial document",
    "regulation": "regulator's rule",
    "standard": "recommended national standard",
    "self_regulation": "an association's self-regulation",
    "local": "local, used only where it is named",
    "draft": "draft, used only where it is named",
}
_INTRODUCTION = """\
# The law of mainland China

Which article is held by which rule of the packs in `rules/cn/`, and what no rule holds.
`python -m visitcheck.authoring.law_page` writes this page from the packs and the `*.coverage.yaml` files beside them.
It is no legal advice: rules paraphrase what was read, and say how well it was read.

`load_policy("cn")` takes all of them but the local ones, together with `base`, the lender's own process.
Each pack says by lender, product and membership which visits it binds.
`examples/cn/` has, for lenders of each kind, the smallest proposal that is allowed. Who the parties are stands in
registers, and the time has passed, so ask as of a day before:

```console
visitcheck check -p cn --registers examples/cn/registers.yaml --as-of 2026-03-09T18:00:00+08:00 examples/cn/trust.yaml
```

| reading | means | a firm "must" or "must not" then leads to |
| --- | --- | --- |
| text | the text itself was read | deny |
| press | a reliable report of the text was read | deny |
| weak | something less, such as a forum or a machine translation | review |

What is worded softly leads to a review or a note, however well it was read.
Where no source gives the day on which something came into force, the day below is marked as assumed; where only a
month or year is known, its rules hold from the first day after it.
"""


def render_law_page() -> str:
    """Render the whole page."""
    policy = load_policy(_JURISDICTION, f"{_JURISDICTION}/local")
    rows = read_law_rows(_JURISDICTION)
    used = {row.instrument for row in rows}
    instruments = [instrument for key, instrument in policy.instruments.items() if key in used]
    parts = [
        _INTRODUCTION,
        _render_packs(policy),
        _render_summary(instruments, rows),
        *(_render_articles(instrument, rows, policy) for instrument in instruments),
        _render_left_out(rows),
    ]
    return "\n".join(parts)


def _render_packs(policy: Policy) -> str:
    lines = []
    for pack in policy.packs:
        rules = [rule for rule in policy.rules if rule.id.rpartition("/")[0] == pack.id]
        if pack.id.startswith(f"{_JURISDICTION}.") and rules:
            applies = rules[0].applies
            binds = "every visit" if applies is None else f"`{' '.join(applies.text.split())}`"
            lines.append(_table_row(f"`{pack.id}`", f"{pack.title.zh}, {pack.title.en}", binds, str(len(rules))))
    return f"## Packs\n\n{_table_head('pack', 'title', 'binds', 'rules')}{''.join(lines)}"


def _render_summary(instruments: Iterable[Instrument], rows: Iterable[LawRow]) -> str:
    lines = []
    for instrument in instruments:
        held = [row.held for row in rows if row.instrument == instrument.id]
        counts = (str(held.count(word)) for word in ("yes", "in part", "no"))
        title = f"{instrument.title.zh}, {instrument.title.en}"
        lines.append(_table_row(title, _FORCES[instrument.force], _in_force_text(instrument), *counts))
    head = _table_head("instrument", "force", "in force from", "rows held", "in part", "not held")
    return f"## Instruments\n\n{head}{''.join(lines)}"


def _in_force_text(instrument: Instrument) -> str:
    if instrument.in_force == "assumed":
        issued = instrument.issued
        return "assumed" if issued is None else f"assumed: {date_text(issued)}, when it was issued"
    return "" if instrument.in_force is None else date_text(instrument.in_force)


def _render_articles(instrument: Instrument, rows: Iterable[LawRow], policy: Policy) -> str:
    about = ", ".join(part for part in (instrument.issuer, instrument.number) if part is not None)
    lines = [line for row in rows if row.instrument == instrument.id for line in _article_rows(row, policy)]
    head = _table_head("article", "row", "rule", "stages", "reading", "effect", "in force")
    issuer = f"{about}.\n\n" if about else ""
    return f"## {instrument.title.zh}\n\n{instrument.title.en}.\n{issuer}{head}{''.join(lines)}"


def _article_rows(row: LawRow, policy: Policy) -> Iterator[str]:
    article = row.article or "not named"
    if not row.rules:
        yield _table_row(article, row.id, "none: see below", "", "", "", "")
    for rule in map(policy.rule, row.rules):
        yield _table_row(
            article,
            row.id,
            f"`{rule.id}`: {rule.title.en}",
            ", ".join(rule.stages),
            reading_of(rule, row.instrument) or "by another instrument",
            rule.effect,
            _dates_text(rule),
        )


def reading_of(rule: Rule, instrument: str) -> str | None:
    """How well what the rule cites of an instrument was read: the weakest, where it cites several places of it."""
    readings = {cite.reading for cite in rule.cites if cite.instrument.id == instrument}
    return next((reading for reading in _WEAKEST_FIRST if reading in readings), None)


def _dates_text(rule: Rule) -> str:
    parts = []
    if rule.effective_from is not None:
        parts.append(f"from {date_text(rule.effective_from)}")
    if rule.effective_until is not None:
        parts.append(f"until {date_text(rule.effective_until - 1)}")
    return " ".join(parts)


def _render_left_out(rows: Iterable[LawRow]) -> str:
    lines = [_table_row(row.id, row.held, row.not_encoded.en) for row in rows if row.not_encoded is not None]
    head = _table_head("row", "held", "what no rule holds, and why")
    return f"## What no rule holds\n\n{head}{''.join(lines)}"


def _table_head(*cells: str) -> str:
    return _table_row(*cells) + _table_row(*("---" for _ in cells))


def _table_row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    sys.stdout.write(render_law_page())
