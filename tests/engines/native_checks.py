"""Compiling conditions without a policy, and holding the result against the interpreter."""

from __future__ import annotations

from typing import Any

from visitcheck.engines.python.compiler import Compiler
from visitcheck.ir.nodes import Expr
from visitcheck.language.interpreter import interpret


def compiled(found: tuple[Expr, ...]) -> tuple[Any, str]:
    """The function for some conditions, and its source."""
    compiler = Compiler()
    source = compiler.function(found, {})
    namespace = dict(compiler.constants.namespace)
    exec(compile(source, "<test>", "exec"), namespace)  # noqa: S102
    return namespace["evaluate"], source


def agree(found: tuple[Expr, ...], visit: Any) -> None:
    """The native function gives the interpreter's truths, by value and type."""
    evaluate, source = compiled(found)
    expected = tuple(interpret(condition, visit) for condition in found)
    answers = evaluate(visit)

    assert [(answer, type(answer)) for answer in answers] == [(truth, type(truth)) for truth in expected], source
