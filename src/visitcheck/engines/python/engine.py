"""The native engine: source written, compiled, and shown to debuggers."""

from __future__ import annotations

import linecache
import weakref
from collections.abc import Callable
from itertools import chain, count
from typing import Any

from visitcheck.engines.python.names import comment
from visitcheck.engines.python.writer import FunctionWriter
from visitcheck.facts import Visit
from visitcheck.ir.plan import Plan, Truths

_SHOWN = "<visitcheck rules for {}>"


class NativeEngine:
    """A Plan as one Python function over ints and text.

    `source` is that function's text; debuggers and tracebacks find it under `filename`. Immutable, and safe
    to share between threads: `evaluate` keeps nothing.
    """

    name = "native"

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        writer = FunctionWriter()
        self.source = writer.write_function(plan.conditions, _labels(plan))
        self.filename = _file_name(f"{plan.policy.name}, {plan.stage}")
        namespace: dict[str, Any] = writer.namespace
        exec(compile(self.source, self.filename, "exec"), namespace)  # noqa: S102 - our own text, see `names`
        self.evaluate: Callable[[Visit], Truths] = namespace["evaluate"]
        """The truth of each of `plan.conditions`, for a validated visit."""
        lines = self.source.splitlines(keepends=True)
        linecache.cache[self.filename] = (len(self.source), None, lines, self.filename)
        weakref.finalize(self, linecache.cache.pop, self.filename, None)

    def __repr__(self) -> str:
        return f"<NativeEngine {self.filename}>"


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
