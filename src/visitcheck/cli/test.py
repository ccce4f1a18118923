"""`visitcheck test`: rule cases run on every engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from visitcheck.authoring import CaseResult
    from visitcheck.policy import Policy


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option("--junit", metavar="FILE", help="Also write the results as JUnit XML.")
@click.option("--verbose", "-v", is_flag=True, help="A line for every case, not just for failing ones.")
def test(paths: tuple[str, ...], junit: str | None, verbose: bool) -> None:
    """Run files of rule cases (`*.cases.yaml`, also all below a folder); without PATH, the shipped ones.

    Exit code: 0 all passed, 1 some failed, 2 a case or a policy that cannot run.
    """
    from visitcheck.authoring import as_text, find_cases
    from visitcheck.cli import exits
    from visitcheck.cli.output import stop
    from visitcheck.errors import Problem

    files = find_cases(*(paths or (_shipped(),)))
    if not files:
        stop(" ".join(paths), [Problem("input-empty", "there are no case files (`*.cases.yaml`)")], "text")
    running = Running()
    results = [result for file in files for result in running.results(file)]
    if junit is not None:
        _write(junit, results)
    click.echo(as_text(results, verbose=verbose))
    codes = [_code(result) for result in results]
    raise click.exceptions.Exit(exits.worst([*codes, exits.ERROR] if running.broken else codes))


class Running:
    """Runs case files; policies are loaded once, and a file that cannot run does not stop the rest."""

    def __init__(self) -> None:
        self.broken = False
        self._policies: dict[tuple[str | Path, ...], Policy] = {}

    def results(self, file: Path) -> tuple[CaseResult, ...]:
        """The results of one file, none where it or its policy cannot be read: that is shown."""
        from visitcheck.authoring import read_cases, run_cases
        from visitcheck.cli.output import show_problems
        from visitcheck.errors import InvalidPolicy

        try:
            found = read_cases(file)
            if found.policy not in self._policies:
                self._policies[found.policy] = self._load(found.policy)
            return run_cases(self._policies[found.policy], found)
        except InvalidPolicy as error:
            self.broken = True
            show_problems(click.format_filename(file), error.problems, "text")
            return ()

    @staticmethod
    def _load(names: tuple[str | Path, ...]) -> Policy:
        from visitcheck.policy import load_policy

        return load_policy(*names)


def _shipped() -> Path:
    from visitcheck.policy import packs_root

    return Path(str(packs_root()))


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
