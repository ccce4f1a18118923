"""`visitcheck test`: rule cases run on every engine, and how much of the rules they show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from visitcheck.cli.options import OutputFormat, format_option

if TYPE_CHECKING:
    from visitcheck.authoring import CaseResult
    from visitcheck.cli.running import PackCases


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option("--coverage", is_flag=True, help="Also say what the cases leave unshown of every condition.")
@click.option("--mutate", is_flag=True, help="Also change the rules bit by bit, and say which changes no case notices.")
@click.option("--junit", metavar="FILE", help="Also write the results as JUnit XML.")
@click.option("--verbose", "-v", is_flag=True, help="All cases and outcomes, not just what fails or is missing.")
@format_option
def test(
    paths: tuple[str, ...], coverage: bool, mutate: bool, junit: str | None, verbose: bool, format_: OutputFormat
) -> None:
    """Run files of rule cases (`*.cases.yaml`, also all below a folder); without PATH, the shipped ones.

    Exit code: 0 all passed; 1 some failed, or something is not shown (--coverage) or not noticed (--mutate) and the
    pack does not say why; 2 a case or a policy that cannot run.
    """
    from visitcheck.authoring import find_cases
    from visitcheck.cli import exits
    from visitcheck.cli.output import stop
    from visitcheck.cli.running import CaseRunner, by_pack
    from visitcheck.errors import Problem

    files = find_cases(*(paths or (_shipped(),)))
    if not files:
        stop(" ".join(paths), [Problem("input-empty", "there are no case files (`*.cases.yaml`)")], format_)
    running = CaseRunner(format_)
    ran = [found for file in files if (found := running.run(file)) is not None]
    results = [result for each in ran for result in each.results]
    if junit is not None:
        _write(junit, results)
    _show(results, verbose=verbose, format_=format_)
    codes = [_code(result) for result in results]
    if coverage:
        codes.append(_coverage(by_pack(ran), verbose=verbose, format_=format_))
    if mutate:
        codes.append(_mutate(by_pack(ran), verbose=verbose, format_=format_))
    raise click.exceptions.Exit(exits.worst([*codes, exits.ERROR] if running.broken else codes))


def _shipped() -> Path:
    from visitcheck.policy import packs_root

    return Path(str(packs_root()))


def _show(results: list[CaseResult], *, verbose: bool, format_: OutputFormat) -> None:
    from visitcheck.authoring import as_text, result_to_dict
    from visitcheck.cli.output import json_line

    if format_ == "text":
        click.echo(as_text(results, verbose=verbose))
        return
    for result in results:
        json_line(result_to_dict(result))


def _coverage(packs: list[PackCases], *, verbose: bool, format_: OutputFormat) -> int:
    from visitcheck.authoring import coverage_text, coverage_to_dict, measure
    from visitcheck.cli import exits
    from visitcheck.cli.output import json_line

    found = [measure(each.policy, each.results, each.pack, each.accepted) for each in packs]
    if format_ == "text":
        click.echo(coverage_text(found, verbose=verbose))
    else:
        for one in found:
            json_line({"coverage": coverage_to_dict(one)})
    return exits.BREACH if any(one.missing or one.stale for one in found) else exits.CLEAN


def _mutate(packs: list[PackCases], *, verbose: bool, format_: OutputFormat) -> int:
    from visitcheck.authoring import mutate, mutation_text, mutation_to_dict
    from visitcheck.cli import exits
    from visitcheck.cli.output import json_line

    found = [mutate(each.policy, each.results, each.pack, each.accepted) for each in packs]
    if format_ == "text":
        click.echo(mutation_text(found, verbose=verbose))
    else:
        for one in found:
            json_line({"mutation": mutation_to_dict(one)})
    return exits.BREACH if any(one.unexplained or one.stale for one in found) else exits.CLEAN


def _write(junit: str, results: list[CaseResult]) -> None:
    from visitcheck.authoring import as_junit

    try:
        Path(junit).write_text(as_junit(results), encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"cannot write `{junit}`: {error.strerror}") from error


def _code(result: CaseResult) -> int:
    from visitcheck.cli import exits

    if result.problems:
        return exits.ERROR
    return exits.CLEAN if result.passed else exits.BREACH
