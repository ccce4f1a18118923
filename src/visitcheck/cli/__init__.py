"""The command line: `visitcheck check`, `explain`, `rules`, `schema`, `test`, `doctor`."""

from visitcheck.cli import problem_codes as problem_codes
from visitcheck.cli.root import main

__all__ = ["main"]
