"""The version that made a page."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def own_version() -> str:
    """The installed version."""
    try:
        return version("visitcheck")
    except PackageNotFoundError:
        return "(not installed)"
