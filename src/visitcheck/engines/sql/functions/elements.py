"""Functions that look at each element of a list; see `language.functions.lists`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from visitcheck.engines.sql import build as t
from visitcheck.engines.sql import lists
from visitcheck.engines.sql.build import E
from visitcheck.engines.sql.functions.model import ListWriter
from visitcheck.ir.nodes import ListCall

if TYPE_CHECKING:
    from visitcheck.engines.sql.compiler import Compiler

_HELD = lists.HELD


def _rows(c: Compiler, call: ListCall) -> E:
    """The elements that are in or maybe in, with the values of the bodies as `b0`, `b1`..."""
    found = lists.settled(c, lists.members(c, call.source))
    held = found.held

    def row(element: E) -> E:
        fields = {_HELD: t.true() if held is None else held(element)}
        with c.looking_at(call.binder, found.value(element)):
            fields |= {f"b{number}": c.value(body) for number, body in enumerate(call.bodies)}
        return t.struct(fields)

    kept = found.items if held is None else c.names.filter(found.items, lambda e: lists.maybe(held(e)))
    return c.names.transform(kept, row)


def _max_per_group(c: Compiler, call: ListCall) -> E:
    keys = [f"b{number}" for number in range(len(call.bodies))]

    def unknown(e: E) -> E:
        return t.or_(t.is_null(t.field(e, key)) for key in keys)

    def of(rows: E) -> E:
        partial = c.names.filter(rows, unknown)
        complete = c.names.filter(rows, lambda e: t.not_(unknown(e)))
        return c.names.lets([rows, partial, complete], groups)

    def groups(rows: E, partial: E, complete: E) -> E:
        def same(e: E, g: E) -> E:
            return t.and_(t.compare("==", t.field(e, key), t.field(g, key)) for key in keys)

        def may_be(e: E, g: E) -> E:
            return t.and_(
                t.or_([t.is_null(t.field(e, key)), t.compare("==", t.field(e, key), t.field(g, key))]) for key in keys
            )

        def sure(g: E) -> E:
            return c.names.count(complete, lambda e: t.and_([same(e, g), t.known(t.field(e, _HELD))]))

        def possible(g: E) -> E:
            fitting = c.names.count(partial, lambda e: may_be(e, g))
            return t.add(c.names.count(complete, lambda e: same(e, g)), fitting)

        alone = c.names.count(partial, lambda e: t.known(t.field(e, _HELD)))
        one = t.case((t.compare(">", alone, 0), t.number(1)), default=t.number(0))
        low = _most(c.dialect.joined(c.names.transform(complete, sure), t.array([one])))
        high = _most(c.dialect.joined(c.names.transform(complete, possible), t.array([t.size(partial)])))
        return t.case((t.known(rows), t.struct({"low": t.cast(low), "high": t.cast(high)})))

    return c.names.let(_rows(c, call), of)


def _most(values: E) -> E:
    return exp.ArrayMax(this=values)


def _last_run(c: Compiler, call: ListCall) -> E:
    def held(e: E) -> E:
        return t.known(t.field(e, _HELD))

    def order(e: E) -> E:
        return t.field(e, "b0")

    def passes(e: E) -> E:
        return t.field(e, "b1")

    def may_fail(e: E) -> E:
        return t.not_(_surely(passes(e)))

    def of(rows: E) -> E:
        failures = c.names.filter(rows, lambda e: t.and_([held(e), t.not_(lists.maybe(passes(e)))]))
        return c.names.lets(
            [
                rows,
                _most(c.names.transform(failures, order)),
                _most(c.names.transform(c.names.filter(rows, may_fail), order)),
            ],
            ends,
        )

    def ends(rows: E, last_sure: E, last_any: E) -> E:
        unordered = c.names.count(rows, lambda e: t.and_([may_fail(e), t.is_null(order(e))]))
        doubtful = c.names.count(rows, may_fail)
        sure = c.names.count(rows, lambda e: t.and_([held(e), passes(e)]))
        after = c.names.count(rows, lambda e: t.and_([held(e), passes(e), t.compare(">", order(e), last_any)]))

        def open_(e: E) -> E:
            later = t.or_([t.is_null(last_sure), t.is_null(order(e)), t.compare(">", order(e), last_sure)])
            return t.and_([lists.maybe(passes(e)), later])

        low = t.case((t.compare(">", unordered, 0), t.number(0)), (t.compare("==", doubtful, 0), sure), default=after)
        high = c.names.count(rows, open_)
        return t.case((t.known(rows), t.struct({"low": t.cast(low), "high": t.cast(high)})))

    return c.names.let(_rows(c, call), of)


def _surely(truth: E) -> E:
    return exp.Coalesce(this=t.own(truth), expressions=[t.false()])


def _covers(c: Compiler, call: ListCall) -> E:
    def covered(intervals: E, start: E, end: E, tolerance: E) -> E:
        """From the start, and from each end inside, the next interval begins within the tolerance."""
        inside = c.names.filter(
            c.names.transform(intervals, lambda e: t.field(e, "b")),
            lambda b: t.and_([t.compare(">=", b, start), t.compare("<=", b, end)]),
        )

        def gap(at: E) -> E:
            reach = c.dialect.checked("+", at, tolerance)
            far = t.compare(">", t.sub(end, at), tolerance)

            def reaches(e: E) -> E:
                # Past 64 bits every interval begins in time.
                in_time = exp.Coalesce(this=t.compare("<=", t.field(e, "a"), reach), expressions=[t.true()])
                return t.and_([in_time, t.compare(">", t.field(e, "b"), at)])

            return t.and_([far, t.compare("==", c.names.count(intervals, reaches), 0)])

        edges = c.dialect.joined(inside, t.array([start]))
        return t.compare("==", c.names.count(edges, gap), 0)

    def intervals(rows: E, start: E, end: E) -> E:
        def pair(e: E) -> E:
            begins, ends = (
                exp.Coalesce(this=t.field(e, name), expressions=[t.own(other)])
                for name, other in (("b0", start), ("b1", end))
            )
            return t.struct({"a": begins, "b": ends})

        return c.names.filter(
            c.names.transform(rows, pair), lambda e: t.compare("<=", t.field(e, "a"), t.field(e, "b"))
        )

    def known(e: E) -> E:
        return t.and_(t.known(t.field(e, name)) for name in (_HELD, "b0", "b1"))

    def of(rows: E, start: E, end: E, tolerance: E) -> E:
        sure = intervals(c.names.filter(rows, known), start, end)
        best = intervals(rows, start, end)
        answer = t.case(
            (c.names.let(sure, lambda s: covered(s, start, end, tolerance)), t.true()),
            (c.names.let(best, lambda b: covered(b, start, end, tolerance)), t.unknown()),
            default=t.false(),
        )
        asked = t.and_([t.known(rows), t.compare("<=", start, end), t.compare(">=", tolerance, 0)])
        return t.case((asked, answer))

    return c.names.lets([_rows(c, call), *(c.value(arg) for arg in call.args)], of)


CALLS: dict[str, ListWriter] = {"maxPerGroup": _max_per_group, "lastRun": _last_run, "covers": _covers}
