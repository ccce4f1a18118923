"""The repository's files and pages, as the tests of the documentation read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
README_ZH = ROOT / "README.zh-CN.md"
_NOT_OURS = {"__pycache__", "dist", "build", "node_modules"}
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def text_files(folder: Path = ROOT) -> Iterator[Path]:
    """Every text file of the repository; caches, builds and environments are none of it."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            hidden = path.name.startswith(".") and path.name not in {".ci", ".github"}
            environment = (path / "pyvenv.cfg").exists()
            if not (hidden or environment or path.name in _NOT_OURS or path.name.endswith(".egg-info")):
                yield from text_files(path)
        elif path.name != ".git" and not path.is_symlink() and b"\0" not in path.read_bytes()[:4096]:
            yield path


def pages() -> list[Path]:
    """The Markdown pages: at the root, and in `docs/`."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language on a page, in order."""
    return [text for name, text in _FENCE.findall(page.read_text(encoding="utf-8")) if name == language]
