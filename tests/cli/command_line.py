"""Runs the command line inside the test's process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from visitcheck.cli import main

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
ALLOWED = EXAMPLES / "proposed-allowed.json"
DENIED = EXAMPLES / "proposed-denied.json"
REVIEW = EXAMPLES / "proposed-review.yaml"


def run(*arguments: str | Path, stdin: str | bytes | None = None, colour: bool = False) -> Result:
    """The result of `visitcheck ARGUMENTS`; anything but an exit is a failure of the test."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin, color=colour)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    if "Traceback" in result.stderr:
        raise AssertionError(result.stderr)
    return result


def json_lines(result: Result) -> list[dict[str, Any]]:
    """Standard output as one JSON object a line."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def one_line(path: Path) -> str:
    """A JSON file as one line of JSON Lines."""
    return json.dumps(json.loads(path.read_text(encoding="utf-8")), ensure_ascii=False)
