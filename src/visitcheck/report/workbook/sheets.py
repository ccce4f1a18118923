"""What each sheet of the workbook holds, read from the tables of an audit row by row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from visitcheck.audit.running.visit_doubts import VISIT_DOUBTS
from visitcheck.concurrency import cached_property
from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.facts.doubts import DOUBTS
from visitcheck.facts.vocabulary import FACTS
from visitcheck.facts.zones import zone_info
from visitcheck.policy.model import Language, Text
from visitcheck.report.fact_names import fact_text
from visitcheck.report.folder import AuditFolder
from visitcheck.report.privacy import Privacy
from visitcheck.report.sections.missing import LACKED
from visitcheck.report.sections.rules import Basis, RuleRow, basis_of, list_rules, rule_title
from visitcheck.report.wording import format_article, page_texts
from visitcheck.report.workbook.book import Cell, SheetColumn, Table, shown_rows

if TYPE_CHECKING:
    import duckdb

SHEETS = ("overview", "rules", "findings", "suspected", "open", "doubts", "leads", "rejects", "next")
"""The sheets in their order; that of leads is there where the audit has some."""
FILES = {
    "findings": "findings.parquet", "suspected": "findings.parquet", "open": "findings.parquet",
    "doubts": "verdicts.parquet", "leads": "leads.parquet", "rejects": "rejects.parquet",
}  # fmt: skip
"""Where all rows of a sheet are."""
_STATUSES = {"findings": ("violated", "excused"), "suspected": ("suspected",), "open": ("undetermined",)}
_FINDINGS = """
    FROM read_parquet($findings) f JOIN read_parquet($verdicts) v USING (file, row)
    WHERE status IN (SELECT unnest($statuses::VARCHAR[]))
"""
_FINDING_COLUMNS = f"""
    SELECT f.visit_id, f.starts_at, f.debtor_id, f.agency_id, v.collectors, f.place_kind, rule, status, effect,
      checks, exceptions, {LACKED.replace("starts_at", "f.starts_at")} AS missing, file, row
"""
_GRAVEST_FIRST = """
    ORDER BY status = 'violated' DESC, CASE effect WHEN 'deny' THEN 0 WHEN 'review' THEN 1 ELSE 2 END, file, row, rule
"""
_DOUBTS = """
    SELECT visit_id, starts_at, debtor_id, agency_id, code, NULL AS other_visit_id, NULL AS shared_id, file, row
    FROM (SELECT *, unnest(doubts) AS code FROM read_parquet($verdicts)) WHERE NOT list_contains($between, code)
    UNION ALL BY NAME
    SELECT d.visit_id, v.starts_at, v.debtor_id, v.agency_id, d.code, d.other_visit_id, d.shared_id, d.file, d.row
    FROM read_parquet($doubts) d LEFT JOIN read_parquet($verdicts) v USING (file, row)
"""
_REJECTS = """
    SELECT file, "table", row, visit_id, problem.code, problem.path, problem.message
    FROM (SELECT *, unnest(problems) AS problem FROM read_parquet($rejects))
"""
_column_of = re.compile(r"(?:one of the )?columns? ((?:`[^`]*`(?:, )?)+)(?: holds the error|:)").match
_beside_another = re.compile(r"`[a-z_]+` \(([^)]*)\)").match
_quoted = re.compile(r"`([^`]*)`").search
_named = re.compile(r"`([^`]*)`").findall
_position = re.compile(r"\[\d+\]")
_is_path = re.compile(r"\$?(?:\.?[a-z_]+(?:\[\d*\])?)+(?:\.[a-z_]+(?:\[\d*\])?)+").fullmatch
_FETCHED = 10_000


@dataclass(frozen=True)
class Sheets:
    """The tables of an audit's sheets, in one language, without what is to be withheld."""

    audit: AuditFolder
    lang: Language
    privacy: Privacy

    def table(self, sheet: str) -> Table:
        """Give the table of a sheet other than the overview."""
        made: dict[str, Callable[[], Table]] = {
            "rules": self._rules,
            "doubts": self._doubts,
            "leads": self._leads,
            "rejects": self._rejects,
            "next": self._next,
        }
        return made[sheet]() if sheet in made else self._findings(sheet)

    def name(self, sheet: str) -> str:
        """Give the name that people see on a sheet's tab."""
        return self.say(f"workbook.sheets.{sheet}")

    def say(self, key: str, **values: object) -> str:
        """Give one of the report's own texts, filled in."""
        return page_texts()(key).in_(self.lang).format(**values)

    def word(self, group: str, word: str | None) -> str | None:
        """Give the text for a word of the data."""
        return None if word is None else page_texts().of_word(group, word).in_(self.lang)

    def _head(self, key: str, width: float = 14, form: str = "text", **values: object) -> SheetColumn:
        return SheetColumn(self.say(f"workbook.columns.{key}", **values), width, form)

    def _table(self, sheet: str, columns: Sequence[SheetColumn], rows: Iterator[Sequence[Cell]], number: int) -> Table:
        return Table(self.name(sheet), columns, rows, number)

    # Visits

    def _visit_heads(self) -> list[SheetColumn]:
        heads = [self._head("visit", 18), self._head("start", 17, "time", zone=self._zone)]
        heads += [self._head("debtor", 16)] if self.privacy.personal else []
        return [*heads, self._head("agency", 12)]

    def _visit_cells(self, row: Mapping[str, Any]) -> list[Cell]:
        cells: list[Cell] = [self._id(row["visit_id"]), self._local(row["starts_at"])]
        cells += [self._id(row["debtor_id"])] if self.privacy.personal else []
        return [*cells, row["agency_id"]]

    def _id(self, id_: str | None) -> str | None:
        return None if id_ is None else self.privacy.shown_id(id_)

    @property
    def _zone(self) -> str:
        return self.audit.policy["timezone"] or "UTC"

    def _local(self, at: datetime | None) -> datetime | None:
        return None if at is None else at.astimezone(zone_info(self._zone)).replace(tzinfo=None)

    # Findings

    def _findings(self, sheet: str) -> Table:
        files = {"findings": self.audit.table("findings"), "verdicts": self.audit.table("verdicts")}
        asked = files | {"statuses": list(_STATUSES[sheet])}
        number = self._count(f"SELECT count(*) {_FINDINGS}", asked)
        query = f"{_FINDING_COLUMNS} {_FINDINGS} {_GRAVEST_FIRST} LIMIT {shown_rows(number)}"
        rows = (self._finding_cells(row) for row in _fetch(query, asked))
        exceptions = "open_exceptions" if sheet == "suspected" else "exceptions"
        heads = [
            *self._visit_heads(),
            self._head("collectors", 16),
            self._head("place", 12),
            self._head("rule", 44, "wrapped"),
            self._head("kind", 10),
            self._head("status", 12),
            self._head("message", 40, "wrapped"),
            self._head("remedy", 40, "wrapped"),
            self._head("missing", 30, "wrapped"),
            self._head("basis", 40, "wrapped"),
            self._head("source", 18),
            self._head("defaults", 18, "wrapped"),
            self._head("checks", 18),
            self._head(exceptions, 18),
            self._head("file", 18),
            self._head("row", 9, "number"),
            self._head("id", 34),
        ]
        return self._table(sheet, heads, rows, number)

    def _finding_cells(self, row: Mapping[str, Any]) -> list[Cell]:
        texts = self._rule_texts(row["rule"])
        missing = self._join(map(self.fact, row["missing"]))
        return [
            *self._visit_cells(row),
            "; ".join(map(self.privacy.shown_id, row["collectors"])) or None,
            self.word("page.place_kind", row["place_kind"]),
            texts.title,
            texts.kind,
            self.word("page.status", row["status"]),
            texts.message,
            self._remedy(row["status"], texts, missing),
            missing,
            texts.basis,
            texts.source,
            texts.defaults,
            "; ".join(row["checks"]) or None,
            "; ".join(row["exceptions"]) or None,
            row["file"],
            row["row"],
            row["rule"],
        ]

    def _remedy(self, status: str, texts: _RuleTexts, missing: str | None) -> str | None:
        """What to do: a rule's own remedy speaks of a violation, so of what is not known it is to find that out."""
        if status == "violated":
            return texts.remedy
        return None if status == "excused" or missing is None else self.say("workbook.find_out", facts=missing)

    def fact(self, path: str) -> str:
        """Say what people call a fact; of what is asked of a list, whether it is complete."""
        return fact_text(path).in_(self.lang)

    def _join(self, texts: Iterator[str]) -> str | None:
        return ("；" if self.lang == "zh" else "; ").join(dict.fromkeys(texts)) or None

    @cached_property
    def _texts(self) -> dict[str, _RuleTexts]:
        return {}

    def _rule_texts(self, rule: str) -> _RuleTexts:
        """The texts of a rule, made once."""
        texts = self._texts.get(rule)
        if texts is None:
            texts = self._texts[rule] = self._make_rule_texts(rule)
        return texts

    def _make_rule_texts(self, rule: str) -> _RuleTexts:
        texts = self.audit.policy["rules"].get(rule, {})
        return _RuleTexts(
            title=rule_title(self.audit, rule).in_(self.lang),
            kind=self.word("page.kind", texts.get("effect")),
            message=_constant(texts.get("message"), self.lang),
            remedy=_constant(texts.get("remedy"), self.lang),
            basis=self._join(map(self._say_basis, basis_of(self.audit, rule))),
            source=self._say_source(texts),
            defaults="; ".join(texts.get("unconfirmed_defaults", [])) or None,
        )

    def _say_source(self, texts: Mapping[str, Any]) -> str | None:
        """Tell rules of law from those of the lender's process, and these from defaults that nobody confirmed."""
        return self.word("page.source", "default" if texts.get("unconfirmed_defaults") else texts.get("source"))

    def _say_basis(self, basis: Basis) -> str:
        article = None if basis.article is None else format_article(basis.article).in_(self.lang)
        reading = self.say(f"page.reading.{basis.reading}")
        said = " ".join(filter(None, (basis.title.in_(self.lang), article)))
        return f"{said}（{reading}）" if self.lang == "zh" else f"{said} ({reading})"

    # The other sheets

    def _rules(self) -> Table:
        rules = list_rules(self.audit)
        rows = [*rules.violated, *rules.suspected, *rules.open, *rules.quiet]
        counts = ("violated", "suspected", "undetermined", "not_assessed", "excused", "satisfied", "not_applicable")
        heads = [
            self._head("rule", 50, "wrapped"),
            self._head("kind", 10),
            self._head("source", 18),
            *(self._head(name, 11, "number") for name in counts),
            self._head("counted", 11, "number"),
            self._head("rate", 9, "share"),
            self._head("defaults", 22, "wrapped"),
            self._head("basis", 44, "wrapped"),
            self._head("id", 36),
        ]
        return self._table("rules", heads, iter([self._rule_cells(row, counts) for row in rows]), len(rows))

    def _rule_cells(self, row: RuleRow, counts: Sequence[str]) -> list[Cell]:
        texts, numbers = self._rule_texts(row.id), self.audit.summary["rules"][row.id]
        cells: list[Cell] = [texts.title, texts.kind, texts.source]
        cells += [numbers[name] for name in counts]
        return [*cells, row.of, row.rate.share, texts.defaults, texts.basis, row.id]

    def _doubts(self) -> Table:
        between = {doubt.code: doubt.text for doubt in VISIT_DOUBTS}
        texts = {each.code: Text(en=each.en, zh=each.zh) for each in DOUBTS} | between
        doubts = self.audit.path / "doubts.parquet"  # Spark writes none
        query = _DOUBTS if doubts.exists() else _DOUBTS.partition("UNION ALL")[0]
        asked = {"verdicts": self.audit.table("verdicts"), "between": list(between)}
        asked |= {"doubts": self.audit.table("doubts")} if doubts.exists() else {}
        number = self._count(f"SELECT count(*) FROM ({query})", asked)
        rows = (
            [
                *self._visit_cells(row),
                texts.get(row["code"], Text(row["code"], row["code"])).in_(self.lang),
                self._id(row["other_visit_id"]),
                self._id(row["shared_id"]),
                row["file"],
                row["row"],
                row["code"],
            ]
            for row in _fetch(f"{query} ORDER BY file, row, code LIMIT {shown_rows(number)}", asked)
        )
        heads = [
            *self._visit_heads(),
            self._head("doubt", 60, "wrapped"),
            self._head("other", 18),
            self._head("shared", 18),
            self._head("file", 18),
            self._head("row", 9, "number"),
            self._head("code", 30),
        ]
        return self._table("doubts", heads, rows, number)

    @property
    def has_leads(self) -> bool:
        """Whether the audit has found any words in remarks."""
        if not (self.audit.path / "leads.parquet").exists():
            return False
        asked = {"leads": self.audit.table("leads")}
        return self._count("SELECT count(*) FROM read_parquet($leads)", asked) > 0

    def _leads(self) -> Table:
        """Whatever columns the table of leads has; sentences of remarks are shown only where personal data is."""
        asked = {"leads": self.audit.table("leads")}
        number = self._count("SELECT count(*) FROM read_parquet($leads)", asked)
        with connect_duckdb() as con:
            names = con.execute("SELECT * FROM read_parquet($leads) LIMIT 0", asked).description or []
        hidden = _PLACES_IN_TEXT | (frozenset() if self.privacy.personal else _PERSONAL_OF_LEADS)
        shown = [name for name, *_ in names if name not in hidden]
        heads = [self._lead_head(name) for name in shown]
        query = f"SELECT * FROM read_parquet($leads) LIMIT {shown_rows(number)}"
        rows = ([self._lead_cell(name, row[name]) for name in shown] for row in _fetch(query, asked))
        return self._table("leads", heads, rows, number)

    def _lead_head(self, name: str) -> SheetColumn:
        key = _LEADS.get(name)
        if name == "starts_at":
            return self._head("start", 17, "time", zone=self._zone)
        return SheetColumn(name, 20) if key is None else self._head(key, _WIDE_OF_LEADS.get(key, 18), "wrapped")

    def _lead_cell(self, name: str, value: Any) -> Cell:
        match value:
            case bool():
                return self.say("page.yes" if value else "page.no")
            case datetime():
                return self._local(value)
            case list():
                return self._join(self._lead_text(name, each) for each in value)
            case str():
                return self._lead_text(name, value)
            case dict():
                return str(value.get(self.lang, value))
            case None | int() | float():
                return value
        return str(value)

    def _lead_text(self, name: str, value: Any) -> str:
        if name in ("visit_id", "debtor_id"):
            return self.privacy.shown_id(str(value))
        if name == "fact":
            return self.fact(str(value))
        if name == "kind":
            kinds = self.audit.summary.get("leads", {}).get("kinds", {})
            return str(kinds[value]["label"][self.lang]) if value in kinds else str(value)
        if name in ("rules", "look_at", "rule"):
            return rule_title(self.audit, str(value)).in_(self.lang)
        return str(value)

    def _rejects(self) -> Table:
        asked = {"rejects": self.audit.table("rejects")}
        number = self._count(f"SELECT count(*) FROM ({_REJECTS})", asked)
        sheets = {each["file"]: each.get("sheet") for each in self.audit.manifest["input"]}
        query = f"{_REJECTS} ORDER BY file, row LIMIT {shown_rows(number)}"
        rows = (self._reject_cells(row, sheets) for row in _fetch(query, asked))
        heads = [
            self._head("file", 20),
            self._head("sheet", 14),
            self._head("row", 9, "number"),
            self._head("visit", 18),
            self._head("column", 24),
            self._head("value", 26),
            self._head("problem", 36, "wrapped"),
            self._head("remedy", 50, "wrapped"),
            self._head("code", 24),
            *([self._head("detail", 70, "wrapped")] if self.privacy.personal else []),
        ]
        return self._table("rejects", heads, rows, number)

    def _reject_cells(self, row: Mapping[str, Any], sheets: Mapping[str, str | None]) -> list[Cell]:
        columns, value = quoted_in(row["message"])
        value = row["visit_id"] if row["code"] == "duplicate-visit-id" else value
        fact = known_fact(row["path"])
        if value is not None and not self._may_show(fact, row["code"]):
            value = self.say("page.withheld")
        elif value is not None and fact in _IDS:
            value = self.privacy.shown_id(value)
        remedy = self.word("mending", row["code"])
        return [
            row["file"],
            sheets.get(row["file"]),
            row["row"],
            self._id(row["visit_id"]),
            "; ".join(columns) or (self.fact(fact) if fact else None),
            value,
            self.word("codes", row["code"]),
            self.say("mending.other") if remedy == row["code"] else remedy,
            row["code"],
            *([row["message"]] if self.privacy.personal else []),
        ]

    def _may_show(self, fact: str | None, code: str) -> bool:
        """Whether what a cell held may be shown: not where any text may stand, like a name or an address."""
        if self.privacy.personal or fact in _LABELS or code in ("cell-error", "local-time-format", "local-time-twice"):
            return True
        info = FACTS.get(fact or "")
        return info is not None and not self.privacy.hides(info.type)

    def _next(self) -> Table:
        visits = self.audit.visits
        entries = self.audit.summary["collect_next"]
        rows: Iterator[Sequence[Cell]] = (
            [
                number,
                entry["label"][self.lang],
                entry["column"][self.lang],
                sum(entry["after"].values()),
                entry["after"]["deny"],
                sum(entry["alone"].values()),
                entry["visits"] / visits if visits else None,
                entry["fact"],
            ]
            for number, entry in enumerate(entries, 1)
        )
        heads = [
            self._head("place_in_order", 6, "number"),
            self._head("fact", 32, "wrapped"),
            self._head("look", 44, "wrapped"),
            self._head("after", 14, "number"),
            self._head("deny", 12, "number"),
            self._head("alone", 12, "number"),
            self._head("share", 11, "share"),
            self._head("path", 32),
        ]
        return self._table("next", heads, rows, len(entries))

    def _count(self, query: str, asked: Mapping[str, object]) -> int:
        with connect_duckdb() as con:
            [(number,)] = con.execute(query, dict(asked)).fetchall()
        return int(number)


@dataclass(frozen=True, slots=True)
class _RuleTexts:
    """What the cells of a finding say of its rule."""

    title: str
    kind: str | None
    message: str | None
    remedy: str | None
    basis: str | None
    source: str | None
    defaults: str | None


_WIDE_OF_LEADS = {"words": 30, "look_at": 50, "sentence": 60, "row": 9}
_LEADS = {
    "visit_id": "visit", "debtor_id": "debtor", "agency_id": "agency", "collectors": "collectors", "file": "file",
    "row": "row", "words": "words", "kind": "lead", "rules": "look_at", "fact": "column", "negated": "negated",
    "entry": "entry", "sentence": "sentence",
}  # fmt: skip
"""Heads of the columns of leads that are known; others keep their names."""
_PERSONAL_OF_LEADS = frozenset({"debtor_id", "sentence"})
_PLACES_IN_TEXT = frozenset({"start", "end"})
_IDS = frozenset({"visit.id", "debtor.id", "team[].id"})
_LABELS = frozenset({"visit.id", "agency.id", "team[].id"})
"""Ids that label rows of every sheet."""


def _fetch(query: str, asked: Mapping[str, object]) -> Iterator[dict[str, Any]]:
    """The rows of a query, some at a time."""
    with _executed(query, asked) as con:
        names = [column[0] for column in con.description or ()]
        while rows := con.fetchmany(_FETCHED):
            for row in rows:
                yield dict(zip(names, row, strict=True))


@contextmanager
def _executed(query: str, asked: Mapping[str, object]) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect_duckdb() as con:
        con.execute("SET TimeZone = 'UTC'")
        yield con.execute(query, dict(asked))


def quoted_in(message: str) -> tuple[list[str], str | None]:
    """Read off a reject's message the columns that it is about, and what the cell held.

    Messages name columns first, where there is a mapping, and quote what they speak of; facts are quoted, too.
    """
    said = _column_of(message)
    columns = _named(said[1]) if said else []
    rest = message[said.end() :] if said else message
    rest = rest.lstrip()
    value = _beside_another(rest)
    if value is not None:
        return columns, value[1]
    value = _quoted(rest.partition("; ")[0])
    return columns, None if value is None or _is_path(value[1]) else value[1]


def known_fact(path: str | None) -> str | None:
    """The fact of the vocabulary at a problem's path."""
    fact = _position.sub("[]", path or "").removeprefix("$").removeprefix(".")
    return fact if fact in FACTS else None


def _constant(both: Mapping[str, str] | None, lang: Language) -> str | None:
    """A rule's text where it names no fact, so that it is the same for every visit."""
    return both[lang] if both and "{" not in both["en"] + both["zh"] else None
