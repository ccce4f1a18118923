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
        self._read_below("visit", (), tree)

    def _read_below(self, record: str, path: tuple[str, ...], tree: Mapping[str, Any]) -> None:
        for name, below in tree.items():
            at = (*path, name)
            value = self._assign(f"getattr({record}, {name!r}, None)")
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
        else:
            self._value(node)

    # --- values

    def _value(self, node: Expr) -> str:
        """Return the name of a node's value, or its literal, after writing whatever it takes."""
        match node:
            case Const():
                return self.constant(node.value)
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
        """Write Kleene's and/or: no part is looked at once the answer is settled."""
        settled, neutral = ("False", "True") if isinstance(node, And) else ("True", "False")
        name = self._assign(self._truth(node.parts[0]))
        for part in node.parts[1:]:
            with self._block(f"if {name} is not {settled}:"):
                truth = self._truth(part)
                self._write(f"if {truth} is not {neutral}: {name} = {truth}")
        return name

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
        if isinstance(node, Const) and type(node.value) is int:
            return self.constant(node.value), self.constant(node.value)
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
        name = self._write_size(node) if isinstance(node, Size) else self._write_rest_count(node)
        return self._assign(f"None if {name} is None else Count({name}, {name}h)")

    def _write_size(self, node: Size) -> str:
        name = self._new_name()
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
        args = ", ".join(self._value(arg) for arg in node.args)
        return self._assign(f"{self.constant(FUNCTIONS[node.function])}({args})")

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
                truth = self._truth(node.body)
            with self._block(f"if {truth} is not False:"):
                look(truth if held == "True" else self._assign(f"{truth} if {held} is True else None"), value)

        return look_at

    def _quantifier(self, node: Exists | ForAll) -> str:
        """Write a loop that ends with the first element that is in and settles the answer."""
        settled, opposite = ("True", "False") if isinstance(node, Exists) else ("False", "True")
        self._work_out_before(node)
        name = self._assign("None")

        def ask(held: str, value: str) -> None:
            with self._bound(node.binder, value):
                truth = self._truth(node.body)
            sure = "" if held == "True" else f" and {held} is True"
            with self._block(f"if {truth} is {settled}{sure}:"):
                self._write(f"{name} = {settled}")
                self._write("break")
            self._write(f"if {truth} is not {opposite}: {name} = None")

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
