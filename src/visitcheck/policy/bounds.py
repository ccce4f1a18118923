"""What a rule may not do: deny on a weak reading or on words alone, ask a proposal for what comes later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from visitcheck.documents.parts import Part
from visitcheck.errors import Problem
from visitcheck.facts.vocabulary import FactInfo
from visitcheck.ir.facts_read import facts_with_nodes
from visitcheck.ir.nodes import Call
from visitcheck.ir.walk import distinct_nodes
from visitcheck.policy.conditions import Conditions
from visitcheck.policy.model import Rule
from visitcheck.suggest import nearest

_SUFFICIENT = frozenset({"text", "press", "own"})
_WHEN = {"door": "only at the door", "after": "only after the visit"}


def check_bounds(
    rule: Rule, part: Part, conditions: Conditions, facts: Mapping[str, FactInfo], problems: list[Problem]
) -> None:
    """Reports what a rule may not do; `part` and `conditions` know where it is written."""
    if "deny" in (rule.effect, rule.on_unknown):
        problems.extend(_reading_problems(rule, part))
        problems.extend(_lexicon_problems(rule, conditions))
    if "proposed" in rule.stages:
        problems.extend(_late_fact_problems(rule, conditions, facts))


def _reading_problems(rule: Rule, part: Part) -> Iterator[Problem]:
    # A citation that could not be read was reported; it may well have been the one that suffices.
    if len(rule.cites) < len(part.parts("cites")) or any(cite.reading in _SUFFICIENT for cite in rule.cites):
        return
    key = "effect" if rule.effect == "deny" else "on_unknown"
    readings = ", ".join(sorted({f"`{cite.reading}`" for cite in rule.cites})) or "none"
    message = f"a rule that may deny needs a citation read as `text`, `press` or `own`; this one has {readings}"
    place = part.scalar(key)
    yield Problem(
        "reading-too-weak",
        message,
        f"lower `{key}` to `review`",
        place.place() if place is not None else rule.place,
    )


def _lexicon_problems(rule: Rule, conditions: Conditions) -> Iterator[Problem]:
    for node in distinct_nodes(*rule.conditions):
        if isinstance(node, Call) and node.function == "mentions":
            help_ = "make it a `review` or `note` rule"
            place = conditions.place(node, rule.place)
            yield Problem("lexicon-denies", "a rule that uses `mentions` cannot deny", help_, place)


def _late_fact_problems(rule: Rule, conditions: Conditions, facts: Mapping[str, FactInfo]) -> Iterator[Problem]:
    late = [
        (path, node)
        for path, node in facts_with_nodes(rule.conditions)
        if path in facts and facts[path].known != "before"
    ]
    lists = {path for path, _ in late if "[]" not in path}
    for path, node in late:
        # The list says it all: its elements' fields would be one more problem for each.
        if path.partition("[]")[0] in lists and "[]" in path:
            continue
        message = f"a rule for proposed visits reads `{path}`, which is known {_WHEN[facts[path].known]}"
        help_ = f"ask for the promise under `plan`{_promise_help(path, facts)}, or leave `proposed` out of `stages`"
        yield Problem("fact-too-late", message, help_, conditions.place(node, rule.place))


def _promise_help(path: str, facts: Mapping[str, FactInfo]) -> str:
    promises = [each.removeprefix("plan.") for each in facts if each.startswith("plan.")]
    near = nearest(path.replace("[]", "").rpartition(".")[2], promises)
    return f", such as `plan.{near}`" if near else ""
