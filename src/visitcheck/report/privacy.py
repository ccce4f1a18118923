"""What a page keeps to itself: free text of the record, and, on demand, ids behind a keyed hash."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from visitcheck.audit.hash_keys import hash_id
from visitcheck.facts.types import BOOL, STRING, ListOf, Type
from visitcheck.facts.vocabulary import PERSONAL


@dataclass(frozen=True, slots=True)
class Privacy:
    """What may be shown. Without `personal`, no free text, id or position that a record holds is shown as a fact.

    `key` hides the ids of visits, debtors and collectors; the same id and key give the same hash in every report.
    """

    personal: bool = False
    key: bytes | None = None
    ids_are_hashed: bool = False
    """Whether the ids that are given are hashes already."""

    @property
    def hashes(self) -> bool:
        """Whether ids are shown as hashes."""
        return self.key is not None or self.ids_are_hashed

    def shown_id(self, id_: str) -> str:
        """The id, or its HMAC-SHA256 with the key, shortened to 16 hexadecimal digits."""
        if self.key is None or self.ids_are_hashed:
            return id_
        return hash_id(id_, self.key)

    def hides(self, type_: Type, facts: Collection[str] = ()) -> bool:
        """Whether values of this type that come of these facts are withheld.

        So is text of any wording, like a name, an address, what was said, and a position.
        """
        if self.personal:
            return False
        item = type_.item if isinstance(type_, ListOf) else type_
        return item == STRING or (item != BOOL and not PERSONAL.isdisjoint(facts))
