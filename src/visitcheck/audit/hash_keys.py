"""The key by which ids of visits and people are hashed.

Ids are few and regular, so a plain hash could be undone by trying them all. The key is the salt that prevents this: it
stays with whoever ran the audit, and never lies in its folder.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from visitcheck.audit import problem_codes as problem_codes
from visitcheck.errors import InvalidInput, Problem

SHORTEST_KEY = 16
"""Bytes. A key that can be guessed gives the ids away."""
DIGITS = 16


def hash_id(id_: str, key: bytes) -> str:
    """Give an id's HMAC-SHA256 with the key, shortened to 16 hexadecimal digits."""
    return hmac.new(key, id_.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:DIGITS]


def read_key(path: str | Path) -> bytes:
    """Read the key that a file holds, without white space around it.

    Raises `InvalidInput` for a file that cannot be read, or a key that is too short.
    """
    try:
        key = Path(path).read_bytes().strip()
    except OSError as error:
        raise InvalidInput([Problem("hash-key", f"cannot read the key `{path}`: {error.strerror}")]) from error
    return check_key(key, f"`{path}`")


def check_key(key: bytes, source: str) -> bytes:
    """Give the key back if it is long enough; raises `InvalidInput` otherwise, naming its `source`."""
    if len(key) < SHORTEST_KEY:
        help_ = "make one by `openssl rand -hex 32`"
        message = f"the key of {source} has {len(key)} bytes, {SHORTEST_KEY} are needed"
        raise InvalidInput([Problem("hash-key", message, help_)])
    return key
