"""`visitcheck check`: allow, review or deny for each visit."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from visitcheck.cli.options import OutputFormat, visit_options

if TYPE_CHECKING:
    from visitcheck.cli.judging import Judged, Judging
    from visitcheck.gate import Decision
    from visitcheck.gate.panel import EngineChoice
    from visitcheck.gate.slots import Slots
    from visitcheck.policy import Language

_COLOURS = {"allow": "green", "review": "yellow", "deny": "red"}


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--suggest", is_flag=True, help="For proposals that may not go ahead: what to change, or when.")
@visit_options
def check(
    files: tuple[str, ...],
    suggest: bool,
    policies: tuple[str, ...],
    registers: str | None,
    as_of: datetime | None,
    engine: EngineChoice | None,
    lang: Language,
    format_: OutputFormat,
) -> None:
    """Say whether visits may go ahead (proposed) or were compliant (recorded), and why.

    FILE holds a visit as JSON or YAML, a list of visits, or JSON Lines (.jsonl, .ndjson); `-` is standard input
    (JSON or JSON Lines).

    Exit code: 0 all allowed, 1 some denied, 3 some to review, 2 an error; the worst of 2, 1, 3, 0.
    """
    from visitcheck.cli.judging import Judging, gate_for
    from visitcheck.cli.output import json_line
    from visitcheck.gate.remedies.rendering import render_remedies

    judging = Judging(gate_for(policies, registers, format_, engine), as_of, format_)
    for judged in judging.decisions(files):
        decision = judged.decision
        suggesting = suggest and decision.stage == "proposed" and not decision.allowed
        slots = _slots(judging, judged) if suggesting else None
        if format_ == "json":
            more = {} if slots is None else {"slots": slots.to_dict()}
            json_line({"source": judged.source, "decision": decision.to_dict(remedies=suggesting), **more})
            continue
        click.echo(f"{judged.source}: {coloured(decision, lang)}")
        if suggesting:
            click.echo(render_remedies(decision, lang))
        if slots is not None:
            click.echo(slots.render(lang))
    raise click.exceptions.Exit(judging.code)


def _slots(judging: Judging, judged: Judged) -> Slots | None:
    """The next slots of a proposal; what keeps it from being moved is shown."""
    from visitcheck.cli.output import show_problems
    from visitcheck.errors import InvalidVisit

    try:
        return judging.gate.next_slot(judged.decision.visit)
    except InvalidVisit as error:
        show_problems(judged.source, error.problems, judging.format)
        return None


def coloured(decision: Decision, lang: Language) -> str:
    """The decision as text, with a colour on the word for its outcome."""
    from visitcheck.gate.rendering import outcome_word

    word = outcome_word(decision.outcome, decision.stage, lang)
    rest = decision.render(lang).removeprefix(word)
    return click.style(word, fg=_COLOURS[decision.outcome], bold=True) + rest
