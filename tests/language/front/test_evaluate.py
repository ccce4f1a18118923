"""`evaluate`: plain Python values in, inside forms out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest

from visitcheck.errors import InvalidCondition
from visitcheck.facts.types import INT, TIMESTAMP, ListOf, Money
from visitcheck.language import evaluate
from visitcheck.language.plain_values import read_type
from visitcheck.truth import Count

EIGHT = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("text", "values", "types", "expected"),
    [
        ("1 + 2 == 3", {}, {}, True),
        ("x > 30", {}, {"x": "int"}, None),
        ("x > 30", {"x": None}, {"x": INT}, None),
        ("x", {"x": datetime(1970, 1, 1, 8, 0, 1, tzinfo=EIGHT)}, {"x": TIMESTAMP}, 1_000_000),
        ("x", {"x": "1970-01-01T08:00:01+08:00"}, {"x": "timestamp"}, 1_000_000),
        ("x", {"x": timedelta(minutes=1)}, {"x": "duration"}, 60_000_000),
        ("x == duration('1m')", {"x": "60s"}, {"x": "duration"}, True),
        ("x", {"x": date(1970, 1, 3)}, {"x": "date"}, 2),
        ("x", {"x": time(0, 1)}, {"x": "time_of_day"}, 60_000_000),
        ("x == '22:00'", {"x": "22:00"}, {"x": "time_of_day"}, True),
        ("x + x", {"x": ("12.50", "CNY")}, {"x": "money"}, Money(2500, "CNY")),
        ("x", {"x": [1, 2]}, {"x": "list<int>"}, (1, 2)),
        ("x.size()", {"x": []}, {"x": ListOf(INT)}, Count(0, 0)),
        ("x.filter(e, e > 1).size()", {"x": [1, None, 3]}, {"x": "list<int>"}, Count(1, 2)),
        ("x.a.b == 'c'", {"x": {"a": {"b": "c"}}}, {"x": "{a: {b: string}}"}, True),
        ("x.exists(e, e.k == 'q')", {"x": [{"k": "p"}, {}]}, {"x": 'list<{k: "p" | "q"}>'}, None),
        ("has(x.a)", {"x": {}}, {"x": "{a: int}"}, False),
        ("within(t, t, h)", {"t": "2026-03-10T10:00:00Z", "h": {"mon-sun": ["09:00-11:00"]}},
         {"t": "timestamp", "h": "weekly_hours"}, True),
    ],
)  # fmt: skip
def test_values(text: str, values: dict[str, Any], types: dict[str, Any], expected: object) -> None:
    assert expected == evaluate(text, values, types=types)


def test_the_zone_is_utc_unless_given() -> None:
    moment = {"t": datetime(2026, 3, 10, 20, tzinfo=UTC)}

    assert 20 == evaluate("t.getHours()", moment, types={"t": "timestamp"})
    assert 4 == evaluate("t.getHours()", moment, types={"t": "timestamp"}, zone="Asia/Shanghai")
    assert 16 == evaluate("t.getHours('America/New_York')", moment, types={"t": "timestamp"})


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(InvalidCondition, match="did you mean `Asia/Shanghai`"):
        evaluate("true", {}, types={}, zone="Asia/Shangai")


@pytest.mark.parametrize(
    ("value", "type_", "said"),
    [
        ("3", "int", r"\$\.x"),
        (True, "int", "wrong-value"),
        (2**63, "int", "wrong-value"),
        (1, "double", "wrong-value"),
        (float("nan"), "double", "wrong-value"),
        ("\ud800", "string", "wrong-value"),
        (datetime(2026, 1, 1), "timestamp", "tzinfo"),
        ("2026-01-01T00:00:00", "timestamp", "offset"),
        ("soon", "duration", "1h30m"),
        (datetime(2026, 1, 1, tzinfo=UTC), "date", "wrong-value"),
        (12.5, "money", "amount and a currency"),
        (("1.234", "CNY"), "money", "wrong-value"),
        (3, "list<int>", "wrong-value"),
        ([1, "b"], "list<int>", r"\$\.x\[1\]"),
        ({"b": 1}, "{a: int}", "wrong-value"),
        ({"a": "c"}, "{a: int}", r"\$\.x\.a"),
        ("c", '"a" | "b"', "wrong-value"),
        ({"mon": "9"}, "weekly_hours", "wrong-value"),
    ],
)
def test_a_value_of_another_type_is_refused(value: object, type_: str, said: str) -> None:
    with pytest.raises(InvalidCondition, match=said):
        evaluate("has(x)", {"x": value}, types={"x": type_})


@pytest.mark.parametrize(
    "text", ["", "integer", "list", "list<", "list<int", "{a}", "{a: int, a: int}", '"a" |', "int int", "{a: int", "é"]
)
def test_a_text_that_is_no_type_is_refused(text: str) -> None:
    with pytest.raises(InvalidCondition, match="no-such-value-type"):
        read_type(text)


def test_types_nested_without_end_are_refused() -> None:
    with pytest.raises(InvalidCondition, match="too deeply"):
        read_type("list<" * 2_000)
