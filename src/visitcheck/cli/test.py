"""`visitcheck test`: rule cases run on every engine, and how much of the rules they show."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from visitcheck.cli.commands import command
from visitcheck.cli.languages import console_language
from visitcheck.cli.options import OutputFormat, format_option, help_lang_option

if TYPE_CHECKING:
    from visitcheck.authoring import CaseResult, Coverage, Mutation

_PackReport = TypeVar("_PackReport", bound="Coverage | Mutation")


@command()
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option("--coverage", is_flag=True, help="Also say what the cases leave unshown of every condition.")
@click.option("--mutate", is_flag=True, help="Also change the rules bit by bit, and say which changes no case notices.")
@click.option("--junit", metavar="FILE", help="Also write the results as JUnit XML.")
@click.option("--verbose", "-v", is_flag=True, help="All cases and outcomes, not just what fails or is missing.")
@format_option
@help_lang_option
def test(
    paths: tuple[str, ...], coverage: bool, mutate: bool, junit: str | None, verbose: bool, format_: OutputFormat
) -> None:
    """Run files of rule cases (`*.cases.yaml`, also all below a folder); without PATH, the shipped ones.

    Exit code: 0 all passed; 1 some failed, or something is not shown (--coverage) or not noticed (--mutate) and the
    pack does not say why; 2 a case or a policy that cannot run.
    """
    from visitcheck import authoring
    from visitcheck.cli import exits
    from visitcheck.cli.case_runs import CaseRunner, group_by_pack
    from visitcheck.cli.output import stop
    from visitcheck.errors import Problem

    files = authoring.find_cases(*(paths or (_shipped_packs(),)))
    if not files:
        stop(" ".join(paths), [Problem("input-empty", "there are no case files (`*.cases.yaml`)")], format_)
    runner = CaseRunner(format_)
    runs = [run for file in files if (run := runner.run(file)) is not None]
    results = [result for run in runs for result in run.results]
    if junit is not None:
        _write_junit(junit, results)
    _print_results(results, verbose=verbose, format_=format_)
    codes = [_exit_code(result) for result in results]
    packs = group_by_pack(runs)
    show = partial(_report_on_packs, verbose=verbose, format_=format_)
    if coverage:
        measured = [authoring.measure(each.policy, each.results, each.pack, each.accepted) for each in packs]
        codes.append(show("coverage", measured, authoring.coverage_text, authoring.coverage_to_dict))
    if mutate:
        tried = [authoring.mutate(each.policy, each.results, each.pack, each.accepted) for each in packs]
        codes.append(show("mutation", tried, authoring.mutation_text, authoring.mutation_to_dict))
    raise click.exceptions.Exit(exits.worst_code([*codes, exits.ERROR] if runner.broken else codes))


def _shipped_packs() -> Path:
    from visitcheck.policy import packs_root

    return Path(str(packs_root()))


def _print_results(results: list[CaseResult], *, verbose: bool, format_: OutputFormat) -> None:
    from visitcheck.authoring import as_text, result_to_dict
    from visitcheck.cli.output import json_line

    if format_ == "text":
        click.echo(as_text(results, verbose=verbose, lang=console_language()))
        return
    for result in results:
        json_line(result_to_dict(result))


def _report_on_packs(
    name: str,
    reports: list[_PackReport],
    to_text: Callable[..., str],
    to_dict: Callable[[_PackReport], dict[str, object]],
    *,
    verbose: bool,
    format_: OutputFormat,
) -> int:
    """Print what the cases leave open of each pack, and give the exit code; `name` is the key of each JSON line."""
    from visitcheck.cli import exits
    from visitcheck.cli.output import json_line

    if format_ == "text":
        click.echo(to_text(reports, verbose=verbose, lang=console_language()))
    else:
        for report in reports:
            json_line({name: to_dict(report)})
    return exits.CLEAN if all(report.complete for report in reports) else exits.BREACH


def _write_junit(junit: str, results: list[CaseResult]) -> None:
    from visitcheck.authoring import as_junit

    try:
        Path(junit).write_text(as_junit(results), encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"cannot write `{junit}`: {error.strerror}") from error


def _exit_code(result: CaseResult) -> int:
    from visitcheck.cli import exits

    if result.problems:
        return exits.ERROR
    return exits.CLEAN if result.passed else exits.BREACH
