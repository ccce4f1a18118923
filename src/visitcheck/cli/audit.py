"""`visitcheck audit`: recorded visits by the million."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from visitcheck.cli.commands import Command, pad
from visitcheck.cli.erase import erase
from visitcheck.cli.html import (
    choices_for,
    heading_options,
    key_for,
    name_missing_packages,
    privacy_options,
    render_audit,
    write_book,
    write_page,
)
from visitcheck.cli.languages import asked_language, console_language, echo_line, line, message_text, one_or_more
from visitcheck.cli.options import Moment, OutputFormat, format_option, help_lang_option, policy_option

if TYPE_CHECKING:
    from visitcheck.audit.options import AuditOptions, HistoryChoice
    from visitcheck.audit.progress import Progress
    from visitcheck.audit.result import AuditResult
    from visitcheck.policy import Policy
    from visitcheck.report import Choices


_NEXT = 5
"""Facts to collect that are printed; the summary has all."""
_limit = re.compile(r"([a-z_]+)=([0-9]{1,12}|[0-9]{1,3}(?:\.[0-9]{1,6})?%)").fullmatch


@dataclass(frozen=True, slots=True)
class Limit:
    """How many visits may be shown as a word says: a number of them, or a share in percent."""

    word: str
    most: str

    def is_exceeded(self, visits: dict[str, int], total: int) -> bool:
        """Whether more are."""
        if self.most.endswith("%"):
            return visits[self.word] * 100 > total * Fraction(self.most[:-1])
        return visits[self.word] > int(self.most)


def _read_limits(_: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> tuple[Limit, ...]:
    """The limits of `--fail-over`."""
    from visitcheck.engines.outcomes import ASSESSED_WORDS

    limits = []
    for text in texts:
        parts = _limit(text)
        if parts is None or parts[1] not in ASSESSED_WORDS:
            help_ = f"write it like `breach=8%` or `suspected=20`; words: {', '.join(ASSESSED_WORDS)}"
            raise click.BadParameter(f"`{text}` is no limit: {help_}")
        limits.append(Limit(parts[1], parts[2]))
    return tuple(limits)


class _AuditCommand(Command):
    """`audit FILE...`, and `audit erase`: a file of that name is `./erase`."""

    subcommands = MappingProxyType({"erase": erase})

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Hand `erase` on to its own command."""
        inner = self.subcommands.get(args[0]) if args else None
        if inner is not None:
            return inner.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@click.command(cls=_AuditCommand)
@click.argument("files", metavar="FILE...", nargs=-1)
@click.option("-o", "--out", metavar="FOLDER", required=True, help="The folder for the results; it appears at the end.")
@click.option("--columns", metavar="FILE", help="A column mapping (YAML), for tables with names of their own.")
@click.option("--registers", metavar="FILE", help="Facts of lenders, agencies and collectors by id, JSON or YAML.")
@click.option(
    "--history",
    type=click.Choice(["derive", "given", "none"]),
    default="derive",
    show_default=True,
    help="Earlier visits: from the audited visits where a row gives none, only as given, or none.",
)
@click.option("--history-since", type=Moment(), help="From when on the audited visits are complete.")
@click.option("--as-of", type=Moment(), help="The moment of judging, for visits that give no `visit.as_of`.")
@click.option(
    "--max-speed-kmh",
    type=click.FloatRange(0, min_open=True),
    default=120,
    show_default=True,
    help="How fast a collector may have come from one visit to the next.",
)
@click.option("--memory", default="2GB", show_default=True, help="The database's limit.")
@click.option("--threads", type=click.IntRange(1), help="As many as there are cores, by default.")
@click.option("--resume", is_flag=True, help="Go on with a run that was broken off.")
@click.option("--restart", is_flag=True, help="Start over where a run was broken off.")
@click.option("--replace", is_flag=True, help="Replace FOLDER where it holds an audit.")
@click.option("--strict-inputs", is_flag=True, help="Judge nothing where any file is broken.")
@click.option("--allow-empty", is_flag=True, help="Accept an input without a visit.")
@click.option("--max-rejects", metavar="N|N%", help="Publish nothing where more rows than this cannot be judged.")
@click.option("--no-leads", is_flag=True, help="Do not read remarks for leads.")
@click.option(
    "--lexicon",
    "lexicons",
    metavar="FILE",
    multiple=True,
    help="Also read remarks by the lexicon in FILE (YAML); may be repeated.",
)
@click.option(
    "--fail-over",
    metavar="WORD=N|N%",
    multiple=True,
    callback=_read_limits,
    help="Exit with 1 only where more visits than this are shown so, like `breach=8%`; may be repeated.",
)
@click.option(
    "--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True, help="Who judges."
)
@click.option("--master", metavar="URL", help="Where Spark runs; `local[*]` by default, on all cores of this machine.")
@click.option(
    "--statuses/--no-statuses",
    default=True,
    show_default=True,
    help="Write statuses.parquet, a row for each visit and rule; not by Spark.",
)
@click.option("--html", metavar="FILE", help="Also write a report for people: one page, as `visitcheck report` does.")
@click.option("--xlsx", metavar="FILE", help="Also write a workbook for Excel, as `visitcheck report --xlsx` does.")
@heading_options
@privacy_options
@policy_option
@help_lang_option
@format_option
def audit(
    files: tuple[str, ...],
    out: str,
    columns: str | None,
    registers: str | None,
    history: HistoryChoice,
    history_since: datetime | None,
    as_of: datetime | None,
    engine: str,
    master: str | None,
    fail_over: tuple[Limit, ...],
    html: str | None,
    xlsx: str | None,
    institution: str | None,
    auditor: str | None,
    period: str | None,
    date: str | None,
    include_personal: bool,
    hash_ids: str | None,
    no_leads: bool,
    lexicons: tuple[str, ...],
    policies: tuple[str, ...],
    format_: OutputFormat,
    **options: Any,
) -> None:
    """Judge every recorded visit of FILEs: Parquet, JSON Lines, or tables with a column mapping; names or patterns.

    FOLDER then holds verdicts, findings and rejects (Parquet), summary.json and manifest.json. Every row of the input
    is a verdict or a reject.

    Exit code: 0 all compliant, 1 breaches, 3 some to review, 4 rejects, 2 broken files or an error; the worst of 2, 1,
    4, 3, 0. Where nothing could be read, or anything goes wrong, FOLDER stays as it was.

    `visitcheck audit erase FOLDER --debtor ID` takes one person out of a finished audit.
    """
    from visitcheck.audit.options import AuditOptions
    from visitcheck.cli.judging import policy_for, registers_for
    from visitcheck.cli.output import stop
    from visitcheck.errors import AuditFailed, EngineFailure, EngineUnavailable, InvalidInput, UnsupportedByEngine

    try:
        asked = AuditOptions(columns=columns, history=history, history_since=history_since, as_of=as_of, **options)
        asked = _with_leads(asked, lexicons, read=not no_leads, sentences=include_personal and engine != "spark")
    except AuditFailed as error:
        stop(" ".join(files) or str(columns), error.problems, format_)
    except InvalidInput as error:
        stop(" ".join(lexicons), error.problems, format_)
    _check_engine(engine, master, asked)
    if not files and columns is None:
        raise click.UsageError("name at least one file, or a column mapping that names them")
    heading = {"institution": institution, "auditor": auditor, "period": period, "date": date}
    is_shown = html is not None or xlsx is not None
    choices = choices_for(asked_language(), include_personal, hash_ids, format_, **heading) if is_shown else None
    asked = replace(asked, hash_key=key_for(hash_ids, format_))
    policy = policy_for(policies, format_)
    if registers is not None:
        asked = replace(asked, registers=registers_for(registers, format_))
    try:
        from visitcheck.audit.auditing import audit_with_duckdb, audit_with_spark

        if engine == "spark":
            result = audit_with_spark(master or "local[*]", files, policy, out, asked)
        else:
            watched = replace(asked, watch=_show_progress) if sys.stderr.isatty() else asked
            result = audit_with_duckdb(files, policy, out, watched)
    except (AuditFailed, InvalidInput) as error:
        stop(" ".join(files) or str(columns), error.problems, format_)
    except (EngineFailure, EngineUnavailable, UnsupportedByEngine) as error:
        raise click.UsageError(str(error)) from error
    _report(result, out, format_)
    if html is not None and choices is not None:
        try:
            _write_html(html, choices, out, files, policy, asked, format_)
        except InvalidInput as error:
            stop(html, error.problems, format_)
    if xlsx is not None and choices is not None:
        from visitcheck.report import AuditFolder

        write_book(xlsx, AuditFolder.open(out), choices, format_)
    raise click.exceptions.Exit(_code(result, fail_over, asked))


def _with_leads(options: AuditOptions, lexicons: tuple[str, ...], *, read: bool, sentences: bool) -> AuditOptions:
    """The options with what was asked of leads. Raises `InvalidInput` for a file that is no lexicon."""
    if not read:
        if lexicons:
            raise click.UsageError("`--lexicon` is to read remarks by, and `--no-leads` reads none")
        return replace(options, leads=False)
    if not lexicons:
        return replace(options, lead_sentences=sentences)
    from visitcheck.leads.reader import LeadReader

    return replace(options, leads=LeadReader.shipped(*lexicons), lead_sentences=sentences)


def _check_engine(engine: str, master: str | None, options: AuditOptions) -> None:
    """Raises `UsageError` for options that the engine does not have."""
    if engine == "duckdb" and master is not None:
        raise click.UsageError("`--master` is for `--engine spark`")
    if engine == "spark" and (unsuited := options.file_options()):
        names = {"leads": "lexicon", "lead_sentences": "include-personal", "max_speed_kmh": "max-speed-kmh"}
        option = names.get(unsuited[0], unsuited[0])
        raise click.UsageError(f"`--{option}` is for `--engine duckdb`")


def _write_html(
    target: str,
    choices: Choices,
    out: str,
    files: tuple[str, ...],
    policy: Policy,
    options: AuditOptions,
    format_: OutputFormat,
) -> None:
    """The report on the audit that has just been written, its worst visits explained with their own facts."""
    with name_missing_packages():
        from visitcheck.report import AuditFolder
        from visitcheck.report.worst_visits import AuditSources
    sources = AuditSources([Path(file) for file in files], policy, options)
    write_page(target, render_audit(AuditFolder.open(out), choices, sources), format_)


def _show_progress(progress: Progress) -> None:
    """One line that is written over: phase, bar, rate and remaining time."""
    share = progress.done / progress.total if progress.total else 1.0
    rate = line("audit.progress.rate", rate=progress.rate) if progress.rate else ""
    left = line("audit.progress.left", seconds=progress.remaining) if progress.remaining else ""
    bar = "#" * int(24 * share)
    phase = line(f"audit.phase.{progress.phase}")
    told = line("audit.progress", phase=phase, bar=bar, share=share, rows=progress.total)
    click.echo(f"\r\x1b[K{told}{rate}{left}", nl=progress.phase == "writing" and share == 1, err=True)


def _code(result: AuditResult, limits: tuple[Limit, ...], options: AuditOptions) -> int:
    from visitcheck.cli import exits

    summary = result.summary
    if limits:
        exceeded = [limit for limit in limits if limit.is_exceeded(summary["assessed_outcome"], summary["visits"])]
        codes = {exits.BREACH if exceeded else exits.CLEAN}
    else:
        codes = {exits.OF_OUTCOME[outcome] for outcome, number in summary["outcome"].items() if number}
    if summary["rejects"]:
        codes.add(exits.REJECTS)
    if summary["broken_files"]:
        codes.add(exits.ERROR)
    if not summary["rows"] and options.allow_empty:
        codes.add(exits.CLEAN)
    return exits.worst_code(codes)


def _describe_assessed(summary: dict[str, Any], outcome: str) -> str:
    """In how many rules no breach was found, and how many of these visits are compliant; nothing of other outcomes."""
    if outcome != "no_breach_found" or outcome not in summary["assessed"]:
        return ""
    numbers = summary["assessed"][outcome]
    assessed, applicable = (_tell_spread(numbers[name]) for name in ("rules_assessed", "rules_applicable"))
    return line("audit.assessed", assessed=assessed, applicable=applicable, compliant=summary["outcome"]["allow"])


def _tell_spread(numbers: dict[str, int]) -> str:
    """The median, with the least and the most where they differ."""
    least, median, most = (numbers[name] for name in ("least", "median", "most"))
    return f"{median}" if least == most else line("audit.spread", median=median, least=least, most=most)


def _describe_next(entry: dict[str, Any], visits: int) -> str:
    """A fact to collect, what a column for it looks like, and what it opens."""
    lang = console_language()
    alone, after = (sum(entry[name].values()) for name in ("alone", "after"))
    share = line("audit.next.share", share=entry["visits"] / visits) if visits else line("audit.next.no-visits")
    return line(
        "audit.next",
        fact=entry["fact"],
        label=entry["label"][lang],
        column=entry["column"][lang],
        after=after,
        deny=entry["after"]["deny"],
        alone=alone,
        share=share,
    )


def _count_suspected(summary: dict[str, Any]) -> dict[str, int]:
    """Count by rule the visits that are suspected of it; rules of which none is are left out."""
    return {rule: counts["suspected"] for rule, counts in summary["rules"].items() if counts["suspected"]}


def _report(result: AuditResult, out: str, format_: OutputFormat) -> None:
    from visitcheck.cli.output import json_line
    from visitcheck.engines.outcomes import ASSESSED_WORDS

    summary, counts = result.summary, result.manifest["counts"]
    if format_ == "json":
        json_line(
            {
                "out": out,
                "counts": counts,
                "doubts": summary["doubts"],
                "visit_doubts": summary["visit_doubts"],
                "suspected": _count_suspected(summary),
                "outcome": summary["outcome"],
                "assessed_outcome": summary["assessed_outcome"],
                "assessed": summary["assessed"],
                "leads": summary.get("leads"),
                "rejects": summary["rejects"],
                "broken_files": summary["broken_files"],
                "warnings": summary["warnings"],
            }
        )
        return
    numbers = {name: counts[name] for name in ("rows", "verdicts", "rejects", "findings")}
    echo_line("audit.rows", out=out, **numbers)
    for outcome in ASSESSED_WORDS:
        told = line(f"audit.outcome.{outcome}")
        number = summary["assessed_outcome"][outcome]
        click.echo(f"  {pad(told, 15)} {number:>12,}{_describe_assessed(summary, outcome)}")
    if len(summary["sources"]) > 1:
        for source in ("law", "process"):
            numbers = summary["sources"][source]
            shown = [f"{line(f'audit.outcome.{word}')} {numbers[word]:,}" for word in ASSESSED_WORDS if numbers[word]]
            echo_line(f"audit.source.{source}", outcomes=line("comma").join(shown))
    if defaults := summary["unconfirmed_defaults"]:
        echo_line("audit.defaults", number=len(defaults))
    for code, number in summary["doubts"].items():
        echo_line(f"audit.doubt.{one_or_more(number)}", number=number, code=code)
    for code, number in summary["visit_doubts"].items():
        echo_line("audit.visit-doubt", number=number, code=code)
    if suspected := _count_suspected(summary):
        echo_line("audit.suspected", findings=sum(suspected.values()), rules=len(suspected))
    for kind, of_kind in summary.get("leads", {}).get("kinds", {}).items():
        if number := of_kind["visits"]:
            echo_line(f"audit.leads.{one_or_more(number)}", number=number, kind=kind)
    for code, number in summary["rejects"].items():
        of = line("audit.rejected.orphans") if code == "orphan-row" else ""
        click.echo(f"{line(f'audit.rejected.{one_or_more(number)}', number=number, code=code)}{of}")
    for broken in summary["broken_files"]:
        echo_line("audit.broken", file=broken["file"], problem=_tell_problem(broken["problem"]))
    for warning in summary["warnings"]:
        echo_line("audit.note", problem=_tell_problem(warning["problem"]))
    if never := summary["never_given"]["rules"]:
        echo_line("audit.never-given", number=len(never))
    for place, each in enumerate(summary["collect_next"][:_NEXT], 1):
        echo_line("audit.collect", place=place, fact=_describe_next(each, summary["visits"]))


def _tell_problem(problem: dict[str, Any]) -> str:
    return message_text(problem["code"], problem["message"])
