"""Truths as plain conditions of Python.

A boolean is written in two ways: `sure` (a condition that holds when it is TRUE) and `possible` (one that holds
when it is not FALSE). Both are two-valued, and Python cuts them short. Which values have a name afterwards is
followed through both outcomes (`Test`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from visitcheck.engines.python import operations
from visitcheck.engines.python.function import Here, Test
from visitcheck.engines.python.values import Values
from visitcheck.facts.types import COUNT, DATE, DURATION, INT, STRING, TIME_OF_DAY, TIMESTAMP, Word
from visitcheck.ir.nodes import And, Compare, Const, Expr, Not, Or

_ALIKE = (STRING, INT, TIMESTAMP, DURATION, DATE, TIME_OF_DAY)
"""Types, besides words, whose constants may stand together in a tuple to look into."""
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Truths(Values):
    """Writes boolean nodes as conditions."""

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
