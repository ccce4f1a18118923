"""Queries in named steps, and the values of a row that several conditions need, worked out in such steps once.

A condition alone would be one expression over the table. But the conditions of a policy ask for the same things
again and again: the local date of the visit, how many people came, whether any call came at night. A database
does not find what expressions share, so the query says it: `QuerySteps` is a chain of common table expressions,
each adding columns to the one before, and `ColumnCache` decides which values become such columns.

Lists take one more turn. To go through a list costs a database far more than to test an element. So tests of one
list that are known at the same step are packed into one pass: an element becomes one number with two bits a test,
1 for TRUE and 2 for UNKNOWN; the numbers are joined by OR, and each truth is read off its bits. However long the
list, nothing overflows. A count takes one pass, too: 1 for what is in, `_MAYBE` for what is maybe in, added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.dialects import Dialect

MOST_TESTS = 15
"""Tests in one number: two bits each, in 32 bits, and none for the sign."""
ELEMENT = sql.element_name(0)
"""What a test calls the element."""
_UNKNOWN = 2
_MAYBE = 2**32
_PREFIX = "__v"


class QuerySteps:
    """A query in steps, each a SELECT from the one before: common table expressions that say by name what they are for.

    Each is read once, so databases run them as one pass over the rows.
    """

    def __init__(self, source: exp.Table | exp.Subquery) -> None:
        self._source = source
        self._steps: list[tuple[str, exp.Query]] = []

    @classmethod
    def from_query(cls, name: str, query: exp.Query) -> QuerySteps:
        """Steps of which the first is a query as it stands."""
        steps = cls(sql.table(name))
        steps._steps.append((name, query))
        return steps

    def add(self, name: str, columns: Iterable[Sql]) -> None:
        """One more step with these columns of the last one."""
        self._steps.append((name, sql.select(columns, self._source)))
        self._source = sql.table(name)

    def query(self, columns: Iterable[Sql]) -> exp.Select:
        """The whole query for these columns of the last step."""
        query = sql.select(columns, self._source)
        for name, step in self._steps:
            query = query.with_(sql.identifier(name), step, copy=False)
        return query


class ColumnCache:
    """Values of the whole row that are worked out once: columns by what they hold.

    A column's step is one after the last step of what it reads.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._names: dict[str, str] = {}
        self._values: dict[int, dict[str, Sql]] = {}
        self._steps: dict[str, int] = {}
        self._tests: dict[tuple[int, str], tuple[Sql, dict[str, Sql]]] = {}

    def column(self, value: Sql) -> Sql:
        """The column that holds a value of the whole row."""
        name, is_new = self._name("", value)
        if is_new:
            self._keep(name, value, self._step_of(value))
        return sql.column(name)

    def any_of(self, items: Sql, test: Sql) -> Sql:
        """The column that holds the Kleene OR of a test of a list's elements, which calls them `ELEMENT`."""
        name, is_new = self._name("any", items, test)
        if is_new:
            step = max(self._step_of(items), self._step_of(test))
            _, tests = self._tests.setdefault((step, items.sql()), (items, {}))
            tests[name] = test
            self._steps[name] = step + 1
        return sql.column(name)

    def counts(self, items: Sql, test: Sql) -> dict[str, Sql]:
        """The ends, `low` and `high`, of the count of a list's elements by a test."""
        counted = self.column(_counts(self._dialect, items, test))
        sure, doubtful = sql.mod(counted, _MAYBE), sql.int_div(counted, _MAYBE)
        return {"low": sure, "high": sql.add(sure, doubtful)}

    def add_steps(self, steps: QuerySteps, chosen: Iterable[Sql]) -> list[Sql]:
        """Adds the steps with all columns, and gives what was chosen as it is written over the last of them."""
        self._pack()
        facts = _FactColumns()
        columns = [facts.lift(value) for value in chosen]
        values = {
            step: {name: facts.lift(value) for name, value in values.items()}
            for step, values in sorted(self._values.items())
        }
        if facts.columns:
            values = {0: facts.columns} | values
        for step, added in values.items():
            steps.add(f"__step{step}", [exp.Star(), *(sql.named(value, name) for name, value in added.items())])
        return columns

    def query(self, source: exp.Table | exp.Subquery, chosen: Iterable[Sql]) -> exp.Select:
        """A query over a table for what is chosen."""
        steps = QuerySteps(source)
        return steps.query(self.add_steps(steps, chosen))

    def _name(self, *parts: str | Sql) -> tuple[str, bool]:
        """The name of the column of these parts, and whether it is a new one."""
        key = "|".join(part if isinstance(part, str) else part.sql() for part in parts)
        is_new = key not in self._names
        return self._names.setdefault(key, f"{_PREFIX}{len(self._names)}"), is_new

    def _step_of(self, value: Sql) -> int:
        return 1 + max((self._steps.get(column.name, 0) for column in value.find_all(exp.Column)), default=0)

    def _keep(self, name: str, value: Sql, step: int) -> None:
        self._values.setdefault(step, {})[name] = value
        self._steps[name] = step

    def _pack(self) -> None:
        """Makes columns of the tests. Those of one step cannot need each other, so they share a pass."""
        for (step, _), (items, tests) in self._tests.items():
            for group in _groups(tests.items(), MOST_TESTS):
                for name, value in self._packed(step, items, dict(group)):
                    self._values.setdefault(step + 1, {})[name] = value
        self._tests = {}

    def _packed(self, step: int, items: Sql, tests: dict[str, Sql]) -> Iterator[tuple[str, Sql]]:
        mask, is_new = self._name("mask", items, *tests.values())
        if is_new:
            self._keep(mask, _masks(self._dialect, items, list(tests.values())), step)
        for place, name in enumerate(tests):
            yield name, _truth_in_mask(sql.column(mask), place)


# -- many tests of one list in one pass


def _masks(dialect: Dialect, items: Sql, tests: Sequence[Sql]) -> Sql:
    """The bits of some tests over a list; NULL for an absent one."""
    bits: Sql = _code(tests[0], _UNKNOWN, "int")
    for place, test in enumerate(tests[1:], 1):
        bits = sql.add(bits, sql.mul(_code(test, _UNKNOWN, "int"), 4**place))
    return _zero_if_empty(items, dialect.bits(_each(items, bits)))


def _truth_in_mask(mask: Sql, place: int) -> Sql:
    """The Kleene OR of a test over the list, from its bits."""
    bits = (sql.binary(exp.BitwiseAnd, mask, sql.number(bit * 4**place)) for bit in (1, _UNKNOWN))
    true, unknown = (sql.compare("!=", bit, 0) for bit in bits)
    # TRUE OR NULL is TRUE, FALSE OR NULL is NULL.
    return sql.or_([true, sql.null_if(unknown, sql.true())])


def _counts(dialect: Dialect, items: Sql, test: Sql) -> Sql:
    """How many elements are in, and how many are maybe in, as one number; NULL for an absent list."""
    return _zero_if_empty(items, dialect.tally(_each(items, _code(test, _MAYBE, "bigint"))))


def _code(test: Sql, unknown: int, kind: str) -> Sql:
    return sql.coalesce(sql.cast(test, kind), sql.number(unknown))


def _each(items: Sql, number: Sql) -> Sql:
    return sql.transform(items, 0, lambda _: number)


def _zero_if_empty(items: Sql, joined: Sql) -> Sql:
    """What was joined, and 0 for a list of no elements. No CASE around the pass: databases are slower inside one."""
    return sql.coalesce(joined, sql.case((sql.is_known(items), sql.number(0))))


def _groups(items: Iterable[tuple[str, Sql]], most: int) -> Iterator[list[tuple[str, Sql]]]:
    rest = iter(items)
    while group := list(islice(rest, most)):
        yield group


# -- facts out of their groups


class _FactColumns:
    """Facts of groups as columns of their own: the first step takes them out, so that no later one carries a group.

    Databases read only the fields that are asked for right above the table, and hand whole groups to lambdas.
    """

    def __init__(self) -> None:
        self.columns: dict[str, Sql] = {}
        self._names: dict[tuple[str, ...], str] = {}

    def lift(self, value: Sql) -> Sql:
        """The value over those columns."""
        return value.copy().transform(self._column)

    def _column(self, node: Sql) -> Sql:
        path = _fact_path(node)
        if len(path) < 2:
            return node
        name = self._names.setdefault(path, f"__f{len(self._names)}")
        self.columns[name] = node.copy()
        return sql.column(name)


def _fact_path(node: Sql) -> tuple[str, ...]:
    """The path of a fact of the table, as `"visit"['id']` or `"visit"."id"` spell it; else nothing."""
    if isinstance(node, exp.Column) and not node.name.startswith("__"):
        return tuple(part.name for part in node.parts)
    if isinstance(node, exp.Bracket) and len(node.expressions) == 1 and node.expressions[0].is_string:
        below = _fact_path(node.this)
        return (*below, node.expressions[0].name) if below else ()
    return ()
