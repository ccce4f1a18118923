"""The typed expression: what a condition is once it has been read and its types are known.

Every engine reads these nodes and nothing else. What must hold:

- each node's `type` is the static type of its value; a boolean node's value is a truth (True, False, None);
- a binder's number is one more than the largest binder number in what it binds over (0 for a macro without
  macros inside), so equal text gives equal nodes wherever it stands, and no inner binder hides an outer one;
- zones, parameters and lexicons are explicit arguments: nothing is looked up while a condition runs;
- equality and hash ignore `origin`, so the same condition written twice is the same node.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from visitcheck.facts.types import BOOL, COUNT, Type

CompareOp: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">="]
ArithmeticOp: TypeAlias = Literal["+", "-", "*", "/", "%"]
Value: TypeAlias = object
"""A value in its inside form (see `facts.types`), or `None` for UNKNOWN."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The piece of a condition's text, `text[start:end]`, that a node was made from."""

    text: str
    start: int
    end: int

    def __str__(self) -> str:
        return self.text[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Base of all nodes; `origin` says where a node was written and never matters for its meaning."""

    origin: Origin | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Const(Node):
    """A value fixed when the policy is compiled; `None` inside a BOOL constant is UNKNOWN.

    A list of constants is a tuple.
    """

    value: Value
    type: Type


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A parameter's value from the day `start` up to, not including, `end` (days since 1970; None: open)."""

    start: int | None
    end: int | None
    value: Value


@dataclass(frozen=True, slots=True)
class Param(Node):
    """A parameter's value on `date`.

    UNKNOWN on a day that no value covers. On an UNKNOWN date: the value when all dated values are equal.
    """

    name: str
    type: Type
    values: tuple[DatedValue, ...]
    date: Expr


@dataclass(frozen=True, slots=True)
class Fact(Node):
    """A fact of the visit, by path from its root; UNKNOWN where any link is missing."""

    path: tuple[str, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Element(Node):
    """The element that the macro with this binder number is looking at."""

    binder: int
    type: Type


@dataclass(frozen=True, slots=True)
class Field(Node):
    """A field of a record that is not read from the visit's root: of an element, or of an element's group."""

    record: Expr
    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Has(Node):
    """Whether `target` (a Fact or Field) is given: FALSE if any link is absent; never UNKNOWN."""

    target: Fact | Field
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Not(Node):
    """Kleene's not."""

    operand: Expr
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class And(Node):
    """Kleene's and, over two or more parts."""

    parts: tuple[Expr, ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Or(Node):
    """Kleene's or, over two or more parts."""

    parts: tuple[Expr, ...]
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Choose(Node):
    """`test ? then : other`; UNKNOWN where the test is."""

    test: Expr
    then: Expr
    other: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """A comparison of two values of one type; with a COUNT on either side the other may be an INT.

    Money of two currencies is UNKNOWN. Counts compare as intervals (`truth.Count`).
    """

    op: CompareOp
    left: Expr
    right: Expr
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`+ - * / %` on int, double, duration, timestamp, date, money, count, and `+` on string.

    `type` is the result's. UNKNOWN on overflow, division by zero, a time out of range.
    Division and modulo of ints truncate toward zero. COUNT only under `+` and `-` with INT or COUNT.
    """

    op: ArithmeticOp
    left: Expr
    right: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """Arithmetic minus of an int, double, duration or money."""

    operand: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Exact(Node):
    """A COUNT used as an INT: its value where both ends meet, else UNKNOWN."""

    operand: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Exists(Node):
    """OR over the elements of (element is in) AND body; UNKNOWN on an absent list."""

    source: Expr
    binder: int
    body: Expr
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class ForAll(Node):
    """AND over the elements of NOT (element is in) OR body; UNKNOWN on an absent list."""

    source: Expr
    binder: int
    body: Expr
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """The elements for which body is TRUE (in) or UNKNOWN (maybe)."""

    source: Expr
    binder: int
    body: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Map(Node):
    """Each element replaced by body, in or maybe as it was; a value may be UNKNOWN."""

    source: Expr
    binder: int
    body: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Distinct(Node):
    """Equal values once. A value is in when any element with it is in, else maybe.

    An element of UNKNOWN value may be a new value: maybe, but for the first such that is in when no known
    value is in (something is there then).
    """

    source: Expr
    type: Type


@dataclass(frozen=True, slots=True)
class Size(Node):
    """How many elements a list has, as an interval [in, in + maybe]."""

    source: Expr
    type: Type = COUNT


@dataclass(frozen=True, slots=True)
class Possible(Node):
    """Whether `operand` is TRUE or UNKNOWN; never UNKNOWN itself. Only `ir.open_lists` writes it."""

    operand: Expr
    type: Type = BOOL


@dataclass(frozen=True, slots=True)
class RestCount(Node):
    """How many elements of a list that goes on are not in it: [0, 0] where `test` is FALSE, else [0, no end).

    Only `ir.open_lists` writes it.
    """

    test: Expr
    type: Type = COUNT


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """`min`, `max` or `sum` of a list of values.

    UNKNOWN when the list is absent, or any element is maybe or UNKNOWN. An empty list: 0 for `sum`, else
    `default`, UNKNOWN without one.
    """

    kind: Literal["min", "max", "sum"]
    source: Expr
    default: Expr | None
    type: Type


@dataclass(frozen=True, slots=True)
class ListCall(Node):
    """A list function that looks at each element through `bodies`, like `maxPerGroup` or `covers`.

    `args` do not see the element.
    """

    function: str
    source: Expr
    binder: int
    bodies: tuple[Expr, ...]
    args: tuple[Expr, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A built-in function, by its name in `language.functions.FUNCTIONS`.

    Zone, calendar, pattern and lexicon arguments are explicit.
    """

    function: str
    args: tuple[Expr, ...]
    type: Type


Expr: TypeAlias = (
    Const
    | Param
    | Fact
    | Element
    | Field
    | Has
    | Not
    | And
    | Or
    | Choose
    | Compare
    | Arithmetic
    | Negate
    | Exact
    | Exists
    | ForAll
    | Filter
    | Map
    | Distinct
    | Size
    | Possible
    | RestCount
    | Aggregate
    | ListCall
    | Call
)
Macro: TypeAlias = Exists | ForAll | Filter | Map | ListCall
"""The nodes that bind an element: their bodies see it under `binder` (see `walk.bodies_of`)."""
