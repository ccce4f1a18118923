"""The edge tables of operators and functions: reference code and DuckDB give the answers written there."""

# ruff: noqa: S608 - the queries are made of constants of these tests

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from sql_rendering import render
from sql_values import from_sql, literal, read_type, read_value, sql_type

from visitcheck.documents import parse_yaml, to_python
from visitcheck.facts.types import BOOL, STRING, WEEKLY_HOURS, ListOf, Type
from visitcheck.language.functions import FUNCTIONS
from visitcheck.language.interpreter import interpret
from visitcheck.language.nodes import (
    And,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Const,
    Exact,
    Expr,
    Fact,
    Negate,
    Not,
    Or,
)
from visitcheck.language.operators import ARITHMETIC_TYPES

TABLES = Path(__file__).parent / "tables"
READ_WHILE_COMPILING = {"duration", "timestamp", "date"}


def _read_tables() -> list[Any]:
    found = []
    for path in sorted(TABLES.glob("*.yaml")):
        tree, problems = parse_yaml(path.read_text("utf-8"), path.name)
        assert tree is not None, problems
        assert not problems
        found.extend(pytest.param(table, id=_name(path.stem, table)) for table in to_python(tree))
    return found


def _name(stem: str, table: Any) -> str:
    return (
        f"{stem}-{table.get('call', table.get('op'))}-{'-'.join(table['types'])}-{table.get('constant', '')}"
    )


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
        args.insert(2, Const(read_value(table["hours"], WEEKLY_HOURS), WEEKLY_HOURS))
    for value in table.get("constant", ()):
        kind: Type = ListOf(STRING) if isinstance(value, list) else STRING
        args.append(Const(tuple(value) if isinstance(value, list) else value, kind))
    fitting = [s for s in function.signatures if list(s.params) == [arg.type for arg in args]]
    assert fitting, (table["call"], [arg.type for arg in args])
    return Call(function=function.name, args=tuple(args), type=fitting[0].result), fitting[0].result


@pytest.fixture(scope="module")
def duck() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone='UTC'")
    return connection


@pytest.mark.parametrize("table", _read_tables())
def test_reference_and_sql_give_the_table_s_answers(table: Any, duck: duckdb.DuckDBPyConnection) -> None:
    types = [read_type(name) for name in table["types"] if name != "hours"]
    columns = [Fact(path=(f"a{n}",), type=type_) for n, type_ in enumerate(types)]
    node, result = _expression(table, columns)
    rows = [[read_value(v, t) for v, t in zip(row, [*types, result], strict=True)] for row in table["rows"]]
    names = [column.path[0] for column in columns]

    by_reference = [interpret(node, SimpleNamespace(**dict(zip(names, row, strict=False)))) for row in rows]

    assert by_reference == [row[-1] for row in rows]

    values = ", ".join(
        "(" + ", ".join([str(n), *(literal(v, t) for v, t in zip(row, types, strict=False))]) + ")"
        for n, row in enumerate(rows)
    )
    query = (
        f"SELECT CAST({render(node)} AS {sql_type(result)}) FROM (VALUES {values}) t(n_, "
        f"{', '.join(names)}) ORDER BY n_"
    )
    by_sql = [from_sql(answer, result) for (answer,) in duck.execute(query).fetchall()]

    assert by_sql == by_reference


def test_every_function_and_operator_has_a_table() -> None:
    tables = [param.values[0] for param in _read_tables()]

    assert {table["call"] for table in tables if "call" in table} == set(FUNCTIONS) - READ_WHILE_COMPILING
    for op, left, right in ARITHMETIC_TYPES:
        assert any(t.get("op") == op and t["types"] == [str(left), str(right)] for t in tables), (
            op,
            left,
            right,
        )
