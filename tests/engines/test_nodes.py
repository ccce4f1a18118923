"""Each kind of node on chosen visits: the native engine, the interpreter, and the truths written here."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from engines.native_checks import assert_native_agrees, compile_conditions
from visitcheck.facts.types import (
    BOOL,
    COUNT,
    DATE,
    DAY,
    DURATION,
    HOUR,
    INT,
    INT_MAX,
    MONEY,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    TIMESTAMP_MAX,
    ListOf,
    Money,
    Record,
    Word,
)
from visitcheck.ir.nodes import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Const,
    DatedValue,
    Distinct,
    Element,
    Exact,
    Exists,
    Expr,
    Fact,
    Field,
    Filter,
    ForAll,
    Has,
    ListCall,
    Map,
    Negate,
    Not,
    Or,
    Param,
    Size,
)
from visitcheck.truth import Truth

KIND = Word("contact.kind", ("call", "sms"))
CONTACT = Record("contact", {"kind": KIND, "at": TIMESTAMP, "n": INT, "ok": BOOL, "day": DATE})
CONTACTS = Fact(("contacts",), ListOf(CONTACT))
OK, N = Field(Element(0, CONTACT), "ok", BOOL), Field(Element(0, CONTACT), "n", INT)
AT = Field(Element(0, CONTACT), "at", TIMESTAMP)
P, Q, G, J, T, D, M, S = (
    Fact(("place", name), kind)
    for name, kind in zip("pqijtdms", (BOOL, BOOL, INT, INT, TIMESTAMP, DATE, MONEY, STRING), strict=True)
)
IN = Filter(CONTACTS, 0, OK, CONTACTS.type)
NUMBERS = Map(IN, 0, N, ListOf(INT))


def number(value: int) -> Const:
    return Const(value, INT)


def is_(left: Expr, value: Any) -> Compare:
    return Compare("==", left, Const(value, left.type))


def contacts(*rows: dict[str, Any]) -> tuple[SimpleNamespace, ...]:
    return tuple(SimpleNamespace(**{**dict.fromkeys(CONTACT.fields), **row}) for row in rows)


def visit(**values: Any) -> SimpleNamespace:
    """A visit with these facts of its place, and the list `contacts`."""
    listed = values.pop("contacts", None)
    return SimpleNamespace(place=SimpleNamespace(**{**dict.fromkeys("pqijtdms"), **values}), contacts=listed)


THREE = contacts({"ok": True, "n": 1, "at": 10}, {"n": 2, "at": 20}, {"ok": False, "n": 3, "at": 30})
STEPS = Param("p", INT, (DatedValue(None, 10, 1), DatedValue(10, 20, 2), DatedValue(30, None, 2)), D)
MANY = Param("p", INT, tuple(DatedValue(day, day + 1, day) for day in range(20)), D)
SHANGHAI = Const("Asia/Shanghai", STRING)

CASES: list[tuple[str, Expr, SimpleNamespace, Truth]] = [
    ("unknown constant", And((Const(None, BOOL), P)), visit(p=True), None),
    ("missing group", P, SimpleNamespace(place=None, contacts=None), None),
    ("not unknown", Not(P), visit(), None),
    ("not true", Not(P), visit(p=True), False),
    ("and false over unknown", And((P, Q)), visit(q=False), False),
    ("or true over unknown", Or((P, Q)), visit(q=True), True),
    ("or unknown", Or((P, Q)), visit(q=False), None),
    ("p or not p stays unknown", Or((P, Not(P))), visit(), None),
    ("choose then", Choose(P, Q, Not(Q), BOOL), visit(p=True, q=True), True),
    ("choose of unknown", Choose(P, Q, Q, BOOL), visit(q=True), None),
    ("has of a missing fact", Has(G), visit(), False),
    ("has of an empty list", Has(CONTACTS), visit(contacts=()), True),
    ("both sides unknown are not equal", Compare("==", G, J), visit(), None),
    ("both known", Compare("!=", G, J), visit(i=1, j=2), True),
    ("constant on the left", Compare("<", number(3), G), visit(i=4), True),
    ("one of constants", Or((is_(S, "a"), is_(S, "b"))), visit(s="b"), True),
    ("one of constants, unknown", Or((is_(S, "a"), is_(S, "b"))), visit(), None),
    (
        "none of constants",
        And((Compare("!=", S, Const("a", STRING)), Compare("!=", S, Const("b", STRING)))),
        visit(s="c"),
        True,
    ),
    (
        "text is compared by code point",
        Compare("<", S, Const("\uffff", STRING)),
        visit(s="\U00010000"),
        False,
    ),
    ("money of one currency", Compare(">", M, Const(Money(5, "CNY"), MONEY)), visit(m=Money(6, "CNY")), True),
    (
        "money of two currencies",
        Compare(">", M, Const(Money(5, "CNY"), MONEY)),
        visit(m=Money(6, "USD")),
        None,
    ),
    ("overflow is unknown", is_(Arithmetic("+", G, number(1), INT), 0), visit(i=INT_MAX), None),
    ("division by zero is unknown", is_(Arithmetic("/", G, J, INT), 0), visit(i=1, j=0), None),
    ("division cuts off", is_(Arithmetic("/", G, J, INT), -1), visit(i=-3, j=2), True),
    (
        "a time out of range",
        Compare("<", Arithmetic("+", T, Const(DAY, DURATION), TIMESTAMP), T),
        visit(t=TIMESTAMP_MAX),
        None,
    ),
    ("minus", is_(Negate(G, INT), -4), visit(i=4), True),
    ("minus the least", is_(Negate(G, INT), -4), visit(i=-INT_MAX - 1), None),
    ("a parameter's first value", is_(STEPS, 1), visit(d=9), True),
    ("a parameter's next day", is_(STEPS, 2), visit(d=10), True),
    ("a gap in a parameter", is_(STEPS, 2), visit(d=20), None),
    ("no date, several values", is_(STEPS, 2), visit(), None),
    ("many values of a parameter", is_(MANY, 13), visit(d=13), True),
    ("after many values", is_(MANY, 13), visit(d=20), None),
    ("exists, sure", Exists(CONTACTS, 0, OK), visit(contacts=THREE), True),
    ("exists, maybe", Exists(CONTACTS, 0, And((OK, is_(N, 2)))), visit(contacts=THREE), None),
    ("exists in nothing", Exists(CONTACTS, 0, OK), visit(contacts=()), False),
    ("exists, absent list", Exists(CONTACTS, 0, OK), visit(), None),
    ("all, one fails", ForAll(CONTACTS, 0, OK), visit(contacts=THREE), False),
    (
        "all of what may be in",
        ForAll(IN, 1, Compare("<", Field(Element(1, CONTACT), "n", INT), number(2))),
        visit(contacts=THREE),
        None,
    ),
    ("count fits by its upper end", Compare("<=", Size(IN), number(2)), visit(contacts=THREE), True),
    ("count within its interval", Compare("==", Size(IN), number(2)), visit(contacts=THREE), None),
    ("count outside its interval", Compare("==", Size(IN), number(3)), visit(contacts=THREE), False),
    ("count of an absent list", Compare("<=", Size(IN), number(9)), visit(), None),
    (
        "counts added",
        Compare(">=", Arithmetic("+", Size(IN), number(1), COUNT), number(2)),
        visit(contacts=THREE),
        True,
    ),
    (
        "counts of one list subtracted",
        Compare("==", Arithmetic("-", Size(CONTACTS), Size(IN), COUNT), number(0)),
        visit(contacts=THREE),
        False,
    ),
    ("count as an int", is_(Exact(Size(CONTACTS), INT), 3), visit(contacts=THREE), True),
    ("count as an int, not exact", is_(Exact(Size(IN), INT), 1), visit(contacts=THREE), None),
    (
        "count chosen",
        Compare("==", Choose(P, Size(CONTACTS), Size(IN), COUNT), number(3)),
        visit(p=True, contacts=THREE),
        True,
    ),
    (
        "distinct",
        Compare("==", Size(Distinct(Map(CONTACTS, 0, OK, ListOf(BOOL)), ListOf(BOOL))), number(4)),
        visit(contacts=THREE),
        False,
    ),
    (
        "distinct values that may be in",
        Compare("==", Size(Distinct(NUMBERS, NUMBERS.type)), number(1)),
        visit(contacts=contacts({"n": 1}, {"ok": True, "n": 1}, {"n": 1})),
        True,
    ),
    (
        "distinct unknown values",
        Compare(">=", Size(Distinct(NUMBERS, NUMBERS.type)), number(1)),
        visit(contacts=contacts({"ok": True}, {"ok": True})),
        True,
    ),
    (
        "a time before all time",
        Compare("<", Arithmetic("-", T, Const(DAY, DURATION), TIMESTAMP), T),
        visit(t=-62_135_596_800_000_000),
        None,
    ),
    (
        "largest",
        is_(Aggregate("max", Map(CONTACTS, 0, N, ListOf(INT)), None, INT), 3),
        visit(contacts=THREE),
        True,
    ),
    ("largest of what may be in", is_(Aggregate("max", NUMBERS, None, INT), 3), visit(contacts=THREE), None),
    ("largest of nothing", is_(Aggregate("max", NUMBERS, number(7), INT), 7), visit(contacts=()), True),
    ("sum of nothing", is_(Aggregate("sum", NUMBERS, None, INT), 0), visit(contacts=()), True),
    (
        "sum past 64 bits",
        is_(Aggregate("sum", NUMBERS, None, INT), 0),
        visit(contacts=contacts(*[{"ok": True, "n": INT_MAX}] * 2)),
        None,
    ),
    (
        "most in a group",
        Compare(
            ">=",
            ListCall("maxPerGroup", CONTACTS, 0, (Field(Element(0, CONTACT), "day", DATE),), (), COUNT),
            number(2),
        ),
        visit(contacts=contacts({"day": 1}, {"day": 1})),
        True,
    ),
    (
        "last run",
        Compare("==", ListCall("lastRun", CONTACTS, 0, (AT, OK), (), COUNT), number(1)),
        visit(contacts=contacts({"at": 1, "ok": False}, {"at": 2, "ok": True})),
        True,
    ),
    (
        "covers",
        ListCall(
            "covers",
            CONTACTS,
            0,
            (AT, Arithmetic("+", AT, Const(5, DURATION), TIMESTAMP)),
            (Const(10, TIMESTAMP), T, Const(0, DURATION)),
            BOOL,
        ),
        visit(t=14, contacts=THREE),
        True,
    ),
    (
        "a list chosen",
        Exists(Choose(P, IN, CONTACTS, CONTACTS.type), 1, is_(Field(Element(1, CONTACT), "n", INT), 3)),
        visit(p=False, contacts=THREE),
        True,
    ),
    ("lists compared", Compare("==", NUMBERS, Const((1,), ListOf(INT))), visit(contacts=THREE[:1]), True),
    (
        "lists that may hold more",
        Compare("==", NUMBERS, Const((1,), ListOf(INT))),
        visit(contacts=THREE[:2]),
        None,
    ),
    (
        "local time in a fixed zone",
        is_(Call("localTime", (T, SHANGHAI), TIME_OF_DAY), 8 * HOUR),
        visit(t=0),
        True,
    ),
    ("local date in a fixed zone", is_(Call("localDate", (T, SHANGHAI), DATE), 1), visit(t=17 * HOUR), True),
    (
        "local time in no zone",
        is_(Call("localTime", (T, Const("Nowhere", STRING)), TIME_OF_DAY), 0),
        visit(t=0),
        None,
    ),
    (
        "a function of an unknown end",
        Call(
            "overlapsDaily",
            (T, Const(None, TIMESTAMP), Const(8 * HOUR, TIME_OF_DAY), Const(9 * HOUR, TIME_OF_DAY), SHANGHAI),
            BOOL,
        ),
        visit(t=0),
        True,
    ),
    ("text functions", Call("startsWith", (S, Const("债", STRING)), BOOL), visit(s="债务"), True),
]


@pytest.mark.parametrize(("condition", "given", "truth"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_node(condition: Expr, given: SimpleNamespace, truth: Truth) -> None:
    """The truth, alone, and where other conditions share its parts."""
    assert compile_conditions((condition,))[0](given) == (truth,)

    assert_native_agrees((condition,), given)
    assert_native_agrees((And((condition, P)), condition, Or((Not(condition), Q))), given)
