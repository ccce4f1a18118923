"""One decision, four readers: a line to act on, what to repair, plain words about rights, the full record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, TypeAlias, get_args

from visitcheck.gate.audiences.agent import agent_lines
from visitcheck.gate.audiences.borrower import borrower_lines
from visitcheck.gate.audiences.regulator import regulator_lines
from visitcheck.gate.audiences.supervisor import supervisor_lines
from visitcheck.gate.judgment import Judgment
from visitcheck.policy.model import Language

Reader: TypeAlias = Literal["agent", "supervisor", "borrower", "regulator"]
"""Who goes to the door, who answers for that, whom the visit is made to, and who watches over it all."""
_LINES: dict[Reader, Callable[[Judgment, Language], Iterator[str]]] = {
    "agent": agent_lines,
    "supervisor": supervisor_lines,
    "borrower": borrower_lines,
    "regulator": regulator_lines,
}
READERS: tuple[Reader, ...] = get_args(Reader)


def render_for(decision: Judgment, reader: Reader, lang: Language = "en") -> str:
    """Render the decision as this reader needs it; raises `ValueError` for a reader who is none of the four."""
    if reader not in READERS:
        raise ValueError(f"no reader is called {reader!r}: use {', '.join(map(repr, READERS))}")
    return "\n".join(_LINES[reader](decision, lang))


__all__ = ["READERS", "Reader", "render_for"]
