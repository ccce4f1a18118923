"""The next lawful slot: a proposal moved in time, every time judged by the policy itself.

| module | holds |
| --- | --- |
| motion | how each condition moves with the visit |
| breakpoints | where on the grid its truth can change |
| timeline | the truths at every time, in runs |
| arrangements | the notice and the agreement that a new time asks for |
| search | openings, and what stands against the other times |
| find | the answer, confirmed by the gate |
"""

from visitcheck.gate.slots.find import find_slots, require_proposal
from visitcheck.gate.slots.slots import Blocker, Slot, Slots
from visitcheck.gate.slots.timeline import Timeline

__all__ = ["Blocker", "Slot", "Slots", "Timeline", "find_slots", "require_proposal"]
