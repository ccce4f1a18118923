"""The edge table of lists that go on, `open_lists.yaml`, as conditions, visits and truths, for any engine."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from visitcheck.documents import parse_yaml, to_python
from visitcheck.facts import ROOT, Visit, read_visit
from visitcheck.facts.types import DATE, ListOf, Record, Type
from visitcheck.ir.nodes import Const, DatedValue, Expr, Fact
from visitcheck.language import ParamType, Scope, compile_condition
from visitcheck.truth import Truth

TABLE = Path(__file__).parent / "open_lists.yaml"
_TRUTHS: dict[str, Truth] = {"T": True, "F": False, "U": None}


class Row(NamedTuple):
    """A condition, a visit, and what the one says of the other."""

    text: str
    given: str
    way: str
    condition: Expr
    visit: Visit
    truth: Truth

    @property
    def name(self) -> str:
        """What tells the row from all others."""
        return f"{self.text} [{self.given}, {self.way}]"


@cache
def open_list_rows() -> tuple[Row, ...]:
    """Every row of the table, once for each way in which lists go on."""
    tree, problems = parse_yaml(TABLE.read_text("utf-8"), TABLE.name)
    assert tree is not None, problems
    assert not problems
    table: Any = to_python(tree)
    return tuple(_expand(table))


def _expand(table: Any) -> Iterator[Row]:
    for row in table["rows"]:
        text = " ".join(row["ask"].split())
        condition = compile_condition(text, _scope())
        for way, truth in row["is"].items():
            completeness = table["ways"][way]
            facts = table["facts"][row["given"]] | ({"completeness": completeness} if completeness else {})
            yield Row(text, row["given"], way, condition, read_visit(facts), _TRUTHS[truth])


def _scope() -> Scope:
    contacts = ROOT.fields["contacts"]
    assert isinstance(contacts, ListOf)
    assert isinstance(contacts.item, Record)
    channel = contacts.item.fields["channel"]
    params = {"channel": _param(channel, "phone"), "channels": _param(ListOf(channel), ("phone", "sms"))}
    zone = Fact(("visit", "timezone"), ROOT.fields["visit"].fields["timezone"])  # type: ignore[union-attr]
    return Scope(facts=ROOT, zone=zone, date=Const(None, DATE), params=params, allow_has=True)


def _param(type_: Type, value: Any) -> ParamType:
    return ParamType(type_, (DatedValue(None, None, value),))
