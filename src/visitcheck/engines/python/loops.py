"""What conditions ask of lists, each as a plain loop that ends when the answer is settled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from visitcheck.engines.python import lists
from visitcheck.engines.python.analysis import PlainList, paired
from visitcheck.engines.python.elements import Element, Elements, Guard, Opened
from visitcheck.engines.python.function import Here, Test
from visitcheck.facts.types import COUNT, DURATION, INT, INT_MAX, INT_MIN, MONEY
from visitcheck.ir.nodes import (
    Aggregate,
    Choose,
    Distinct,
    Exists,
    Expr,
    Filter,
    ForAll,
    ListCall,
    Map,
    Not,
    Size,
)
from visitcheck.language import operators
from visitcheck.language.functions import LIST_FUNCTIONS


class Loops(Elements):
    """Writes the nodes that look at lists."""

    def loop(self, node: Expr, here: Here, name: str) -> None:
        """Statements that give `name` (and `<name>h` for a count) the value of a node over a list."""
        match node:
            case Exists():
                self._exists(node, here, name)
            case ForAll():
                self._all(node, here, name)
            case Size():
                self._size(node, here, name)
            case Aggregate():
                self._aggregate(node, here, name)
            case ListCall():
                self._list_call(node, here, name)
            case Filter() | Map():
                self._keep(node, here, name)
            case Distinct():
                self._distinct(node, here, name)
            case PlainList():
                source, _ = self.assign(node.source, here)
                self.code.write(f"{name} = {self.constants.name(lists.plain)}({source})")
            case Choose():
                self._either(node, here, name)
            case _:
                raise AssertionError(f"{type(node).__name__} is not about a list")

    @contextmanager
    def _over(self, node: Expr, source: Expr, here: Here, absent: str, start: str) -> Iterator[Opened]:
        """`absent` where the list is, else `start` and then whatever loops over it."""
        here = self.hoist(node, here)
        name, chain, base, here = self.source(source, here)
        if self.nullable(base, here):
            with self.code.block(f"if {self.read(name)} is None"):
                self.code.write(absent)
            with self.code.block("else"):
                self.code.write(start)
                yield Opened(self, name, chain, base, here)
        else:
            self.code.write(start)
            yield Opened(self, name, chain, base, here)

    def _exists(self, node: Exists, here: Here, name: str) -> None:
        with (
            self._over(node, node.source, here, f"{name} = None", f"{name} = False") as opened,
            opened.each() as element,
        ):
            here = self.pass_by(node.body, node.binder, element.at(node.binder))
            sure = self.surely([*element.guards, Guard(node.body, here)], here)
            self._settle(sure, f"{name} = True", f"{name} = None")

    def _settle(self, sure: Test | None, settled: str, otherwise: str) -> None:
        if sure is None:
            self.code.write(settled)
            self.code.write("break")
            return
        with self.code.block(f"if {sure.text}"):
            self.code.write(settled)
            self.code.write("break")
        self.code.write(otherwise)

    def _all(self, node: ForAll, here: Here, name: str) -> None:
        with (
            self._over(node, node.source, here, f"{name} = None", f"{name} = True") as opened,
            opened.each() as element,
        ):
            # FALSE where the element is in and the body FALSE: the loop of `exists` for the body's opposite.
            opposite = Not(node.body)
            here = self.pass_by(opposite, node.binder, element.at(node.binder))
            sure = self.surely([*element.guards, Guard(opposite, here)], here)
            self._settle(sure, f"{name} = False", f"{name} = None")

    def _size(self, node: Size, here: Here, name: str) -> None:
        high = f"{name}h"
        with self._over(node, node.source, here, f"{name} = {high} = None", f"{name} = {high} = 0") as opened:
            if opened.whole:
                self.code.write(f"{name} = {high} = len({self.read(opened.name)})")
                return
            with opened.each() as element:
                self.code.write(f"{high} += 1")
                sure = self.surely(element.guards, element.here)
                if sure is not None:
                    self.code.write(f"if {sure.text}: {name} += 1")
            if sure is None:
                self.code.write(f"{name} = {high}")

    def _aggregate(self, node: Aggregate, here: Here, name: str) -> None:
        empty = self.constants.literal(operators.zero(node.type) if node.kind == "sum" else None)
        if node.default is not None:
            empty, here = self.assign(node.default, here)
        one_by_one = node.type != MONEY and (node.kind != "sum" or node.type in (INT, DURATION))
        start = "None" if one_by_one else "[]"
        with self._over(node, node.source, here, f"{name} = None", f"{name} = {start}") as opened:
            with opened.each() as element:
                self._unless_known(element, f"{name} = None")
                value = self.read(element.binding.name)
                if not one_by_one:
                    self.code.write(f"{name}.append({value})")
                elif node.kind == "sum":
                    self.code.write(f"{name} = {value} if {name} is None else {name} + {value}")
                else:
                    sign = "<" if node.kind == "min" else ">"
                    self.code.write(f"if {name} is None or {value} {sign} {name}: {name} = {value}")
            with self.code.block("else"):
                self._aggregated(node, name, self.read(empty), one_by_one=one_by_one)

    def _unless_known(self, element: Element, unknown: str) -> None:
        """Leave the loop where the element is only maybe in, or its value UNKNOWN."""
        sure = self.surely(element.guards, element.here)
        tests = [] if sure is None else [f"not ({sure.text})"]
        if element.binding.nullable:
            tests.append(f"{self.read(element.binding.name)} is None")
        if tests:
            with self.code.block(f"if {' or '.join(tests)}"):
                self.code.write(unknown)
                self.code.write("break")

    def _aggregated(self, node: Aggregate, name: str, empty: str, *, one_by_one: bool) -> None:
        """What follows when all elements were known."""
        if not one_by_one:
            call, kind = self.constants.name(operators.aggregate), self.constants.name(node.type)
            self.code.write(f"{name} = {call}({node.kind!r}, {kind}, tuple({name})) if {name} else {empty}")
            return
        self.code.write(f"if {name} is None: {name} = {empty}")
        if node.kind == "sum":
            self.code.write(f"elif not {INT_MIN} <= {name} <= {INT_MAX}: {name} = None")

    def _list_call(self, node: ListCall, here: Here, name: str) -> None:
        args: list[str] = []
        for arg in node.args:
            text, here = self.assign(arg, here)
            args.append(text)
        counted = node.type == COUNT
        absent = f"{name} = {name}h = None" if counted else f"{name} = None"
        with self._over(node, node.source, here, absent, f"{name} = []") as opened:
            with opened.each() as element:
                at = self.open_fields(node.bodies, node.binder, element.at(node.binder))
                values: list[str] = []
                for body in node.bodies:
                    value, at = self.assign(body, at)
                    values.append(self.read(value) if value.isidentifier() else value)
                sure = self.surely(element.guards, at)
                flag = "True" if sure is None else f"True if {sure.text} else None"
                self.code.write(f"{name}.append(({flag}, ({', '.join(values)},)))")
            call = self.constants.name(LIST_FUNCTIONS[node.function].evaluate)
            rest = "".join(f", {arg}" for arg in args)
            self.code.write(f"{name} = {call}(tuple({name}){rest})")
            if counted:
                self.code.write(f"{name}, {name}h = (None, None) if {name} is None else {name}")

    def _pair(self, element: Element) -> str:
        sure = self.surely(element.guards, element.here)
        flag = "True" if sure is None else f"True if {sure.text} else None"
        return f"({flag}, {self.read(element.binding.name)})"

    def _keep(self, node: Filter | Map, here: Here, name: str) -> None:
        link: list[Filter | Map] = [node]
        below = node.source
        here = self.hoist(node, here)
        source, chain, base, here = self.source(below, here)
        opened = Opened(self, source, [*chain, *link], base, here)
        if self.nullable(base, here):
            with self.code.block(f"if {self.read(source)} is None"):
                self.code.write(f"{name} = None")
            with self.code.block("else"):
                self._kept_loop(opened, name)
        else:
            self._kept_loop(opened, name)

    def _kept_loop(self, opened: Opened, name: str) -> None:
        self.code.write(f"{name} = []")
        with opened.each() as element:
            self.code.write(f"{name}.append({self._pair(element)})")

    def _either(self, node: Choose, here: Here, name: str) -> None:
        """One of two lists, as pairs whichever it is."""
        test, here = self.assign(node.test, here)
        with self.code.block(f"if {test} is None"):
            self.code.write(f"{name} = None")
        for head, branch in ((f"elif {test}", node.then), ("else", node.other)):
            with self.code.block(head):
                found, _ = self.assign(branch, here)
                if not paired(branch):
                    found = f"{self.constants.name(lists.pairs)}({found})"
                self.code.write(f"{name} = {found}")

    def _distinct(self, node: Distinct, here: Here, name: str) -> None:
        with self._over(node, node.source, here, f"{name} = None", f"{name} = []") as opened:
            with opened.each() as element:
                self.code.write(f"{name}.append({self._pair(element)})")
            self.code.write(f"{name} = {self.constants.name(lists.distinct)}({name})")
