"""What a number counts: people, visits, days and the like."""

from __future__ import annotations

from typing import Literal, TypeAlias

from visitcheck.facts.types import DATE
from visitcheck.facts.vocabulary import FACTS
from visitcheck.ir.nodes import Call, Distinct, Expr, Fact, Field, Filter, ListCall, Map, Param, Size
from visitcheck.ir.walk import children
from visitcheck.policy.model import Language

MarginUnit: TypeAlias = Literal[
    "minutes",
    "days",
    "people",
    "visits",
    "contacts",
    "notices",
    "consents",
    "complaints",
    "checks",
    "metres",
    "items",
    "money",
    "number",
]
"""What a margin is counted in; durations in minutes, sums in their own currency."""

_OF_LIST: dict[str, MarginUnit] = {
    "team": "people",
    "met": "people",
    "earlier_visits": "visits",
    "contacts": "contacts",
    "notices": "notices",
    "consents": "consents",
    "complaints": "complaints",
    "verification": "checks",
}
_OF_FACT: dict[str | None, MarginUnit] = {"days": "days", "metres": "metres"}
_DAYS = ("daysBetween", "workdaysBetween")
_WORDS: dict[Language, dict[str, tuple[str, str]]] = {
    "en": {
        "days": ("day", "days"),
        "people": ("person", "people"),
        "visits": ("visit", "visits"),
        "contacts": ("contact", "contacts"),
        "notices": ("notice", "notices"),
        "consents": ("consent", "consents"),
        "complaints": ("complaint", "complaints"),
        "checks": ("check", "checks"),
        "metres": ("metre", "metres"),
        "items": ("item", "items"),
    },
    "zh": {
        "days": ("天", "天"),
        "people": ("人", "人"),
        "visits": ("次上门", "次上门"),
        "contacts": ("次联系", "次联系"),
        "notices": ("份告知", "份告知"),
        "consents": ("份同意", "份同意"),
        "complaints": ("件投诉", "件投诉"),
        "checks": ("次核对", "次核对"),
        "metres": ("米", "米"),
        "items": ("项", "项"),
    },
}


def unit_of(node: Expr) -> MarginUnit | None:
    """What the number that an expression gives counts; None where that is not plain."""
    match node:
        case Size(source=source) | ListCall(source=source):
            return _counted_unit(source)
        case Fact(path=path):
            return _OF_FACT.get(FACTS[".".join(path)].unit) if ".".join(path) in FACTS else None
        case Call(function=function):
            return "days" if function in _DAYS else None
        case Param():
            return None
        case _:
            return next((unit for unit in map(unit_of, children(node)) if unit), None)


def _counted_unit(source: Expr) -> MarginUnit:
    """What is counted where the elements of a list are."""
    while isinstance(source, Filter | Distinct | Map):
        if isinstance(source, Map) and source.type.item == DATE:  # type: ignore[union-attr]
            return "days"
        source = source.source
    name = source.path[-1] if isinstance(source, Fact) else source.name if isinstance(source, Field) else ""
    return _OF_LIST.get(name, "items")


def say_unit(number: int | float, unit: MarginUnit, lang: Language) -> str:
    """A number with what it counts."""
    words = _WORDS[lang].get(unit)
    if words is None:
        return str(number)
    return f"{number} {words[number != 1]}"
