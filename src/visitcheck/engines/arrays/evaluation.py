"""Conditions over one chunk: every node once for all rows that ask, in the rows where what it looks at is at home."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from visitcheck.engines.arrays import operations
from visitcheck.engines.arrays.analysis import Analysis, Cost, OneOf
from visitcheck.engines.arrays.functions import call_function
from visitcheck.engines.arrays.list_functions import Asked, call_list_function
from visitcheck.engines.arrays.lists import (
    Lists,
    Stem,
    any_of,
    keys_of,
    lists_of_column,
    lists_of_objects,
    or_of,
    order_groups,
    places_of,
    segment_starts,
    sizes_of,
    sure_rows,
)
from visitcheck.engines.arrays.python_values import array_values, python_values
from visitcheck.engines.arrays.rows import Rows
from visitcheck.engines.arrays.structs import (
    ListColumn,
    Records,
    StructColumn,
    Value,
    concatenate,
    field_of,
    known_rows,
    missing,
    take,
)
from visitcheck.engines.arrays.tools import Tools
from visitcheck.engines.arrays.values import (
    ALL_FALSE,
    ALL_TRUE,
    ZERO,
    Amounts,
    Bools,
    Counts,
    Ints,
    Masks,
    NoArrayFormError,
    Numbers,
    Objects,
    Plain,
    choose_plain,
    conjunction,
    disjunction,
    negated,
    spread,
    spread_known,
    truths_where,
)
from visitcheck.facts.types import COUNT, WINDOWS, ListOf, Record
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
    Possible,
    RestCount,
    Size,
)

_FEW_ROWS = 64
"""Rows of which it is not worth while to select some."""
_SELECTED = 0.5
"""The share of rows that has to be settled for the others to be selected."""


class Evaluation:
    """One chunk being judged."""

    def __init__(self, analysis: Analysis, chunk: StructColumn, tools: Tools) -> None:
        self._analysis = analysis
        self._tools = tools
        self._codes = tools.codes
        self._root = Rows(chunk.count)
        self._chunk = Records(chunk)

    def condition(self, node: Expr) -> Masks:
        """The truth of a condition, with an entry for each row of the chunk."""
        masks = self._masks(node, self._root)
        return Masks(spread(masks.true, self._root.count), spread(masks.false, self._root.count))

    def value(self, node: Expr) -> Value:
        """The value of an expression in every row of the chunk; of a list there is none."""
        return self._value(node, self._root)

    def close(self) -> None:
        """Let go of everything that was worked out: rows and their values hold each other."""
        self._root.forget_all()

    # -- where a node is worked out

    def _home(self, node: Expr, rows: Rows) -> Rows:
        """The rows in which a node is worked out for `rows`: where all it looks at is at home.

        What is dear and asked for once only is worked out for the selected rows alone.
        """
        known = self._analysis.node(node)
        home = rows.natural_home(known.free)
        if not rows.is_selection or known.cost is Cost.LEAF:
            return home
        if rows.unselected() is not home or known.is_shared:
            return home
        return home if known.number in home.values else rows

    def _at_home(self, node: Expr, home: Rows) -> Any:
        number = self._analysis.node(node).number
        value = home.values.get(number)
        if value is None:
            value = home.values[number] = self._evaluate(node, home)
        return value

    def _value(self, node: Expr, rows: Rows) -> Value:
        """A value in each of some rows; a list as a column of lists is none (see `_lists`)."""
        home = self._home(node, rows)
        value: Value = self._at_home(node, home)
        return value if home is rows else take(value, rows.path_to(home))

    def _masks(self, node: Expr, rows: Rows) -> Masks:
        value = self._value(node, rows)
        if not isinstance(value, Masks):
            raise NoArrayFormError(f"{type(value).__name__} as a truth")
        return value

    def _lists(self, node: Expr, rows: Rows) -> Lists:
        """The list that an expression is, in each of some rows."""
        home = self._home(node, rows)
        lists: Lists = self._at_home(node, home)
        path = rows.path_to(home)
        return lists if path is None else self._expanded(lists, node, rows, path)

    def _expanded(self, lists: Lists, node: Expr, rows: Rows, path: Ints) -> Lists:
        key = ("list", self._analysis.node(node).number)
        expanded = rows.values.get(key)
        if expanded is None:
            expanded = rows.values[key] = lists.expanded(rows, path)
        return cast("Lists", expanded)

    # -- nodes

    def _evaluate(self, node: Expr, rows: Rows) -> Any:
        """A node's value where it is at home: a `Value`, or `Lists` for a list."""
        if isinstance(node.type, ListOf):
            return self._evaluate_list(node, rows)
        match node:
            case Const():
                return self._constant(node)
            case Param():
                return self._parameter(node, rows)
            case Fact() | Field():
                return self._member(node, rows)
            case Element():
                return _element(node, rows)
            case Has():
                return self._has(node, rows)
            case Not():
                return negated(self._masks(node.operand, rows))
            case And() | Or():
                return self._junction(node, rows)
            case Choose():
                return choose_plain(
                    self._masks(node.test, rows),
                    _plain(self._value(node.then, rows)),
                    _plain(self._value(node.other, rows)),
                )
            case Compare():
                return self._compare(node, rows)
            case Arithmetic():
                left, right = self._value(node.left, rows), self._value(node.right, rows)
                return operations.arithmetic(node.op, node.type, left, right, self._codes)
            case Negate():
                return operations.negate(node.type, self._value(node.operand, rows))
            case Exact():
                return operations.exact(operations.as_counts(self._value(node.operand, rows)))
            case Possible():
                true = ~self._masks(node.operand, rows).false
                return truths_where(true)
            case RestCount():
                return Counts(ZERO, ZERO, no_high=~self._masks(node.test, rows).false)
            case Call():
                args = [self._argument(arg, rows) for arg in node.args]
                return call_function(node, args, self._tools, rows.count)
            case _:
                return self._fold(node, rows)

    def _constant(self, node: Const) -> Value:
        if node.value is None:
            return missing(node.type)
        if node.type in WINDOWS:
            return Objects(ZERO, (node.value,))
        return array_values([node.value], node.type, self._codes)

    def _member(self, node: Fact | Field, rows: Rows) -> Value:
        """A fact, or a field of a record."""
        if isinstance(node, Field):
            records = self._value(node.record, rows)
            if not isinstance(records, Records):
                raise NoArrayFormError(f"a field of {type(records).__name__}")
            return field_of(records, node.name, node.type)
        records = self._chunk
        for name in node.path[:-1]:
            records = cast("Records", field_of(records, name, _GROUP))
        return field_of(records, node.path[-1], node.type)

    def _has(self, node: Has, rows: Rows) -> Masks:
        if isinstance(node.target.type, ListOf):
            lists = self._value_of_list(node.target, rows)
            return truths_where(spread_known(lists.known, rows.count))
        return truths_where(known_rows(self._value(node.target, rows), rows.count))

    def _value_of_list(self, node: Fact | Field, rows: Rows) -> ListColumn:
        column = self._member(node, rows)
        if not isinstance(column, ListColumn):
            raise NoArrayFormError(f"a list of {type(column).__name__}")
        return column

    def _parameter(self, node: Param, rows: Rows) -> Value:
        places = self._dated_places(node, rows)
        if node.type in WINDOWS:
            return Objects(places, tuple(dated.value for dated in node.values))
        # The last entry is UNKNOWN, and what a place below zero leads to.
        table = array_values([*(dated.value for dated in node.values), None], node.type, self._codes)
        return take(table, places)

    def _dated_places(self, node: Param, rows: Rows) -> Ints:
        """The place of a parameter's value on its date among its dated values; -1 where it has none."""
        date = self._value(node.date, rows)
        if not isinstance(date, Numbers):
            raise NoArrayFormError(f"a date of {type(date).__name__}")
        count = len(date.values) if date.known is None else max(len(date.values), len(date.known))
        places = np.full(count, -1, np.int64)
        for place, dated in enumerate(node.values):
            places[_is_in_force(dated, date.values)] = place
        if date.known is not None:
            values = [dated.value for dated in node.values]
            undated = 0 if values and all(value == values[0] for value in values) else -1
            places = np.where(date.known, places, undated)
        return places

    def _compare(self, node: Compare, rows: Rows) -> Masks:
        if isinstance(node.left.type, ListOf):
            return self._compare_lists(node, rows)
        type_ = COUNT if COUNT in (node.left.type, node.right.type) else node.left.type
        left, right = self._value(node.left, rows), self._value(node.right, rows)
        return operations.compare(node.op, type_, left, right, self._codes)

    # -- truths joined

    def _junction(self, node: And | Or, rows: Rows) -> Masks:
        """Kleene's and, or or: dear parts only in the rows that cheap ones leave open."""
        return self._join(self._analysis.parts(node), rows, is_and=isinstance(node, And))

    def _join(self, parts: tuple[Expr | OneOf, ...], rows: Rows, *, is_and: bool, start: Masks | None = None) -> Masks:
        joined = start
        for part in parts:
            if joined is None:
                joined = self._part(part, rows, is_and=is_and)
                continue
            if self._analysis.cost(part) >= Cost.LIST and rows.count > _FEW_ROWS:
                open_ = spread(~(joined.false if is_and else joined.true), rows.count)
                left = np.count_nonzero(open_)
                if not left:
                    break
                if left < _SELECTED * rows.count:
                    joined = self._join_selected(joined, part, rows, np.flatnonzero(open_), is_and=is_and)
                    continue
            value = self._part(part, rows, is_and=is_and)
            joined = conjunction(joined, value) if is_and else disjunction(joined, value)
        return (ALL_TRUE if is_and else ALL_FALSE) if joined is None else joined

    def _join_selected(self, joined: Masks, part: Expr | OneOf, rows: Rows, index: Ints, *, is_and: bool) -> Masks:
        value = self._part(part, rows.select(index), is_and=is_and)
        true, false = spread(joined.true, rows.count).copy(), spread(joined.false, rows.count).copy()
        selected = Masks(true[index], false[index])
        settled = conjunction(selected, value) if is_and else disjunction(selected, value)
        true[index], false[index] = settled.true, settled.false
        return Masks(true, false)

    def _part(self, part: Expr | OneOf, rows: Rows, *, is_and: bool) -> Masks:
        if not isinstance(part, OneOf):
            return self._masks(part, rows)
        subject = self._value(part.subject, rows)
        if not isinstance(subject, Numbers):
            raise NoArrayFormError(f"{type(subject).__name__} among words")
        codes = np.minimum(subject.values, len(part.table) - 1)
        among = truths_where(part.table[codes], subject.known)
        return negated(among) if is_and else among

    # -- lists

    def _evaluate_list(self, node: Expr, rows: Rows) -> Lists:
        match node:
            case Fact() | Field():
                return lists_of_column(self._value_of_list(node, rows), rows)
            case Const(value=None):
                return lists_of_column(cast("ListColumn", missing(node.type)), rows)
            case Const() | Param():
                return self._listed(node, rows)
            case Filter():
                lists = self._lists(node.source, rows)
                return lists.filtered(self._body(node.body, node.binder, lists))
            case Map():
                lists = self._lists(node.source, rows)
                element = self._value(node.body, lists.stem.bind(node.binder))
                return Lists(Stem(rows, lists.stem.index, element), lists.known, lists.held)
            case Distinct():
                return self._distinct(node, rows)
            case Choose():
                return self._choose_lists(node, rows)
            case Element():
                raise NoArrayFormError("an element that is a list")
            case _:
                raise NoArrayFormError(f"a list made by {type(node).__name__}")

    def _body(self, body: Expr, binder: int, lists: Lists) -> Masks:
        """What a test says of each element; of those that are out it may say anything."""
        rows = lists.stem.bind(binder)
        if lists.held is None or self._analysis.cost(body) < Cost.LIST or rows.count <= _FEW_ROWS:
            return self._masks(body, rows)
        index = np.flatnonzero(lists.may_be_in)
        if len(index) > _SELECTED * rows.count:
            return self._masks(body, rows)
        value = self._masks(body, rows.select(index))
        true, false = np.zeros(rows.count, np.bool_), np.zeros(rows.count, np.bool_)
        true[index], false[index] = value.true, value.false
        return Masks(true, false)

    def _listed(self, node: Const | Param, rows: Rows) -> Lists:
        """A list of constants, in every row."""
        values = self._objects(node, rows)
        item = cast("ListOf", node.type).item
        flat = [each for listed in values.table for each in listed]
        start = np.cumsum([0, *map(len, values.table)])[:-1].astype(np.int64)
        return lists_of_objects(values, array_values(flat, item, self._codes), start, rows)

    def _objects(self, node: Const | Param, rows: Rows) -> Objects:
        if isinstance(node, Const):
            return Objects(ZERO, (node.value,))
        return Objects(self._dated_places(node, rows), tuple(dated.value for dated in node.values))

    def _argument(self, node: Expr, rows: Rows) -> Value:
        """An argument of a function; a list as Python's tuple, UNKNOWN where an element is only maybe in."""
        if not isinstance(node.type, ListOf):
            return self._value(node, rows)
        if isinstance(node, Param) or (isinstance(node, Const) and node.value is not None):
            return self._objects(node, rows)
        lists = self._lists(node, rows).without_those_out()
        sure, _ = sure_rows(lists, None)
        values = python_values(cast("Any", lists.stem.element), node.type.item, lists.stem.size, self._codes)
        ends = np.cumsum(lists.length).tolist()
        table = tuple(
            tuple(values[end - length : end]) for end, length in zip(ends, lists.length.tolist(), strict=True)
        )
        distinct = tuple(dict.fromkeys(table))
        places = {each: place for place, each in enumerate(distinct)}
        return Objects(np.where(sure, np.array([places[each] for each in table], np.int64), -1), distinct)

    def _distinct(self, node: Distinct, rows: Rows) -> Lists:
        """Equal values once: those that are known in the order in which they come first, then the others."""
        lists = self._lists(node.source, rows).without_those_out()
        stem, size = lists.stem, lists.stem.size
        known = known_rows(stem.element, size)
        given = np.flatnonzero(known)
        keys = [stem.index[given], *(key[given] for key in keys_of(stem.element, size))]
        order, starts = order_groups(keys)
        first = given[order[starts]]
        in_ = lists.in_[given][order]
        held = np.logical_or.reduceat(in_, starts) if len(starts) else np.zeros(0, np.bool_)
        unknown = np.flatnonzero(~known)
        something_in = any_of(held, stem.index[first], rows.count)
        counts = self._first_surely_in(lists, unknown, something_in)
        places = np.concatenate((first, unknown))
        true = np.concatenate((held, counts))
        in_order = np.lexsort(
            (places, np.concatenate((np.zeros(len(first)), np.ones(len(unknown)))), stem.index[places])
        )
        places, true = places[in_order], true[in_order]
        distinct = Stem(rows, stem.index[places], take(stem.element, places))
        return Lists(distinct, lists.known, Masks(true, np.zeros(len(true), np.bool_)))

    @staticmethod
    def _first_surely_in(lists: Lists, unknown: Ints, something_in: Bools) -> Bools:
        """Which elements of UNKNOWN value surely add one: the first that is in, where nothing is in so far."""
        index = lists.stem.index[unknown]
        candidates = np.flatnonzero(lists.in_[unknown] & ~something_in[index])
        counts = np.zeros(len(unknown), np.bool_)
        counts[candidates[segment_starts(index[candidates])]] = True
        return counts

    def _choose_lists(self, node: Choose, rows: Rows) -> Lists:
        test = self._masks(node.test, rows)
        a, b = self._lists(node.then, rows).without_those_out(), self._lists(node.other, rows).without_those_out()
        taken = spread(test.true, rows.count)[a.stem.index], spread(test.false, rows.count)[b.stem.index]
        first, second = np.flatnonzero(taken[0]), np.flatnonzero(taken[1])
        sizes = len(first), len(second)
        index = np.concatenate((a.stem.index[first], b.stem.index[second]))
        order = np.argsort(index, kind="stable")
        element = concatenate(take(a.stem.element, first), take(b.stem.element, second), sizes)
        true = np.concatenate((a.in_[first], b.in_[second]))[order]
        known = (test.true & spread_known(a.known, rows.count)) | (test.false & spread_known(b.known, rows.count))
        out = np.zeros(len(true), np.bool_)
        return Lists(Stem(rows, index[order], take(element, order)), known, Masks(true, out))

    def _compare_lists(self, node: Compare, rows: Rows) -> Masks:
        a, b = self._lists(node.left, rows).without_those_out(), self._lists(node.right, rows).without_those_out()
        known = sure_rows(a, None)[0] & sure_rows(b, None)[0]
        alike = known & (a.length == b.length)
        compared = np.flatnonzero(alike)
        left, owners = places_of((np.cumsum(a.length) - a.length)[compared], a.length[compared])
        right, _ = places_of((np.cumsum(b.length) - b.length)[compared], b.length[compared])
        pairs = operations.compare(
            "==",
            cast("ListOf", node.left.type).item,
            take(a.stem.element, left),
            take(b.stem.element, right),
            self._codes,
        )
        size = len(left)
        differs = any_of(spread(pairs.false, size), owners, len(compared))
        open_ = any_of(spread(pairs.unknown, size), owners, len(compared))
        equal, different = np.zeros(rows.count, np.bool_), known & ~alike
        equal[compared], different[compared] = ~differs & ~open_, differs
        masks = Masks(equal, different)
        return masks if node.op == "==" else negated(masks)

    # -- what is folded of lists

    def _fold(self, node: Expr, rows: Rows) -> Value:
        match node:
            case Exists() | ForAll():
                return self._quantified(node, rows)
            case Size():
                return sizes_of(self._lists(node.source, rows))
            case Aggregate():
                return self._aggregate(node, rows)
            case ListCall():
                return self._list_call(node, rows)
            case _:
                raise NoArrayFormError(type(node).__name__)

    def _quantified(self, node: Exists | ForAll, rows: Rows) -> Masks:
        """`exists` and `all`: what hangs on the element alone first, so that only elements left open are repeated."""
        is_exists = isinstance(node, Exists)
        home = self._home(node.source, rows)
        lists = self._at_home(node.source, home)
        body: tuple[Expr | OneOf, ...] = (node.body,)
        if home is not rows and not (rows.is_selection and rows.unselected() is home.unselected()):
            lists, body = self._settled_by_element(node, lists, home)
        if home is not rows:
            lists = lists.expanded(rows, rows.path_to(home))
        if len(body) == 1 and not isinstance(body[0], OneOf):
            said = self._body(body[0], node.binder, lists)
        else:
            said = self._join(body, lists.stem.bind(node.binder), is_and=is_exists)
        if not is_exists:
            said = negated(said)
        truths = or_of(said if lists.held is None else conjunction(lists.held, said), lists)
        return truths if is_exists else negated(truths)

    def _settled_by_element(
        self, node: Exists | ForAll, lists: Lists, home: Rows
    ) -> tuple[Lists, tuple[Expr | OneOf, ...]]:
        """The list without the elements that what hangs on them alone settles, and the other parts of the body."""
        is_exists = isinstance(node, Exists)
        joined = And if is_exists else Or
        parts = self._analysis.parts(node.body) if isinstance(node.body, joined) else (node.body,)
        seen = home.visible | {node.binder}
        own = tuple(part for part in parts if self._free(part) <= seen)
        mixed = tuple(part for part in parts if self._free(part) - seen)
        if not own:
            return lists, mixed
        key = ("own", self._analysis.node(node).number)
        settled = home.values.get(key)
        if settled is None:
            said = self._join(own, lists.stem.bind(node.binder), is_and=is_exists)
            settled = home.values[key] = lists.filtered(said if is_exists else negated(said))
        return cast("Lists", settled), mixed

    def _free(self, part: Expr | OneOf) -> frozenset[int]:
        return self._analysis.node(part.subject if isinstance(part, OneOf) else part).free

    def _aggregate(self, node: Aggregate, rows: Rows) -> Value:
        lists = self._lists(node.source, rows)
        element = lists.stem.element
        known = known_rows(element, lists.stem.size)
        sure, some = sure_rows(lists, known)
        places = np.flatnonzero(lists.may_be_in & sure[lists.stem.index])
        owners = lists.stem.index[places]
        starts = segment_starts(owners)
        default = self._default(node, rows)
        if not len(starts):
            return choose_plain(truths_where(sure & ~some), default, _plain(missing(node.type)))
        each = take(_spread_value(element, lists.stem.size), places)
        folded = operations.fold_values(node.kind, node.type, _without_known(each), starts, self._codes)
        place_of_row = np.zeros(rows.count, np.int64)
        place_of_row[owners[starts]] = np.arange(len(starts))
        full = _plain(take(_spread_value(folded, len(starts)), place_of_row))
        chosen = choose_plain(truths_where(some), full, default)
        return choose_plain(truths_where(sure), chosen, _plain(missing(node.type)))

    def _default(self, node: Aggregate, rows: Rows) -> Plain:
        """What an empty list comes to."""
        if node.default is not None:
            return _plain(self._value(node.default, rows))
        return _plain(operations.zero(node.type) if node.kind == "sum" else missing(node.type))

    def _list_call(self, node: ListCall, rows: Rows) -> Value:
        lists = self._lists(node.source, rows)
        inside = lists.stem.bind(node.binder)
        bodies = [self._argument(body, inside) for body in node.bodies]
        args = [self._argument(arg, rows) for arg in node.args]
        return call_list_function(Asked(node, lists, bodies, args, self._tools))


def _plain(value: Value) -> Plain:
    if isinstance(value, Records | ListColumn):
        raise NoArrayFormError(f"a choice between {type(value).__name__}")
    return value


_GROUP = Record("group", {})
"""A group on the way to a fact: its fields are asked for by name."""


def _element(node: Element, rows: Rows) -> Value:
    home: Rows | None = rows
    while home is not None and home.binder != node.binder:
        home = home.above
    if home is None:
        raise LookupError(f"no list around binds {node.binder}")
    return take(home.element, rows.path_to(home))


def _is_in_force(dated: DatedValue, days: Ints) -> Bools:
    inside = np.ones(len(days), np.bool_)
    if dated.start is not None:
        inside &= days >= dated.start
    if dated.end is not None:
        inside &= days < dated.end
    return inside


def _spread_value(value: Value, count: int) -> Value:
    match value:
        case Numbers(values, known):
            return Numbers(spread(values, count), None if known is None else spread(known, count))
        case Amounts(minor, currency, known):
            given = None if known is None else spread(known, count)
            return Amounts(spread(minor, count), spread(currency, count), given)
        case _:
            return value


def _without_known(value: Value) -> Value:
    """Values that are known to be known."""
    match value:
        case Numbers(values):
            return Numbers(values)
        case Amounts(minor, currency):
            return Amounts(minor, currency)
        case _:
            return value
