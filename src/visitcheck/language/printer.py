"""A typed expression back to the text of a condition, for explanations and for tests.

The text reads back to the same expression in a scope with the same facts, parameters and zone. What has no
text of its own is shown by its nearest likeness: UNKNOWN as `?`, money as amount and currency.
"""

from __future__ import annotations

from typing import assert_never, cast

from visitcheck.facts.groups.past import COMPLETE_SINCE
from visitcheck.facts.types import (
    DATE,
    DOUBLE,
    DURATION,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    ListOf,
    Money,
    Type,
    Word,
)
from visitcheck.ir.nodes import (
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
    Possible,
    RestCount,
    Size,
)
from visitcheck.language.constants import SHOWN, quote
from visitcheck.language.functions import FUNCTIONS
from visitcheck.language.scope import PARAMETERS

# How tightly each form binds, from `?:` (0) to names and calls (8).
_CHOOSE, _OR, _AND, _RELATION, _SUM, _PRODUCT, _PREFIX, _ATOM = range(8)
_ARITHMETIC = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "%": _PRODUCT}
_TIME_CONSTANTS: dict[Type, str] = {TIMESTAMP: "timestamp", DURATION: "duration", DATE: "date"}
_MACROS: dict[type[Expr], str] = {Exists: "exists", ForAll: "all", Filter: "filter", Map: "map"}


def to_text(expr: Expr, *, zone: Expr | None = None) -> str:
    """The text of an expression; a zone argument equal to `zone` is left out, as a condition may do."""
    return _Printer(zone).text(expr, _CHOOSE)


def variable(binder: int) -> str:
    """The name given to the element of the macro with this binder number: x, y, z, x3, x4, ..."""
    return "xyz"[binder] if 0 <= binder < 3 else f"x{binder}"


def constant(value: object, type_: Type) -> str:
    """A constant as a condition would write it."""
    if value is None:
        return "?"
    if isinstance(type_, ListOf):
        return "[" + ", ".join(constant(item, type_.item) for item in cast("tuple[object, ...]", value)) + "]"
    if type_ in _TIME_CONSTANTS:
        return f'{_TIME_CONSTANTS[type_]}("{SHOWN[type_](cast("int", value))}")'
    if type_ == TIME_OF_DAY:
        return f'"{SHOWN[TIME_OF_DAY](cast("int", value))}"'
    if type_ == STRING or isinstance(type_, Word):
        return quote(str(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Money):
        return f"{value.minor // 100}.{value.minor % 100:02d} {value.currency}"
    if type_ == DOUBLE:
        shown = repr(value)
        return shown if "." in shown or "e" in shown else f"{shown}.0"
    return str(value)


class _Printer:
    """Prints with brackets only where the grammar needs them."""

    def __init__(self, zone: Expr | None) -> None:
        self._zone = zone

    def text(self, node: Expr, around: int) -> str:
        """`node` as a part of something that binds as tightly as `around`."""
        shown, own = self._text_and_strength(node)
        return f"({shown})" if own < around else shown

    def _text_and_strength(self, node: Expr) -> tuple[str, int]:
        match node:
            case Const():
                shown = constant(node.value, node.type)
                return shown, _PREFIX if shown.startswith("-") else _ATOM
            case Param():
                return f"{PARAMETERS}.{node.name}", _ATOM
            case Fact():
                return ".".join(node.path), _ATOM
            case Element():
                return variable(node.binder), _ATOM
            case Field():
                return f"{self.text(node.record, _ATOM)}.{node.name}", _ATOM
            case Has():
                return f"has({self.text(node.target, _CHOOSE)})", _ATOM
            case Not():
                return f"!{self.text(node.operand, _PREFIX)}", _PREFIX
            case Negate():
                return self._negation(node), _PREFIX
            case Exact():
                return self._text_and_strength(node.operand)
            case And():
                return " && ".join(self.text(part, _AND + 1) for part in node.parts), _AND
            case Or():
                return " || ".join(self.text(part, _OR + 1) for part in node.parts), _OR
            case Compare():
                # Relations are read from the left, so the left side needs no brackets, the right side does.
                left, right = self.text(node.left, _RELATION), self.text(node.right, _RELATION + 1)
                return f"{left} {node.op} {right}", _RELATION
            case Arithmetic():
                own = _ARITHMETIC[node.op]
                return f"{self.text(node.left, own)} {node.op} {self.text(node.right, own + 1)}", own
            case Choose():
                test, then = self.text(node.test, _OR), self.text(node.then, _OR)
                return f"{test} ? {then} : {self.text(node.other, _CHOOSE)}", _CHOOSE
            case Call():
                return self._call(node), _ATOM
            case Possible() | RestCount():
                raise TypeError("a condition rewritten for lists that go on has no text of its own")
            case _:
                return self._list_text(node), _ATOM

    def _negation(self, node: Negate) -> str:
        inner = self.text(node.operand, _PREFIX)
        # `-5` is a constant; the negation of the constant 5 needs brackets to stay one.
        return f"-({inner})" if isinstance(node.operand, Const) else f"-{inner}"

    def _list_text(self, node: Exists | ForAll | Filter | Map | Distinct | Size | Aggregate | ListCall) -> str:
        source = self.text(node.source, _ATOM)
        match node:
            case Exists() | ForAll() | Filter() | Map():
                body = self.text(node.body, _CHOOSE)
                return f"{source}.{_MACROS[type(node)]}({variable(node.binder)}, {body})"
            case Distinct():
                return f"{source}.distinct()"
            case Size():
                return f"{source}.size()"
            case Aggregate():
                default = "" if node.default is None else self.text(node.default, _CHOOSE)
                return f"{source}.{node.kind}({default})"
            case ListCall():
                parts = [self.text(part, _CHOOSE) for part in (*node.bodies, *node.args)]
                return f"{source}.{node.function}({', '.join([variable(node.binder), *parts])})"
            case _:
                assert_never(node)

    def _call(self, node: Call) -> str:
        function = FUNCTIONS[node.function]
        if node.function == "knownSince":
            return self._known_since(node)
        args = list(node.args)
        if function.zone and len(args) > 1 and self._zone is not None and args[-1] == self._zone:
            args.pop()
        texts = [self.text(arg, _CHOOSE) for arg in args]
        if any(signature.receiver for signature in function.signatures):
            return f"{self.text(args[0], _ATOM)}.{node.function}({', '.join(texts[1:])})"
        return f"{node.function}({', '.join(texts)})"

    def _known_since(self, node: Call) -> str:
        since, at = node.args
        lists = {fact: name for name, fact in COMPLETE_SINCE.items()}
        last = since.path[-1] if isinstance(since, Fact) else ""
        first = lists.get(last) or self.text(since, _CHOOSE)
        return f"knownSince({first}, {self.text(at, _CHOOSE)})"
