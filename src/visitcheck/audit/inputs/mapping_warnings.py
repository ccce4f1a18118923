"""What people should know of a mapping: tables that do not say what they hold, and names that are used as ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from visitcheck.audit.inputs.conversions import as_text
from visitcheck.audit.inputs.duckdb_functions import print_duckdb
from visitcheck.audit.inputs.mapping_query import QueriedTable
from visitcheck.audit.mapping.load import SILENT_TABLE
from visitcheck.audit.mapping.model import Column, ColumnMapping
from visitcheck.engines.sql import build as sql
from visitcheck.errors import Problem
from visitcheck.ir.plan import make_plan
from visitcheck.policy import Policy

if TYPE_CHECKING:
    import duckdb

NAMES_AS_IDS = "names-as-ids"
_COUNTED = ("agency.id", "team[].id")
"""Ids by which audits count."""
_MOST_RULES = 5
_IS_NAME = r"regexp_matches(__text, '\p{Han}|\p{L}[.]? +\p{L}') AND NOT regexp_matches(__text, '[0-9]')"
"""Han characters, or words with a space between them, and no digits."""


def warnings_of(mapping: ColumnMapping, policy: Policy, fed: frozenset[str]) -> Iterator[Problem]:
    """The mapping's own warnings; tables that do not say what they hold with the policy's rules that wait for it."""
    for warning in mapping.warnings:
        rules = _rules_opened(warning.path or "", policy, fed) if warning.code == SILENT_TABLE else []
        if rules:
            more = f" and {len(rules) - _MOST_RULES} more" if len(rules) > _MOST_RULES else ""
            yield replace(
                warning,
                message=f"{warning.message}, so that {len(rules)} rules stay open: "
                f"{', '.join(rules[:_MOST_RULES])}{more}",
            )
        else:
            yield warning


def _rules_opened(list_: str, policy: Policy, fed: frozenset[str]) -> list[str]:
    """The rules that read a list, and of whose elements the mapping feeds every fact that they read."""
    plan = make_plan(policy, "recorded")
    return [
        rule.rule.id
        for rule in plan.rules
        if (read := {fact for fact in plan.rule_facts(rule) if fact.partition("[]")[0] == list_})
        and fed.issuperset(fact for fact in read if fact != list_)
    ]


def warn_of_names(con: duckdb.DuckDBPyConnection, mapping: ColumnMapping, visits: QueriedTable) -> Iterator[Problem]:
    """Warn of columns of names that feed the ids of agencies and collectors."""
    columns = [one for one in mapping.visits.columns if one.target.fact.path in _COUNTED and one.lookup is None]
    for column in columns:
        number = _count_names(con, column, visits, mapping.missing) if column.sources == (column.name,) else 0
        if number:
            message = (
                f"`{column.name}` holds names, {number:,} different ones, that stand for `{column.target.fact.path}`"
            )
            help_ = "two with one name count as one, and one whose name is written in two ways as two"
            yield Problem(NAMES_AS_IDS, message, help_)


def _count_names(con: duckdb.DuckDBPyConnection, column: Column, visits: QueriedTable, missing: frozenset[str]) -> int:
    """How many different names a column holds, where most of its values are names; else 0."""
    text = as_text(sql.column(column.name), visits.types[column.name], missing)
    values = con.sql(print_duckdb(sql.select([sql.named(text, "__text")], sql.table(visits.name))))
    values = values.filter("__text IS NOT NULL").distinct()
    [(every,)] = values.aggregate("count(*)").fetchall()
    [(names,)] = values.filter(_IS_NAME).aggregate("count(*)").fetchall()
    return int(names) if 2 * names > every else 0
