"""An audit's folder, as the report reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from visitcheck.errors import InvalidInput, Problem

_JSON = ("summary.json", "manifest.json", "policy.json")
_TABLES = ("verdicts.parquet", "findings.parquet", "rejects.parquet")

OUTCOMES = ("allow", "review", "deny")


@dataclass(frozen=True)
class AuditFolder:
    """The results of one audit. Nothing is read before it is asked for; the three tables stay on disk."""

    path: Path

    @classmethod
    def open(cls, path: str | Path) -> AuditFolder:
        """The folder; raises `InvalidInput` where it lacks a part of an audit, or a part cannot be read."""
        folder = Path(path)
        missing = [name for name in (*_JSON, *_TABLES) if not (folder / name).exists()]
        if missing:
            said = f"`{folder}` holds no {missing[0]}"
            raise InvalidInput([Problem("no-audit", said, "name the folder that `visitcheck audit -o` wrote")])
        found = cls(folder)
        for name in _JSON:
            found._json(name)
        return found

    def _json(self, name: str) -> dict[str, Any]:
        try:
            found = json.loads((self.path / name).read_text("utf-8"))
        except (OSError, ValueError) as error:
            said = f"`{self.path / name}` cannot be read: {error}"
            raise InvalidInput([Problem("no-audit", said, "audit again")]) from error
        return cast("dict[str, Any]", found)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Counts, as `summary.json` has them."""
        return self._json("summary.json")

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Inputs, options and versions, as `manifest.json` has them."""
        return self._json("manifest.json")

    @cached_property
    def policy(self) -> dict[str, Any]:
        """The texts of rules, as `policy.json` has them."""
        return self._json("policy.json")

    def table(self, name: str) -> str:
        """What DuckDB reads one of the tables from: a file, or a folder of files as Spark writes."""
        path = self.path / f"{name}.parquet"
        return str(path / "*.parquet") if path.is_dir() else str(path)

    @cached_property
    def policy_name(self) -> str:
        """The policy's name; of a pack named by its path the file alone, for folders can name people."""
        return shown_name(self.manifest["policy"]["name"])

    @property
    def visits(self) -> int:
        """How many visits were judged."""
        return int(self.summary["visits"])

    @cached_property
    def months(self) -> dict[str, dict[str, int]]:
        """Outcomes by month, in order; visits without a date are left out."""
        found = self.summary["by"]["month"]
        return {month: found[month] for month in sorted(found) if month[:1].isdigit()}

    def by(self, group: str) -> dict[str, dict[str, int]]:
        """Outcomes by a group of the summary; nothing for one that the audit did not count."""
        return cast("dict[str, dict[str, int]]", self.summary["by"].get(group, {}))


def shown_name(policy: str) -> str:
    """A policy's name, as it was asked for, without the folders of its packs."""
    return " + ".join(part.replace("\\", "/").rstrip("/").rpartition("/")[2] for part in policy.split(" + "))


def judged(counts: dict[str, int]) -> int:
    """The visits behind counts of outcomes."""
    return sum(counts.get(outcome, 0) for outcome in OUTCOMES)
