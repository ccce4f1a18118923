"""Statements: values under names, in the order they are needed, and the function around them."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from visitcheck.engines.python.analysis import (
    is_paired,
    is_trivial,
    mark_plain_lists,
    may_lack_end,
    needs_statements,
)
from visitcheck.engines.python.expressions import ExpressionWriter
from visitcheck.engines.python.loops import LoopWriter
from visitcheck.engines.python.names import Code, NameTable, Point, ValueKey, comment, may_be_none
from visitcheck.facts.completeness import OPEN_LISTS
from visitcheck.facts.types import COUNT, INT, INT_MAX, INT_MIN
from visitcheck.ir.nodes import (
    And,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Const,
    Element,
    Expr,
    Fact,
    Has,
    ListCall,
    Or,
    RestCount,
    Size,
)
from visitcheck.ir.walk import children
from visitcheck.truth import NO_END

_DEEPEST = 10
"""Expressions are not nested deeper than this in one line; Python's own limits lie far above."""
_TALL = 3
"""What is higher than this and used more than once gets a name, also inside a loop."""
_MOST_LOOPS, _MOST_INDENT = 8, 30
"""Deeper nesting goes into a function of its own: Python takes 20 nested loops and 100 indents."""
_Tree: TypeAlias = "dict[str, _Tree]"
OPEN_LISTS_NAME = "evaluate_open_lists"
"""What the source calls for visits whose lists may go on."""


class FunctionWriter:
    """Writes one function for a sequence of conditions.

    Of its parts, `ExpressionWriter` writes what fits into an expression and `LoopWriter` what looks at lists; values
    get their names here. All three share one `NameTable`.
    """

    def __init__(self) -> None:
        self._names = NameTable()
        self._expressions = ExpressionWriter(self._names)
        self._loops = LoopWriter(self._names, self._expressions, self)
        self._helpers: list[str] = []

    @property
    def namespace(self) -> dict[str, Any]:
        """The objects that the source finds by name."""
        return dict(self._names.constants.namespace)

    @property
    def _code(self) -> Code:
        return self._names.code

    def write_function(
        self, conditions: Sequence[Expr], labels: Mapping[int, Sequence[str]], *, leave_open_lists: bool = False
    ) -> str:
        """Return the source of `evaluate(visit)`, and of the functions it calls, for these conditions.

        `labels` are comments to put above the condition at a position. With `leave_open_lists` a visit with
        `completeness` is answered by the function of the name `OPEN_LISTS_NAME`, where conditions look at such lists.
        """
        conditions = mark_plain_lists(conditions)
        for condition in conditions:
            self._names.nodes.number(condition)
            self._names.nodes.count_use(condition)
        facts = _FactReads(self._names, conditions)
        here = facts.start
        results: list[str] = []
        for position, condition in enumerate(conditions):
            for label in labels.get(position, ()):
                self._code.write(f"# {comment(label)}")
            name, here = self.assign(condition, here)
            results.append(self._names.use(name))
        self._code.write(f"return ({', '.join(results)}{',' if results else ''})")
        # The facts come first in the function, but only now it is known which of them are used.
        work, self._code.lines = self._code.lines, []
        facts.write(self._code.used, leave_open_lists=leave_open_lists)
        body = "\n".join([*self._code.lines, *work])
        return "\n\n\n".join([*self._helpers, f"def evaluate(visit):\n{body}\n"])

    # --- values under names

    def assign(self, node: Expr, here: Point) -> tuple[str, Point]:
        """Return the name of a node's value, or its literal, after writing whatever it takes."""
        key = self._names.key_of(node, here)
        if key in here.known:
            return self._names.known_name(key), here
        if isinstance(node, Const | Element) and node.type != COUNT:
            return self._expressions.value(node, here)[0], here
        if not here.elements:
            here = self._name_shared_parts(node, here, set())
        too_deep = self._code.loops >= _MOST_LOOPS or self._code.indent >= _MOST_INDENT
        if too_deep and self._names.nodes.has_loops(node):
            self._write_helper(node, here)
        else:
            here = self._write_value(node, here)
        return self._names.use(self._names.target(key)), here.with_known(here.known | {key})

    def _name_shared_parts(self, node: Expr, here: Point, seen: set[int]) -> Point:
        """Give names to what is used elsewhere too, and depends on no loop."""
        nodes = self._names.nodes
        for child in children(node):
            number = nodes.number(child)
            if number in seen or is_trivial(child):
                continue
            seen.add(number)
            if nodes.free_names(child):
                here = self._name_shared_parts(child, here, seen)
            elif self._names.is_known(child, here):
                continue
            elif nodes.is_shared(child) and (not is_paired(child) or self._loops.is_kept(child)):
                here = self.assign(child, here)[1]
            else:
                here = self._name_shared_parts(child, here, seen)
        return here

    def _name_even_elements(self, node: Expr, here: Point) -> Point:
        """Like `assign`, but also an element gets a name of its own."""
        _, here = self.assign(node, here)
        key = self._names.key_of(node, here)
        if key not in here.known and not isinstance(node, Const):
            self._code.write(f"{self._names.target(key)} = {self._expressions.value(node, here)[0]}")
            here = here.with_known(here.known | {key})
        return here

    # --- statements for one value

    def _write_value(self, node: Expr, here: Point) -> Point:
        key, has_loops = self._names.key_of(node, here), self._names.nodes.has_loops(node)
        if node.type == COUNT and not isinstance(node, Size | ListCall):
            return self._write_count(node, here, self._names.target(key))
        if needs_statements(node):
            self._loops.write(node, here, self._names.target(key))
            return here
        if has_loops and isinstance(node, And | Or):
            self._write_logic(node, here, self._names.target(key))
            return here
        if has_loops and isinstance(node, Choose):
            return self._write_branches(node, here, self._names.target(key))
        here = self._prepare_below(node, here)
        text, known = self._expressions.value(node, here)
        self._code.write(f"{self._names.target(key)} = {_without_outer_brackets(text)}")
        return here.with_known(known)

    def _write_logic(self, node: And | Or, here: Point, name: str) -> None:
        """Write Kleene's and/or with loops in it: cheap parts first, and no loop once the answer is settled."""
        has_loops = self._names.nodes.has_loops
        cheap = tuple(part for part in node.parts if self._names.is_known(part, here) or not has_loops(part))
        rest = [part for part in node.parts if part not in cheap]
        settled, neutral = ("False", "True") if isinstance(node, And) else ("True", "False")
        if len(cheap) > 1:
            first: Expr = replace(node, parts=cheap, origin=None)
            here = self._prepare_below(first, here)
        else:
            first = cheap[0] if cheap else rest.pop(0)
            here = self.prepare(first, here)
        text, known = self._expressions.value(first, here)
        here = here.with_known(known)
        self._code.write(f"{name} = {_without_outer_brackets(text)}")
        for part in rest:
            with self._code.block(f"if {name} is not {settled}"):
                part_name, _ = self.assign(part, here)
                self._code.write(f"if {part_name} is not {neutral}: {name} = {part_name}")

    def _write_branches(self, node: Choose, here: Point, name: str) -> Point:
        test, here = self.assign(node.test, here)
        with self._code.block(f"if {test}"):
            self._code.write(f"{name} = {self.assign(node.then, here)[0]}")
        with self._code.block(f"elif {test} is None"):
            self._code.write(f"{name} = None")
        with self._code.block("else"):
            self._code.write(f"{name} = {self.assign(node.other, here)[0]}")
        return here

    def _write_count(self, node: Expr, here: Point, name: str) -> Point:
        """Write a count that no list gives directly, under two names."""
        high = f"{name}h"
        match node:
            case Const():
                low, up = self._expressions.count_ends(node, here)
                self._code.write(f"{name}, {high} = {low}, {up}")
            case Arithmetic():
                here = self._write_count_arithmetic(node, here, name)
            case Choose():
                test, here = self.assign(node.test, here)
                for head, branch in ((f"if {test}", node.then), (f"elif {test} is not None", node.other)):
                    with self._code.block(head):
                        low, up = self._expressions.count_ends(branch, self._name_even_elements(branch, here))
                        self._code.write(f"{name}, {high} = {low}, {up}")
                with self._code.block("else"):
                    self._code.write(f"{name} = {high} = None")
            case RestCount():
                test, here = self.assign(node.test, here)
                no_end = self._names.constants.literal(NO_END)
                self._code.write(f"{name}, {high} = 0, 0 if {test} is False else {no_end}")
            case Call():
                here = self._prepare_below(node, here)
                text, known = self._expressions.value(node, here)
                self._code.write(f"{name} = {_without_outer_brackets(text)}")
                self._code.write(f"{name}, {high} = (None, None) if {name} is None else {name}")
                here = here.with_known(known)
            case _:
                raise AssertionError(f"no count comes from a {type(node).__name__}")
        return here

    def _write_count_arithmetic(self, node: Arithmetic, here: Point, name: str) -> Point:
        """Add or subtract both ends; UNKNOWN where a side is or an end leaves 64 bits."""
        high = f"{name}h"
        here = self._name_even_elements(node.right, self._name_even_elements(node.left, here))
        low, up = self._expressions.count_ends(node.left, here)
        low_b, up_b = self._expressions.count_ends(node.right, here)
        if node.op == "-":  # the least is left where the most is taken away
            low_b, up_b = up_b, low_b
        tests = [f"{end} is None" for end in dict.fromkeys((low, low_b)) if may_be_none(end)]
        with self._code.block(f"if {' or '.join(tests) or 'False'}"):
            self._code.write(f"{name} = {high} = None")
        with self._code.block("else"):
            self._code.write(f"{name} = {low} {node.op} {low_b}")
            self._code.write(f"{high} = {up} {node.op} {up_b}")
            fits = f"{INT_MIN} <= {name} and {high} <= {INT_MAX}"
            if may_lack_end(node):
                no_end = self._names.constants.literal(NO_END)
                in_range = f"{INT_MIN} <= {{0}} <= {INT_MAX} or {{0}} == {{1}}{no_end}".format
                fits = f"({in_range(name, '-')}) and ({in_range(high, '')})"
            self._code.write(f"if not ({fits}): {name} = {high} = None")
        return here

    def _write_helper(self, node: Expr, here: Point) -> None:
        """Write the statements of a node into a function of their own, and call it."""
        names, key = self._names, self._names.key_of(node, here)
        outer, names.code = names.code, Code()
        self._write_value(node, here)
        name = names.use(names.target(key))
        returned = f"{name}, {name}h" if node.type == COUNT else name
        names.code.write(f"return {returned}")
        inner, names.code = names.code, outer
        parameters = ", ".join(inner.parameters())
        helper = f"part{len(self._helpers)}"
        body = "\n".join(inner.lines)
        self._helpers.append(f"def {helper}({parameters}):\n{body}")
        for parameter in inner.parameters():
            names.use(parameter)
        names.target(key)  # assigned by the caller, too
        names.code.write(f"{returned} = {helper}({parameters})")

    # --- what has to be done before a node fits into one expression

    def prepare(self, node: Expr, here: Point) -> Point:
        """Give names to loops below `node`, and to parts that are nested too deep for one line."""
        return self._prepare_measured(node, here)[0]

    def _prepare_below(self, node: Expr, here: Point) -> Point:
        """Like `prepare`, for a node that is about to be written under a name itself."""
        return self._prepare_measured(node, here, top=True)[0]

    def _prepare_measured(self, node: Expr, here: Point, *, top: bool = False) -> tuple[Point, int]:
        """Prepare a node, and return how high the expression left to write for it is; 0 for one with a name.

        Parts are prepared before the node, so whatever is cut off for its height has few levels below itself, and
        no expression grows beyond `_DEEPEST`. What runs only sometimes (an `and` with loops) is assigned as a whole,
        so that its loops stay behind the tests before them.
        """
        if not top:
            if (is_trivial(node) and node.type != COUNT) or self._names.is_known(node, here):
                return here, 0
            lazy = isinstance(node, And | Or | Choose) and self._names.nodes.has_loops(node)
            if needs_statements(node) or lazy:
                return self.assign(node, here)[1], 0
        below = [node.target] if isinstance(node, Has) else list(children(node))
        heights: list[tuple[int, Expr]] = []
        for child in below:
            here, height = self._prepare_measured(child, here)
            heights.append((height, child))
        if isinstance(node, Compare) and COUNT in (node.left.type, node.right.type):
            for child in below:  # an int beside a count is compared as one, by its name
                if child.type == INT and not isinstance(child, Const):
                    here = self._name_even_elements(child, here)
        tallest = max((height for height, _ in heights), default=0)
        if tallest >= _DEEPEST:
            for height, child in heights:
                if height:
                    here = self.assign(child, here)[1]
            tallest = 0
        if not top and tallest >= _TALL and self._names.nodes.is_shared(node):
            return self.assign(node, here)[1], 0
        return here, tallest + 1


class _FactReads:
    """The reading of all facts that some conditions need, each once, at the start of the function.

    Facts get their names first, and are written when it is known which are used.
    """

    def __init__(self, names: NameTable, conditions: Sequence[Expr]) -> None:
        self._names = names
        self._name_of_path: dict[tuple[str, ...], str] = {}
        known: list[ValueKey] = []
        for node in names.nodes.below(conditions):
            if isinstance(node, Fact):
                known.append(names.key_of(node, Point()))
                self._name_of_path[node.path] = names.target(known[-1])
        self.start = Point(known=frozenset(known))
        """The point where all facts have been read."""

    def write(self, used: Container[str], *, leave_open_lists: bool) -> None:
        """Write statements for the facts whose names are used; `leave_open_lists` as in `write_function`."""
        if leave_open_lists and any(".".join(path) in OPEN_LISTS for path in self._name_of_path):
            self._names.code.write("if visit.__dict__.get('completeness') is not None:")
            self._names.code.write(f"    return {OPEN_LISTS_NAME}(visit)")
        self._name_of_path = {path: name for path, name in self._name_of_path.items() if name in used}
        tree: _Tree = {}
        for path in sorted(self._name_of_path):
            branch = tree
            for name in path:
                branch = branch.setdefault(name, {})
        if tree:
            self._write_group("visit", (), tree)

    def _write_group(self, record: str, path: tuple[str, ...], tree: _Tree) -> None:
        """Write statements for what is read of one record, which is there."""
        code = self._names.code
        fields = self._names.new_name("d")
        code.write(f"{fields} = {record}.__dict__")
        for name, below in tree.items():
            at = (*path, name)
            given = self._name_of_path.get(at) or self._names.new_name("g")
            # A visit read for another policy has no such extra facts: they are missing like any other.
            reading = f"{fields}.get({name!r})" if path == ("extra",) else f"{fields}[{name!r}]"
            code.write(f"{given} = {reading}  # {comment('.'.join(at))}")
            if below:
                inside = [leaf for leaf in sorted(self._name_of_path) if leaf[: len(at)] == at and leaf != at]
                with code.block(f"if {given} is None"):
                    code.write(f"{' = '.join(self._name_of_path[leaf] for leaf in inside)} = None")
                with code.block("else"):
                    self._write_group(given, at, below)


def _without_outer_brackets(text: str) -> str:
    """Return an expression without brackets around the whole, which only cost reading."""
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
