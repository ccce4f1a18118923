"""`visitcheck rules sql`: a policy as a query for somebody's own database."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from visitcheck.cli.options import OutputFormat, format_option, policy_option, stage_option

if TYPE_CHECKING:
    from visitcheck.policy import Stage


@click.command("sql")
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
@format_option
def sql(
    rule_id: str | None,
    policies: tuple[str, ...],
    dialect: str,
    stage: Stage | None,
    table: str,
    format_: OutputFormat,
) -> None:
    """Print the query that judges visits in a database: truths, a status per rule, the outcome.

    With ID, for that rule alone. The table has one row a visit, as docs/sql.md says.
    """
    from visitcheck.cli.judging import policy_for
    from visitcheck.cli.output import json_line, stop
    from visitcheck.cli.rule_ids import rule_for
    from visitcheck.engines.sql import SqlEngine
    from visitcheck.engines.sql.columns import ROW
    from visitcheck.engines.sql.legend import legend
    from visitcheck.errors import Problem, UnsupportedByEngine
    from visitcheck.ir.plan import make_plan

    policy = policy_for(policies, format_)
    if rule_id is not None:
        rule = rule_for(policy, rule_id, format_)
        if stage is not None and stage not in rule.stages:
            stop(policy.name, [Problem("rule-other-stage", f"`{rule.id}` is not for {stage} visits")], format_)
        policy, stage = replace(policy, rules=(rule,)), stage or rule.stages[0]
    try:
        engine = SqlEngine(make_plan(policy, stage or "recorded"), dialect)
    except UnsupportedByEngine as error:
        stop(policy.name, [Problem("rule-not-in-sql", str(error))], format_)
    query = engine.dialect.print(engine.judge(table, [ROW]), pretty=True)
    if format_ == "json":
        json_line({"dialect": dialect, "legend": legend(engine, table), "query": query})
    else:
        click.echo(f"{legend(engine, table)}\n{query};")
