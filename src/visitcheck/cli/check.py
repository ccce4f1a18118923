"""`visitcheck check`: allow, review or deny for each visit."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from visitcheck.cli.options import OutputFormat, visit_options

if TYPE_CHECKING:
    from visitcheck.gate import Decision
    from visitcheck.policy import Language

_COLOURS = {"allow": "green", "review": "yellow", "deny": "red"}


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@visit_options
def check(
    files: tuple[str, ...],
    policies: tuple[str, ...],
    registers: str | None,
    as_of: datetime | None,
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

    judging = Judging(gate_for(policies, registers, format_), as_of, format_)
    for judged in judging.decisions(files):
        if format_ == "json":
            json_line({"source": judged.source, "decision": judged.decision.to_dict()})
        else:
            click.echo(f"{judged.source}: {coloured(judged.decision, lang)}")
    raise click.exceptions.Exit(judging.code)


def coloured(decision: Decision, lang: Language) -> str:
    """The decision as text, with a colour on the word for its outcome."""
    from visitcheck.gate.rendering import outcome_word

    word = outcome_word(decision.outcome, decision.stage, lang)
    rest = decision.render(lang).removeprefix(word)
    return click.style(word, fg=_COLOURS[decision.outcome], bold=True) + rest
