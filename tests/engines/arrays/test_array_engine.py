"""What the array engine makes of chunks: lists that go on, forms of columns, and what it falls back on."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from engines.arrays.array_checks import repeated, values_over
from engines.sql.agreement import drawn, expected, plan_of
from engines.sql.test_sql_agreement import going_on, shipped
from engines.test_nodes import CASES, CONTACT, CONTACTS, IN
from visitcheck.engines.arrays import ArrayEngine, lists
from visitcheck.engines.arrays.engine import CHUNK_ROWS
from visitcheck.engines.columns import arrow_schema, row_of
from visitcheck.facts.types import (
    BOOL,
    DATE,
    INT,
    MONEY,
    STRING,
    TIMESTAMP,
    ListOf,
    Record,
    Word,
)
from visitcheck.ir.nodes import (
    Call,
    Choose,
    Compare,
    Const,
    Element,
    Exists,
    Expr,
    Fact,
    Field,
    Filter,
    Map,
    Not,
    Size,
)
from visitcheck.language.interpreter import interpret
from visitcheck.testing import visits
from visitcheck.truth import Truth

PLACE = Record("place", dict(zip("pqijtdms", (BOOL, BOOL, INT, INT, TIMESTAMP, DATE, MONEY, STRING), strict=True)))
ROOT = Record("visit", {"place": PLACE, "contacts": CONTACTS.type, "others": CONTACTS.type})


def table_of_visits(given: Sequence[object], root: Record = ROOT) -> pa.Table:
    return pa.Table.from_pylist([row_of(visit, root) for visit in given], arrow_schema(root, position=False))


@pytest.mark.parametrize("times", [1, 300])
def test_nodes(times: int) -> None:
    """Every chosen node over the visits of all of them, each row as the interpreter has it."""
    given = [case[2] for case in CASES]
    conditions = [case[1] for case in CASES]
    table = repeated(table_of_visits(given), times * len(given))

    for (name, condition, visit, truth), values in zip(CASES, values_over(conditions, table), strict=True):
        wanted = [interpret(condition, each) for each in given]
        assert values == wanted * times, name
        assert wanted[given.index(visit)] is truth


@pytest.mark.long
def test_rows_with_and_without_lists_that_go_on_are_asked_apart() -> None:
    """In one chunk, in any order, over the border of chunks."""
    plan = shipped("recorded")
    open_ = going_on("recorded", 6, 3)
    mixed = [each for visit in open_ for each in (visit, visit.model_copy(update={"completeness": None}))]
    wanted = expected(plan, mixed)

    assert ArrayEngine(plan).evaluate_all(mixed) == wanted
    assert ArrayEngine(plan).evaluate_all(mixed[::-1]) == wanted[::-1]


def test_only_what_reads_a_list_that_goes_on_is_asked_otherwise() -> None:
    """The other conditions of such rows are those of the policy as they are written."""
    plan = shipped("recorded")
    open_ = {"visit": {"stage": "recorded"}, "completeness": {"team": {"complete": False}, "met": {"complete": True}}}
    closed = {"visit": {"stage": "recorded"}, "team": []}
    table = pa.Table.from_pylist([open_, closed], ArrayEngine(plan).schema)
    engine = ArrayEngine(plan)
    engine.judge_table(table)

    assert engine._prepared.keys() == {frozenset(), frozenset({"team"})}
    asked = engine._prepared[frozenset({"team"})].analysis.conditions
    changed = [position for position, condition in enumerate(asked) if condition is not plan.conditions[position]]
    assert changed
    assert len(changed) < len(plan.conditions) / 2
    assert all(any(fact.startswith("team") for fact in plan.reads[position]) for position in changed)


def test_more_rows_than_a_chunk_holds() -> None:
    """Texts get other codes in each chunk, and truths are the same."""
    texts = Fact(("place", "s"), STRING)
    conditions: tuple[Expr, ...] = (
        Compare("<", texts, Const("m", STRING)),
        Compare("==", texts, Const("b", STRING)),
    )
    words = ["b", None, "z", "aa"]
    table = pa.table({"place": pa.array([{"s": words[row * row % 4] or f"t{row}"} for row in range(40_000)])})
    engine = ArrayEngine(plan_of(conditions))

    assert table.num_rows > 2 * CHUNK_ROWS
    below, equal = engine.judge_table(table)

    values = [row["s"] for row in table["place"].to_pylist()]
    assert below.true.tolist() == [value < "m" for value in values]
    assert equal.true.tolist() == [value == "b" for value in values]
    assert (below.true ^ below.false).all()
    assert engine.work.to_dict() == {"by_arrays": 80_000, "by_native": {}, "calls": {}}


@pytest.mark.long
def test_columns_may_be_missing_null_dictionaries_and_slices() -> None:
    """A column or a field that a chunk lacks is missing in every row."""
    plan = shipped("recorded")
    sample = drawn(visits(stage="recorded", min_facts=25), 12, 21)
    engine = ArrayEngine(plan)
    table = pa.Table.from_pylist([row_of(visit) for visit in sample], engine.schema)
    wanted = [masks.true.tolist() for masks in engine.judge_table(table)]

    sliced = pa.concat_tables([table.slice(5, 3), table, table.slice(0, 2)]).combine_chunks().slice(3, len(sample))
    assert [masks.true.tolist() for masks in engine.judge_table(sliced)] == wanted

    coded = table.cast(pa.schema([pa.field(field.name, dictionaries(field.type)) for field in table.schema]))
    assert pa.types.is_dictionary(coded.schema.field("visit").type.field("timezone").type)
    assert [masks.true.tolist() for masks in engine.judge_table(coded)] == wanted

    for name in ("visit", "conduct", "contacts"):
        without = [visit.model_copy(update={name: None}) for visit in sample]
        by_name = [masks.true.tolist() for masks in engine.judge_table(table.drop_columns([name]))]
        by_null = [
            masks.true.tolist()
            for masks in engine.judge_table(pa.Table.from_pylist([row_of(visit) for visit in without], engine.schema))
        ]
        assert by_name == by_null, name


def dictionaries(type_: pa.DataType) -> pa.DataType:
    """The type with dictionaries for texts, but for those in lists, which Arrow cannot cast."""
    if pa.types.is_string(type_):
        return pa.dictionary(pa.int32(), pa.string())
    if pa.types.is_struct(type_):
        return pa.struct([pa.field(field.name, dictionaries(field.type)) for field in type_])
    return type_


def test_what_lies_below_a_missing_record_or_list_is_missing() -> None:
    """Arrow may keep values below a null: no row sees them."""
    inner = pa.StructArray.from_arrays([pa.array([True, True])], ["ok"])
    held = pa.ListArray.from_arrays(pa.array([0, 1, 2]), inner, mask=pa.array([False, True]))
    place = pa.StructArray.from_arrays([pa.array([True, True])], ["p"], mask=pa.array([False, True]))
    table = pa.table({"contacts": held, "place": place})
    ok = Field(Element(0, CONTACT), "ok", BOOL)

    values = values_over([Exists(CONTACTS, 0, ok), Fact(("place", "p"), BOOL)], table)

    assert values == [[True, None], [True, None]]


def test_no_rows_and_no_conditions() -> None:
    """Nothing is asked, or of nothing."""
    plan = shipped("recorded")

    assert ArrayEngine(plan).evaluate_all([]) == []
    assert [len(each.true) for each in ArrayEngine(plan).judge_table(table_of_visits([]))] == [0] * len(plan.conditions)
    assert ArrayEngine(plan_of([])).evaluate_all([SimpleNamespace()]) == [()]


def contacts_with(*numbers: int | None) -> tuple[SimpleNamespace, ...]:
    return tuple(SimpleNamespace(**{**dict.fromkeys(CONTACT.fields), "ok": True, "n": number}) for number in numbers)


OTHERS = Fact(("others",), CONTACTS.type)
N = Field(Element(0, CONTACT), "n", INT)


def test_what_has_no_array_form_is_asked_of_native_row_by_row() -> None:
    """A choice between records of two facts: the answers are right, and counted by name."""
    chosen = Choose(Fact(("place", "p"), BOOL), CONTACTS, OTHERS, CONTACTS.type)
    conditions: tuple[Expr, ...] = (
        Exists(chosen, 0, Compare("==", N, Const(2, INT))),
        Compare("==", Fact(("place", "m"), MONEY), Fact(("place", "m"), MONEY)),
    )
    given = [
        SimpleNamespace(
            place=SimpleNamespace(**{**dict.fromkeys(PLACE.fields), "p": p}),
            contacts=contacts_with(1, None),
            others=contacts_with(2),
        )
        for p in (True, False, None)
    ]
    engine = ArrayEngine(plan_of(conditions))
    engine._root = ROOT

    answers = engine.evaluate_all(given)

    assert answers == [tuple(interpret(condition, visit) for condition in conditions) for visit in given]
    assert [truths[0] for truths in answers] == [None, True, None]
    assert engine.work.to_dict()["by_native"] == {"a choice between lists of records of two facts": 3}
    assert engine.work.by_arrays == 3


def test_chunks_with_too_many_elements_are_judged_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two long lists for each other: fewer rows at once, and native for a single visit that is still too large."""
    monkeypatch.setattr(lists, "MOST_ELEMENTS", 1_000)
    outer = Field(Element(1, CONTACT), "n", INT)
    condition = Exists(CONTACTS, 1, Exists(OTHERS, 0, Compare(">", N, outer)))
    given = [
        SimpleNamespace(contacts=contacts_with(*range(size)), others=contacts_with(*range(size, 2 * size)))
        for size in (3, 40, 5, 25, 25, 25, 0)
    ]
    engine = ArrayEngine(plan_of([condition, Fact(("place", "p"), BOOL)]))
    engine._root = ROOT

    assert engine.evaluate_all(given) == [(True, None)] * 6 + [(False, None)]
    assert engine.work.to_dict() == {"by_arrays": 2 * 7 - 1, "by_native": {"too many elements": 1}, "calls": {}}


def test_texts_are_asked_about_once_each() -> None:
    """However many rows have a text, and once for all chunks."""
    text = Fact(("place", "s"), STRING)
    conditions: list[Expr] = [
        Call("mentions", (text, Const(("打死",), ListOf(STRING))), BOOL),
        Call("matches", (text, Const("^a.*[0-9]+$", STRING)), BOOL),
        Not(Call("matches", (text, Const("债", STRING)), BOOL)),
    ]
    words = ["我要打死你", "abc12", None, "债务", "abc12"]
    given = [SimpleNamespace(place=SimpleNamespace(s=word), contacts=None, others=None) for word in words * 50]
    engine = ArrayEngine(plan_of(conditions))
    engine._root = ROOT

    answers = engine.evaluate_all(given)

    assert answers == [tuple(interpret(condition, visit) for condition in conditions) for visit in given]
    assert engine.evaluate_all(given[::-1]) == answers[::-1]
    assert engine.work.to_dict()["calls"] == {"matches": 6, "mentions": 3}


def test_lists_in_elements_and_records_in_lists() -> None:
    """`x.items.exists(...)`, `x.map(y, y.group)`, and all of it once more for each element of another list."""
    word = Word("w", ("a", "b"))
    group = Record("group", {"n": INT, "words": ListOf(word)})
    item = Record("item", {"group": group, "numbers": ListOf(INT)})
    items = Fact(("items",), ListOf(item))
    root = Record("root", {"items": items.type, "n": INT})
    x, y = Element(0, item), Element(1, item)
    groups = Map(items, 0, Field(x, "group", group), ListOf(group))
    in_group = Field(Element(0, group), "n", INT)
    numbers = Field(y, "numbers", ListOf(INT))
    conditions: list[Expr] = [
        Exists(groups, 0, Compare("==", in_group, Fact(("n",), INT))),
        Exists(items, 1, Exists(numbers, 0, Compare(">", Element(0, INT), Field(Field(y, "group", group), "n", INT)))),
        Exists(
            items,
            1,
            Compare(
                "==",
                Size(Filter(numbers, 0, Compare(">", Element(0, INT), Const(1, INT)), numbers.type)),
                Const(1, INT),
            ),
        ),
        Exists(
            items,
            1,
            Exists(
                Field(Field(y, "group", group), "words", ListOf(word)),
                0,
                Compare("==", Element(0, word), Const("b", word)),
            ),
        ),
        Exists(items, 1, Compare("==", numbers, Const((1, 2), ListOf(INT)))),
        Exists(
            items,
            2,
            Exists(
                Filter(
                    items, 1, Compare("!=", Field(Field(y, "group", group), "n", INT), Fact(("n",), INT)), items.type
                ),
                1,
                Compare(
                    "<",
                    Field(Field(y, "group", group), "n", INT),
                    Field(Field(Element(2, item), "group", group), "n", INT),
                ),
            ),
        ),
    ]
    given = [random_items(np.random.default_rng(seed)) for seed in range(200)]

    answers = values_over(conditions, table_of_visits(given, root))

    for condition, values in zip(conditions, answers, strict=True):
        wanted: list[Truth] = [interpret(condition, visit) for visit in given]  # type: ignore[misc]
        assert values == wanted, condition
        assert len(set(wanted)) == 3


def random_items(chance: np.random.Generator) -> SimpleNamespace:
    def maybe(value: Any) -> Any:
        return None if chance.random() < 0.2 else value

    def item() -> SimpleNamespace:
        words = maybe(tuple(chance.choice(["a", "b"], chance.integers(0, 3)).tolist()))
        group = SimpleNamespace(n=maybe(int(chance.integers(0, 4))), words=words)
        return SimpleNamespace(
            group=maybe(group), numbers=maybe(tuple(chance.integers(0, 4, chance.integers(0, 3)).tolist()))
        )

    return SimpleNamespace(items=maybe(tuple(item() for _ in range(chance.integers(0, 4)))), n=maybe(1))


def test_filters_of_a_chosen_list_are_those_of_its_rows() -> None:
    """A list filtered, chosen and asked again: elements keep their rows."""
    p = Fact(("place", "p"), BOOL)
    condition = Compare("==", Size(Choose(p, IN, CONTACTS, CONTACTS.type)), Const(2, INT))
    contacts = (
        *contacts_with(1, 2),
        SimpleNamespace(**{**dict.fromkeys(CONTACT.fields), "ok": False}),
    )
    given = [
        SimpleNamespace(
            place=SimpleNamespace(**{**dict.fromkeys(PLACE.fields), "p": p}), contacts=contacts, others=None
        )
        for p in (True, False, None)
    ]

    assert values_over([condition], table_of_visits(given)) == [[True, False, None]]
