"""Follows a page literally: saves what it says to save, runs what it says to run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from visitcheck.cli import main

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_NAMED = re.compile(r"(Save this as|Add to the end of|in) `([\w.]+)`:\s*$")
_SECONDS = re.compile(r"in [0-9.]+s")


@dataclass(frozen=True)
class Ran:
    """A command of the page, what the page shows below it, and what came out."""

    command: str
    shown: str
    """Ends with `...` where the page leaves out the rest."""
    found: str

    @property
    def as_shown(self) -> bool:
        """Whether what came out is what the page shows."""
        if self.shown.endswith("\n..."):
            return self.found.startswith(self.shown.removesuffix("..."))
        return self.found == self.shown


class Reader:
    """Somebody who reads a page from top to bottom and does what it says, in a folder of their own."""

    def __init__(self, folder: Path, pytester: pytest.Pytester) -> None:
        self.folder = folder
        self._pytester = pytester
        self._file = ""

    def follow(self, page: str) -> Iterator[Ran]:
        """Every command of the page, in order, as it is run."""
        end = 0
        for block in _BLOCK.finditer(page):
            named = _NAMED.search(page[end : block.start()].rstrip())
            end = block.end()
            language, text = block[1], block[2]
            if language == "console":
                yield from self._console(text)
            elif language == "diff":
                self._change(self._file if named is None else named[2], text)
            elif named is not None:
                self._save(named[2], text, more=named[1].startswith("Add"))
            else:
                raise AssertionError(f"nobody is told where to save this:\n{text}")

    def _save(self, name: str, text: str, *, more: bool) -> None:
        path = self.folder / name
        old = path.read_text(encoding="utf-8") if more else ""
        path.write_text(old + text, encoding="utf-8")

    def _change(self, name: str, diff: str) -> None:
        self._file = name
        path = self.folder / name
        lines = diff.splitlines(keepends=True)
        old, new = ("".join(line[1:] for line in lines if line.startswith(sign)) for sign in "-+")
        before = path.read_text(encoding="utf-8")
        assert before.count(old) == 1, f"`{name}` has no such lines:\n{old}"
        path.write_text(before.replace(old, new), encoding="utf-8")

    def _console(self, text: str) -> Iterator[Ran]:
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            yield Ran(command, shown.strip(), self._run(shlex.split(command)).strip())

    def _run(self, words: list[str]) -> str:
        if words[0] == "pytest":
            plugins = ("-p", "no:visitcheck", "-p", "visitcheck.pytest_plugin", "-p", "no:hypothesispytest")
            result = self._pytester.runpytest(*plugins, "-p", "no:cacheprovider", "-p", "no:warnings", *words[1:])
            return _SECONDS.sub("in 0.10s", result.stdout.str())
        assert words[0] == "visitcheck"
        result = CliRunner().invoke(main, words[1:])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.output
