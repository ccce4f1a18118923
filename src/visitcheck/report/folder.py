"""An audit's folder, as the report reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from visitcheck.audit.running.rate_population import is_telling
from visitcheck.concurrency import cached_property
from visitcheck.engines.outcomes import ASSESSED_WORDS, AssessedOutcome
from visitcheck.errors import InvalidInput, Problem
from visitcheck.report.rates import Rate, rate

_JSON = ("summary.json", "manifest.json", "policy.json")
_TABLES = ("verdicts.parquet", "findings.parquet", "rejects.parquet")


@dataclass(frozen=True)
class AuditFolder:
    """The results of one audit. Nothing is read before it is asked for; the three tables stay on disk."""

    path: Path

    @classmethod
    def open(cls, path: str | Path) -> AuditFolder:
        """Open an audit's folder.

        Raises `InvalidInput` where it lacks a part of an audit, or a part cannot be read.
        """
        folder = Path(path)
        missing = [name for name in (*_JSON, *_TABLES) if not (folder / name).exists()]
        if missing:
            message = f"`{folder}` holds no {missing[0]}"
            raise InvalidInput([Problem("no-audit", message, "name the folder that `visitcheck audit -o` wrote")])
        audit = cls(folder)
        for name in _JSON:
            audit._read_json(name)
        return audit

    def _read_json(self, name: str) -> dict[str, Any]:
        try:
            content = json.loads((self.path / name).read_text("utf-8"))
        except (OSError, ValueError) as error:
            message = f"`{self.path / name}` cannot be read: {error}"
            raise InvalidInput([Problem("no-audit", message, "audit again")]) from error
        return cast("dict[str, Any]", content)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The counts of `summary.json`."""
        return self._read_json("summary.json")

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The inputs, options and versions of `manifest.json`."""
        return self._read_json("manifest.json")

    @cached_property
    def policy(self) -> dict[str, Any]:
        """The texts of rules of `policy.json`."""
        return self._read_json("policy.json")

    def table(self, name: str) -> str:
        """Where DuckDB reads one of the tables: a file, or all files of a folder that Spark wrote."""
        path = self.path / f"{name}.parquet"
        return str(path / "*.parquet") if path.is_dir() else str(path)

    @cached_property
    def policy_name(self) -> str:
        """The policy's name; for a pack given by its path the file name alone, because folders can name people."""
        return display_name(self.manifest["policy"]["name"])

    @property
    def has_hashed_ids(self) -> bool:
        """Whether the tables hold hashes in place of ids."""
        return "ids" in self.manifest

    @property
    def erased(self) -> int:
        """How many visits have been erased from the tables since the audit."""
        return sum(each["rows"].get("verdicts", 0) for each in self.manifest.get("erased", ()))

    @property
    def visits(self) -> int:
        """How many visits were judged."""
        return int(self.summary["visits"])

    @cached_property
    def months(self) -> dict[str, dict[str, int]]:
        """What facts show, by month, in order; visits without a date are left out."""
        counts = self.summary["by"]["month"]
        return {month: counts[month] for month in sorted(counts) if month[:1].isdigit()}

    def outcomes_by(self, group: str) -> dict[str, dict[str, int]]:
        """What facts show, by the names of a group in the summary; empty for a group that the audit did not count."""
        return cast("dict[str, dict[str, int]]", self.summary["by"].get(group, {}))


def display_name(policy: str) -> str:
    """The name of a policy as it was given, without the folders of its packs."""
    return " + ".join(part.replace("\\", "/").rstrip("/").rpartition("/")[2] for part in policy.split(" + "))


def breach_rate(counts: Mapping[str, int]) -> Rate:
    """The rate in breach behind counts of what facts show: of the visits on which some rule was assessed.

    It has no visits where it would say nothing (`is_telling`).
    """
    breaches = counts.get(AssessedOutcome.BREACH, 0)
    left_out = counts.get(AssessedOutcome.NOT_ASSESSABLE, 0)
    of = sum(counts.get(outcome, 0) for outcome in ASSESSED_WORDS) - left_out
    return rate(breaches, of) if is_telling(breaches, of, left_out) else rate(0, 0)


def count_judged(counts: Mapping[str, int]) -> int:
    """Count the visits behind counts of what facts show."""
    return sum(counts.get(outcome, 0) for outcome in ASSESSED_WORDS)
