"""The scope that these tests read conditions in: every fact, some parameters, lexicons and `let` parts."""

from __future__ import annotations

from visitcheck.facts import ROOT
from visitcheck.facts.types import DAILY_HOURS, DATE, INT, MONEY, STRING, WEEKLY_HOURS, ListOf, Money, Type
from visitcheck.ir.nodes import Const, DatedValue, Expr, Fact, Value
from visitcheck.language import ParamType, Scope, compile_condition
from visitcheck.language.hours import read_daily_hours, read_weekly_hours

ZONE = Fact(("visit", "timezone"), STRING)


def always(type_: Type, value: Value) -> ParamType:
    """A parameter with one value for all days."""
    return ParamType(type_, (DatedValue(None, None, value),))


PARAMS = {
    "max_contacts": always(INT, 3),
    "hours": always(WEEKLY_HOURS, read_weekly_hours({"mon-sun": ["08:00-20:00"]})),
    "night": always(DAILY_HOURS, read_daily_hours("22:00-08:00")),
    "limit": always(MONEY, Money(100_000, "CNY")),
    "channels": always(ListOf(STRING), ("phone", "sms")),
}


def scope(*, lets: dict[str, str] | None = None, allow_has: bool = True) -> Scope:
    """The scope, with `let` parts given as text."""
    base = Scope(
        facts=ROOT,
        zone=ZONE,
        date=Const(None, DATE),
        params=PARAMS,
        lexicons={"threat": ("报警", "打死")},
        allow_has=True,
    )
    compiled: dict[str, Expr | None] = {
        name: compile_condition(text, base, expected=None) for name, text in (lets or {}).items()
    }
    return Scope(
        facts=ROOT,
        zone=ZONE,
        date=base.date,
        params=base.params,
        lets=compiled,
        lexicons=base.lexicons,
        allow_has=allow_has,
    )


def read(text: str) -> Expr:
    """The expression of any type that `text` stands for."""
    return compile_condition(text, scope(), expected=None)
