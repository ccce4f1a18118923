"""One decision, four readers: a line to act on, what to repair, plain words about rights, the full record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from visitcheck.policy.model import Language

if TYPE_CHECKING:
    from visitcheck.gate.decision import Decision

Reader: TypeAlias = Literal["agent", "supervisor", "borrower", "regulator"]
"""Who goes to the door, who answers for that, whom the visit is made to, and who watches over it all."""
READERS: tuple[Reader, ...] = get_args(Reader)


def render_for(decision: Decision, reader: Reader, lang: Language = "en") -> str:
    """The decision as this reader needs it; raises `ValueError` for a reader who is none of the four."""
    from visitcheck.gate.audiences import agent, borrower, regulator, supervisor

    if reader not in READERS:
        raise ValueError(f"no reader is called {reader!r}: use {', '.join(map(repr, READERS))}")
    lines = {
        "agent": agent.agent_lines,
        "supervisor": supervisor.supervisor_lines,
        "borrower": borrower.borrower_lines,
        "regulator": regulator.regulator_lines,
    }
    return "\n".join(lines[reader](decision, lang))


__all__ = ["READERS", "Reader", "render_for"]
