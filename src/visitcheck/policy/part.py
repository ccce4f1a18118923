"""Reading checked mappings: every accessor gives what the shape promises, or None where it is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visitcheck.documents import YamlMapping, YamlNode, YamlScalar, YamlSequence
from visitcheck.errors import Place
from visitcheck.policy.model import Text


@dataclass(frozen=True, slots=True)
class Part:
    """A mapping of a pack, checked against its shape."""

    node: YamlMapping

    def place(self, key: str | None = None) -> Place:
        """Where the text at `key`, else the key itself, is written; where the part begins without either."""
        found = None if key is None else self.scalar(key) or self.node.key(key)
        return self.node.place() if found is None else found.place()

    def any(self, key: str) -> YamlNode | None:
        """Whatever stands at `key`."""
        return self.node.get(key)

    def scalar(self, key: str) -> YamlScalar | None:
        """The text at `key` with its place."""
        found = self.node.get(key)
        return found if isinstance(found, YamlScalar) else None

    def text(self, key: str) -> str | None:
        """The text at `key`, without white space around it."""
        found = self.scalar(key)
        return None if found is None else found.text.strip()

    def part(self, key: str) -> Part | None:
        """The mapping at `key`."""
        found = self.node.get(key)
        return Part(found) if isinstance(found, YamlMapping) else None

    def scalars(self, key: str) -> tuple[YamlScalar, ...]:
        """The texts listed at `key`."""
        return tuple(item for item in self._items(key) if isinstance(item, YamlScalar))

    def parts(self, key: str) -> tuple[Part, ...]:
        """The mappings listed at `key`."""
        return tuple(Part(item) for item in self._items(key) if isinstance(item, YamlMapping))

    def table(self, key: str) -> Iterator[tuple[YamlScalar, YamlNode]]:
        """The entries of the mapping at `key`."""
        found = self.node.get(key)
        return iter(found.entries if isinstance(found, YamlMapping) else ())

    def tables(self, key: str) -> Iterator[tuple[YamlScalar, Part]]:
        """The entries of the mapping at `key` that are mappings themselves."""
        return ((name, Part(value)) for name, value in self.table(key) if isinstance(value, YamlMapping))

    def words(self, key: str) -> Text | None:
        """The text in both languages at `key`; a language that is missing stands in for itself as empty."""
        found = self.part(key)
        return None if found is None else Text(found.text("en") or "", found.text("zh") or "")

    def _items(self, key: str) -> tuple[YamlNode, ...]:
        found = self.node.get(key)
        return found.items if isinstance(found, YamlSequence) else ()
