"""`visitcheck demo`: what visitcheck does, shown on made-up visits that come with it."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from visitcheck.cli import exits
from visitcheck.cli.commands import command, pad
from visitcheck.cli.languages import asked_language, echo_line, line
from visitcheck.cli.options import lang_option

if TYPE_CHECKING:
    from visitcheck.audit.result import AuditResult
    from visitcheck.gate import Decision
    from visitcheck.policy import Language, Policy

_POLICY = "base"
_PROPOSALS = ("proposed-allowed.json", "proposed-denied.json")
_MOST_RULES = 3


@command()
@click.option(
    "-o", "--out", metavar="FOLDER", default="visitcheck-demo", show_default=True, help="Where the audit is written."
)
@lang_option
def demo(out: str, lang: Language) -> None:
    """Check two planned visits and audit 300 recorded ones, all made up, and write a report.

    FOLDER then holds the visits, what was planted in which of them, the audit, and the report.

    Exit code: 0 what was planted was found, 2 it was not, or FOLDER cannot be written.
    """
    from visitcheck.cli.judging import policy_for

    folder = Path(out)
    policy = policy_for([_POLICY], "text")
    echo_line("demo.policy", policy=_POLICY, rules=len(policy.rules))
    for decision in _decisions(policy):
        click.echo(_describe_decision(decision, policy, lang))
    planted = _copy_data(folder)
    result = _audit(folder, policy)
    faults = sum(bool(fault) for fault, _ in planted.values())
    echo_line("demo.visits", rows=result.manifest["counts"]["rows"], broken=faults)
    _show_outcomes(result, policy, lang)
    wrong = _find_surprises(result, {visit: outcome for visit, (_, outcome) in planted.items()})
    planted_file = folder / "planted.csv"
    if wrong:
        echo_line("demo.not-as-planted", visits=line("comma").join(sorted(wrong)), planted=planted_file)
    else:
        echo_line("demo.as-planted", planted=planted_file)
    click.echo(_write_report(folder))
    example = next(visit for visit, (_, outcome) in planted.items() if outcome == "deny")
    echo_line("demo.next", file=folder / "visits.parquet", visit=example)
    raise click.exceptions.Exit(exits.ERROR if wrong else exits.CLEAN)


def _decisions(policy: Policy) -> Iterator[Decision]:
    from visitcheck.gate import Gate
    from visitcheck.policy.shipped import shipped_folder

    gate, examples = Gate(policy), shipped_folder("examples")
    yield from (gate.check((examples / name).read_text("utf-8")) for name in _PROPOSALS)


def _describe_decision(decision: Decision, policy: Policy, lang: Language) -> str:
    from visitcheck.gate.render import outcome_word

    broken = [finding.rule for finding in decision.findings if finding.status == "violated"]
    because = ""
    if broken:
        because = line("demo.because", number=len(broken), first=_rule_title(policy, broken[0], lang))
    word = outcome_word(decision.outcome, decision.stage, lang)
    return line("demo.decision", visit=decision.visit_id, outcome=word, because=because)


def _rule_title(policy: Policy, rule: str, lang: Language) -> str:
    return str(getattr(policy.rule(rule).title, lang))


def _copy_data(folder: Path) -> dict[str, tuple[str, str]]:
    """Copy the visits to where people can look at them; gives each visit's planted fault and outcome."""
    from visitcheck.cli.output import stop
    from visitcheck.errors import Problem

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with as_file(files("visitcheck.cli") / "demo_data") as data:
            for name in ("visits.parquet", "planted.csv"):
                shutil.copyfile(data / name, folder / name)
    except OSError as error:
        message = f"cannot write `{folder}`: {error.strerror or error}"
        stop(str(folder), [Problem("demo-unwritable", message)], "text")
    with (folder / "planted.csv").open(encoding="utf-8", newline="") as file:
        return {row["visit_id"]: (row["fault"], row["outcome"]) for row in csv.DictReader(file)}


def _audit(folder: Path, policy: Policy) -> AuditResult:
    from visitcheck.audit.auditing import audit_with_duckdb
    from visitcheck.audit.options import AuditOptions
    from visitcheck.cli.output import stop
    from visitcheck.errors import AuditFailed, InvalidInput

    try:
        options = AuditOptions(replace=True, restart=True)
        return audit_with_duckdb(folder / "visits.parquet", policy, folder / "audit", options)
    except (AuditFailed, InvalidInput) as error:
        stop(str(folder), error.problems, "text")


def _show_outcomes(result: AuditResult, policy: Policy, lang: Language) -> None:
    """How many visits ended how, with the rules that were broken most often."""
    from visitcheck.engines.status import Outcome
    from visitcheck.gate.render import outcome_word

    for outcome in Outcome:
        number = result.summary["outcome"][outcome.value]
        echo_line("demo.outcome", word=pad(outcome_word(outcome, "recorded", lang), 10), number=number)
    broken: Counter[str] = Counter()
    for rule, counts in result.summary["rules"].items():
        if counts["effect"] != "note" and counts["violated"]:
            broken[rule] = counts["violated"]
    most = [f"{_rule_title(policy, rule, lang)} ({number})" for rule, number in broken.most_common(_MOST_RULES)]
    echo_line("demo.most", rules=line("semicolon").join(most))


def _find_surprises(result: AuditResult, expected: dict[str, str]) -> set[str]:
    """The visits that did not end as planted."""
    rows: list[dict[str, Any]] = result.verdicts().arrow().read_all().select(["visit_id", "outcome"]).to_pylist()
    ended = {row["visit_id"]: row["outcome"] for row in rows}
    return {visit for visit in expected | ended if ended.get(visit) != expected.get(visit)}


def _write_report(folder: Path) -> str:
    """Write the page of the audit, where its package is installed; says where it is."""
    try:
        import jinja2  # noqa: F401 - the templates need it
    except ModuleNotFoundError:
        return line("demo.no-report")
    from visitcheck.cli.html import render_audit, save_page
    from visitcheck.report import AuditFolder, Choices

    page = folder / "report.html"
    save_page(page, render_audit(AuditFolder.open(folder / "audit"), Choices(asked_language()), None), "text")
    return line("demo.report", page=page)
