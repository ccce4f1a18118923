"""The edge tables of operators and functions: reference, arrays, DuckDB and Spark give the answers written there."""

from __future__ import annotations

import itertools
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sql_values import read_type, read_value
from sqlglot import exp

from databases import ASK, BOTH, from_sql, table_of
from engines.arrays.array_checks import repeated, values_over
from engines.sql.reading_back import read_back
from visitcheck.documents import parse_yaml, to_python
from visitcheck.engines.sql.build import cast
from visitcheck.engines.sql.compiler import Compiler
from visitcheck.engines.sql.dialects import DIALECTS
from visitcheck.engines.sql.functions import CALLS, LIST_CALLS
from visitcheck.engines.sql.steps import ColumnCache
from visitcheck.facts.types import BOOL, COUNT, DAILY_HOURS, STRING, WEEKLY_HOURS, ListOf, Type
from visitcheck.facts.zones import zone_names
from visitcheck.ir.nodes import And, Arithmetic, Call, Choose, Compare, Const, Exact, Expr, Fact, Negate, Not, Or
from visitcheck.ir.walk import rebuild
from visitcheck.language.functions import FUNCTIONS, LIST_FUNCTIONS
from visitcheck.language.interpreter import interpret
from visitcheck.language.operators import ARITHMETIC_TYPES

FOLDER = Path(__file__).parent / "tables"
READ_WHILE_COMPILING = {"duration", "timestamp", "date"}


def _read_tables() -> list[Any]:
    tables: list[Any] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        tree, problems = parse_yaml(path.read_text("utf-8"), path.name)
        assert tree is not None, problems
        assert not problems
        tables.extend({"file": path.stem, **table} for table in to_python(tree))
    return tables


def _name(table: Any) -> str:
    types = "-".join(table["types"])
    return f"{table['file']}-{table.get('call', table.get('op'))}-{types}-{table.get('constant', '')}"


TABLES = _read_tables()
ZONES = {cell for table in TABLES for row in table["rows"] for cell in row if isinstance(cell, str)} & zone_names()


class Case:
    """A table: the node under test over columns, the type of its value, and rows that end in the answer."""

    def __init__(self, table: Any, prefix: str = "") -> None:
        types = [read_type(name) for name in table["types"] if name != "hours"]
        self.columns = [Fact(path=(f"{prefix}a{n}",), type=type_) for n, type_ in enumerate(types)]
        self.node, self.result = _expression(table, self.columns)
        self.rows = [
            [read_value(value, type_) for value, type_ in zip(row, [*types, self.result], strict=True)]
            for row in table["rows"]
        ]


def _expression(table: Any, columns: list[Fact]) -> tuple[Expr, Type]:
    """The node under test over the columns, and the type of its value."""
    types = [column.type for column in columns]
    match table.get("op"):
        case None:
            return _call(table, columns)
        case "and":
            return And(parts=tuple(columns)), BOOL
        case "or":
            return Or(parts=tuple(columns)), BOOL
        case "not":
            return Not(operand=columns[0]), BOOL
        case "negate":
            return Negate(operand=columns[0], type=types[0]), types[0]
        case "exact":
            return Exact(operand=columns[0], type=read_type("int")), read_type("int")
        case "choose":
            return Choose(*columns, type=types[1]), types[1]
        case ("==" | "!=" | "<" | "<=" | ">" | ">=") as op:
            return Compare(op=op, left=columns[0], right=columns[1]), BOOL
        case op:
            result = ARITHMETIC_TYPES[op, types[0], types[1]]
            return Arithmetic(op=op, left=columns[0], right=columns[1], type=result), result


def _call(table: Any, columns: list[Fact]) -> tuple[Expr, Type]:
    function = FUNCTIONS[table["call"]]
    args: list[Expr] = list(columns)
    if "hours" in table:
        window = WEEKLY_HOURS if isinstance(table["hours"], dict) else DAILY_HOURS
        args.insert(2, Const(read_value(table["hours"], window), window))
    for value in table.get("constant", ()):
        kind: Type = ListOf(STRING) if isinstance(value, list) else STRING
        args.append(Const(tuple(value) if isinstance(value, list) else value, kind))
    fitting = [s for s in function.signatures if list(s.params) == [arg.type for arg in args]]
    assert fitting, (table["call"], [arg.type for arg in args])
    return Call(function=function.name, args=tuple(args), type=fitting[0].result), fitting[0].result


@cache
def answers(dialect: str, shared: bool) -> list[tuple[Any, ...]]:
    """What a database answers to all tables: one query over their rows side by side, a column for each."""
    columns: dict[str, Type] = {}
    cells: dict[str, list[Any]] = {}
    chosen: list[exp.Expr] = [exp.column("n_")]
    shared_columns = ColumnCache(DIALECTS[dialect])
    for number, table in enumerate(TABLES):
        case = Case(table, f"t{number}_")
        for place, fact in enumerate(case.columns):
            columns[fact.path[0]] = fact.type
            cells[fact.path[0]] = [row[place] for row in case.rows]
        compiler = Compiler(DIALECTS[dialect], zones=ZONES, cache=shared_columns if shared else None)
        value = cast(compiler.truth(case.node), case.result)
        chosen.append(exp.Alias(this=value, alias=exp.to_identifier(f"r{number}")))
    rows = list(itertools.zip_longest(*cells.values()))
    query = shared_columns.query(exp.to_table("cells"), chosen)
    return ASK[dialect](query, {"cells": table_of(columns, rows)})


@pytest.mark.parametrize("number", range(len(TABLES)), ids=[_name(table) for table in TABLES])
def test_reference_gives_the_table_s_answers(number: int) -> None:
    case = Case(TABLES[number])
    names = [fact.path[0] for fact in case.columns]

    values = [interpret(case.node, SimpleNamespace(**dict(zip(names, row, strict=False)))) for row in case.rows]

    assert values == [row[-1] for row in case.rows]


@pytest.mark.parametrize("least", [1, 1_000], ids=["few", "many"])
@pytest.mark.parametrize("number", range(len(TABLES)), ids=[_name(table) for table in TABLES])
def test_arrays_give_the_table_s_answers(number: int, least: int) -> None:
    """Over the rows at once, as few as they are and repeated; also where an argument is the same in all rows."""
    case = Case(TABLES[number])
    answers = [row[-1] for row in case.rows]
    table = repeated(table_of({fact.path[0]: fact.type for fact in case.columns}, case.rows), least)

    [values] = values_over([case.node], table)

    assert values == answers * (len(values) // len(answers))
    assert [type(value) for value in values[: len(answers)]] == [type(answer) for answer in answers]


@pytest.mark.parametrize("number", range(len(TABLES)), ids=[_name(table) for table in TABLES])
def test_arrays_give_the_table_s_answers_of_constants(number: int) -> None:
    """Each row alone, its arguments all constants but the first, or all of them."""
    case = Case(TABLES[number])
    for row in case.rows:
        table = table_of({fact.path[0]: fact.type for fact in case.columns}, [row])
        constants = {fact: Const(value, fact.type) for fact, value in zip(case.columns, row, strict=False)}
        fixed = {fact: constant for fact, constant in constants.items() if fact.type != COUNT}
        nodes = [
            rebuild(case.node, lambda node, given=given: given.get(node) if isinstance(node, Fact) else None)
            for given in (fixed, {fact: each for fact, each in fixed.items() if fact is not case.columns[0]})
        ]

        assert values_over(nodes, table) == [[row[-1]], [row[-1]]]


@pytest.mark.parametrize("dialect", BOTH)
@pytest.mark.parametrize("shared", [False, pytest.param(True, marks=pytest.mark.long)], ids=["alone", "shared"])
@pytest.mark.parametrize("number", range(len(TABLES)), ids=[_name(table) for table in TABLES])
def test_sql_gives_the_table_s_answers(number: int, shared: bool, dialect: str) -> None:
    case = Case(TABLES[number])

    values = [from_sql(row[number], case.result) for row in answers(dialect, shared)[: len(case.rows)]]

    assert values == [row[-1] for row in case.rows]


@pytest.mark.long
@pytest.mark.parametrize("dialect", ["duckdb", "spark"])
@pytest.mark.parametrize("number", range(len(TABLES)), ids=[_name(table) for table in TABLES])
def test_printed_sql_is_read_back_as_the_same_tree(number: int, dialect: str) -> None:
    value = Compiler(DIALECTS[dialect], zones=ZONES).truth(Case(TABLES[number]).node)

    written, read = read_back(value, dialect)

    assert read == written


def test_every_function_and_operator_has_a_table() -> None:
    assert {table["call"] for table in TABLES if "call" in table} == set(FUNCTIONS) - READ_WHILE_COMPILING
    for op, left, right in ARITHMETIC_TYPES:
        assert any(t.get("op") == op and t["types"] == [str(left), str(right)] for t in TABLES), (op, left, right)


def test_sql_says_every_function() -> None:
    assert set(CALLS) == set(FUNCTIONS) - READ_WHILE_COMPILING
    assert set(LIST_CALLS) == set(LIST_FUNCTIONS)
