"""The twelve rules as a pack (`rules.yaml`) for visitcheck: how to prepare a record, and the call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from translate import translated

Record = dict[str, Any]
PACK = Path(__file__).with_name("rules.yaml")
Prepared = tuple[Callable[[Record], Any], Callable[[Any], Any], Callable[[Any], list[str]]]
"""A record's input, what is timed, and the failed rules for comparing answers (not timed)."""


def _gate() -> Any:
    from visitcheck.gate import Gate
    from visitcheck.policy import load_policy

    return Gate(load_policy(PACK), engine="native")


def _failed(gate: Any, visit: Any) -> list[str]:
    decision = gate.check(visit)
    return [found.rule.split("/")[1] for found in decision.rules if found.status == "violated"]


def visitcheck_evaluate() -> Prepared:
    """The native engine alone: a validated Visit in, the truths of all conditions out."""
    from visitcheck.engines.native import NativeEngine
    from visitcheck.engines.status import Judge, Status
    from visitcheck.plan import make_plan

    gate = _gate()
    plan = make_plan(gate.policy, "recorded")
    evaluate, judge = NativeEngine(plan).evaluate, Judge(plan)

    def failed(visit: Any) -> list[str]:
        statuses = judge.verdict(evaluate(visit)).statuses
        named = zip(plan.rules, statuses, strict=True)
        return [rule.rule.id.split("/")[1] for rule, status in named if status is Status.VIOLATED]

    return (lambda record: gate.read(translated(record))), evaluate, failed


def visitcheck_gate_visit() -> Prepared:
    """`Gate.check` of a validated Visit, and its outcome."""
    gate = _gate()
    check = gate.check
    prepare = lambda record: gate.read(translated(record))  # noqa: E731
    return prepare, (lambda visit: check(visit).outcome), (lambda visit: _failed(gate, visit))


def visitcheck_gate_dict() -> Prepared:
    """`Gate.check` of a plain dict, validation included, and its outcome."""
    gate = _gate()
    check = gate.check
    return translated, (lambda visit: check(visit).outcome), (lambda visit: _failed(gate, visit))


def visitcheck_validate_only() -> Prepared:
    """No check at all: what reading and validating the dict takes of the line above."""
    gate = _gate()
    return translated, gate.read, (lambda visit: _failed(gate, visit))
