"""Access to validated mappings: every accessor gives what the shape promises, or None where it is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visitcheck.documents.nodes import YamlMapping, YamlNode, YamlScalar, YamlSequence
from visitcheck.errors import Place


@dataclass(frozen=True, slots=True)
class Part:
    """A mapping of a file, validated against its shape."""

    node: YamlMapping

    def place(self, key: str | None = None) -> Place:
        """Where the text at `key`, else the key itself, is written; where the part begins without either."""
        written = None if key is None else self.scalar(key) or self.node.key(key)
        return self.node.place() if written is None else written.place()

    def value(self, key: str) -> YamlNode | None:
        """The value at `key`, of any kind."""
        return self.node.get(key)

    def scalar(self, key: str) -> YamlScalar | None:
        """The text at `key` with its place."""
        node = self.node.get(key)
        return node if isinstance(node, YamlScalar) else None

    def text(self, key: str) -> str | None:
        """The text at `key`, without white space around it."""
        scalar = self.scalar(key)
        return None if scalar is None else scalar.text.strip()

    def part(self, key: str) -> Part | None:
        """The mapping at `key`."""
        node = self.node.get(key)
        return Part(node) if isinstance(node, YamlMapping) else None

    def items(self, key: str) -> tuple[YamlNode, ...]:
        """The items of the list at `key`."""
        node = self.node.get(key)
        return node.items if isinstance(node, YamlSequence) else ()

    def scalars(self, key: str) -> tuple[YamlScalar, ...]:
        """The texts in the list at `key`."""
        return tuple(item for item in self.items(key) if isinstance(item, YamlScalar))

    def parts(self, key: str) -> tuple[Part, ...]:
        """The mappings in the list at `key`."""
        return tuple(Part(item) for item in self.items(key) if isinstance(item, YamlMapping))

    def entries(self, key: str) -> Iterator[tuple[YamlScalar, YamlNode]]:
        """The entries of the mapping at `key`."""
        node = self.node.get(key)
        return iter(node.entries if isinstance(node, YamlMapping) else ())

    def named_parts(self, key: str) -> Iterator[tuple[YamlScalar, Part]]:
        """The entries of the mapping at `key` that are mappings themselves."""
        return ((name, Part(value)) for name, value in self.entries(key) if isinstance(value, YamlMapping))
