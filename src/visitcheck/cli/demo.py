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
from visitcheck.cli.options import lang_option

if TYPE_CHECKING:
    from visitcheck.audit.result import AuditResult
    from visitcheck.gate import Decision
    from visitcheck.policy import Language, Policy

_POLICY = "base"
_PROPOSALS = ("proposed-allowed.json", "proposed-denied.json")
_MOST_RULES = 3
_TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "policy": "The policy `{policy}`: {rules} rules. Two planned visits:",
        "decision": "  {visit}: {outcome}{because}",
        "because": ", for {number} rules, first: {first}",
        "visits": "{rows} recorded visits, made up, {broken} of them with a planted fault:",
        "outcome": "  {word:10} {number:>4}",
        "most": "  most often broken: {rules}",
        "as planted": "As planted: every fault was found, and nothing else ({planted}).",
        "not as planted": "Not as planted: {visits} ({planted}).",
        "report": "The report for people: {page}",
        "no report": 'A report for people needs one more package: pip install "visitcheck[report]"',
        "next": "One visit in full: visitcheck explain {file} --visit {visit}",
    },
    "zh": {
        "policy": "策略“{policy}”：{rules} 条规则。两次拟定的上门：",
        "decision": "  {visit}：{outcome}{because}",
        "because": "，不符合 {number} 条规则，首先是：{first}",
        "visits": "{rows} 次已发生的上门（虚构），其中 {broken} 次带有预设的问题：",
        "outcome": "  {word:10} {number:>4}",
        "most": "  最常违反：{rules}",
        "as planted": "与预设一致：预设的问题全部查出，别无其他（{planted}）。",
        "not as planted": "与预设不一致：{visits}（{planted}）。",
        "report": "供人阅读的报告：{page}",
        "no report": '生成报告还需要一个软件包：pip install "visitcheck[report]"',
        "next": "查看一次上门的全部依据：visitcheck explain {file} --visit {visit}",
    },
}


@click.command()
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

    texts, folder = _TEXTS[lang], Path(out)
    policy = policy_for([_POLICY], "text")
    click.echo(texts["policy"].format(policy=_POLICY, rules=len(policy.rules)))
    for decision in _decisions(policy):
        click.echo(_describe_decision(decision, policy, lang))
    planted = _copy_data(folder)
    result = _audit(folder, policy)
    faults = sum(bool(fault) for fault, _ in planted.values())
    click.echo(texts["visits"].format(rows=result.manifest["counts"]["rows"], broken=faults))
    _show_outcomes(result, policy, lang)
    wrong = _find_surprises(result, {visit: outcome for visit, (_, outcome) in planted.items()})
    said = "not as planted" if wrong else "as planted"
    click.echo(texts[said].format(planted=folder / "planted.csv", visits=", ".join(sorted(wrong))))
    click.echo(_write_report(folder, lang))
    example = next(visit for visit, (_, outcome) in planted.items() if outcome == "deny")
    click.echo(texts["next"].format(file=folder / "visits.parquet", visit=example))
    raise click.exceptions.Exit(exits.ERROR if wrong else exits.CLEAN)


def _decisions(policy: Policy) -> Iterator[Decision]:
    from visitcheck.gate import Gate
    from visitcheck.policy.shipped import shipped_folder

    gate, examples = Gate(policy), shipped_folder("examples")
    yield from (gate.check((examples / name).read_text("utf-8")) for name in _PROPOSALS)


def _describe_decision(decision: Decision, policy: Policy, lang: Language) -> str:
    from visitcheck.gate.render import outcome_word

    texts = _TEXTS[lang]
    broken = [finding.rule for finding in decision.findings if finding.status == "violated"]
    because = texts["because"].format(number=len(broken), first=_rule_title(policy, broken[0], lang)) if broken else ""
    word = outcome_word(decision.outcome, decision.stage, lang)
    return texts["decision"].format(visit=decision.visit_id, outcome=word, because=because)


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
        click.echo(_TEXTS[lang]["outcome"].format(word=outcome_word(outcome, "recorded", lang), number=number))
    broken: Counter[str] = Counter()
    for rule, counts in result.summary["rules"].items():
        if counts["effect"] != "note" and counts["violated"]:
            broken[rule] = counts["violated"]
    most = [f"{_rule_title(policy, rule, lang)} ({number})" for rule, number in broken.most_common(_MOST_RULES)]
    click.echo(_TEXTS[lang]["most"].format(rules="; ".join(most)))


def _find_surprises(result: AuditResult, expected: dict[str, str]) -> set[str]:
    """The visits that did not end as planted."""
    rows: list[dict[str, Any]] = result.verdicts().arrow().read_all().select(["visit_id", "outcome"]).to_pylist()
    ended = {row["visit_id"]: row["outcome"] for row in rows}
    return {visit for visit in expected | ended if ended.get(visit) != expected.get(visit)}


def _write_report(folder: Path, lang: Language) -> str:
    """Write the page of the audit, where its package is installed; says where it is."""
    texts = _TEXTS[lang]
    try:
        import jinja2  # noqa: F401 - the templates need it
    except ModuleNotFoundError:
        return texts["no report"]
    from visitcheck.cli.html import render_audit, save_page
    from visitcheck.report import AuditFolder, Choices

    page = folder / "report.html"
    save_page(page, render_audit(AuditFolder.open(folder / "audit"), Choices(lang), None), "text")
    return texts["report"].format(page=page)
