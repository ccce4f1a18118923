"""The twelve rules as a pack (`rules.yaml`) for visitcheck: how to prepare a record, and the call."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from translate import translated

Record = dict[str, Any]
PACK = Path(__file__).with_name("rules.yaml")
WHOLE = ("base", "cn.nifa-2018")
RECORDED = sorted((Path(__file__).parents[1] / "examples").glob("recorded-*"))
Prepared = tuple[Callable[[Record], Any], Callable[[Any], Any], Callable[[Any], list[str]] | None]
"""A record's input, what is timed, and the failed rules for comparing answers (not timed); None for other rules."""


def _gate(policy: Iterable[Any] = (PACK,), engine: str = "native") -> Any:
    from visitcheck.gate import Gate
    from visitcheck.policy import load_policy

    return Gate(load_policy(*policy), engine=engine)


def _failed(gate: Any, visit: Any) -> list[str]:
    decision = gate.check(visit)
    return [result.rule.split("/")[1] for result in decision.rules if result.status == "violated"]


def visitcheck_evaluate() -> Prepared:
    """The native engine alone: a validated Visit in, the truths of all conditions out."""
    from visitcheck.engines.python import NativeEngine
    from visitcheck.engines.status import Judge, Status
    from visitcheck.ir.plan import make_plan

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


def visitcheck_both_visit() -> Prepared:
    """`Gate.check` of a validated Visit with both engines, and its outcome."""
    gate = _gate(engine="both")
    check = gate.check
    prepare = lambda record: gate.read(translated(record))  # noqa: E731
    return prepare, (lambda visit: check(visit).outcome), (lambda visit: _failed(gate, visit))


def visitcheck_whole_native() -> Prepared:
    """`Gate.check` of whole recorded visits with the 54 rules of `WHOLE`."""
    return _whole("native")


def visitcheck_whole_both() -> Prepared:
    """The same with both engines."""
    return _whole("both")


def _whole(engine: str) -> Prepared:
    """The shipped recorded visits in turn. The rules are not the peers': the answers are held to the reference's."""
    from visitcheck.engines.reference import ReferenceEngine
    from visitcheck.ir.plan import make_plan

    gate = _gate(WHOLE, engine)
    check, reference = gate.check, ReferenceEngine(make_plan(gate.policy, "recorded"))
    visits = [gate.read(_shipped(path)) for path in RECORDED]
    for visit in visits:
        decision = check(visit)
        assert decision._truths == reference.evaluate(visit)
        assert not decision.problems
    turns = itertools.cycle(visits)
    return (lambda _: next(turns)), (lambda visit: check(visit).outcome), None


def _shipped(path: Path) -> dict[str, Any]:
    """A shipped visit, of a lender to which the rules of the association apply."""
    from visitcheck.documents import parse_yaml, to_python

    tree, _ = parse_yaml(path.read_text(encoding="utf-8"), path.name)  # JSON is YAML
    visit: dict[str, Any] = to_python(tree)
    visit["lender"]["memberships"] = ["nifa"]
    return visit


def about() -> str:
    """What the engines make of the rules of `WHOLE`."""
    from visitcheck.engines.durable import DurableEngine
    from visitcheck.ir.plan import make_plan
    from visitcheck.policy import load_policy

    plan = make_plan(load_policy(*WHOLE), "recorded")
    engine = DurableEngine(plan)
    return (
        f"{len(plan.rules)} rules: {len(plan.conditions)} conditions; for durable-rules {engine.features} features, "
        f"{engine.patterns // 2} formulas, {engine.patterns} patterns in {engine.rule_sets} rule sets, "
        "and one more that decides"
    )
