"""What the output of a run depends on: a run may be resumed only where all of it is the same."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from visitcheck.audit.inputs import InputFile
from visitcheck.policy import Policy

_PACKAGES = ("visitcheck", "duckdb", "pyarrow", "sqlglot", "tzdata")
FORMAT = 2
"""Raised when the output's form changes."""


def resume_key(files: tuple[InputFile, ...], policy: Policy, options: dict[str, Any]) -> dict[str, Any]:
    """Input, policy, options and versions as JSON values; of files their names and bytes count, not their folders."""
    labels = file_labels(tuple(file.path for file in files))
    return {
        "input": [_file_identity(file, label) for file, label in zip(files, labels, strict=True)],
        "policy": {"name": policy.name, "digest": policy.digest},
        "options": options,
        "versions": package_versions() | {"format": FORMAT},
    }


def _file_identity(file: InputFile, label: str) -> dict[str, Any]:
    sheet = {} if file.sheet is None else {"sheet": file.sheet}
    return {"file": label, "format": file.format, "bytes": file.size, "sha256": file.sha256, "rows": file.rows} | sheet


def run_id(key: dict[str, Any]) -> str:
    """Name a run by what its verdicts depend on: two of the same input, policy and options have one id."""
    settles = {part: value for part, value in key.items() if part != "leads"}
    return hashlib.sha256(json.dumps(settles, sort_keys=True).encode()).hexdigest()[:16]


def file_labels(paths: tuple[Path, ...]) -> tuple[str, ...]:
    """The files' names without their folders; one that repeats is numbered."""
    seen: dict[str, int] = {}
    labels = []
    for path in paths:
        seen[path.name] = seen.get(path.name, 0) + 1
        labels.append(path.name if seen[path.name] == 1 else f"{path.name} ({seen[path.name]})")
    return tuple(labels)


def package_versions() -> dict[str, str]:
    """The versions of the packages on which results depend."""
    versions = {}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "not installed"
    return versions
