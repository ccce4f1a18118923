"""Typed expressions as DuckDB SQL, written by hand and plainly: nothing enters the language that SQL cannot
say.

Values are as inside Python: instants, durations, dates and times of day are BIGINT; money and counts are
structs; a list of a macro is a list of structs `held`, `value`. Lambdas read fields in brackets, folds stand
in for exists and all, overflow is TRY, and the session is in UTC, so Spark can say the same.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from sql_functions import CALLS, CONSTANT_CALLS, LIST_CALLS, fold_or, let, members_of
from sql_values import literal, sql_type

from visitcheck.facts.types import (
    COUNT,
    DATE,
    DATE_MAX,
    DATE_MIN,
    DOUBLE,
    INT,
    INT_MIN,
    MONEY,
    STRING,
    TIMESTAMP,
    TIMESTAMP_MAX,
    TIMESTAMP_MIN,
    ListOf,
    Type,
)
from visitcheck.language.functions import FUNCTIONS
from visitcheck.language.nodes import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Const,
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

_names = count()
Env = dict[int, str]


def render(node: Expr, env: Env | None = None) -> str:
    """The SQL of a node; facts are columns, named by the first part of their paths."""
    env = env or {}
    match node:
        case Const(value, type_):
            return literal(value, type_)
        case Param():
            return _param(node, env)
        case Fact(path):
            return f'"{path[0]}"' + "".join(f"['{name}']" for name in path[1:])
        case Element(binder):
            return env[binder]
        case Field(record, name):
            return f"{render(record, env)}['{name}']"
        case Has(target):
            return f"({render(target, env)} IS NOT NULL)"
        case Not(operand):
            return f"(NOT {render(operand, env)})"
        case And(parts):
            return "(" + " AND ".join(render(part, env) for part in parts) + ")"
        case Or(parts):
            return "(" + " OR ".join(render(part, env) for part in parts) + ")"
        case Choose(test, then, other):
            return (
                f"(CASE WHEN {render(test, env)} THEN {render(then, env)} WHEN NOT {render(test, env)} "
                f"THEN {render(other, env)} END)"
            )
        case Compare():
            return _compare(node, env)
        case Arithmetic(op, left, right, type_):
            return _arithmetic(op, left, right, type_, env)
        case Negate(operand, type_):
            return _negate(render(operand, env), type_)
        case Exact(operand):
            return let(
                render(operand, env), lambda c: f"(CASE WHEN {c}['low'] = {c}['high'] THEN {c}['low'] END)"
            )
        case Call():
            return _call(node, env)
        case _:
            return _macro(node, env)


def _macro(node: Expr, env: Env) -> str:
    match node:
        case Exists(source, binder, body):
            return fold_or(
                _each(source, binder, env, lambda m, inner: f"({m}['held'] AND {render(body, inner)})")
            )
        case ForAll(source, binder, body):
            bodies = _each(
                source, binder, env, lambda m, inner: f"((NOT {m}['held']) OR {render(body, inner)})"
            )
            return f"list_reduce({bodies}, lambda p_, q_: p_ AND q_, TRUE)"
        case Filter(source, binder, body):
            kept = _each(
                source,
                binder,
                env,
                lambda m, inner: f"{{'held': {m}['held'] AND {render(body, inner)}, 'value': {m}['value']}}",
            )
            return f"list_filter({kept}, lambda f_: f_['held'] IS NULL OR f_['held'])"
        case Map(source, binder, body):
            return _each(
                source,
                binder,
                env,
                lambda m, inner: f"{{'held': {m}['held'], 'value': {render(body, inner)}}}",
            )
        case Distinct(source):
            return let(_members(source, env), _distinct)
        case Size(source):
            return let(_members(source, env), _size)
        case Aggregate():
            return _aggregate(node, env)
        case ListCall(function, source, binder, bodies, args):
            names = [f"b{n}" for n in range(len(bodies))]
            rows = _each(
                source,
                binder,
                env,
                lambda m, inner: (
                    f"{{'held': {m}['held'], "
                    + ", ".join(
                        f"'{name}': {render(body, inner)}" for name, body in zip(names, bodies, strict=True)
                    )
                    + "}"
                ),
            )
            return LIST_CALLS[function](rows, names, [render(arg, env) for arg in args])
    raise TypeError(node)


def _members(source: Expr, env: Env) -> str:
    if isinstance(source, Filter | Map | Distinct):
        return render(source, env)
    return members_of(render(source, env))


def _each(source: Expr, binder: int, env: Env, body: Callable[[str, Env], str]) -> str:
    name = f"m{next(_names)}_"
    written = body(name, {**env, binder: f"{name}['value']"})
    return f"list_transform({_members(source, env)}, lambda {name}: {written})"


def _param(node: Param, env: Env) -> str:
    cases = []
    for dated in node.values:
        bounds = [f"d_ >= {dated.start}"] * (dated.start is not None) + [f"d_ < {dated.end}"] * (
            dated.end is not None
        )
        cases.append(f"WHEN {' AND '.join(bounds) or 'TRUE'} THEN {literal(dated.value, node.type)}")
    values = [dated.value for dated in node.values]
    same = literal(values[0] if values and all(v == values[0] for v in values) else None, node.type)
    return (
        f"list_transform([{render(node.date, env)}], lambda d_: CASE WHEN d_ IS NULL THEN {same} "
        f"{' '.join(cases)} END)[1]"
    )


def _compare(node: Compare, env: Env) -> str:
    a, b = render(node.left, env), render(node.right, env)
    if COUNT in (node.left.type, node.right.type):
        return let(
            _count(a, node.left.type),
            lambda x: let(_count(b, node.right.type), lambda y: _intervals(node.op, x, y)),
        )
    if node.left.type == MONEY:
        return let(
            a,
            lambda x: let(
                b,
                lambda y: (
                    f"(CASE WHEN {x}['currency'] = {y}['currency'] THEN {x}['minor'] {node.op} {y}['minor'] "
                    f"END)"
                ),
            ),
        )
    return f"({a} {node.op} {b})"


def _count(sql: str, type_: Type) -> str:
    return (
        sql
        if type_ == COUNT
        else let(sql, lambda n: f"CASE WHEN {n} IS NOT NULL THEN {{'low': {n}, 'high': {n}}} END")
    )


def _intervals(op: str, x: str, y: str) -> str:
    if op in (">", "<="):
        inner = _intervals("<", y, x)
        return inner if op == ">" else f"(NOT {inner})"
    if op == ">=":
        return f"(NOT {_intervals('<', x, y)})"
    if op == "!=":
        return f"(NOT {_intervals('==', x, y)})"
    if op == "<":
        return f"(CASE WHEN {x}['high'] < {y}['low'] THEN TRUE WHEN {x}['low'] >= {y}['high'] THEN FALSE END)"
    return (
        f"(CASE WHEN {x}['low'] = {x}['high'] AND {y}['low'] = {y}['high'] AND {x}['low'] = "
        f"{y}['low'] THEN TRUE "
        f"WHEN {x}['high'] < {y}['low'] OR {y}['high'] < {x}['low'] THEN FALSE END)"
    )


_RANGES = {TIMESTAMP: (TIMESTAMP_MIN, TIMESTAMP_MAX), DATE: (DATE_MIN, DATE_MAX)}


def _arithmetic(op: str, left: Expr, right: Expr, type_: Type, env: Env) -> str:
    a, b = render(left, env), render(right, env)
    if type_ == COUNT:
        ends = ("low", "high") if op == "+" else ("high", "low")
        pair = f"{{'low': TRY(x_['low'] {op} y_['{ends[0]}']), 'high': TRY(x_['high'] {op} y_['{ends[1]}'])}}"
        whole = f"CASE WHEN x_ IS NOT NULL AND y_ IS NOT NULL THEN {pair} END"
        found = (
            f"list_transform([{_count(a, left.type)}], lambda x_: "
            f"list_transform([{_count(b, right.type)}], lambda y_: {whole})[1])[1]"
        )
        return let(
            found, lambda c: f"CASE WHEN {c}['low'] IS NOT NULL AND {c}['high'] IS NOT NULL THEN {c} END"
        )
    if type_ == MONEY:
        return _money(op, a, b, left.type, right.type)
    if type_ == STRING:
        return f"({a} || {b})"
    if type_ == DOUBLE:
        divisor = f"nullif({b}, 0)" if op == "/" else b
        return let(f"TRY({a} {op} {divisor})", lambda x: f"CASE WHEN isfinite({x}) THEN {x} END")
    if op == "/":
        return f"TRY(({a}) // nullif({b}, 0))"
    if op == "%":
        # The smallest int modulo -1: its quotient overflows, so UNKNOWN; engines differ on it.
        return f"(CASE WHEN NOT ({a} = {INT_MIN} AND {b} = -1) THEN ({a}) % nullif({b}, 0) END)"
    found = f"TRY({a} {op} {b})"
    low, high = _RANGES.get(type_, (None, None))
    return (
        found if low is None else let(found, lambda x: f"CASE WHEN {x} BETWEEN {low} AND {high} THEN {x} END")
    )


def _money(op: str, a: str, b: str, left: Type, right: Type) -> str:
    if op == "*":
        amount, factor = (a, b) if left == MONEY else (b, a)
        minor = let(
            amount,
            lambda x: let(
                f"TRY({x}['minor'] * ({factor}))", lambda n: f"{{'minor': {n}, 'currency': {x}['currency']}}"
            ),
        )
    else:
        minor = let(
            a,
            lambda x: let(
                b,
                lambda y: (
                    f"{{'minor': CASE WHEN {x}['currency'] = {y}['currency'] THEN TRY({x}['minor'] {op} "
                    f"{y}['minor']) END, "
                    f"'currency': {x}['currency']}}"
                ),
            ),
        )
    return let(minor, lambda m: f"CASE WHEN {m}['minor'] IS NOT NULL THEN {m} END")


def _negate(a: str, type_: Type) -> str:
    if type_ == MONEY:
        minor = let(a, lambda x: f"{{'minor': TRY(-({x}['minor'])), 'currency': {x}['currency']}}")
        return let(minor, lambda m: f"CASE WHEN {m}['minor'] IS NOT NULL THEN {m} END")
    return f"TRY(-({a}))"


def _distinct(members: str) -> str:
    known = f"list_filter({members}, lambda k_: k_['value'] IS NOT NULL)"
    unknown = f"list_filter({members}, lambda u_: u_['value'] IS NULL)"
    values = f"list_distinct(list_transform({known}, lambda v_: v_['value']))"
    found = (
        f"list_transform({values}, lambda d_: {{'held': CASE WHEN len(list_filter({known}, "
        f"lambda s_: s_['value'] = d_ AND s_['held'] IS NOT NULL)) > 0 THEN TRUE END, 'value': d_}})"
    )
    nothing_in = f"len(list_filter({known}, lambda n_: n_['held'] IS NOT NULL)) = 0"
    something = f"len(list_filter({unknown}, lambda i_: i_['held'] IS NOT NULL)) > 0"
    copies = (
        f"list_transform({unknown}, lambda c_, at_: {{'held': CASE WHEN at_ = 1 AND {nothing_in} "
        f"AND {something} "
        f"THEN TRUE END, 'value': c_['value']}})"
    )
    return f"CASE WHEN {members} IS NOT NULL THEN list_concat({found}, {copies}) END"


def _size(members: str) -> str:
    low = f"len(list_filter({members}, lambda h_: h_['held'] IS NOT NULL))"
    return f"CASE WHEN {members} IS NOT NULL THEN {{'low': {low}, 'high': len({members})}} END"


def _aggregate(node: Aggregate, env: Env) -> str:
    default = "NULL" if node.default is None else render(node.default, env)
    if node.kind == "sum" and node.default is None:
        default = literal(None if node.type == MONEY else 0.0 if node.type == DOUBLE else 0, node.type)

    def whole(members: str) -> str:
        doubt = f"len(list_filter({members}, lambda w_: w_['held'] IS NULL OR w_['value'] IS NULL)) > 0"
        values = f"list_transform({members}, lambda a_: a_['value'])"
        return (
            f"CASE WHEN {members} IS NULL OR {doubt} THEN NULL WHEN len({members}) = 0 THEN {default} "
            f"ELSE {_folded(node.kind, node.type, values)} END"
        )

    return let(_members(node.source, env), whole)


def _folded(kind: str, type_: Type, values: str) -> str:
    if type_ == MONEY:
        minors, currencies = (
            f"list_transform({values}, lambda y_: y_['{part}'])" for part in ("minor", "currency")
        )
        minor = _folded(kind, INT, minors)
        return (
            f"(CASE WHEN len(list_distinct({currencies})) = 1 AND {minor} IS NOT NULL "
            f"THEN {{'minor': {minor}, 'currency': list_min({currencies})}} END)"
        )
    if kind != "sum":
        return f"list_{kind}({values})"
    if type_ == DOUBLE:
        return let(f"TRY(list_sum({values}))", lambda s: f"CASE WHEN isfinite({s}) THEN {s} END")
    return f"TRY(CAST(list_sum({values}) AS BIGINT))"


def _call(node: Call, env: Env) -> str:
    constants = FUNCTIONS[node.function].constant
    if node.function in CONSTANT_CALLS:
        given = [arg.value if isinstance(arg, Const) else render(arg, env) for arg in node.args]
        return CONSTANT_CALLS[node.function](*given)
    assert not constants, node.function
    args = [render(arg, env) for arg in node.args]
    types = [arg.type for arg in node.args]
    return CALLS[node.function](args, types)


__all__ = ["ListOf", "render", "sql_type"]
