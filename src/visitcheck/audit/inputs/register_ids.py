"""Rows that name somebody in a register, whose facts the gate's reader fills in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from visitcheck.audit.inputs import expressions as e
from visitcheck.audit.inputs.expressions import Expr
from visitcheck.facts import Registers


def named_in(registers: Registers) -> Iterator[Expr]:
    """Conditions, one of which holds where a row names an id of the registers."""
    for group, entries in (("lender", registers.lenders), ("agency", registers.agencies)):
        if entries:
            yield _listed(e.field(e.column(group), "id"), entries)
    if registers.collectors:
        yield e.some(e.column("team"), 0, lambda one: _listed(e.field(one, "id"), registers.collectors))


def _listed(id_: Expr, entries: Mapping[str, object]) -> Expr:
    return e.one_of(id_, [e.text(key) for key in sorted(entries)])
