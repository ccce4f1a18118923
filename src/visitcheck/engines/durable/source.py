"""Typed expressions as the source of one Python function that reads the features of a visit.

This writer is durable's own: it shares the expressions, and the kernels of `language` (comparison,
arithmetic, functions), with the native engine, and no code that writes or reads. Every value gets a name and is worked
out once, in the block where it is first needed; what several expressions share, or a macro's body does not look at its
element for, is worked out before. Expressions are pure and total, so neither changes a value.

A list that is read for its elements is written as a loop over its base; where it has to be kept it is a list of pairs
(held, value), held being TRUE for in and UNKNOWN for maybe in. A count has two names, its ends: `_v1` and `_v1h`;
so has a record of a list of the visit, `_v2` and its fields `_v2d`, which are read faster than attributes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from operator import itemgetter
from typing import Any, TypeAlias

from visitcheck.errors import EngineFailure
from visitcheck.facts.types import (
    BOOL,
    COUNT,
    DATE,
    DURATION,
    INT,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    ListOf,
    Record,
    Type,
    Word,
)
from visitcheck.ir.dated_values import never_changes, value_on
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
    Macro,
    Map,
    Negate,
    Not,
    Or,
    Param,
    Possible,
    RestCount,
    Size,
)
from visitcheck.ir.sharing import NodeNumbers
from visitcheck.ir.walk import bodies_of, children, distinct_nodes
from visitcheck.language import operators
from visitcheck.language.functions import FUNCTIONS, LIST_FUNCTIONS
from visitcheck.language.interpreter import Member, aggregate_members, distinct_members
from visitcheck.truth import NO_END, Count

Read: TypeAlias = Callable[[Any], list[int | None]]
_Pairs: TypeAlias = list[tuple[bool | None, Any]]
_Key: TypeAlias = tuple[str, int]
"""How a value is kept ("value", "pairs", "low"), and the number of its node."""

_PLAIN: tuple[Type, ...] = (BOOL, INT, STRING, TIMESTAMP, DURATION, DATE, TIME_OF_DAY)
"""Types, besides words, whose known values Python compares as they are."""
_LOOKED_UP: tuple[Type, ...] = (INT, STRING, TIMESTAMP, DURATION, DATE, TIME_OF_DAY)
"""Types, besides words, of which several constants are looked up at once."""
_DEAR = (Macro, Call, Aggregate, Distinct, Size)
_OPPOSITE = {"True": "False", "False": "True"}
_READ_AS_IT_IS = (Const, Param, Element, Field, Call)
"""Lists that are values, and not made of elements in or maybe in."""
_LEAVES = (Const, Fact, Element, Field, Has)
"""What costs no more to read again than a name."""
_MOST_INDENT, _MOST_LOOPS = 60, 12
"""Beyond these a value is written into a function of its own: Python allows 100 and 20."""
_LOCAL = re.compile(r"\b(_v(\d+)[dh]?)\b")


class FeatureWriter:
    """Writes the function that reads some features; used once."""

    def __init__(self, operands: Sequence[Expr]) -> None:
        self._numbers = NodeNumbers()
        self._operands = operands
        self._lines: list[str] = []
        self._helpers: list[str] = []
        self._depth, self._loops, self._last = 1, 0, 0
        self._known: list[dict[_Key, str]] = [{}]
        self._elements: dict[int, str] = {}
        self._bound_at: dict[int, int] = {}
        self._paths: dict[tuple[str, ...], str] = {}
        self._types: dict[tuple[str, ...], Type] = {}
        self._with_fields: set[str] = set()
        self.namespace: dict[str, Any] = dict(_KERNELS)
        self._constants: dict[tuple[type, int], str] = {}
        for operand in operands:
            self._numbers.count_use(operand)
        self._dear: dict[int, bool] = {}
        self._read_facts()
        seen: set[int] = set()
        for operand in operands:
            self._share(operand, seen)
        self.names = [self._value(operand) for operand in operands]

    def function(self, features: Sequence[str]) -> Read:
        """Return the function that reads features, given as expressions over the names of operands."""
        body = "\n".join([*self._lines, f"    return [{', '.join(features)}]"])
        self.source = "\n".join([*self._helpers, f"def read(visit):\n{body}\n"])
        exec(compile(self.source, "<visitcheck features>", "exec"), self.namespace)  # noqa: S102 - our own text
        read: Read = self.namespace["read"]
        return read

    def constant(self, value: Any) -> str:
        """Return how a value that is fixed is written; what is no small literal gets a global name."""
        if value is None or value is True or value is False or type(value) is int:
            return f"({value})" if type(value) is int and value < 0 else repr(value)
        key = type(value), id(value)
        name = self._constants.get(key)
        if name is None:
            name = self._constants[key] = f"k{len(self._constants)}"
            self.namespace[name] = value
        return name

    # --- lines, blocks and names

    def _write(self, line: str) -> None:
        self._lines.append("    " * self._depth + line)

    def _new_name(self) -> str:
        self._last += 1
        return f"_v{self._last}"

    @contextmanager
    def _block(self, head: str, *, loop: bool = False) -> Iterator[None]:
        """Write what follows below a head; what is worked out there is known only there."""
        self._write(head)
        self._depth += 1
        self._loops += loop
        size = len(self._lines)
        self._known.append({})
        try:
            yield
        finally:
            self._known.pop()
            if len(self._lines) == size:
                self._write("pass")
            self._loops -= loop
            self._depth -= 1

    @contextmanager
    def _bound(self, binder: int, element: str) -> Iterator[None]:
        """Let a macro's element be this one; values of another element under the same number are not known here."""
        before = self._elements.get(binder), self._bound_at.get(binder)
        self._known.append({})
        self._elements[binder], self._bound_at[binder] = element, len(self._known) - 1
        try:
            yield
        finally:
            self._known.pop()
            element_before, at_before = before
            if element_before is None or at_before is None:
                del self._elements[binder], self._bound_at[binder]
            else:
                self._elements[binder], self._bound_at[binder] = element_before, at_before

    def _known_name(self, kind: str, node: Expr) -> str | None:
        key = kind, self._numbers.number(node)
        since = max((self._bound_at.get(binder, 0) for binder in self._numbers.free_names(node)), default=0)
        return next((known[key] for known in reversed(self._known[since:]) if key in known), None)

    def _keep(self, kind: str, node: Expr, name: str) -> str:
        self._known[-1][kind, self._numbers.number(node)] = name
        return name

    def _assign(self, text: str) -> str:
        name = self._new_name()
        self._write(f"{name} = {text}")
        return name

    # --- facts, and what is worked out before it is needed

    def _read_facts(self) -> None:
        """Read every fact that is asked for, once, before all else."""
        tree: dict[str, Any] = {}
        for node in distinct_nodes(*self._operands):
            if isinstance(node, Fact):
                branch = tree
                for name in node.path:
                    branch = branch.setdefault(name, {})
                self._paths.setdefault(node.path, "")
                self._types[node.path] = node.type
        if tree:
            self._write("visitd = visit.__dict__")
            self._read_below("visit", (), tree)

    def _read_below(self, record: str, path: tuple[str, ...], tree: Mapping[str, Any]) -> None:
        for name, below in tree.items():
            at = (*path, name)
            value = self._assign(f"{record}d[{name!r}]")
            if at in self._paths:
                self._paths[at] = value
            if self._types.get(at) == BOOL:
                self._write(f"if {value} is not None and {value} is not True and {value} is not False: truth({value})")
            if _holds_records(self._types.get(at)):
                self._write(f"{value}d = None if {value} is None else fields({value})")
            if not below:
                continue
            inside = [each for each in self._paths if each[: len(at)] == at and each != at]
            with self._block(f"if {value} is not None:"):
                self._write(f"{value}d = {value}.__dict__")
                self._read_below(value, at, below)
            with self._block("else:"):
                names = [self._paths[each] for each in inside]
                names += [f"{self._paths[each]}d" for each in inside if _holds_records(self._types[each])]
                self._write(" = ".join([*names, "None"]))

    def _share(self, node: Expr, seen: set[int]) -> None:
        """Work out what is used in several places and looks at no element, parts first."""
        number = self._numbers.number(node)
        if number in seen:
            return
        seen.add(number)
        for child in children(node):
            self._share(child, seen)
        if not self._numbers.free_names(node) and self._numbers.is_shared(node):
            self._work_out(node)

    def _work_out_before(self, macro: Any) -> None:
        """Work out what a macro's body holds that does not hang on its element."""
        for body in bodies_of(macro):
            self._work_out_parts(body)

    def _work_out_parts(self, node: Expr) -> None:
        if self._numbers.free_names(node) <= self._elements.keys():
            self._work_out(node)
            return
        for child in children(node):
            self._work_out_parts(child)

    def _work_out(self, node: Expr) -> None:
        if isinstance(node, _LEAVES):
            return
        if _is_made(node):
            self._pairs(node)
        elif isinstance(node, Size):
            self._ends(node)
        else:
            self._value(node)

    # --- values

    def _value(self, node: Expr) -> str:
        """Return the name of a node's value, or its literal, after writing whatever it takes."""
        match node:
            case Const():
                return self.constant(node.value)
            case Call() if (fixed := _fixed(node)) is not None:
                return self.constant(fixed.value)
            case Fact() if not isinstance(node.type, ListOf):
                return self._paths[node.path]
            case Element():
                return self._elements[node.binder]
            case Param() if never_changes(node.values):
                return self.constant(node.values[0].value)
        known = self._known_name("value", node)
        return known or self._keep("value", node, self._apart(node, self._write_value))

    def _apart(self, node: Expr, write: Callable[[Expr], str]) -> str:
        """Write a value here, or into a function of its own where blocks are nested too deep."""
        if self._depth < _MOST_INDENT and self._loops < _MOST_LOOPS:
            return write(node)
        outside = self._lines, self._depth, self._loops
        first = self._last
        self._lines, self._depth, self._loops = [], 1, 0
        self._known.append({})
        result = write(node)
        self._known.pop()
        body = "\n".join([*self._lines, f"    return {result}"])
        self._lines, self._depth, self._loops = outside
        taken = ", ".join(sorted({name for name, number in _LOCAL.findall(body) if int(number) <= first}))
        helper = f"part{len(self._helpers)}"
        self._helpers.append(f"def {helper}({taken}):\n{body}\n")
        return self._assign(f"{helper}({taken})")

    def _write_value(self, node: Expr) -> str:
        if _is_made(node):
            return self._write_known_list(node)
        return _WRITERS[type(node)](self, node)

    def _truth(self, node: Expr) -> str:
        """Return the name of a truth; a value put in behind validation is none, and breaks off."""
        name = self._value(node)
        if isinstance(node, Field | Element | Param):
            self._write(f"if {name} is not None and {name} is not True and {name} is not False: truth({name})")
        return name

    def _write_known_list(self, node: Expr) -> str:
        if isinstance(node, Fact):
            name = self._paths[node.path]
            return self._assign(f"None if {name} is None else elements({name})")
        pairs = self._pairs(node)
        return self._assign(f"None if {pairs} is None else known_values({pairs})")

    def _param(self, node: Param) -> str:
        return self._assign(f"value_on({self.constant(node.values)}, {self._value(node.date)})")

    def _field(self, node: Field) -> str:
        record = self._value(node.record)
        if record in self._with_fields:
            return self._assign(f"{record}d[{node.name!r}]")
        return self._assign(f"getattr({record}, {node.name!r}, None)")

    def _has(self, node: Has) -> str:
        target = node.target
        name = self._paths[target.path] if isinstance(target, Fact) else self._value(target)
        return self._assign(f"{name} is not None")

    def _not(self, node: Not) -> str:
        truth = self._truth(node.operand)
        return self._assign(f"None if {truth} is None else not {truth}")

    def _junction(self, node: And | Or) -> str:
        """Write Kleene's and/or, cheap parts first: no part is looked at once the answer is settled."""
        settled, neutral = ("False", "True") if isinstance(node, And) else ("True", "False")
        first, *others = self._parts(node)
        name = self._assign(first())
        for write in others:
            with self._block(f"if {name} is not {settled}:"):
                truth = write()
                self._write(f"if {truth} is not {neutral}: {name} = {truth}")
        return name

    def _parts(self, node: And | Or) -> list[Callable[[], str]]:
        """What writes the parts of a junction, each as one truth, in the order in which they are looked at.

        Comparisons of one value with several constants, `==` below Or and `!=` below And, are one look-up.
        """
        op = "!=" if isinstance(node, And) else "=="
        constants: dict[int, set[Any]] = {}
        for pair in (_value_and_constant(part, op) for part in node.parts):
            if pair is not None:
                constants.setdefault(self._numbers.number(pair[0]), set()).add(pair[1])
        writes: dict[int, tuple[bool, Callable[[], str]]] = {}
        for part in node.parts:
            pair = _value_and_constant(part, op)
            held = set() if pair is None else constants[self._numbers.number(pair[0])]
            if pair is not None and len(held) > 1 and not self._is_known(part):
                look_up = partial(self._write_look_up, op, pair[0], frozenset(held))
                writes.setdefault(self._numbers.number(pair[0]), (self._is_dear(pair[0]), look_up))
            else:
                writes.setdefault(self._numbers.number(part), (self._is_dear(part), partial(self._truth, part)))
        return [write for _, write in sorted(writes.values(), key=itemgetter(0))]

    def _write_look_up(self, op: str, node: Expr, constants: frozenset[Any]) -> str:
        value = self._value(node)
        test = f"{value} {'not in' if op == '!=' else 'in'} {self.constant(constants)}"
        return self._assign(unless_unknown((value,), test))

    def _is_dear(self, node: Expr) -> bool:
        """Whether a node has yet to be worked out, by going through a list or calling a function."""
        return not self._is_known(node) and self._is_dear_at_all(node)

    def _is_dear_at_all(self, node: Expr) -> bool:
        number = self._numbers.number(node)
        if number not in self._dear:
            self._dear[number] = isinstance(node, _DEAR) or any(map(self._is_dear_at_all, children(node)))
        return self._dear[number]

    def _is_known(self, node: Expr) -> bool:
        return self._known_name("value", node) is not None

    def _possible(self, node: Possible) -> str:
        return self._assign(f"{self._truth(node.operand)} is not False")

    def _choose(self, node: Choose) -> str:
        return self._write_choice(node, self._value)

    def _write_choice(self, node: Choose, write: Callable[[Expr], str]) -> str:
        test, name = self._truth(node.test), self._assign("None")
        for head, branch in ((f"if {test} is True:", node.then), (f"elif {test} is False:", node.other)):
            with self._block(head):
                self._write(f"{name} = {write(branch)}")
        return name

    # --- comparison, arithmetic and functions

    def _compare(self, node: Compare) -> str:
        if COUNT in (node.left.type, node.right.type):
            return self._write_count_comparison(node)
        left, right = self._value(node.left), self._value(node.right)
        type_ = node.left.type
        if type_ in _PLAIN or isinstance(type_, Word):
            return self._assign(unless_unknown((left, right), f"{left} {node.op} {right}"))
        return self._assign(f"compare({node.op!r}, {self.constant(type_)}, {left}, {right})")

    def _write_count_comparison(self, node: Compare) -> str:
        (low, high), (low_b, high_b) = self._ends(node.left), self._ends(node.right)
        if node.op in (">", "<="):
            low, high, low_b, high_b = low_b, high_b, low, high
        yes, no = ("False", "True") if node.op in ("!=", "<=", ">=") else ("True", "False")
        if node.op in ("==", "!="):
            text = f"{yes} if {low} == {high} == {low_b} == {high_b} else {no} if {high} < {low_b} or {high_b} < {low}"
        else:
            text = f"{yes} if {high} < {low_b} else {no} if {low} >= {high_b}"
        return self._assign(unless_unknown((low, low_b), f"({text} else None)"))

    def _ends(self, node: Expr) -> tuple[str, str]:
        """Return the names of the ends of a count; the lower is None where it is UNKNOWN."""
        fixed = _fixed(node)
        if fixed is not None and type(fixed.value) is int:
            return self.constant(fixed.value), self.constant(fixed.value)
        known = self._known_name("low", node)
        if known is not None:
            return known, f"{known}h"
        if isinstance(node, Size | RestCount) and self._depth < _MOST_INDENT and self._loops < _MOST_LOOPS:
            name = self._write_size(node) if isinstance(node, Size) else self._write_rest_count(node)
        else:
            value = self._value(node)
            name = self._new_name()
            self._write(f"{name}, {name}h = ends({value})")
        return self._keep("low", node, name), f"{name}h"

    def _count(self, node: Size | RestCount) -> str:
        low, high = self._ends(node)
        return self._assign(f"None if {low} is None else Count({low}, {high})")

    def _write_size(self, node: Size) -> str:
        name = self._new_name()
        if isinstance(node.source, Fact):
            values = self._paths[node.source.path]
            self._write(f"{name} = {name}h = None if {values} is None else len(elements({values}))")
            return name
        self._write(f"{name} = {name}h = None")

        def start() -> None:
            self._write(f"{name} = {name}h = 0")

        def add(held: str, _: str) -> None:
            self._write(f"{name}h += 1")
            self._write(f"{name} += 1" if held == "True" else f"if {held} is True: {name} += 1")

        self._each(node.source, start, add)
        return name

    def _write_rest_count(self, node: RestCount) -> str:
        test, name = self._truth(node.test), self._new_name()
        self._write(f"{name}, {name}h = 0, 0 if {test} is False else {self.constant(NO_END)}")
        return name

    def _arithmetic(self, node: Arithmetic) -> str:
        left, right = self._value(node.left), self._value(node.right)
        limits = operators.VALUE_RANGES.get(node.type)
        if node.op in ("+", "-") and limits is not None and left != "None" and right != "None":
            name, (low, high) = self._new_name(), limits
            sum_ = f"{name} if {low} <= ({name} := {left} {node.op} {right}) <= {high} else None"
            self._write(f"{name} = {unless_unknown((left, right), f'({sum_})')}")
            return name
        types = f"{self.constant(node.left.type)}, {self.constant(node.right.type)}"
        return self._assign(f"arithmetic({node.op!r}, {types}, {left}, {right})")

    def _negate(self, node: Negate) -> str:
        return self._assign(f"negate({self.constant(node.type)}, {self._value(node.operand)})")

    def _exact(self, node: Exact) -> str:
        operand = self._value(node.operand)
        return self._assign(f"None if {operand} is None else {operand}.exact()")

    def _call(self, node: Call) -> str:
        function, args = FUNCTIONS[node.function], [self._value(arg) for arg in node.args]
        text = f"{self.constant(function.evaluate)}({', '.join(args)})"
        return self._assign(unless_unknown(args, text) if function.strict else text)

    # --- lists

    def _pairs(self, node: Expr) -> str:
        """Return the name of a list's elements as pairs; None where the list is absent."""
        known = self._known_name("pairs", node)
        return known or self._keep("pairs", node, self._apart(node, self._write_pairs))

    def _write_pairs(self, node: Expr) -> str:
        if isinstance(node, Choose):
            return self._write_choice(node, self._pairs)
        if isinstance(node, Distinct):
            source = self._pairs(node.source)
            return self._assign(f"None if {source} is None else keep_distinct({source})")
        name = self._assign("None")
        self._each(
            node,
            lambda: self._write(f"{name} = []"),
            lambda held, value: self._write(f"{name}.append(({held}, {value}))"),
        )
        return name

    def _each(self, source: Expr, start: Callable[[], None], look: Callable[[str, str], None]) -> None:
        """Write a loop over the elements of a list, in or maybe in; `start` comes before it, unless the list is absent.

        `look` writes what is done with an element: whether it is held, and its value.
        """
        if self._known_name("pairs", source) is None and isinstance(source, Filter | Map):
            self._work_out_before(source)
            self._each(source.source, start, self._look_through(source, look))
            return
        if isinstance(source, Distinct | Choose | Filter | Map):
            name, held = self._pairs(source), self._new_name()
            heads = f"for {held}, {{}} in {name}:"
        else:
            name = self._paths[source.path] if isinstance(source, Fact) else self._value(source)
            held, heads = "True", f"for {{}} in elements({name}):"
            if isinstance(source, Fact) and _holds_records(source.type):
                heads = f"for {{0}}, {{0}}d in zip({name}, {name}d):"
        with self._block(f"if {name} is not None:"):
            start()
            element = self._new_name()
            if " zip(" in heads:
                self._with_fields.add(element)
            with self._block(heads.format(element), loop=True):
                look(held, element)

    def _look_through(self, node: Filter | Map, look: Callable[[str, str], None]) -> Callable[[str, str], None]:
        def look_at(held: str, value: str) -> None:
            if isinstance(node, Map):
                with self._bound(node.binder, value):
                    mapped = self._value(node.body)
                look(held, mapped)
                return
            with self._bound(node.binder, value):
                open_parts = self._skip(node.body, "False")
            sure = _all_are("True", [*open_parts, held])
            look(held if not open_parts else self._assign(f"True if {sure} else None"), value)

        return look_at

    def _skip(self, body: Expr, neutral: str) -> list[str]:
        """Write that the loop goes on to the next element where `body` comes out as it is of no account.

        Returns the names of the truths that the others hang on: none of them is `neutral`, and `body` is its opposite
        where all are.
        """
        split = isinstance(body, And if neutral == "False" else Or)
        writes = self._parts(body) if split else [partial(self._truth, body)]  # type: ignore[arg-type]
        names: list[str] = []
        for write in writes:
            truth = write()
            if truth != _OPPOSITE[neutral]:
                self._write("continue" if truth == neutral else f"if {truth} is {neutral}: continue")
                names.append(truth)
        return names

    def _quantifier(self, node: Exists | ForAll) -> str:
        """Write a loop that ends with the first element that is in and settles the answer."""
        settled, opposite = ("True", "False") if isinstance(node, Exists) else ("False", "True")
        self._work_out_before(node)
        name = self._assign("None")

        def ask(held: str, value: str) -> None:
            with self._bound(node.binder, value):
                truths = self._skip(node.body, opposite)
            sure = " and ".join(filter(None, (_all_are(settled, truths), _all_are("True", [held]))))
            with self._block(f"if {sure}:" if sure else "if True:"):
                self._write(f"{name} = {settled}")
                self._write("break")
            if sure:
                self._write(f"{name} = None")

        self._each(node.source, lambda: self._write(f"{name} = {opposite}"), ask)
        return name

    def _aggregate(self, node: Aggregate) -> str:
        pairs = self._pairs(node.source)
        default = "None" if node.default is None else self._value(node.default)
        return self._assign(f"None if {pairs} is None else aggregate({self.constant(node)}, {pairs}, {default})")

    def _list_call(self, node: ListCall) -> str:
        args = "".join(f", {self._value(arg)}" for arg in node.args)
        self._work_out_before(node)
        rows = self._assign("None")

        def add(held: str, value: str) -> None:
            with self._bound(node.binder, value):
                bodies = "".join(f"{self._value(body)}, " for body in node.bodies)
            self._write(f"{rows}.append(({held}, ({bodies})))")

        self._each(node.source, lambda: self._write(f"{rows} = []"), add)
        function = self.constant(LIST_FUNCTIONS[node.function].evaluate)
        return self._assign(f"None if {rows} is None else {function}(tuple({rows}){args})")


def _holds_records(type_: Type | None) -> bool:
    return isinstance(type_, ListOf) and isinstance(type_.item, Record)


def _fixed(node: Expr) -> Const | None:
    """Return the constant that a node is whatever the visit; None where it is none, or is not seen to be one."""
    if isinstance(node, Const):
        return node
    if isinstance(node, Param) and never_changes(node.values):
        return Const(node.values[0].value, node.type)
    if isinstance(node, Call) and node.type != COUNT:
        args = [_fixed(arg) for arg in node.args]
        if None not in args:
            return Const(FUNCTIONS[node.function](*(arg.value for arg in args if arg is not None)), node.type)
    return None


def _value_and_constant(node: Expr, op: str) -> tuple[Expr, Any] | None:
    """Return what a comparison by `op` compares with a constant that can be looked up, and that constant."""
    if not isinstance(node, Compare) or node.op != op:
        return None
    value, constant = (node.right, node.left) if isinstance(node.left, Const) else (node.left, node.right)
    if not isinstance(constant, Const) or constant.value is None or isinstance(value, Const):
        return None
    return (value, constant.value) if isinstance(value.type, Word) or value.type in _LOOKED_UP else None


def _all_are(truth: str, names: Sequence[str]) -> str:
    """Return a test for all of these being a truth, without those that are written as it."""
    return " and ".join(f"{name} is {truth}" for name in dict.fromkeys(names) if name != truth)


def _is_made(node: Expr) -> bool:
    """Whether a node is a list of elements that are in or maybe in."""
    return isinstance(node.type, ListOf) and not isinstance(node, _READ_AS_IT_IS)


def unless_unknown(values: Sequence[str], text: str) -> str:
    """Return an expression that is UNKNOWN where one of these values is."""
    if "None" in values:
        return "None"
    asked = [f"{value} is None" for value in dict.fromkeys(values) if value.startswith("_v")]
    return f"None if {' or '.join(asked)} else {text}" if asked else text


# --- what the function calls


def _check_truth(value: Any) -> bool | None:
    """Return a truth; raise `EngineFailure` for what was put into a visit behind validation and is none."""
    if value is None or value is True or value is False:
        return value
    raise EngineFailure(f"{value!r} is not a truth")


def _check_elements(values: Any) -> tuple[Any, ...]:
    if not isinstance(values, tuple):
        raise EngineFailure(f"{type(values).__name__} is no list of a validated visit")
    return values


def _fields_of(records: Any) -> tuple[dict[str, Any], ...]:
    return tuple([record.__dict__ for record in _check_elements(records)])


def _known_values(pairs: _Pairs) -> tuple[Any, ...] | None:
    """Return the values of elements that are all in; where one is only maybe in, the list is not known."""
    return tuple(value for _, value in pairs) if all(held for held, _ in pairs) else None


def _keep_distinct(pairs: _Pairs) -> _Pairs:
    return [(member.held, member.value) for member in distinct_members(_as_members(pairs))]


def _as_members(pairs: _Pairs) -> tuple[Member, ...]:
    return tuple(Member(*pair) for pair in pairs)


def _ends_of(count: Any) -> tuple[Any, Any]:
    return (None, None) if count is None else operators.as_count(count)


def sign_of(type_: Type, left: Any, right: Any) -> int | None:
    """Return -1, 0 or 1 for a value below, equal to or above another; UNKNOWN for money of two currencies."""
    if operators.compare("==", type_, left, right) is None:
        return None
    for sign, op in ((-1, "<"), (0, "=="), (1, ">")):
        if operators.compare(op, type_, left, right):  # type: ignore[arg-type]
            return sign
    raise EngineFailure(f"{left!r} is neither below, equal to nor above {right!r}")


_KERNELS: Mapping[str, Any] = {
    "truth": _check_truth,
    "elements": _check_elements,
    "fields": _fields_of,
    "known_values": _known_values,
    "keep_distinct": _keep_distinct,
    "aggregate": lambda node, pairs, default: aggregate_members(node, _as_members(pairs), default),
    "value_on": value_on,
    "compare": operators.compare,
    "arithmetic": operators.arithmetic,
    "negate": operators.negate,
    "ends": _ends_of,
    "sign": sign_of,
    "Count": Count,
}
_WRITERS: Mapping[type, Callable[[FeatureWriter, Any], str]] = {
    Param: FeatureWriter._param,
    Field: FeatureWriter._field,
    Has: FeatureWriter._has,
    Not: FeatureWriter._not,
    And: FeatureWriter._junction,
    Or: FeatureWriter._junction,
    Possible: FeatureWriter._possible,
    Choose: FeatureWriter._choose,
    Compare: FeatureWriter._compare,
    Size: FeatureWriter._count,
    RestCount: FeatureWriter._count,
    Arithmetic: FeatureWriter._arithmetic,
    Negate: FeatureWriter._negate,
    Exact: FeatureWriter._exact,
    Call: FeatureWriter._call,
    Exists: FeatureWriter._quantifier,
    ForAll: FeatureWriter._quantifier,
    Aggregate: FeatureWriter._aggregate,
    ListCall: FeatureWriter._list_call,
}
