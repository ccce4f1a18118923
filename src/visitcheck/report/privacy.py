"""What a page keeps to itself: free text of the record, and, on demand, ids behind a keyed hash."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from visitcheck.errors import InvalidInput, Problem
from visitcheck.facts.types import BOOL, STRING, ListOf, Type
from visitcheck.facts.vocabulary import PERSONAL

SHORTEST_KEY = 16
"""Bytes. Ids are few and regular, so a key that can be guessed gives them away."""
_ID_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Privacy:
    """What may be shown. Without `personal`, no free text, id or position that a record holds is shown as a fact.

    `key` hides the ids of visits, debtors and collectors; the same id and key give the same hash in every report.
    """

    personal: bool = False
    key: bytes | None = None

    def shown_id(self, id_: str) -> str:
        """The id, or its HMAC-SHA256 with the key, shortened to 16 hexadecimal digits."""
        if self.key is None:
            return id_
        return hmac.new(self.key, id_.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:_ID_DIGITS]

    def hides(self, type_: Type, facts: Collection[str] = ()) -> bool:
        """Whether values of this type that come of these facts are withheld.

        So is text of any wording, like a name, an address, what was said, and a position.
        """
        if self.personal:
            return False
        item = type_.item if isinstance(type_, ListOf) else type_
        return item == STRING or (item != BOOL and not PERSONAL.isdisjoint(facts))


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
