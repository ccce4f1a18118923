"""Evaluating one condition on plain Python values, without a policy or a visit."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

from visitcheck.errors import InvalidCondition, Problem
from visitcheck.facts.types import DATE, STRING, Record, Type
from visitcheck.facts.zones import zone_help, zone_names
from visitcheck.ir.nodes import Const, Value
from visitcheck.language.compile import compile_condition
from visitcheck.language.interpreter import interpret
from visitcheck.language.plain_values import read_type, read_value
from visitcheck.language.scope import Scope


def evaluate(
    text: str, values: Mapping[str, object], *, types: Mapping[str, Type | str], zone: str | None = None
) -> Value:
    """The value of a condition, or of any other expression, for named values.

    Args:
        text: The expression, as in a rule; `has()` may be used.
        values: A plain Python value by name: bool, int, float, str, `datetime` with its offset or RFC 3339
            text for a timestamp, `timedelta` or text like "24h" for a duration, `date` or text, `time` or
            text like "22:00" for a time of day, a mapping for a record, a list or tuple for a list. A missing
            name, or None, is UNKNOWN.
        types: The type of every name the expression may use: a type of `visitcheck.facts.types`, or a text
            such as `int`, `list<timestamp>`, `list<{kind: string, at: timestamp}>`, `"home" | "workplace"`.
        zone: The time zone of functions that are not given one; UTC without it.

    Returns:
        The value in its inside form (`visitcheck.facts.types`): a timestamp is microseconds since 1970, the
        size of a list is a `truth.Count`, UNKNOWN is None.

    Raises:
        InvalidCondition: the text is no expression of these types, or a value does not have its type.

    >>> evaluate("1 + 2 == 3", {}, types={})
    True
    >>> evaluate("days_overdue > 30", {}, types={"days_overdue": "int"}) is None
    True

    """
    if zone is not None and zone not in zone_names():
        raise InvalidCondition([Problem("no-such-zone", f'there is no time zone "{zone}"', zone_help(zone))])
    fields = {name: read_type(type_, name) if isinstance(type_, str) else type_ for name, type_ in types.items()}
    facts = Record("values", fields)
    scope = Scope(facts=facts, zone=Const(zone or "UTC", STRING), date=Const(None, DATE))
    expr = compile_condition(text, scope, expected=None)
    given = {name: read_value(values.get(name), type_, f"$.{name}") for name, type_ in fields.items()}
    return interpret(expr, SimpleNamespace(**given))
