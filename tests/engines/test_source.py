"""The source that the native engine writes: safe for any policy, within Python's limits, and shown."""

from __future__ import annotations

import ast
import linecache
import sys
import traceback
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.native_checks import assert_native_agrees, compile_conditions
from strategies.expressions import conditions
from visitcheck.engines.python import NativeEngine
from visitcheck.engines.python.runtime import ZoneOffsets
from visitcheck.facts import ROOT, read_visit
from visitcheck.facts.types import BOOL, COUNT, DAY, HOUR, INT, SECOND, STRING, ListOf, Record
from visitcheck.ir.nodes import (
    And,
    Arithmetic,
    Compare,
    Const,
    Element,
    Exists,
    Expr,
    Fact,
    Field,
    Filter,
    Not,
    Or,
    Size,
)
from visitcheck.ir.plan import Plan, PlanRule
from visitcheck.language import clock

EVIL = (
    "'''\n    import os",
    '"""',
    "\\",
    "\r\nraise SystemExit",
    "{visit!r}",
    "\u2028return 1\u2029",
    "#",
    "\x0c\x1c\x85",
    "' + str(visit) + '",
    "债务\N{RIGHT-TO-LEFT OVERRIDE}",
)
NAME = Fact(("place", "name"), STRING)


def plan(*conditions: Expr, name: str = "made-up", rule: str = "made-up/rule", place: str = "pack.yaml:3:5") -> Plan:
    """What the engine reads of a plan, with one rule whose W is the first condition."""
    described: Any = SimpleNamespace(id=rule, place=place, require=(), unless=())
    policy: Any = SimpleNamespace(name=name)
    entry = PlanRule(described, 0, 0, 0, checks=(), unless=(), weak=(), effect="deny", on_unknown="deny")
    return Plan(policy, "proposed", conditions, (entry,), reads=())


@pytest.mark.parametrize("text", EVIL)
def test_texts_of_a_policy_stay_texts(text: str) -> None:
    """A constant, a name, a place and the name of an extra fact: none of them becomes code."""
    extra = Fact(("extra", text), STRING)
    condition = And((Compare("==", NAME, Const(text, STRING)), Not(Compare("==", extra, Const(text * 30, STRING)))))
    engine = NativeEngine(plan(condition, name=text, rule=text, place=text))
    visit = SimpleNamespace(place=SimpleNamespace(name=text), extra=SimpleNamespace(**{text: "x"}))

    assert engine.evaluate(visit) == (True,)

    (function,) = ast.parse(engine.source).body
    assert isinstance(function, ast.FunctionDef)


@given(st.text(), st.text(min_size=1))
def test_any_text_is_compared_as_it_is(text: str, other: str) -> None:
    condition = Compare("==", NAME, Const(text, STRING))

    assert NativeEngine(plan(condition, rule=other, place=text)).evaluate(
        SimpleNamespace(place=SimpleNamespace(name=text))
    ) == (True,)


@given(conditions(depth=3))
def test_names_come_from_counters_alone(generated: tuple[Expr, ...]) -> None:
    tree = ast.parse(compile_conditions(generated)[1])
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    known = {"visit", "len", "tuple"}

    assert [name for name in names - known if not name.strip("abcdefghijklmnopqrstuvwxyz").isdigit()] == []


def test_values_of_other_classes_are_never_written_out() -> None:
    """A subclass of a plain type could print itself as anything."""

    class Odd(str):
        def __repr__(self) -> str:
            return "__import__('os').abort()"

    condition = Compare("==", NAME, Const(Odd("a"), STRING))

    assert compile_conditions((condition,))[0](SimpleNamespace(place=SimpleNamespace(name="a"))) == (True,)


def nested(kind: str, depth: int) -> Expr:
    """One condition nested to a depth, in one of several ways."""
    team = Record("team", {"ok": BOOL, "n": INT})
    people = Fact(("team",), ListOf(team))
    made: Expr = Fact(("place", "private"), BOOL)
    total: Expr = Fact(("place", "n"), INT)
    for level in range(depth):
        element = Element(level, team)
        match kind:
            case "not":
                made = Not(made)
            case "and/or":
                made = (And, Or)[level % 2]((made, Fact(("place", f"p{level}"), BOOL)))
            case "exists":
                made = Exists(people, level, And((Field(element, "ok", BOOL), made)))
            case "exists beside a loop":
                made = Or((Exists(people, level, And((made, Field(element, "ok", BOOL)))), Not(made)))
            case "filter":
                source = Filter(people, level, Or((made, Field(element, "ok", BOOL))), people.type)
                made = Compare("<=", Arithmetic("+", Size(source), Const(1, INT), COUNT), Const(3, INT))
            case "sum":
                total = Arithmetic("+", total, Const(level, INT), INT)
                made = Compare("<", total, Const(9_999, INT))
    return made


@pytest.mark.parametrize(
    ("kind", "deepest", "shallow"),
    [
        ("not", 64, 64),
        ("and/or", 64, 64),
        ("exists", 40, 10),
        ("exists beside a loop", 40, 10),
        ("filter", 24, 8),
        ("sum", 64, 64),
    ],
)
def test_the_deepest_nesting_compiles(kind: str, deepest: int, shallow: int) -> None:
    """Conditions are at most 64 deep; Python allows 20 loops in each other, and 100 indents.

    The interpreter needs exponential time for a loop in each loop, and is asked about less deep ones.
    """
    compile_conditions((nested(kind, deepest),))

    people = (SimpleNamespace(ok=None, n=1),)
    place = SimpleNamespace(private=True, n=2, **{f"p{level}": None for level in range(64)})
    assert_native_agrees((nested(kind, shallow),), SimpleNamespace(place=place, team=people))


@pytest.mark.long
def test_thousands_of_conditions_compile() -> None:
    """One function takes them, and loops that they share run once."""
    many = tuple(
        And((nested("exists", 1), Compare("==", Fact(("place", "n"), INT), Const(n, INT)))) for n in range(3_000)
    )
    evaluate, source = compile_conditions(many)
    visit = SimpleNamespace(place=SimpleNamespace(private=True, n=7), team=(SimpleNamespace(ok=True, n=1),))

    assert [place for place, truth in enumerate(evaluate(visit)) if truth] == [7]
    assert source.count("for ") == 1


def test_debuggers_find_the_source() -> None:
    """A failure inside shows the line, below a comment that names the rule and where it is written."""
    engine = NativeEngine(plan(Compare("<", Fact(("place", "n"), INT), Const(3, INT)), name="shown"))

    with pytest.raises(TypeError) as raised:
        engine.evaluate(SimpleNamespace(place=SimpleNamespace(n="three")))

    frame = traceback.extract_tb(raised.value.__traceback__)[-1]
    assert frame.filename == "<visitcheck rules for shown, proposed>"
    assert "< 3" in (frame.line or "")
    assert "# made-up/rule applies (pack.yaml:3:5)" in engine.source


def test_two_engines_of_one_name_are_told_apart() -> None:
    """And what is shown goes when the engine goes."""
    first, second = (NativeEngine(plan(Const(truth, BOOL), name="twins")) for truth in (True, False))

    assert linecache.getlines(first.filename) != linecache.getlines(second.filename)

    name = second.filename
    del second
    assert name not in linecache.cache or sys.implementation.name != "cpython"


def test_lists_that_go_on_cost_other_visits_one_look() -> None:
    """The source is what it would be without them but for one line; theirs is written when the first one comes."""
    contacts = Fact(("contacts",), ROOT.fields["contacts"])
    connected = Field(Element(0, contacts.type.item), "connected", BOOL)  # type: ignore[union-attr]
    condition = Exists(contacts, 0, connected)
    engine = NativeEngine(plan(condition, name="listed"))
    _, plain = compile_conditions((condition,))
    looks, plain_lines = engine.source.splitlines()[1:3], [line.strip() for line in plain.splitlines()]

    assert looks[0].strip().startswith("if visit.__dict__.get('completeness') is not None")
    assert "return evaluate_open_lists(visit)" in looks[1]
    assert [line.strip() for line in engine.source.splitlines() if line not in looks and "#" not in line] == [
        line for line in plain_lines if "#" not in line
    ]

    shown = {name for name in linecache.cache if "listed" in name}
    assert engine.evaluate(read_visit({"contacts": []})) == (False,)
    assert {name for name in linecache.cache if "listed" in name} == shown

    assert engine.evaluate(read_visit({"completeness": {"contacts": {"complete": False}}})) == (None,)
    assert {name for name in linecache.cache if "listed" in name} - shown


def test_conditions_that_look_at_no_such_list_have_one_function() -> None:
    engine = NativeEngine(plan(Compare("<", Fact(("debt", "days_overdue"), INT), Const(3, INT))))
    visit = read_visit({"debt": {"days_overdue": 2}, "completeness": {"contacts": {"complete": False}}})

    assert "completeness" not in engine.source
    assert engine.evaluate(visit) == (True,)


def test_equal_conditions_and_parts_are_worked_out_once() -> None:
    """Also where a part stands in several conditions, or in the body of a loop."""
    people = Fact(("team",), ListOf(Record("team", {"n": INT})))
    total = Arithmetic("*", Fact(("place", "n"), INT), Const(7, INT), INT)
    each = Compare("<", Field(Element(0, Record("team", {"n": INT})), "n", INT), total)
    _, source = compile_conditions((Exists(people, 0, each), Compare("==", total, Const(7, INT))))

    assert source.count("* 7") == 1
    assert source.index("* 7") < source.index("for ")


@pytest.mark.parametrize("zone", ["Australia/Lord_Howe", "America/New_York", "Asia/Kolkata", "Nowhere"])
def test_offsets_kept_by_hour_are_the_clocks(zone: str) -> None:
    """Around every hour of a year, and at both ends of time."""
    offsets = ZoneOffsets(zone)
    for hour in range(20_454 * 24, 20_819 * 24, 5):
        for at in (hour * HOUR - 1, hour * HOUR, hour * HOUR + 1_799 * SECOND):
            moved = offsets[at // HOUR]
            assert moved is None or at + moved == clock.local_reading(at, zone)
    assert offsets[-62_135_596_800 * SECOND // HOUR] is None
    assert all(offsets[20_500 * 24 + hour] is None for hour in range(9)) == (zone == "Nowhere")
    assert offsets.local(20_500 * DAY) == clock.local_reading(20_500 * DAY, zone)
