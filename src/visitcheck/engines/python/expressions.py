"""Values and truths that fit into one Python expression.

A value is None where it is UNKNOWN. One that is read in an expression is kept under a name by `:=`, so that whatever
surely runs after it need not read it again. Which names are surely set at a point is followed from part to part
(`Known`), and through both outcomes of a condition (`Test`).

A boolean is also written as a condition that is two-valued, and that Python cuts short: `sure` holds when it is TRUE,
`possible` when it is not FALSE.
"""

from __future__ import annotations

import itertools
import keyword
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import cast

from visitcheck.engines.python.names import Known, NameTable, Point, Test, may_be_none
from visitcheck.engines.python.operations import (
    comparison_text,
    dated_steps,
    needs_call,
    operation_of,
)
from visitcheck.facts.types import COUNT, DATE, DURATION, INT, STRING, TIME_OF_DAY, TIMESTAMP, Word
from visitcheck.ir.dated_values import never_changes, undated_value, value_on
from visitcheck.ir.nodes import (
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
    Possible,
)
from visitcheck.truth import Count

_MOST_STEPS = 8
"""More dated values than this are looked up, fewer are a chain of conditions."""
_ALIKE = (STRING, INT, TIMESTAMP, DURATION, DATE, TIME_OF_DAY)
"""Types, besides words, whose constants may be together in a tuple to look into."""
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class ExpressionWriter:
    """Writes nodes as expressions; whatever needs statements has to have a name before."""

    def __init__(self, names: NameTable) -> None:
        self._names = names

    # --- values

    def value(self, node: Expr, here: Point) -> tuple[str, Known]:
        """Return a node's value as an expression, None for UNKNOWN; atomic or in brackets."""
        names = self._names
        key = names.key_of(node, here)
        if key in here.known:
            return names.known_name(key), here.known
        match node:
            case Const():
                return names.constants.literal(node.value), here.known
            case Element():
                return names.use(here.elements[node.binder].name), here.known
            case Field():
                return self._field(node, here)
            case Has():
                text, known = self.value(node.target, here)
                return f"({text} is not None)", known
            case Param():
                return self._param(node, here)
            case Arithmetic() | Negate() | Call():
                return self._operation(node, here)
            case Exact():
                low, high = self.count_ends(node.operand, here)
                return f"({low} if {low} == {high} else None)", here.known
            case Choose():
                return self._choose(node, here)
            case Possible():
                test = self.possible(node.operand, here)
                return f"(True if {test.text} else False)", test.if_true & test.if_false
            case Not() | And() | Or() | Compare():
                return self._truth(node, here)
            case _:
                raise AssertionError(f"{type(node).__name__} should have a name here")

    def count_ends(self, node: Expr, here: Point) -> tuple[str, str]:
        """Return the names of both ends of a count (None where it is UNKNOWN), or of an int taken as one."""
        names = self._names
        if isinstance(node, Const):
            if node.type == COUNT and node.value is not None:
                count = cast("Count", node.value)
                return names.constants.literal(count.low), names.constants.literal(count.high)
            return (names.constants.literal(node.value),) * 2
        name = names.known_name(names.key_of(node, here))
        return (name, names.use(f"{name}h")) if node.type == COUNT else (name, name)

    def may_be_unknown(self, node: Expr, here: Point) -> bool:
        """Whether a value may be UNKNOWN; False only where it surely is not."""
        match node:
            case Const():
                return node.value is None
            case Has() | Possible():
                return False
            case Element():
                return here.elements[node.binder].nullable
            case Param():
                return not never_changes(node.values) or node.values[0].value is None
            case Not():
                return self.may_be_unknown(node.operand, here)
            case And() | Or():
                return any(self.may_be_unknown(part, here) for part in node.parts)
            case Compare():
                return (
                    needs_call(node)
                    or COUNT in (node.left.type, node.right.type)
                    or self.may_be_unknown(node.left, here)
                    or self.may_be_unknown(node.right, here)
                )
            case Choose():
                return any(self.may_be_unknown(part, here) for part in (node.test, node.then, node.other))
            case _:
                return True

    def _reusable(self, node: Expr, here: Point) -> tuple[str, str, Known]:
        """Return a value that is used more than once: its text the first time and later, what is known after it."""
        key = self._names.key_of(node, here)
        text, known = self.value(node, here)
        if key in here.known or isinstance(node, Const | Element):
            return text, text, known
        name = self._names.target(key)
        return f"({name} := {text})", self._names.use(name), known | {key}

    def _strict(self, operands: Sequence[Expr], here: Point, write: Callable[[list[str]], str]) -> tuple[str, Known]:
        """Return `write` applied to the values of `operands`, or None as soon as one of them is UNKNOWN.

        `write` may use a text more than once: what might be UNKNOWN has a name by then.
        """
        texts = [""] * len(operands)
        tests: list[str] = []
        known = here.known
        after: Known | None = None
        for place, operand in enumerate(operands):
            if self.may_be_unknown(operand, here):
                first, texts[place], known = self._reusable(operand, here.with_known(known))
                tests.append(f"{first} is None")
                # Where the first test ends the expression, only what it read has a name.
                after = known if after is None else after
        for place, operand in enumerate(operands):
            if not texts[place]:
                texts[place], known = self.value(operand, here.with_known(known))
        if not tests:
            return f"({write(texts)})", known
        return f"(None if {' or '.join(tests)} else {write(texts)})", after if after is not None else known

    def _operation(self, node: Arithmetic | Negate | Call, here: Point) -> tuple[str, Known]:
        operation = operation_of(node, self._names)
        if operation.strict:
            return self._strict(operation.operands, here, operation.write)
        texts, known = [], here.known
        for operand in operation.operands:
            text, known = self.value(operand, here.with_known(known))
            texts.append(text)
        return operation.write(texts), known

    def _field(self, node: Field, here: Point) -> tuple[str, Known]:
        name = repr(node.name)
        if isinstance(node.record, Element):
            bound = here.elements[node.record.binder]
            if bound.fields is not None:
                return f"{self._names.use(bound.fields)}[{name}]", here.known
            if not bound.nullable and _is_plain_name(node.name):
                return f"{self._names.use(bound.name)}.{node.name}", here.known
        return self._strict((node.record,), here, lambda texts: f"{texts[0]}.__dict__[{name}]")

    def _param(self, node: Param, here: Point) -> tuple[str, Known]:
        constants = self._names.constants
        if isinstance(node.date, Const):
            return constants.literal(value_on(node.values, cast("int | None", node.date.value))), here.known
        steps = dated_steps(node)
        values = {constants.literal(value): None for _, value in steps}
        if len(values) == 1:
            return next(iter(values)), here.known
        default = constants.literal(undated_value(node.values))
        first, again, known = self._reusable(node.date, here)
        chain = constants.literal(steps[-1][1])
        if len(steps) > _MOST_STEPS:
            days = constants.name_of(tuple(day for day, _ in steps[1:]))
            by_step = constants.name_of(tuple(value for _, value in steps))
            chain = f"{by_step}[{constants.name_of(bisect_right)}({days}, {again})]"
        else:
            for (_, value), (day, _) in reversed(list(itertools.pairwise(steps))):
                chain = f"{constants.literal(value)} if {again} < {day} else {chain}"
        return f"({default} if {first} is None else {chain})", known

    def _choose(self, node: Choose, here: Point) -> tuple[str, Known]:
        if not self.may_be_unknown(node.test, here):
            test = self.sure(node.test, here)
            then, _ = self.value(node.then, here.with_known(test.if_true))
            other, _ = self.value(node.other, here.with_known(test.if_false))
            return f"({then} if {test.text} else {other})", test.if_true & test.if_false
        first, again, known = self._reusable(node.test, here)
        then, _ = self.value(node.then, here.with_known(known))
        other, _ = self.value(node.other, here.with_known(known))
        return f"(None if {first} is None else {then} if {again} else {other})", known

    def _truth(self, node: Not | And | Or | Compare, here: Point) -> tuple[str, Known]:
        """Return a truth as a value: True, False or None."""
        if isinstance(node, Not):
            return self._strict((node.operand,), here, lambda texts: f"not {texts[0]}")
        if isinstance(node, Compare) and COUNT not in (node.left.type, node.right.type):
            return self._strict((node.left, node.right), here, lambda texts: comparison_text(node, texts, self._names))
        sure = self.sure(node, here)
        if not self.may_be_unknown(node, here):
            return f"(True if {sure.text} else False)", sure.if_true & sure.if_false
        possible = self.possible(node, here.with_known(sure.if_false))
        return f"(True if {sure.text} else None if {possible.text} else False)", sure.if_true & sure.if_false

    # --- conditions

    def sure(self, node: Expr, here: Point) -> Test:
        """Return a condition that holds when a boolean node is TRUE."""
        return self._test(node, here, sure=True)

    def possible(self, node: Expr, here: Point) -> Test:
        """Return a condition that holds when a boolean node is not FALSE."""
        return self._test(node, here, sure=False)

    def sure_if_possible(self, node: Expr, here: Point) -> Test:
        """Return a condition for a boolean node being TRUE where it is not FALSE: its values are known."""
        names = self._names
        unsure = [value for value in _deciding_values(node) if self.may_be_unknown(value, here)]
        if unsure and all(names.is_known(value, here) for value in unsure):
            texts = dict.fromkeys(names.known_name(names.key_of(value, here)) for value in unsure)
            return Test(" and ".join(f"{text} is not None" for text in texts), here.known, here.known)
        return self.sure(node, here)

    def _test(self, node: Expr, here: Point, *, sure: bool) -> Test:
        if not self._names.is_known(node, here):
            match node:
                case Not():
                    test = self._test(node.operand, here, sure=not sure)
                    return Test(f"(not {test.text})", test.if_false, test.if_true)
                case And():
                    return self._join(node.parts, here, "and", sure=sure)
                case Or():
                    return self._join(node.parts, here, "or", sure=sure)
                case Possible():
                    return self._test(node.operand, here, sure=False)
                case Compare():
                    return self._comparison(node, here, sure=sure)
        if sure or not self.may_be_unknown(node, here):
            text, known = self.value(node, here)
            return Test(text, known, known)
        text, _, known = self._reusable(node, here)
        return Test(f"({text} is not False)", known, known)

    def _join(self, parts: Sequence[Expr], here: Point, word: str, *, sure: bool) -> Test:
        """Join the conditions of an `and` or `or`.

        When all parts ran, all their names are set; when Python left early, only those that each part sets that
        could be the last to run.
        """
        texts: list[str] = []
        known, after_leaving = here.known, None
        for part in _group_by_subject(parts, word):
            at = here.with_known(known)
            if isinstance(part, tuple):
                test = self._look_up(part, at, word, sure=sure)
            else:
                test = self._test(part, at, sure=sure)
            texts.append(test.text)
            known, leaving = (test.if_true, test.if_false) if word == "and" else (test.if_false, test.if_true)
            after_leaving = leaving if after_leaving is None else after_leaving & leaving
        left = after_leaving if after_leaving is not None else known
        text = f"({f' {word} '.join(texts)})" if len(texts) > 1 else texts[0]
        return Test(text, known, left) if word == "and" else Test(text, left, known)

    def _look_up(self, same: tuple[Compare, ...], here: Point, word: str, *, sure: bool) -> Test:
        """Write several comparisons of one value with constants as one look into a tuple."""
        subject = same[0].left
        values = self._names.constants.literals(tuple(dict.fromkeys(_constant(part) for part in same)))
        within = "in" if word == "or" else "not in"
        # None is in no tuple of constants: `in` is sure as it is, and `not in` possible as it is.
        if not self.may_be_unknown(subject, here) or sure == (word == "or"):
            text, known = self.value(subject, here)
            return Test(f"{text} {within} {values}", known, known)
        first, again, known = self._reusable(subject, here)
        if sure:
            return Test(f"({first} is not None and {again} not in {values})", known, known)
        return Test(f"({first} in {values} or {again} is None)", known, known)

    def _comparison(self, node: Compare, here: Point, *, sure: bool) -> Test:
        if COUNT in (node.left.type, node.right.type):
            return self._count_comparison(node, here, sure=sure)
        if needs_call(node):
            text, known = self._truth(node, here)
            return Test(text if sure else f"({text} is not False)", known, known)
        left, right, op = node.left, node.right, str(node.op)
        if not self.may_be_unknown(left, here) and self.may_be_unknown(right, here):
            left, right, op = right, left, _MIRRORED[op]
        open_left, open_right = self.may_be_unknown(left, here), self.may_be_unknown(right, here)
        # `==` with a None is false and `!=` true by itself, where the other side is not None.
        if not open_left or (not open_right and op == ("==" if sure else "!=")):
            a, known = self.value(left, here)
            b, known = self.value(right, here.with_known(known))
            return Test(f"{a} {op} {b}", known, known)
        first, a, after = self._reusable(left, here)
        # For the same reason one test for None is enough where the other side's None gives the answer.
        if open_right and op != ("==" if sure else "!="):
            second, b, both = self._reusable(right, here.with_known(after))
            if sure:
                return Test(f"({first} is not None and {second} is not None and {a} {op} {b})", both, after)
            return Test(f"({first} is None or {second} is None or {a} {op} {b})", after, both)
        b, both = self.value(right, here.with_known(after))
        if sure:
            return Test(f"({first} is not None and {a} {op} {b})", both, after)
        return Test(f"({first} is None or {a} {op} {b})", after, both)

    def _count_comparison(self, node: Compare, here: Point, *, sure: bool) -> Test:
        """Compare the ends of two counts: sure where it holds for all numbers between them, possible for some."""
        (low, high), (low_b, high_b) = self.count_ends(node.left, here), self.count_ends(node.right, here)
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
        lows = [name for name in dict.fromkeys((low, low_b)) if may_be_none(name)]
        tests = "".join(f"{name} is not None and " if sure else f"{name} is None or " for name in lows)
        return Test(f"({tests}{text})", here.known, here.known)


def _deciding_values(node: Expr) -> tuple[Expr, ...]:
    """Return the values that decide alone whether a node that is not FALSE is TRUE; none where it is not so."""
    match node:
        case Not():
            return _deciding_values(node.operand)
        case Compare() if not needs_call(node) and COUNT not in (node.left.type, node.right.type):
            return (node.left, node.right)
        case Or() | And():
            groups = _group_by_subject(node.parts, "or" if isinstance(node, Or) else "and")
            if len(groups) == 1 and isinstance(groups[0], tuple):
                return (groups[0][0].left,)
    return ()


def _group_by_subject(parts: Sequence[Expr], word: str) -> list[Expr | tuple[Compare, ...]]:
    """Return parts in order, with neighbouring `x == constant` (`!=` in an `and`) about one `x` put together."""
    op = "==" if word == "or" else "!="
    groups: list[Expr | tuple[Compare, ...]] = []
    for part in parts:
        last = groups[-1] if groups else None
        if not (isinstance(part, Compare) and part.op == op and _is_with_constant(part)):
            groups.append(part)
        elif isinstance(last, tuple) and last[0].left == part.left:
            groups[-1] = (*last, part)
        else:
            groups.append((part,))
    return [group[0] if isinstance(group, tuple) and len(group) == 1 else group for group in groups]


def _is_with_constant(part: Compare) -> bool:
    """Whether a value is compared with a known constant of a type that Python compares as it is."""
    alike = isinstance(part.left.type, Word) or part.left.type in _ALIKE
    return alike and isinstance(part.right, Const) and part.right.value is not None


def _constant(part: Compare) -> object:
    return part.right.value if isinstance(part.right, Const) else None


def _is_plain_name(name: str) -> bool:
    """Whether a field can be read as an attribute: its name is a name in Python, too, whoever chose it."""
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name)
