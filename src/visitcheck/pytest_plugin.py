"""A pytest plugin: every case of a `*.cases.yaml` file is a test of its own.

Nothing is collected until a project asks for it, with glob patterns from the root of the test run::

    [tool.pytest.ini_options]
    visitcheck_cases = ["rules/**/*.cases.yaml"]

A case file named on the command line is collected in any case.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

import pytest

from visitcheck.authoring import Case, CaseResult, Difference, read_cases, run_cases
from visitcheck.errors import InvalidPolicy, Problem
from visitcheck.policy import Policy, load_policy

_INI = "visitcheck_cases"
_SUFFIX = ".cases.yaml"
_policies = pytest.StashKey[dict[tuple[str | Path, ...], Policy]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declares the setting `visitcheck_cases`."""
    help_ = "glob patterns, from the root of the run, of files of rule cases to collect (*.cases.yaml)"
    parser.addini(_INI, help_, type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Makes room for policies: each is loaded once in a run."""
    config.stash[_policies] = {}


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CaseFileCollector | None:
    """A file of cases that the project asks for, or that is named on the command line."""
    if not file_path.name.endswith(_SUFFIX):
        return None
    config = parent.config
    if parent.session.isinitpath(file_path) or asked_for(file_path, config.rootpath, config.getini(_INI)):
        collector: CaseFileCollector = CaseFileCollector.from_parent(parent, path=file_path)
        return collector
    return None


def asked_for(path: Path, root: Path, patterns: list[str]) -> bool:
    """Whether a file below `root` fits one of the patterns."""
    if not path.is_relative_to(root):
        return False
    return any(_matches(path.relative_to(root), PurePath(pattern).parts) for pattern in patterns)


def _matches(path: PurePath, pattern: tuple[str, ...]) -> bool:
    """Whether a path fits a pattern from its start; `**` stands for any number of folders."""
    parts = path.parts
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_matches(PurePath(*parts[at:]), pattern[1:]) for at in range(len(parts) + 1))
    return bool(parts) and PurePath(parts[0]).match(pattern[0]) and _matches(PurePath(*parts[1:]), pattern[1:])


class CaseFileCollector(pytest.File):
    """A file of cases; what cannot be read, or a policy that cannot be loaded, is an error of collection."""

    def collect(self) -> Iterator[CaseItem]:
        """One item for each case, named by its note."""
        loaded = self.config.stash[_policies]
        try:
            file = read_cases(self.path)
            if file.policy not in loaded:
                loaded[file.policy] = load_policy(*file.policy)
        except InvalidPolicy as error:
            raise self.CollectError(str(error)) from error
        for case in file.cases:
            yield CaseItem.from_parent(self, name=case.note, case=case, policy=loaded[file.policy])


class CaseFailedError(Exception):
    """A case that did not come out as expected on some engine."""

    def __init__(self, results: tuple[CaseResult, ...]) -> None:
        self.results = results
        super().__init__(_text(results))


class CaseItem(pytest.Item):
    """One case, run on every engine."""

    def __init__(self, *, case: Case, policy: Policy, **more: Any) -> None:
        super().__init__(**more)
        self.case = case
        self.policy = policy

    def runtest(self) -> None:
        """Runs the case; raises `CaseFailedError` with what came out otherwise."""
        results = run_cases(self.policy, [self.case])
        if not all(result.passed for result in results):
            raise CaseFailedError(results)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The differences in place of a traceback."""
        if isinstance(excinfo.value, CaseFailedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """File, line and name of the case."""
        return self.path, self.case.place.line - 1, self.case.note


def _text(results: tuple[CaseResult, ...]) -> str:
    """Each difference and problem once, with its place and the engines that show it."""
    blocks: dict[str, list[str]] = {}
    for result in results:
        for difference in result.differences:
            blocks.setdefault(_difference(difference), []).append(result.engine)
        for problem in result.problems:
            blocks.setdefault(Problem.render(problem), []).append(result.engine)
    everyone = len({result.engine for result in results})
    shown = (
        text if len(engines) == everyone else f"{text}\n  only on: {', '.join(engines)}"
        for text, engines in blocks.items()
    )
    return "\n\n".join(shown)


def _difference(difference: Difference) -> str:
    lines = [f"{difference.about}: expected {difference.expected}, found {difference.found}"]
    if difference.place is not None:
        lines += [f"  {difference.place}", *(f"  {line}" for line in difference.place.underlined().splitlines())]
    lines += (f"  {part}" for part in difference.detail.split("; ") if part)
    return "\n".join(lines)
