"""`visitcheck explain`: the whole tree behind a decision."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from visitcheck.cli.options import OutputFormat, visit_options

if TYPE_CHECKING:
    from visitcheck.cli.judging import Judged, Judging
    from visitcheck.policy import Language, Rule


@click.command()
@click.argument("file", metavar="FILE")
@click.option("rule_id", "--rule", metavar="ID", help="Only this rule: its full id, or its own id if no other has it.")
@visit_options
def explain(
    file: str,
    rule_id: str | None,
    policies: tuple[str, ...],
    registers: str | None,
    as_of: datetime | None,
    lang: Language,
    format_: OutputFormat,
) -> None:
    """Show every condition of every rule with its truth and the facts it read, down to list elements.

    Parts marked with a dot did not decide. FILE and exit codes are those of `visitcheck check`.
    """
    from visitcheck.cli.judging import Judging, gate_for
    from visitcheck.cli.rule_ids import rule_for

    gate = gate_for(policies, registers, format_)
    rule = None if rule_id is None else rule_for(gate.policy, rule_id, format_)
    judging = Judging(gate, as_of, format_)
    for judged in judging.decisions([file]):
        _show(judging, judged, rule, lang, format_)
    raise click.exceptions.Exit(judging.code)


def _show(judging: Judging, judged: Judged, rule: Rule | None, lang: Language, format_: OutputFormat) -> None:
    from visitcheck.cli import exits
    from visitcheck.cli.output import json_line, show_problems
    from visitcheck.errors import Problem
    from visitcheck.gate.json_form import explanation_to_dict
    from visitcheck.gate.rendering import render_explanation

    decision = judged.decision
    if rule is not None and decision.stage not in rule.stages:
        message = f"`{rule.id}` is not for {decision.stage} visits"
        show_problems(judged.source, [Problem("rule-other-stage", message)], format_)
        judging.count(exits.ERROR)
        return
    trees = decision.explain(None if rule is None else rule.id)
    if format_ == "json":
        rules = [explanation_to_dict(tree) for tree in trees]
        json_line({"source": judged.source, "outcome": str(decision.outcome), "rules": rules})
        return
    click.echo(f"{judged.source}: {_headline(judged, lang)}")
    for tree in trees:
        click.echo(f"\n{render_explanation(tree, lang, decision.zone)}")


def _headline(judged: Judged, lang: Language) -> str:
    from visitcheck.cli.check import coloured

    return coloured(judged.decision, lang).split("\n", 1)[0]
