"""Formulas into rule sets: what is too complex is split into its parts, what fits is packed together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from visitcheck.engines.durable.formulas import Atom, Formula, Word, join
from visitcheck.engines.durable.limits import fits


class TooComplex(Exception):
    """A formula that has no parts to split into, and still does not fit."""


@dataclass(frozen=True, slots=True)
class Combined:
    """And or Or over formulas that are inferred each by itself; their truths are then combined by Kleene's table."""

    word: Word
    parts: tuple[Split, ...]


Split: TypeAlias = Formula | Combined


def split(formula: Formula) -> Split:
    """The formula as it is where it fits into a rule set; else its parts, as many together as fit."""
    if fits([formula]):
        return formula
    if isinstance(formula, Atom):
        raise TooComplex
    done: list[Split] = []
    together: Formula | None = None
    for part in formula.parts:
        if not fits([part]):
            done.append(split(part))
            continue
        grown = part if together is None else join(formula.word, (together, part))
        assert not isinstance(grown, bool)  # noqa: S101 - there are no constants in it
        if together is not None and not fits([grown]):
            done.append(together)
            grown = part
        together = grown
    if together is not None:
        done.append(together)
    return Combined(formula.word, tuple(done))


def pack(formulas: Sequence[Formula]) -> list[list[int]]:
    """Positions of formulas that share a rule set, in order; each formula must fit by itself."""
    packed: list[list[int]] = []
    for position in range(len(formulas)):
        if packed and fits([formulas[at] for at in (*packed[-1], position)]):
            packed[-1].append(position)
        else:
            packed.append([position])
    return packed
