"""The native engine: source written, compiled, and shown to debuggers."""

from __future__ import annotations

import linecache
import weakref
from collections.abc import Callable, Sequence
from itertools import chain, count
from typing import Any

from visitcheck.concurrency import cached_property
from visitcheck.engines.python.names import comment
from visitcheck.engines.python.writer import OPEN_LISTS_NAME, FunctionWriter
from visitcheck.facts import Visit
from visitcheck.ir.nodes import Expr
from visitcheck.ir.plan import Plan, Truths

_SHOWN = "<visitcheck rules for {}>"


class NativeEngine:
    """A Plan as one Python function over ints and text, and as another for visits with lists that may go on.

    `source` is the first one's text; debuggers and tracebacks find it under `filename`. The second is written when
    the first visit with `completeness` comes, so that visits without cost what they would cost without it.
    Immutable, and safe to share between threads: `evaluate` keeps nothing.
    """

    name = "native"

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        title = f"{plan.policy.name}, {plan.stage}"
        function = _Function(plan.conditions, _labels(plan), title, _OpenLists(plan, f"{title}, open lists"))
        self.source, self.filename = function.source, function.filename
        self.evaluate: Callable[[Visit], Truths] = function.evaluate
        """The truth of each of `plan.conditions`, for a validated visit."""
        function.show_while_alive(self)

    def __repr__(self) -> str:
        return f"<NativeEngine {self.filename}>"


class _Function:
    """Conditions written as a Python function and compiled; visits with `completeness` are left to `otherwise`."""

    def __init__(
        self,
        conditions: Sequence[Expr],
        labels: dict[int, list[str]],
        title: str,
        otherwise: Callable[[Visit], Truths] | None = None,
    ) -> None:
        writer = FunctionWriter()
        self.source = writer.write_function(conditions, labels, leave_open_lists=otherwise is not None)
        self.filename = _file_name(title)
        namespace: dict[str, Any] = {**writer.namespace, OPEN_LISTS_NAME: otherwise}
        exec(compile(self.source, self.filename, "exec"), namespace)  # noqa: S102 - our own text, see `names`
        self.evaluate: Callable[[Visit], Truths] = namespace["evaluate"]

    def show_while_alive(self, owner: object) -> None:
        """Let debuggers find the text for as long as `owner` lives."""
        lines = self.source.splitlines(keepends=True)
        linecache.cache[self.filename] = (len(self.source), None, lines, self.filename)
        weakref.finalize(owner, linecache.cache.pop, self.filename, None)


class _OpenLists:
    """The function for visits with lists that may go on, written when it is first called.

    Two threads may both write it: they write the same.
    """

    def __init__(self, plan: Plan, title: str) -> None:
        self._plan = plan
        self._title = title

    def __call__(self, visit: Visit) -> Truths:
        return self._evaluate(visit)

    @cached_property
    def _evaluate(self) -> Callable[[Visit], Truths]:
        function = _Function(self._plan.open_conditions, _labels(self._plan), self._title)
        function.show_while_alive(self)
        return function.evaluate


def _file_name(title: str) -> str:
    """Return a name that no other living engine has."""
    plain = _SHOWN.format(comment(title))
    numbered = (_SHOWN.format(f"{comment(title)}, {number}") for number in count(2))
    return next(name for name in chain((plain,), numbered) if name not in linecache.cache)


def _labels(plan: Plan) -> dict[int, list[str]]:
    """Return for each condition the rules and checks it belongs to and where they are written."""
    return {
        position: [f"{owner.rule.id} {owner.role} ({owner.place})" for owner in plan.owners(position)]
        for position in range(len(plan.conditions))
    }
