"""`visitcheck check`: allow, review or deny for each visit."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from visitcheck.cli.commands import command
from visitcheck.cli.html import choices_for, privacy_options, write_decisions
from visitcheck.cli.languages import asked_language
from visitcheck.cli.options import OutputFormat, visit_options

if TYPE_CHECKING:
    from visitcheck.cli.judging import FileJudge, JudgedVisit
    from visitcheck.gate import Decision
    from visitcheck.gate.audiences import Reader
    from visitcheck.gate.engine_pair import EngineChoice
    from visitcheck.gate.slots import Slots
    from visitcheck.policy import Language

_COLOURS = {"allow": "green", "review": "yellow", "deny": "red"}


@command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--now",
    is_flag=True,
    help="Judge at the time of this machine's clock, whatever `visit.as_of` says; a proposal for the past is denied.",
)
@click.option(
    "--require-registered",
    is_flag=True,
    help="Refuse visits with a lender, agency or collector that `--registers` do not hold.",
)
@click.option("--suggest", is_flag=True, help="For proposals that may not go ahead: what to change, or when.")
@click.option(
    "reader",
    "--for",
    type=click.Choice(["agent", "supervisor", "borrower", "regulator"]),
    help="For one reader: a line to act on, what to repair, plain words about rights, or all there is.",
)
@click.option("--html", metavar="PAGE", help="Also write the decisions as one page, to hand to the person concerned.")
@privacy_options
@visit_options
def check(
    files: tuple[str, ...],
    now: bool,
    require_registered: bool,
    suggest: bool,
    reader: Reader | None,
    html: str | None,
    include_personal: bool,
    hash_ids: str | None,
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

    Exit code: 0 all allowed, 1 some denied, 3 some to review (also for want of a fact that says which law binds, or for
    a doubt), 2 an error; the worst of 2, 1, 3, 0.
    """
    from visitcheck.cli.judging import FileJudge, gate_for
    from visitcheck.cli.output import json_line
    from visitcheck.gate.render import render_remedies
    from visitcheck.policy.model import LANGUAGES

    if now and as_of is not None:
        raise click.UsageError("`--now` and `--as-of` are two moments of judging: use one")
    if require_registered and registers is None:
        raise click.UsageError("`--require-registered` asks for `--registers`")
    choices = None if html is None else choices_for(asked_language(), include_personal, hash_ids, format_)
    kept: list[Decision] = []
    gate = gate_for(policies, registers, format_, engine, trust_as_of=not now, require_registered=require_registered)
    judging = FileJudge(gate, as_of, format_)
    for judged in judging.decisions(files):
        decision = judged.decision
        if choices is not None:
            kept.append(decision)
        suggesting = suggest and decision.stage == "proposed" and not decision.allowed
        slots = _next_slots(judging, judged) if suggesting else None
        if format_ == "json":
            more = {} if slots is None else {"slots": slots.to_dict()}
            if reader is not None:
                more["text"] = {language: decision.render(language, for_=reader) for language in LANGUAGES}
            json_line({"source": judged.source, "decision": decision.to_dict(remedies=suggesting), **more})
            continue
        shown = colour_decision(decision, lang) if reader is None else decision.render(lang, for_=reader)
        click.echo(f"{judged.source}: {shown}")
        if suggesting and reader != "supervisor":  # who has read them
            click.echo(render_remedies(decision, lang))
        if slots is not None:
            click.echo(slots.render(lang))
    if html is not None and choices is not None and kept:
        write_decisions(html, kept, choices, format_)
    raise click.exceptions.Exit(judging.code)


def _next_slots(judging: FileJudge, judged: JudgedVisit) -> Slots | None:
    """The next slots of a proposal; what keeps it from being moved is shown."""
    from visitcheck.cli.output import show_problems
    from visitcheck.errors import InvalidVisit

    try:
        return judging.gate.next_slot(judged.decision.visit)
    except InvalidVisit as error:
        show_problems(judged.source, error.problems, judging.format)
        return None


def colour_decision(decision: Decision, lang: Language) -> str:
    """The decision as text, with a colour on the word for its outcome."""
    from visitcheck.gate.render import outcome_word

    word = outcome_word(decision.outcome, decision.stage, lang)
    rest = decision.render(lang).removeprefix(word)
    return click.style(word, fg=_COLOURS[decision.outcome], bold=True) + rest
