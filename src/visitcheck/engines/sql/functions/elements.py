"""Functions that look at each element of a list; see `language.functions.lists`."""

from __future__ import annotations

from sqlglot import exp

from visitcheck.engines.sql import build as sql
from visitcheck.engines.sql import lists
from visitcheck.engines.sql.build import Sql
from visitcheck.engines.sql.context import Context
from visitcheck.engines.sql.functions.model import ListWriter
from visitcheck.ir.nodes import ListCall

_HELD = lists.HELD


def _rows(c: Context, call: ListCall) -> Sql:
    """The elements that are in or maybe in, with the values of the bodies as `b0`, `b1`..."""
    members = lists.as_plain(c, lists.members_of(c, call.source))
    held = members.held

    def row(element: Sql) -> Sql:
        fields = {_HELD: sql.true() if held is None else held(element)}
        with c.looking_at(call.binder, members.value(element)):
            fields |= {f"b{number}": c.value(body) for number, body in enumerate(call.bodies)}
        return sql.struct(fields)

    kept = members.items if held is None else c.names.filter(members.items, lambda e: sql.is_maybe(held(e)))
    return c.names.transform(kept, row)


def _max_per_group(c: Context, call: ListCall) -> Sql:
    keys = [f"b{number}" for number in range(len(call.bodies))]

    def unknown(e: Sql) -> Sql:
        return sql.or_(sql.is_null(sql.field(e, key)) for key in keys)

    def of(rows: Sql) -> Sql:
        partial = c.names.filter(rows, unknown)
        complete = c.names.filter(rows, lambda e: sql.not_(unknown(e)))
        return c.names.lets([rows, partial, complete], groups)

    def groups(rows: Sql, partial: Sql, complete: Sql) -> Sql:
        def same(e: Sql, g: Sql) -> Sql:
            return sql.and_(sql.compare("==", sql.field(e, key), sql.field(g, key)) for key in keys)

        def may_be(e: Sql, g: Sql) -> Sql:
            return sql.and_(
                sql.or_([sql.is_null(sql.field(e, key)), sql.compare("==", sql.field(e, key), sql.field(g, key))])
                for key in keys
            )

        def sure(g: Sql) -> Sql:
            return c.names.count(complete, lambda e: sql.and_([same(e, g), sql.is_known(sql.field(e, _HELD))]))

        def possible(g: Sql) -> Sql:
            fitting = c.names.count(partial, lambda e: may_be(e, g))
            return sql.add(c.names.count(complete, lambda e: same(e, g)), fitting)

        alone = c.names.count(partial, lambda e: sql.is_known(sql.field(e, _HELD)))
        one = sql.case((sql.compare(">", alone, 0), sql.number(1)), default=sql.number(0))
        low = _most(c.dialect.joined(c.names.transform(complete, sure), sql.array([one])))
        high = _most(c.dialect.joined(c.names.transform(complete, possible), sql.array([sql.size(partial)])))
        return sql.case((sql.is_known(rows), sql.struct({"low": sql.cast(low), "high": sql.cast(high)})))

    return c.names.let(_rows(c, call), of)


def _most(values: Sql) -> Sql:
    return sql.make(exp.ArrayMax, this=values)


def _last_run(c: Context, call: ListCall) -> Sql:
    def held(e: Sql) -> Sql:
        return sql.is_known(sql.field(e, _HELD))

    def order(e: Sql) -> Sql:
        return sql.field(e, "b0")

    def passes(e: Sql) -> Sql:
        return sql.field(e, "b1")

    def may_fail(e: Sql) -> Sql:
        return sql.not_(sql.is_surely(passes(e)))

    def of(rows: Sql) -> Sql:
        failures = c.names.filter(rows, lambda e: sql.and_([held(e), sql.not_(sql.is_maybe(passes(e)))]))
        return c.names.lets(
            [
                rows,
                _most(c.names.transform(failures, order)),
                _most(c.names.transform(c.names.filter(rows, may_fail), order)),
            ],
            ends,
        )

    def ends(rows: Sql, last_sure: Sql, last_any: Sql) -> Sql:
        unordered = c.names.count(rows, lambda e: sql.and_([may_fail(e), sql.is_null(order(e))]))
        doubtful = c.names.count(rows, may_fail)
        sure = c.names.count(rows, lambda e: sql.and_([held(e), passes(e)]))
        after = c.names.count(rows, lambda e: sql.and_([held(e), passes(e), sql.compare(">", order(e), last_any)]))

        def open_(e: Sql) -> Sql:
            later = sql.or_([sql.is_null(last_sure), sql.is_null(order(e)), sql.compare(">", order(e), last_sure)])
            return sql.and_([sql.is_maybe(passes(e)), later])

        low = sql.case(
            (sql.compare(">", unordered, 0), sql.number(0)), (sql.compare("==", doubtful, 0), sure), default=after
        )
        high = c.names.count(rows, open_)
        return sql.case((sql.is_known(rows), sql.struct({"low": sql.cast(low), "high": sql.cast(high)})))

    return c.names.let(_rows(c, call), of)


def _covers(c: Context, call: ListCall) -> Sql:
    def covered(intervals: Sql, start: Sql, end: Sql, tolerance: Sql) -> Sql:
        """From the start, and from each end inside, the next interval begins within the tolerance."""
        inside = c.names.filter(
            c.names.transform(intervals, lambda e: sql.field(e, "b")),
            lambda b: sql.and_([sql.compare(">=", b, start), sql.compare("<=", b, end)]),
        )

        def gap(at: Sql) -> Sql:
            reach = c.dialect.checked("+", at, tolerance)
            far = sql.compare(">", sql.sub(end, at), tolerance)

            def reaches(e: Sql) -> Sql:
                # Past 64 bits every interval begins in time.
                in_time = sql.is_maybe(sql.compare("<=", sql.field(e, "a"), reach))
                return sql.and_([in_time, sql.compare(">", sql.field(e, "b"), at)])

            return sql.and_([far, sql.compare("==", c.names.count(intervals, reaches), 0)])

        def holds_start(e: Sql) -> Sql:
            return sql.and_([sql.compare("<=", sql.field(e, "a"), start), sql.compare(">=", sql.field(e, "b"), start)])

        edges = c.dialect.joined(inside, sql.array([start]))
        moment = sql.and_([sql.compare("==", start, end), sql.compare("==", tolerance, 0)])
        met = sql.or_([sql.not_(moment), sql.compare(">", c.names.count(intervals, holds_start), 0)])
        return sql.and_([met, sql.compare("==", c.names.count(edges, gap), 0)])

    def intervals(rows: Sql, start: Sql, end: Sql) -> Sql:
        def pair(e: Sql) -> Sql:
            begins, ends = (sql.coalesce(sql.field(e, name), other) for name, other in (("b0", start), ("b1", end)))
            return sql.struct({"a": begins, "b": ends})

        return c.names.filter(
            c.names.transform(rows, pair), lambda e: sql.compare("<=", sql.field(e, "a"), sql.field(e, "b"))
        )

    def known(e: Sql) -> Sql:
        return sql.and_(sql.is_known(sql.field(e, name)) for name in (_HELD, "b0", "b1"))

    def of(rows: Sql, start: Sql, end: Sql, tolerance: Sql) -> Sql:
        sure = intervals(c.names.filter(rows, known), start, end)
        best = intervals(rows, start, end)
        answer = sql.case(
            (c.names.let(sure, lambda s: covered(s, start, end, tolerance)), sql.true()),
            (c.names.let(best, lambda b: covered(b, start, end, tolerance)), sql.null()),
            default=sql.false(),
        )
        asked = sql.and_([sql.is_known(rows), sql.compare("<=", start, end), sql.compare(">=", tolerance, 0)])
        return sql.case((asked, answer))

    return c.names.lets([_rows(c, call), *(c.value(arg) for arg in call.args)], of)


CALLS: dict[str, ListWriter] = {"maxPerGroup": _max_per_group, "lastRun": _last_run, "covers": _covers}
