"""Policies kept on disk as they were resolved, so that a process does not compile the same packs again.

What is kept goes by the text of every file at hand and by all code and versions that compiled it: of anything else it
has another name. It is a pickle, as trustworthy as this user's own `.pyc` files, and read only where this user wrote
it and nobody else may.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from visitcheck.policy.library import Library
from visitcheck.policy.model import Policy
from visitcheck.user_cache import cache_path, describe_installation, read_own, write_own

_DISTRIBUTIONS = ("visitcheck", "pydantic", "pyyaml", "lark", "tzdata")
_HASH_SIZE = hashlib.sha256().digest_size
_MOST = 24
"""Policies kept at a time; the oldest make room."""


def read_kept(name: str, library: Library) -> Policy | None:
    """The policy that a library resolves to, where it was resolved before."""
    path = _path(name, library)
    content = None if path is None else read_own(path)
    if content is None or hashlib.sha256(content[_HASH_SIZE:]).digest() != content[:_HASH_SIZE]:
        return None
    # Whatever is wrong with it, the packs are at hand.
    with suppress(Exception):
        policy = pickle.loads(content[_HASH_SIZE:])  # noqa: S301 - this user's own file, see above
        return policy if isinstance(policy, Policy) else None
    return None


def keep(policy: Policy, library: Library) -> None:
    """Keep what a library was resolved to."""
    path = _path(policy.name, library)
    if path is None:
        return
    content = pickle.dumps(policy, protocol=5)
    write_own(path, hashlib.sha256(content).digest() + content)
    with suppress(OSError):
        oldest_first = sorted(path.parent.iterdir(), key=lambda each: each.stat().st_mtime)
        for each in oldest_first[:-_MOST]:
            each.unlink(missing_ok=True)


def _path(name: str, library: Library) -> Path | None:
    return cache_path("policies", "\n".join(_describe(name, library)))


def _describe(name: str, library: Library) -> Iterator[str]:
    """All that the policy depends on, no part of which can be taken for another."""
    yield describe_installation(_DISTRIBUTIONS)
    yield repr((name, sorted(library.allow_shadow), len(library.asked)))
    for file in library.at_hand:
        yield repr((file.name, file.on_disk, hashlib.sha256(file.text.encode()).hexdigest()))
