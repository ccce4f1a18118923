"""`visitcheck rules`: the rules of a policy, and one of them in full."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from visitcheck.cli.options import OutputFormat, format_option, lang_option, policy_option, stage_option
from visitcheck.cli.rules_sql import sql

if TYPE_CHECKING:
    from visitcheck.policy import Language, Policy, Rule, Stage


@click.group()
def rules() -> None:
    """List the rules of a policy, show one, or print them as SQL."""


rules.add_command(sql)


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
    from visitcheck.cli.rule_search import RuleSearch, rules_found, unknown_fact
    from visitcheck.cli.rule_text import rule_to_dict

    policy = policy_for(policies, format_)
    wrong = None if fact is None else unknown_fact(policy, fact)
    if wrong is not None:
        stop(policy.name, [wrong], format_)
    found = rules_found(policy, RuleSearch(instrument, article, fact, text))
    if format_ == "json":
        for rule in found:
            json_line(rule_to_dict(rule))
    width = max((len(rule.id) for rule in found), default=0)
    for rule in found if format_ == "text" else ():
        stages = "+".join(rule.stages)
        click.echo(f"{rule.id:<{width}}  {stages:<17}  {rule.effect:<6}  {rule.title.in_(lang)}")
    if not found:
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
    from visitcheck.cli.rule_ids import rule_for
    from visitcheck.cli.rule_text import render_rule, rule_to_dict

    policy = policy_for(policies, format_)
    rule = rule_for(policy, rule_id, format_)
    if source:
        click.echo(_source(policy, rule, stage, format_), nl=False)
    elif format_ == "json":
        json_line(rule_to_dict(rule))
    else:
        click.echo(render_rule(rule, lang))


def _source(policy: Policy, rule: Rule, stage: Stage | None, format_: OutputFormat) -> str:
    """The native engine's source for a policy of this rule alone: what many rules share stays out of the way."""
    from visitcheck.cli.output import stop
    from visitcheck.engines.python import NativeEngine
    from visitcheck.errors import Problem
    from visitcheck.ir.plan import make_plan

    if stage is not None and stage not in rule.stages:
        stop(policy.name, [Problem("rule-other-stage", f"`{rule.id}` is not for {stage} visits")], format_)
    alone = replace(policy, rules=(rule,))
    return NativeEngine(make_plan(alone, stage or rule.stages[0])).source.rstrip("\n") + "\n"
