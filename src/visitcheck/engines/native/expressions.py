"""Values and truths that fit into one Python expression.

A boolean is written in two ways: `sure` (a Python condition that holds when it is TRUE) and `possible` (one
that holds when it is not FALSE). Both are plain two-valued conditions that Python cuts short, and a value
read in one is kept under a name by `:=`, so that whatever runs after it need not read it again. Which names
are surely set at a point is followed through both outcomes of each condition (`Test`).
"""

from __future__ import annotations

import itertools
import keyword
from collections.abc import Callable, Sequence
from typing import TypeAlias, cast

from visitcheck.engines.native import operations
from visitcheck.engines.native.function import Here, Ref, Test
from visitcheck.engines.native.names import Names
from visitcheck.facts.types import COUNT, DATE, DURATION, INT, STRING, TIME_OF_DAY, TIMESTAMP, Word
from visitcheck.language.nodes import (
    And,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Const,
    Element,
    Exact,
    Expr,
    Field,
    Has,
    Negate,
    Not,
    Or,
    Param,
)
from visitcheck.truth import Count

Known: TypeAlias = frozenset[Ref]
_ALIKE = (STRING, INT, TIMESTAMP, DURATION, DATE, TIME_OF_DAY)
"""Types, besides words, whose constants may stand together in a tuple to look into."""
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Expressions(Names):
    """Writes nodes as expressions; whatever needs statements has to have a name before."""

    # --- values

    def value(self, node: Expr, here: Here) -> tuple[str, Known]:
        """A node's value as an expression, None for UNKNOWN; atomic or in brackets."""
        ref = self.ref(node, here)
        if ref in here.known:
            return self.known_name(ref), here.known
        match node:
            case Const():
                return self.constants.literal(node.value), here.known
            case Element():
                return self.read(here.elements[node.binder].name), here.known
            case Field():
                return self._field(node, here)
            case Has():
                text, known = self.value(node.target, here)
                return f"({text} is not None)", known
            case Param():
                return self._param(node, here)
            case Arithmetic() | Negate() | Call():
                return operations.write(self, node, here)
            case Exact():
                low, high = self.count(node.operand, here)
                return f"({low} if {low} == {high} else None)", here.known
            case Choose():
                return self._choose(node, here)
            case Not() | And() | Or() | Compare():
                return self._truth_value(node, here)
            case _:
                raise AssertionError(f"{type(node).__name__} should have a name here")

    def twice(self, node: Expr, here: Here) -> tuple[str, str, Known]:
        """A value that is used more than once: its text the first time and later, what is known after it."""
        ref = self.ref(node, here)
        text, known = self.value(node, here)
        if ref in here.known or isinstance(node, Const | Element):
            return text, text, known
        name = self.naming(ref)
        return f"({name} := {text})", self.read(name), known | {ref}

    def strict(self, args: Sequence[Expr], here: Here, write: Callable[[list[str]], str]) -> tuple[str, Known]:
        """`write` applied to the values of `args`, or None as soon as one of them is UNKNOWN.

        `write` may use a text more than once: what might be UNKNOWN has a name by then.
        """
        texts = [""] * len(args)
        tests: list[str] = []
        known = here.known
        after: Known | None = None
        for place, arg in enumerate(args):
            if self.nullable(arg, here):
                first, texts[place], known = self.twice(arg, here.knowing(known))
                tests.append(f"{first} is None")
                after = known if after is None else after
        for place, arg in enumerate(args):
            if not texts[place]:
                texts[place], known = self.value(arg, here.knowing(known))
        if not tests:
            return f"({write(texts)})", known
        return f"(None if {' or '.join(tests)} else {write(texts)})", after if after is not None else known

    def nullable(self, node: Expr, here: Here) -> bool:
        """Whether a value may be UNKNOWN; False only where it surely is not."""
        match node:
            case Const():
                return node.value is None
            case Has():
                return False
            case Element():
                return here.elements[node.binder].nullable
            case Param():
                return not any(value.start is None and value.end is None for value in node.values[:1])
            case Not():
                return self.nullable(node.operand, here)
            case And() | Or():
                return any(self.nullable(part, here) for part in node.parts)
            case Compare():
                kinds = (node.left.type, node.right.type)
                return (
                    operations.by_call(node)
                    or COUNT in kinds
                    or self.nullable(node.left, here)
                    or self.nullable(node.right, here)
                )
            case Choose():
                return any(self.nullable(part, here) for part in (node.test, node.then, node.other))
            case _:
                return True

    def _field(self, node: Field, here: Here) -> tuple[str, Known]:
        name = repr(node.name)
        if isinstance(node.record, Element):
            bound = here.elements[node.record.binder]
            if bound.fields is not None:
                return f"{self.read(bound.fields)}[{name}]", here.known
            if not bound.nullable and _is_plain(node.name):
                return f"{self.read(bound.name)}.{node.name}", here.known
        return self.strict((node.record,), here, lambda texts: f"{texts[0]}.__dict__[{name}]")

    def _param(self, node: Param, here: Here) -> tuple[str, Known]:
        if isinstance(node.date, Const):
            day = node.date.value
            found = operations.undated(node) if day is None else operations.on_day(node, day)
            return self.constants.literal(found), here.known
        steps = operations.steps(node)
        values = {self.constants.literal(value): None for _, value in steps}
        if len(values) == 1:
            return next(iter(values)), here.known
        default = self.constants.literal(operations.undated(node))
        first, again, known = self.twice(node.date, here)
        chain = self.constants.literal(steps[-1][1])
        if len(steps) > operations.MOST_STEPS:
            days = self.constants.name(tuple(day for day, _ in steps[1:]))
            found = self.constants.name(tuple(value for _, value in steps))
            bisect = self.constants.name(operations.bisect_right)
            chain = f"{found}[{bisect}({days}, {again})]"
        else:
            for (_, value), (day, _) in reversed(list(itertools.pairwise(steps))):
                chain = f"{self.constants.literal(value)} if {again} < {day} else {chain}"
        return f"({default} if {first} is None else {chain})", known

    def _choose(self, node: Choose, here: Here) -> tuple[str, Known]:
        if not self.nullable(node.test, here):
            test = self.sure(node.test, here)
            then, _ = self.value(node.then, here.knowing(test.if_true))
            other, _ = self.value(node.other, here.knowing(test.if_false))
            return f"({then} if {test.text} else {other})", test.if_true & test.if_false
        first, again, known = self.twice(node.test, here)
        then, _ = self.value(node.then, here.knowing(known))
        other, _ = self.value(node.other, here.knowing(known))
        return f"(None if {first} is None else {then} if {again} else {other})", known

    def _truth_value(self, node: Not | And | Or | Compare, here: Here) -> tuple[str, Known]:
        if isinstance(node, Not):
            return self.strict((node.operand,), here, lambda texts: f"not {texts[0]}")
        if isinstance(node, Compare) and COUNT not in (node.left.type, node.right.type):
            return self.strict((node.left, node.right), here, lambda texts: operations.compared(self, node, texts))
        sure = self.sure(node, here)
        if not self.nullable(node, here):
            return f"(True if {sure.text} else False)", sure.if_true & sure.if_false
        possible = self.possible(node, here.knowing(sure.if_false))
        return f"(True if {sure.text} else None if {possible.text} else False)", sure.if_true & sure.if_false

    # --- truths

    def sure(self, node: Expr, here: Here) -> Test:
        """A condition that holds when a boolean node is TRUE."""
        if not self.knows(node, here):
            match node:
                case Not():
                    return _negated(self.possible(node.operand, here))
                case And():
                    return self._joined(node.parts, here, "and", self.sure)
                case Or():
                    return self._joined(node.parts, here, "or", self.sure)
                case Compare():
                    return self._comparison(node, here, sure=True)
        text, known = self.value(node, here)
        return Test(text, known, known)

    def possible(self, node: Expr, here: Here) -> Test:
        """A condition that holds when a boolean node is not FALSE."""
        if not self.knows(node, here):
            match node:
                case Not():
                    return _negated(self.sure(node.operand, here))
                case And():
                    return self._joined(node.parts, here, "and", self.possible)
                case Or():
                    return self._joined(node.parts, here, "or", self.possible)
                case Compare():
                    return self._comparison(node, here, sure=False)
        if not self.nullable(node, here):
            text, known = self.value(node, here)
            return Test(text, known, known)
        text, _, known = self.twice(node, here)
        return Test(f"({text} is not False)", known, known)

    def surely_if_possible(self, node: Expr, here: Here) -> Test:
        """A condition for a boolean node being TRUE where it is not FALSE: its values are known."""
        values = self._values(node)
        if all(self.knows(value, here) for value in values if self.nullable(value, here)):
            names = [self.known_name(self.ref(value, here)) for value in values if self.nullable(value, here)]
            if values and names:
                return Test(
                    " and ".join(f"{name} is not None" for name in dict.fromkeys(names)),
                    here.known,
                    here.known,
                )
        return self.sure(node, here)

    def _values(self, node: Expr) -> tuple[Expr, ...]:
        """The values that decide alone whether a node that is not FALSE is TRUE; none where it is not so."""
        match node:
            case Not():
                return self._values(node.operand)
            case Compare() if not operations.by_call(node) and COUNT not in (node.left.type, node.right.type):
                return (node.left, node.right)
            case Or() | And():
                gathered = _gathered(node.parts, "or" if isinstance(node, Or) else "and")
                if len(gathered) == 1 and isinstance(gathered[0], tuple):
                    return (gathered[0][0].left,)
        return ()

    def _joined(self, parts: Sequence[Expr], here: Here, word: str, test: Callable[[Expr, Here], Test]) -> Test:
        texts: list[str] = []
        known, settled = here.known, None
        for part in _gathered(parts, word):
            at = here.knowing(known)
            if isinstance(part, tuple):
                found = self._looked_up(part, at, word, sure=test == self.sure)
            else:
                found = test(part, at)
            texts.append(found.text)
            known, leaving = (found.if_true, found.if_false) if word == "and" else (found.if_false, found.if_true)
            settled = leaving if settled is None else settled & leaving
        left = settled if settled is not None else known
        text = f"({f' {word} '.join(texts)})" if len(texts) > 1 else texts[0]
        return Test(text, known, left) if word == "and" else Test(text, left, known)

    def _looked_up(self, same: tuple[Compare, ...], here: Here, word: str, *, sure: bool) -> Test:
        """Several comparisons of one value with constants, as one look into a tuple."""
        subject = same[0].left
        values = self.constants.literals(tuple(dict.fromkeys(_constant(part) for part in same)))
        within = "in" if word == "or" else "not in"
        # None is in no tuple of constants: `in` is sure as it is, and `not in` possible as it is.
        if not self.nullable(subject, here) or sure == (word == "or"):
            text, known = self.value(subject, here)
            return Test(f"{text} {within} {values}", known, known)
        first, again, known = self.twice(subject, here)
        if sure:
            return Test(f"({first} is not None and {again} not in {values})", known, known)
        return Test(f"({first} in {values} or {again} is None)", known, known)

    def _comparison(self, node: Compare, here: Here, *, sure: bool) -> Test:
        kinds = (node.left.type, node.right.type)
        if COUNT in kinds:
            return self._compared_counts(node, here, sure=sure)
        if operations.by_call(node):
            text, known = self._truth_value(node, here)
            return Test(text if sure else f"({text} is not False)", known, known)
        left, right, op = node.left, node.right, node.op
        if not self.nullable(left, here) and self.nullable(right, here):
            left, right, op = right, left, _MIRRORED[op]  # type: ignore[assignment]
        open_left, open_right = self.nullable(left, here), self.nullable(right, here)
        # `==` with a None is false and `!=` true by itself, where the other side is not None.
        bare = not open_left or (not open_right and op == ("==" if sure else "!="))
        if bare:
            a, known = self.value(left, here)
            b, known = self.value(right, here.knowing(known))
            return Test(f"{a} {op} {b}", known, known)
        first, a, after = self.twice(left, here)
        if open_right and op not in ("==", "!="):
            second, b, both = self.twice(right, here.knowing(after))
            if sure:
                return Test(f"({first} is not None and {second} is not None and {a} {op} {b})", both, after)
            return Test(f"({first} is None or {second} is None or {a} {op} {b})", after, both)
        if sure and op == "!=" and open_right:
            second, b, both = self.twice(right, here.knowing(after))
            return Test(f"({first} is not None and {second} is not None and {a} != {b})", both, after)
        if not sure and op == "==" and open_right:
            second, b, both = self.twice(right, here.knowing(after))
            return Test(f"({first} is None or {second} is None or {a} == {b})", after, both)
        b, both = self.value(right, here.knowing(after))
        if sure:
            return Test(f"({first} is not None and {a} {op} {b})", both, after)
        return Test(f"({first} is None or {a} {op} {b})", after, both)

    def _compared_counts(self, node: Compare, here: Here, *, sure: bool) -> Test:
        (low, high), (low_b, high_b) = self.count(node.left, here), self.count(node.right, here)
        op = node.op
        if op in (">", ">="):
            low, high, low_b, high_b = low_b, high_b, low, high
            op = "<" if op == ">" else "<="
        match op, sure:
            case (("<" | "<="), True):
                text = f"{high} {op} {low_b}"
            case (("<" | "<="), False):
                text = f"{low} {op} {high_b}"
            case "==", True:
                text = f"{low} == {high} == {low_b} == {high_b}"
            case "==", False:
                text = f"{low} <= {high_b} and {low_b} <= {high}"
            case "!=", True:
                text = f"({low} > {high_b} or {low_b} > {high})"
            case _:
                text = f"not {low} == {high} == {low_b} == {high_b}"
        lows = [name for name in dict.fromkeys((low, low_b)) if self.may_be_none(name)]
        if sure:
            tests = "".join(f"{name} is not None and " for name in lows)
            return Test(f"({tests}{text})", here.known, here.known)
        tests = "".join(f"{name} is None or " for name in lows)
        return Test(f"({tests}{text})", here.known, here.known)

    def count(self, node: Expr, here: Here) -> tuple[str, str]:
        """The names of both ends of a count (None where it is UNKNOWN), or of an int taken as one."""
        if isinstance(node, Const):
            if node.type == COUNT and node.value is not None:
                known = cast("Count", node.value)
                return self.constants.literal(known.low), self.constants.literal(known.high)
            return (self.constants.literal(node.value),) * 2
        name = self.known_name(self.ref(node, here))
        return (name, self.read(f"{name}h")) if node.type == COUNT else (name, name)


def _is_plain(name: str) -> bool:
    """Whether a field can be read as an attribute: its name is a name in Python, too, whoever chose it."""
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name)


def _negated(test: Test) -> Test:
    return Test(f"(not {test.text})", test.if_false, test.if_true)


def _constant(part: Compare) -> object:
    return part.right.value if isinstance(part.right, Const) else None


def _gathered(parts: Sequence[Expr], word: str) -> list[Expr | tuple[Compare, ...]]:
    """Parts in order, with neighbouring `x == constant` (`!=` in an `and`) about one `x` put together."""
    op = "==" if word == "or" else "!="
    found: list[Expr | tuple[Compare, ...]] = []
    for part in parts:
        fits = (
            isinstance(part, Compare)
            and part.op == op
            and isinstance(part.right, Const)
            and part.right.value is not None
            and (isinstance(part.left.type, Word) or part.left.type in _ALIKE)
        )
        last = found[-1] if found else None
        if fits and isinstance(last, tuple) and last[0].left == part.left:  # type: ignore[union-attr]
            found[-1] = (*last, part)  # type: ignore[arg-type]
        else:
            found.append((part,) if fits else part)  # type: ignore[arg-type]
    return [part[0] if isinstance(part, tuple) and len(part) == 1 else part for part in found]


__all__ = ["Expressions", "Known"]
