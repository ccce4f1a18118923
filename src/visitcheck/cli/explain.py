"""`visitcheck explain`: the whole tree behind a decision."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import click

from visitcheck.cli.commands import command
from visitcheck.cli.options import Moment, OutputFormat, visit_options

if TYPE_CHECKING:
    from visitcheck.audit.options import HistoryChoice
    from visitcheck.cli.judging import FileJudge, JudgedVisit
    from visitcheck.gate.engine_pair import EngineChoice
    from visitcheck.policy import Language, Rule


@command()
@click.argument("file", metavar="FILE", required=False)
@click.option("rule_id", "--rule", metavar="ID", help="Only this rule: its full id, or its own id if no other has it.")
@click.option("--visit", "visit_id", metavar="ID", help="The visit of this id in FILE, an input of `visitcheck audit`.")
@click.option("--columns", metavar="FILE", help="With --visit: the column mapping of the audit.")
@click.option("--history", type=click.Choice(["derive", "given", "none"]), default="derive", help="As for the audit.")
@click.option("--history-since", type=Moment(), help="As for the audit.")
@visit_options
def explain(
    file: str | None,
    rule_id: str | None,
    visit_id: str | None,
    columns: str | None,
    history: HistoryChoice,
    history_since: datetime | None,
    policies: tuple[str, ...],
    registers: str | None,
    as_of: datetime | None,
    engine: EngineChoice | None,
    lang: Language,
    format_: OutputFormat,
) -> None:
    """Show every condition of every rule with its truth and the facts it read, down to list elements.

    Parts marked with a dot did not decide. FILE and exit codes are those of `visitcheck check`; with `--visit`, FILE
    is any input of `visitcheck audit`, and the visit is judged as the audit judges it, its earlier visits included;
    without FILE, the files that the column mapping names.
    """
    from visitcheck.cli.judging import FileJudge, gate_for
    from visitcheck.cli.rule_lookup import find_rule

    if file is None and (visit_id is None or columns is None):
        raise click.UsageError("name a file, or with `--visit` a column mapping that names files")
    gate = gate_for(policies, registers, format_, engine)
    rule = None if rule_id is None else find_rule(gate.policy, rule_id, format_)
    judging = FileJudge(gate, as_of, format_)
    if visit_id is None:
        decisions: Iterable[JudgedVisit] = judging.decisions([] if file is None else [file])
    else:
        decisions = judging.of_audit(file, visit_id, columns, history=history, history_since=history_since)
    for judged in decisions:
        _show(judging, judged, rule, lang, format_)
    raise click.exceptions.Exit(judging.code)


def _show(judging: FileJudge, judged: JudgedVisit, rule: Rule | None, lang: Language, format_: OutputFormat) -> None:
    from visitcheck.cli import exits
    from visitcheck.cli.output import json_line, show_problems
    from visitcheck.errors import Problem
    from visitcheck.gate.json_form import explanation_to_dict
    from visitcheck.gate.render import render_explanation

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


def _headline(judged: JudgedVisit, lang: Language) -> str:
    from visitcheck.cli.check import colour_decision

    return colour_decision(judged.decision, lang).split("\n", 1)[0]
