"""The way in: a condition's text and its scope to a typed expression."""

from __future__ import annotations

from visitcheck.errors import InvalidCondition, Place, Problem
from visitcheck.facts.types import BOOL, COUNT, INT, Type
from visitcheck.ir.binders import find_nested_macros
from visitcheck.ir.nodes import Expr, Node
from visitcheck.ir.walk import children
from visitcheck.language.coerce import require_truth, require_type
from visitcheck.language.condition_text import ConditionText
from visitcheck.language.elaborator import Elaborator
from visitcheck.language.scope import Scope
from visitcheck.language.syntax import Locate

MAX_NODES = 5_000
"""Nodes of a typed expression, its `let` parts counted wherever they are used."""
MAX_LEVELS = 120
"""Levels of a typed expression, its `let` parts put in; far below any recursion limit."""
CONDITION_FILE = "<condition>"
"""The file that places name where the caller does not say where a condition is written."""

_LONGEST_EXCERPT = 500


def compile_condition(text: str, scope: Scope, *, expected: Type | None = BOOL, locate: Locate | None = None) -> Expr:
    """Compile a condition's text to the typed expression that it means in `scope`.

    `expected` is the type it must have; a count counts as an int there, and None allows any type.
    `locate(start, end)` gives the place of `text[start:end]` in a file. Raises `InvalidCondition` with all
    problems; with none where the only trouble is a `let` that is None in the scope.
    """
    # Lark takes a third of the import time of all of visitcheck: it comes with the first text to read.
    from visitcheck.language.parser import parse

    locate = locate or _locate_in(text)
    source = ConditionText(text, locate)
    tree = parse(text, locate)
    expr = Elaborator(source, scope).elaborate(tree)
    if expr is not None and _report_too_large(source, expr):
        expr = None
    if expr is not None and expected is not None and not (expr.type == COUNT and expected == INT):
        if expected == BOOL:
            expr = require_truth(source, expr, tree, "a condition")
        else:
            expr = require_type(source, expr, expected, tree, "what is wanted here")
    if expr is not None:
        _report_cubic(source, expr)
    if expr is None or source.problems:
        raise InvalidCondition(source.problems)
    return expr


def _report_too_large(source: ConditionText, expr: Expr) -> bool:
    """Whether the expression passes the limits; looked at level by level, so that nothing recurses."""
    level: list[Expr] = [expr]
    nodes = depth = 0
    while level:
        nodes += len(level)
        depth += 1
        if nodes > MAX_NODES or depth > MAX_LEVELS:
            if nodes > MAX_NODES:
                code, what = "condition-too-large", f"has more than {MAX_NODES:,} parts"
            else:
                code, what = "condition-too-deep", f"is nested more than {MAX_LEVELS} levels deep"
            message = f"with its `let` parts put in, the condition {what}"
            whole = source.locate(0, len(source.whole))
            source.problems.append(Problem(code, message, "split it into several checks", whole))
            return True
        level = [child for node in level for child in children(node)]
    return False


def _report_cubic(source: ConditionText, expr: Expr) -> None:
    for node in find_nested_macros(expr, levels=3):
        start, end = _span_of(source, node)
        source.problems.append(
            Problem(
                "list-nested",
                "three macros over one list are nested, which takes cubic time",
                "use `maxPerGroup`, `lastRun` or `covers`, which take linear time",
                source.locate(start, end),
            )
        )


def _span_of(source: ConditionText, node: Node) -> tuple[int, int]:
    origin = node.origin
    if origin is None or origin.text is not source.whole:
        return 0, len(source.whole)
    return origin.start, origin.end


def _locate_in(text: str) -> Locate:
    """Give places in the condition's own text, for conditions that are in no file."""

    def locate(start: int, end: int) -> Place:
        line = text.count("\n", 0, start) + 1
        first = text.rfind("\n", 0, start) + 1
        last = text.find("\n", first)
        excerpt = text[first:] if last < 0 else text[first:last]
        width = max(1, min(end - start, len(excerpt) - (start - first)))
        shown = excerpt.rstrip("\r") if len(excerpt) <= _LONGEST_EXCERPT else ""
        return Place(CONDITION_FILE, line, start - first + 1, width, shown)

    return locate
