"""Statements: values under names, in the order they are needed, and the function around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from visitcheck.engines.python.analysis import in_statements, paired, trivial
from visitcheck.engines.python.facts import FactReader
from visitcheck.engines.python.function import Code, Here
from visitcheck.engines.python.literals import comment
from visitcheck.engines.python.loops import Loops
from visitcheck.engines.python.normal import Normal
from visitcheck.facts.types import COUNT, INT, INT_MAX, INT_MIN
from visitcheck.ir.nodes import And, Arithmetic, Call, Choose, Compare, Const, Element, Expr, Has, ListCall, Or, Size
from visitcheck.ir.walk import children

_DEEPEST = 10
"""Expressions are not nested deeper than this in one line; Python's own limits lie far above."""
_TALL = 3
"""What is higher than this and used more than once gets a name, also inside a loop."""
_MOST_LOOPS, _MOST_INDENT = 8, 30
"""Deeper nesting goes into a function of its own: Python takes 20 nested loops and 100 indents."""


class Compiler(Loops):
    """Writes one function for a sequence of conditions."""

    def __init__(self) -> None:
        super().__init__()
        self._helpers: list[str] = []

    def function(self, conditions: Sequence[Expr], labels: Mapping[int, Sequence[str]]) -> str:
        """The source of `evaluate(visit)`, and of the functions it calls, for these conditions.

        `labels` are comments to put above the condition at a position.
        """
        normal = Normal()
        conditions = [normal.of(condition) for condition in conditions]
        for condition in conditions:
            self.nodes.number(condition)
            self.nodes.use(condition)
        facts = FactReader(self, conditions)
        here = facts.start
        results: list[str] = []
        for position, condition in enumerate(conditions):
            for label in labels.get(position, ()):
                self.code.write(f"# {comment(label)}")
            name, here = self.assign(condition, here)
            results.append(self.read(name))
        self.code.write(f"return ({', '.join(results)}{',' if results else ''})")
        work, self.code.lines = self.code.lines, []
        facts.write(self.code.used)
        body = "\n".join([*self.code.lines, *work])
        return "\n\n\n".join([*self._helpers, f"def evaluate(visit):\n{body}\n"])

    # --- values under names

    def assign(self, node: Expr, here: Here) -> tuple[str, Here]:
        """The name of a node's value, or its literal, with whatever had to be written for it."""
        ref = self.ref(node, here)
        if ref in here.known:
            return self.known_name(ref), here
        if isinstance(node, Const | Element) and node.type != COUNT:
            return self.value(node, here)[0], here
        if not here.elements:
            here = self._share(node, here, set())
        if self.nodes.loops(node) and (self.code.loops >= _MOST_LOOPS or self.code.indent >= _MOST_INDENT):
            self._outline(node, here)
        else:
            here = self._write(node, here)
        return self.read(self.naming(ref)), here.knowing(here.known | {ref})

    def _share(self, node: Expr, here: Here, seen: set[int]) -> Here:
        """Give names to what is used elsewhere too, and depends on no loop."""
        for child in children(node):
            number = self.nodes.number(child)
            if number in seen or trivial(child):
                continue
            seen.add(number)
            if self.nodes.free(child):
                here = self._share(child, here, seen)
            elif self.knows(child, here):
                continue
            elif self.nodes.shared(child) and (not paired(child) or self.kept(child)):
                here = self.assign(child, here)[1]
            else:
                here = self._share(child, here, seen)
        return here

    def _write(self, node: Expr, here: Here) -> Here:
        ref = self.ref(node, here)
        if node.type == COUNT and not isinstance(node, Size | ListCall):
            return self._count(node, here, self.naming(ref))
        if in_statements(node):
            self.loop(node, here, self.naming(ref))
            return here
        if self.nodes.loops(node) and isinstance(node, And | Or):
            self._logic(node, here, self.naming(ref))
            return here
        if self.nodes.loops(node) and isinstance(node, Choose):
            return self._branches(node, here, self.naming(ref))
        here = self._prepare_below(node, here)
        text, known = self.value(node, here)
        self.code.write(f"{self.naming(ref)} = {_bare(text)}")
        return here.knowing(known)

    def _logic(self, node: And | Or, here: Here, name: str) -> None:
        """Kleene's and/or with loops in it: cheap parts first, and no loop once the answer is settled."""
        cheap = tuple(part for part in node.parts if self.knows(part, here) or not self.nodes.loops(part))
        rest = [part for part in node.parts if part not in cheap]
        settled, neutral = ("False", "True") if isinstance(node, And) else ("True", "False")
        if len(cheap) > 1:
            first: Expr = replace(node, parts=cheap, origin=None)
            here = self._prepare_below(first, here)
        else:
            first = cheap[0] if cheap else rest.pop(0)
            here = self.prepare(first, here)
        text, known = self.value(first, here)
        here = here.knowing(known)
        self.code.write(f"{name} = {_bare(text)}")
        for part in rest:
            with self.code.block(f"if {name} is not {settled}"):
                other, _ = self.assign(part, here)
                self.code.write(f"if {other} is not {neutral}: {name} = {other}")

    def _branches(self, node: Choose, here: Here, name: str) -> Here:
        test, here = self.assign(node.test, here)
        with self.code.block(f"if {test}"):
            self.code.write(f"{name} = {self.assign(node.then, here)[0]}")
        with self.code.block(f"elif {test} is None"):
            self.code.write(f"{name} = None")
        with self.code.block("else"):
            self.code.write(f"{name} = {self.assign(node.other, here)[0]}")
        return here

    def _count(self, node: Expr, here: Here, name: str) -> Here:
        """A count that no list gives directly, under two names."""
        high = f"{name}h"
        match node:
            case Const():
                low, up = self.count(node, here)
                self.code.write(f"{name}, {high} = {low}, {up}")
            case Arithmetic():
                here = self._named(node.right, self._named(node.left, here))
                (low, up), (low_b, up_b) = self.count(node.left, here), self.count(node.right, here)
                if node.op == "-":
                    low_b, up_b = up_b, low_b
                tests = [f"{end} is None" for end in dict.fromkeys((low, low_b)) if self.may_be_none(end)]
                with self.code.block(f"if {' or '.join(tests) or 'False'}"):
                    self.code.write(f"{name} = {high} = None")
                with self.code.block("else"):
                    self.code.write(f"{name} = {low} {node.op} {low_b}")
                    self.code.write(f"{high} = {up} {node.op} {up_b}")
                    fits = f"{INT_MIN} <= {name} and {high} <= {INT_MAX}"
                    self.code.write(f"if not ({fits}): {name} = {high} = None")
            case Choose():
                test, here = self.assign(node.test, here)
                for head, branch in ((f"if {test}", node.then), (f"elif {test} is not None", node.other)):
                    with self.code.block(head):
                        low, up = self.count(branch, self._named(branch, here))
                        self.code.write(f"{name}, {high} = {low}, {up}")
                with self.code.block("else"):
                    self.code.write(f"{name} = {high} = None")
            case Call():
                here = self._prepare_below(node, here)
                text, known = self.value(node, here)
                self.code.write(f"{name} = {_bare(text)}")
                self.code.write(f"{name}, {high} = (None, None) if {name} is None else {name}")
                here = here.knowing(known)
            case _:
                raise AssertionError(f"no count comes from a {type(node).__name__}")
        return here

    # --- what has to be done before a node fits into one expression

    def prepare(self, node: Expr, here: Here) -> Here:
        """Give names to loops below `node`, and to parts that are nested too deep for one line."""
        return self._prepared(node, here)[0]

    def _prepare_below(self, node: Expr, here: Here) -> Here:
        return self._prepared(node, here, top=True)[0]

    def _prepared(self, node: Expr, here: Here, *, top: bool = False) -> tuple[Here, int]:
        if not top:
            if (trivial(node) and node.type != COUNT) or self.knows(node, here):
                return here, 0
            lazy = isinstance(node, And | Or | Choose) and self.nodes.loops(node)
            if in_statements(node) or lazy:
                return self.assign(node, here)[1], 0
        below = [node.target] if isinstance(node, Has) else list(children(node))
        heights: list[tuple[int, Expr]] = []
        for child in below:
            here, height = self._prepared(child, here)
            heights.append((height, child))
        if isinstance(node, Compare) and COUNT in (node.left.type, node.right.type):
            for child in below:
                if child.type == INT and not isinstance(child, Const):
                    here = self._named(child, here)
        tallest = max((height for height, _ in heights), default=0)
        if tallest >= _DEEPEST:
            for height, child in heights:
                if height:
                    here = self.assign(child, here)[1]
            tallest = 0
        if not top and tallest >= _TALL and self.nodes.shared(node):
            return self.assign(node, here)[1], 0
        return here, tallest + 1

    def _named(self, node: Expr, here: Here) -> Here:
        """Like `assign`, but also an element gets a name of its own."""
        _, here = self.assign(node, here)
        ref = self.ref(node, here)
        if ref not in here.known and not isinstance(node, Const):
            self.code.write(f"{self.naming(ref)} = {self.value(node, here)[0]}")
            here = here.knowing(here.known | {ref})
        return here

    def _outline(self, node: Expr, here: Here) -> None:
        """Write the statements of a node into a function of their own, and call it."""
        ref = self.ref(node, here)
        outer, self.code = self.code, Code()
        self._write(node, here)
        name = self.read(self.naming(ref))
        returned = f"{name}, {name}h" if node.type == COUNT else name
        self.code.write(f"return {returned}")
        inner, self.code = self.code, outer
        parameters = ", ".join(inner.parameters())
        called = f"part{len(self._helpers)}"
        body = "\n".join(inner.lines)
        self._helpers.append(f"def {called}({parameters}):\n{body}")
        for parameter in inner.parameters():
            self.read(parameter)
        self.naming(ref)
        self.code.write(f"{returned} = {called}({parameters})")


def _bare(text: str) -> str:
    """An expression without brackets around the whole, which only cost reading."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for place, char in enumerate(text):
        if char in "'\"":  # brackets in text constants do not count, and are not worth counting
            return text
        depth += (char == "(") - (char == ")")
        if depth == 0 and place < len(text) - 1:
            return text
    return text[1:-1] if text != "()" and "," not in text else text
