"""`docs/facts.md`: the vocabulary for people, written from the models.

`python -m visitcheck.facts.reference > docs/facts.md` writes it anew; a test fails while it is stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from visitcheck.facts import limits
from visitcheck.facts.constraints import (
    Before,
    Differ,
    KnownZone,
    Length,
    Needs,
    NotAfter,
    OnlyFor,
    Order,
    Pattern,
    Range,
    RecordConstraint,
    SaysSomething,
    StateTime,
)
from visitcheck.facts.fields import FactModel, FieldShape, shapes
from visitcheck.facts.types import DOUBLE, INT, INT_MAX, MONEY, STRING, TIME_OF_DAY, TIMESTAMP
from visitcheck.facts.visit import Visit

_KNOWN = {
    "before": "before the visit",
    "door": "at the door",
    "after": "after the visit",
}
_INTRODUCTION = f"""# Facts

The vocabulary of visits: what a visit may say, and what conditions may read.
`python -m visitcheck.facts.reference` writes this page from the models in `src/visitcheck/facts/groups/`.

A visit is a JSON object of groups and lists, or the same as YAML or as Python mappings:

```json
{{"visit": {{"id": "v-17", "stage": "proposed", "starts_at": "2026-01-30T10:00:00+08:00"}}, "contacts": []}}
```

- **A missing fact is unknown**; `null` is the same as missing.
  Words like `unknown`, `n/a` or `不详` and empty texts are refused: leave the fact out.
- **A list that is given is complete**: `[]` means that there is nothing.
  A list that is absent is unknown. `completeness` says of a list that it goes on; one that it calls complete must be
  given (`fact-list-not-given`).
  `history` says from when the lists of the past are complete.
- **A thing that may never happen is a state and a time**, like `withdrawn` and `withdrawn_at`.
  A state that is false must not have a time; a state that is true without one leaves the time unknown.
- **Known**: `before` the visit, at the `door`, or `after` it.
  A rule for proposed visits may only read facts known before.
- Nothing that has happened is later than `visit.as_of`, where it is given.
- Nothing is converted silently: `"45"` is no number, `1` is not true. Unknown names are refused.

## Types

| type | written as |
| --- | --- |
| timestamp | RFC 3339 with an offset, `2026-01-30T10:00:00+08:00`; from Python also an aware `datetime` |
| date | `2026-01-30`, a local date; from Python also a `date` |
| time of day | `22:00` or `22:00:30`, local; `24:00` is allowed as an end |
| int | a whole number of 64 bits |
| money | `"1234.50"`, or a number, with at most two decimals; the currency stands beside it |
| zone | a name of the IANA time zone database, in exact case: `Asia/Shanghai` |
| bool | `true` or `false` |
| text | at most {limits.MAX_TEXT:,} characters, no control characters but tabs and line breaks |
| id | text of at most {limits.MAX_ID} characters, without any control character |
| words | one of the words listed; there is none for "not known" |

## Limits

| what | at most |
| --- | --- |
| characters (bytes) of a visit as text | {limits.MAX_CHARACTERS:,} |
| values in a visit | {limits.MAX_NODES:,} |
| nested objects and lists | {limits.MAX_DEPTH} |
| elements of a list, where its row says nothing else | {limits.MAX_LIST:,} |
| characters of a number | {limits.MAX_NUMBER} |
"""


def reference() -> str:
    """The whole page."""
    parts = [_INTRODUCTION]
    for name, shape in shapes(Visit).items():
        assert shape.record is not None  # noqa: S101 - a visit is made of groups and lists of records
        parts.append("\n".join(_section(name, shape, shape.record)))
    return "\n".join(parts)


def _section(path: str, shape: FieldShape, model: type[FactModel]) -> Iterator[str]:
    mark = "[]" if shape.listed is not None else ""
    yield f"## `{path}{mark}`\n"
    yield f"{shape.description}" + (f" Each: {_summary(model)}" if mark else "")
    yield f"Known {_KNOWN[model.known]}." + (" No two have the same `id`." if shape.unique is not None else "")
    if not shapes(model):
        yield "A pack declares them under `facts:`, with type, description and when they are known.\n"
        return
    yield "\n| fact | type | what it says |\n| --- | --- | --- |"
    yield from _rows("", model)
    yield ""
    notes = list(_notes("", model))
    if notes:
        yield "\n".join(f"- {note}" for note in notes) + "\n"


def _summary(model: type[FactModel]) -> str:
    text = (model.__doc__ or "").split("\n\n")[0].replace("\n    ", " ").strip()
    return text[:1].lower() + text[1:]


def _rows(prefix: str, model: type[FactModel]) -> Iterator[str]:
    for name, shape in shapes(model).items():
        unit = f" Unit: {shape.unit}." if shape.unit else ""
        known = f" Known {_KNOWN[shape.known]}." if shape.known != model.known else ""
        yield f"| `{prefix}{name}` | {_type(shape)} | {shape.description}{unit}{known} |"
        if shape.record is not None:
            yield from _rows(f"{prefix}{name}{'[]' if shape.listed is not None else ''}.", shape.record)


def _type(shape: FieldShape) -> str:
    if shape.listed is not None:
        single = "records" if shape.record is not None else _single(shape)
        return f"list (at most {shape.listed.longest:,}) of {single}"
    return "record" if shape.record is not None else _single(shape)


def _single(shape: FieldShape) -> str:
    if shape.scalar is None:
        return " ".join(f"`{word}`" for word in shape.words)
    limits_ = [text for constraint in shape.constraints if (text := _limit(constraint, shape))]
    if shape.scalar.type == STRING:
        return limits_[0] if limits_ else "text"
    name = {TIMESTAMP: "timestamp", TIME_OF_DAY: "time of day", MONEY: "money"}.get(
        shape.scalar.type, shape.scalar.type.name
    )
    return " ".join([name, *limits_])


def _limit(constraint: object, shape: FieldShape) -> str:
    match constraint:
        case Range(low, high) if shape.scalar is not None and shape.scalar.type in (INT, DOUBLE):
            return f"from {low:,}" + ("" if high == INT_MAX else f" to {high:,}")
        case Range(low, _):
            return f"from {low:,}"
        case Length(_, longest) if longest == limits.MAX_ID:
            return "id"
        case Length():
            return "text"
        case Pattern(_, example):
            return f"text like `{example}`"
        case KnownZone():
            return "zone"
        case _:
            return ""


def _notes(prefix: str, model: type[FactModel]) -> Iterator[str]:
    """What must hold between facts, in words, with the code of the problem otherwise."""
    for constraint in model.constraints:
        if not isinstance(constraint, NotAfter):
            yield f"{_words(prefix, constraint)} (`{constraint.code}`)"
    past = [f"`{prefix}{bound.field}`{_exception(bound)}" for bound in model.constraints if isinstance(bound, NotAfter)]
    if past:
        yield f"Not after `visit.as_of`: {', '.join(past)} (`{NotAfter.code}`)"
    for name, shape in shapes(model).items():
        if shape.record is not None:
            yield from _notes(f"{prefix}{name}{'[]' if shape.listed is not None else ''}.", shape.record)


def _exception(constraint: NotAfter) -> str:
    if constraint.unless is not None:
        return f" (unless `{constraint.unless}`)"
    return f" (where `{constraint.only[0]}` is `{constraint.only[1]}`)" if constraint.only is not None else ""


def _words(prefix: str, constraint: RecordConstraint) -> str:
    match constraint:
        case Order(first, then):
            return f"`{prefix}{first}` is not later than `{prefix}{then}`"
        case StateTime(state, time):
            return f"`{prefix}{time}` only where `{prefix}{state}` is not false"
        case Before(field):
            return f"`{prefix}{field}` is earlier than `24:00`"
        case Differ(first, second):
            return f"`{prefix}{first}` and `{prefix}{second}` differ"
        case Needs(field, other):
            return f"`{prefix}{field}` only with `{prefix}{other}` beside it"
        case SaysSomething(field, facts):
            return f"`{prefix}{field}` only with one of {', '.join(f'`{fact}`' for fact in facts)}"
        case OnlyFor(kinds, kind):
            parts = [f"`{field}` for {', '.join(map(_word, names))}" for field, names in kinds.items()]
            return f"Only where `{prefix}{kind}` is one of these: {'; '.join(parts)}"
        case NotAfter(field):
            return f"`{prefix}{field}` is not after `visit.as_of`"


def _word(word: str | bool) -> str:
    return f"`{str(word).lower() if isinstance(word, bool) else word}`"


if __name__ == "__main__":
    sys.stdout.write(reference())
