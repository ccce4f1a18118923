"""The root of the repository: what is meant to be there, and nothing that a command left behind."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MEANT = {
    ".ci",
    ".git",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "README.zh-CN.md",
    "benchmarks",
    "constraints.txt",
    "docs",
    "examples",
    "pyproject.toml",
    "rules",
    "src",
    "tests",
}


def test_the_root_holds_only_what_is_meant_to_be_there() -> None:
    """What `.gitignore` names may lie there, too. A new file is named here, if it belongs nowhere else."""
    ignored = [line.strip("/") for line in (ROOT / ".gitignore").read_text("utf-8").split()]
    names = {path.name for path in ROOT.iterdir() if not any(fnmatch(path.name, pattern) for pattern in ignored)}
    assert MEANT - {".git"} <= names
    assert names <= MEANT
