"""`visitcheck rules`: the rules of a policy, one of them in full, or all as SQL."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from visitcheck.cli.commands import Group
from visitcheck.cli.options import (
    OutputFormat,
    format_option,
    help_lang_option,
    lang_option,
    policy_option,
    stage_option,
)

if TYPE_CHECKING:
    from visitcheck.policy import Language, Policy, Rule, Stage


@click.group(cls=Group)
@help_lang_option
def rules() -> None:
    """List the rules of a policy, show one, or print them as SQL."""


@rules.command("list")
@policy_option
@click.option("--instrument", metavar="TEXT", help="Only rules that cite an instrument with TEXT in its id or title.")
@click.option("--article", metavar="ARTICLE", help="Only rules that cite this article (of that instrument).")
@click.option("--fact", metavar="PATH", help="Only rules that read this fact, or one in this group or list.")
@click.option("--text", metavar="TEXT", help="Only rules with TEXT in their id, texts (either language) or conditions.")
@lang_option
@format_option
def list_(
    policies: tuple[str, ...],
    instrument: str | None,
    article: str | None,
    fact: str | None,
    text: str | None,
    lang: Language,
    format_: OutputFormat,
) -> None:
    """One rule a line: id, stages, effect, title. Searches are for parts of words, whatever the case; all must fit.

    Exit code: 0 rules were found, 1 none was, 2 an error.
    """
    from visitcheck.cli import exits
    from visitcheck.cli.judging import policy_for
    from visitcheck.cli.output import json_line, stop
    from visitcheck.cli.rule_lookup import RuleSearch, search_rules, unknown_fact_problem
    from visitcheck.cli.rule_text import rule_to_dict

    policy = policy_for(policies, format_)
    wrong = None if fact is None else unknown_fact_problem(policy, fact)
    if wrong is not None:
        stop(policy.name, [wrong], format_)
    matches = search_rules(policy, RuleSearch(instrument, article, fact, text))
    if format_ == "json":
        for rule in matches:
            json_line(rule_to_dict(rule))
    width = max((len(rule.id) for rule in matches), default=0)
    for rule in matches if format_ == "text" else ():
        stages = "+".join(rule.stages)
        click.echo(f"{rule.id:<{width}}  {stages:<17}  {rule.effect:<6}  {rule.title.in_(lang)}")
    if not matches:
        raise click.exceptions.Exit(exits.BREACH)


@rules.command("show")
@click.argument("rule_id", metavar="ID")
@policy_option
@click.option("--source", is_flag=True, help="Show the Python that the native engine makes of this rule.")
@stage_option("The stage for --source; without it, the rule's first.")
@lang_option
@format_option
def show(
    rule_id: str,
    policies: tuple[str, ...],
    source: bool,
    stage: Stage | None,
    lang: Language,
    format_: OutputFormat,
) -> None:
    """Show one rule: conditions, effect, exceptions, what it cites. ID may leave out the pack if none shares it."""
    from visitcheck.cli.judging import policy_for
    from visitcheck.cli.output import json_line
    from visitcheck.cli.rule_lookup import find_rule
    from visitcheck.cli.rule_text import render_rule, rule_to_dict

    policy = policy_for(policies, format_)
    rule = find_rule(policy, rule_id, format_)
    if source:
        click.echo(_native_source(policy, rule, stage, format_), nl=False)
    elif format_ == "json":
        json_line(rule_to_dict(rule))
    else:
        click.echo(render_rule(rule, lang))


@rules.command("sql")
@click.argument("rule_id", metavar="[ID]", required=False)
@policy_option
@click.option(
    "--dialect",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="Whose SQL to print.",
)
@stage_option("The stage of the visits; without it, the rule's first, or `recorded`.")
@click.option("--table", default="visits", show_default=True, help="The table or view that holds the visits.")
@click.option(
    "--complete-lists", is_flag=True, help="Every list of the table is complete: it has no column `completeness`."
)
@format_option
@help_lang_option
def sql(
    rule_id: str | None,
    policies: tuple[str, ...],
    dialect: str,
    stage: Stage | None,
    table: str,
    complete_lists: bool,
    format_: OutputFormat,
) -> None:
    """Print the query that judges visits in a database: truths, a status per rule, the outcome.

    With ID, for that rule alone. The table has one row a visit, as docs/sql.md says.
    """
    from visitcheck.cli.judging import policy_for
    from visitcheck.cli.output import json_line, stop
    from visitcheck.cli.rule_lookup import find_rule
    from visitcheck.engines.columns import ROW
    from visitcheck.engines.sql import SqlEngine
    from visitcheck.engines.sql.legend import legend
    from visitcheck.errors import Problem, UnsupportedByEngine
    from visitcheck.ir.plan import make_plan

    policy = policy_for(policies, format_)
    if rule_id is not None:
        rule = find_rule(policy, rule_id, format_)
        if stage is not None and stage not in rule.stages:
            stop(policy.name, [Problem("rule-other-stage", f"`{rule.id}` is not for {stage} visits")], format_)
        policy, stage = replace(policy, rules=(rule,)), stage or rule.stages[0]
    try:
        engine = SqlEngine(make_plan(policy, stage or "recorded"), dialect, complete_lists=complete_lists)
    except UnsupportedByEngine as error:
        stop(policy.name, [Problem("rule-not-in-sql", str(error))], format_)
    query = engine.dialect.print(engine.judge(table, [ROW]), pretty=True)
    if format_ == "json":
        json_line({"dialect": dialect, "legend": legend(engine, table), "query": query})
    else:
        click.echo(f"{legend(engine, table)}\n{query};")


def _native_source(policy: Policy, rule: Rule, stage: Stage | None, format_: OutputFormat) -> str:
    """The native engine's source for a policy of this rule alone: what many rules share stays out of the way."""
    from visitcheck.cli.output import stop
    from visitcheck.engines.python import NativeEngine
    from visitcheck.errors import Problem
    from visitcheck.ir.plan import make_plan

    if stage is not None and stage not in rule.stages:
        stop(policy.name, [Problem("rule-other-stage", f"`{rule.id}` is not for {stage} visits")], format_)
    alone = replace(policy, rules=(rule,))
    return NativeEngine(make_plan(alone, stage or rule.stages[0])).source.rstrip("\n") + "\n"
