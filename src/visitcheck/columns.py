"""Column mappings as data: proposals for a table, and what an audit with a mapping could decide.

`visitcheck columns suggest` and `columns check` print what these return.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

from visitcheck.audit.inputs import Inputs, open_inputs
from visitcheck.audit.inputs.mapped_lists import open_list_paths
from visitcheck.audit.inputs.mapped_rows import facts_in_mapping
from visitcheck.audit.inputs.mapping_warnings import warnings_of
from visitcheck.audit.inputs.table_samples import sample_table
from visitcheck.audit.mapping import ColumnMapping, load_mapping, mapping_from_text
from visitcheck.audit.mapping.notes import label_path, unsure_mark
from visitcheck.audit.mapping.suggest import suggest_mapping
from visitcheck.audit.mapping.synonyms import fact_names
from visitcheck.audit.next_facts import RuleOpening, rank_facts
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.reject_counts import count_rejects
from visitcheck.audit.running.scope import audit_scope
from visitcheck.engines.sql.duckdb_connection import connect_duckdb
from visitcheck.errors import Problem
from visitcheck.facts.narrow import narrow_record
from visitcheck.facts.vocabulary import vocabulary_with_extra
from visitcheck.ir.plan import Plan, make_plan
from visitcheck.policy import Policy, load_policy
from visitcheck.texts.catalogue import Language, say

AnyPath = str | PathLike[str]
_MOST_MISSING = 10


@dataclass(frozen=True, slots=True)
class SuggestedMapping:
    """A proposed mapping: the text of its file, the mapping itself, and the lines that people must look at."""

    text: str
    mapping: ColumnMapping
    unsure: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that no column gives, and the rules that it would open: alone, and after those before it in the list."""

    fact: str
    alone: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckedMapping:
    """What an audit with a mapping could decide.

    Of `rules`, those that may bind a recorded visit, `decidable` are those of which columns give every fact; `open` are
    those of them that read a list of which there may be more, with these lists. `missing` are facts that no column
    gives, those first that open the most, deny rules before others. `rows` and `rejects`, by code, are of the files.
    """

    columns: int
    tables: int
    warnings: tuple[Problem, ...] = ()
    rows: int | None = None
    rejects: Mapping[str, int] = field(default_factory=dict)
    rules: int | None = None
    decidable: tuple[str, ...] = ()
    open: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: tuple[MissingFact, ...] = ()


def suggest(
    file: AnyPath,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    policy: Policy | None = None,
    lang: Language = "en",
) -> SuggestedMapping:
    """Propose a mapping for a CSV file, a workbook or a Parquet file from its headers and rows.

    The proposal loads and runs; what it cannot know is a comment, in the language asked for. With a `policy` it ends
    with the facts that no column gives and that would open the most of its rules. The `encoding` of a CSV file is
    guessed without it. Raises `InvalidInput` for a file that cannot be read.
    """
    text = suggest_mapping(sample_table(Path(file), sheet=sheet, encoding=encoding), lang)
    if policy is not None:
        text += "".join(_lines_of_missing(mapping_from_text(text), policy, lang))
    unsure = tuple(line.strip() for line in text.splitlines() if unsure_mark(lang) in line)
    return SuggestedMapping(text, mapping_from_text(text), unsure)


def _lines_of_missing(mapping: ColumnMapping, policy: Policy, lang: Language) -> Iterator[str]:
    """What no column gives, as comments of a proposal."""
    checked = _with_rules(CheckedMapping(0, 0), mapping, policy)
    head = say(lang, "suggest.next-head", decidable=len(checked.decidable), rules=checked.rules)
    yield f"\n# {head}\n"
    for missing in checked.missing[:_MOST_MISSING]:
        headers = fact_names().get(missing.fact, {}).get("zh", ())
        name = say(lang, "suggest.next-column", header=headers[0]) if headers else ""
        fact = missing.fact if headers else label_path(missing.fact, lang)
        yield f"#   {say(lang, 'suggest.next', fact=fact, name=name, rules=len(missing.after))}\n"


def check(
    mapping: ColumnMapping | AnyPath, files: Sequence[AnyPath] = (), *, policy: Policy | None = None
) -> CheckedMapping:
    """Check a mapping; with `files`, or those that it names, their rows, and with a `policy` what it could decide.

    Raises `InvalidInput` for a mapping with problems, and for files that do not suit it.
    """
    loaded = mapping if isinstance(mapping, ColumnMapping) else load_mapping(Path(mapping), facts=_facts_for(policy))
    tables = (loaded.visits, *loaded.tables)
    policy_or_base = policy or load_policy("base.record")
    rows, rejects = None, Counter[str]()
    if files or loaded.visits.files or loaded.visits.database:
        inputs = open_inputs([Path(one) for one in files], mapping=loaded, policy=policy_or_base)
        warnings = [warning for file in inputs.files for warning in file.warnings]
        warnings += [file.problem for file in inputs.files if file.problem is not None]
        rows = sum(file.rows or 0 for file in inputs.files if file.table == "visits")
        rejects = _count_rejects(inputs)
    else:
        warnings = list(warnings_of(loaded, policy_or_base, facts_in_mapping(loaded)))
    number = sum(len(table.columns) + len(table.events) for table in tables)
    checked = CheckedMapping(number, len(tables) + len(loaded.lookups), tuple(warnings), rows, dict(rejects))
    return checked if policy is None else _with_rules(checked, loaded, policy)


def _facts_for(policy: Policy | None) -> Mapping[str, Any]:
    return vocabulary_with_extra({} if policy is None else policy.extra_facts)[1]


def _count_rejects(inputs: Inputs) -> Counter[str]:
    """How many rows an audit would reject, by the code of their first problem; of repeated ids all."""
    kept = narrow_record(inputs.root, {"visit.id", "visit.stage"})
    with connect_duckdb() as con:
        return Counter(count_rejects(con, inputs.relation(con, kept)))


def _with_rules(checked: CheckedMapping, mapping: ColumnMapping, policy: Policy) -> CheckedMapping:
    plan = make_plan(policy, "recorded")
    fed = facts_in_mapping(mapping)
    scope = audit_scope(plan, fed, AuditOptions())
    never = scope.never_known | policy.never_collected
    lacking = {rule.rule.id: _without_lists(plan.rule_facts(rule) & never) for rule in plan.rules}
    effects = {rule.rule.id: str(rule.effect) for rule in plan.rules}
    decidable = tuple(rule for rule, facts in lacking.items() if not facts)
    openings = [RuleOpening(rule, facts) for rule, facts in lacking.items() if facts]
    going_on = set(open_list_paths(mapping))
    open_rules = {
        rule.rule.id: tuple(sorted(_lists_read(plan, rule) & going_on))
        for rule in plan.rules
        if rule.rule.id in decidable
    }
    return CheckedMapping(
        checked.columns,
        checked.tables,
        checked.warnings,
        checked.rows,
        checked.rejects,
        len(plan.rules),
        decidable,
        {rule: lists for rule, lists in open_rules.items() if lists},
        tuple(MissingFact(each.fact, each.alone, each.after) for each in rank_facts(openings, effects)),
    )


def _without_lists(facts: frozenset[str]) -> frozenset[str]:
    """The facts without lists of which there are elements' facts, since a column for one of these gives the list."""
    lists = {fact.partition("[]")[0] for fact in facts if "[]" in fact}
    return frozenset(facts - lists)


def _lists_read(plan: Plan, rule: Any) -> set[str]:
    return {fact.partition("[]")[0] for fact in plan.rule_facts(rule)}
