"""Compiling conditions without a policy, and holding the result against the interpreter."""

from __future__ import annotations

from typing import Any

from visitcheck.engines.python.writer import FunctionWriter
from visitcheck.ir.nodes import Expr
from visitcheck.ir.open_lists import open_lists
from visitcheck.language.interpreter import interpret


def compile_conditions(conditions: tuple[Expr, ...]) -> tuple[Any, str]:
    """Return the function for some conditions, and its source."""
    writer = FunctionWriter()
    source = writer.write_function(conditions, {})
    namespace = writer.namespace
    exec(compile(source, "<test>", "exec"), namespace)  # noqa: S102
    return namespace["evaluate"], source


def assert_native_agrees(conditions: tuple[Expr, ...], visit: Any) -> None:
    """Assert that the native function gives the interpreter's truths, by value and type."""
    lists_go_on = getattr(visit, "completeness", None) is not None
    written = tuple(map(open_lists, conditions)) if lists_go_on else conditions
    evaluate, source = compile_conditions(written)
    expected = tuple(interpret(condition, visit) for condition in conditions)
    answers = evaluate(visit)

    assert [(answer, type(answer)) for answer in answers] == [(truth, type(truth)) for truth in expected], source
