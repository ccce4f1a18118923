"""What would make a visit lawful."""

from visitcheck.gate.remedies.model import Change, Remedies, Remedy, RemedyKind

__all__ = ["Change", "Remedies", "Remedy", "RemedyKind"]
