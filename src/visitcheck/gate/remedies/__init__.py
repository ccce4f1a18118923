"""What would make a visit lawful."""

from visitcheck.gate.remedies.model import Change, Remedy, RemedyKind

__all__ = ["Change", "Remedy", "RemedyKind"]
