"""For whoever watches over lenders: the decision, and every rule's tree with its articles and their reading levels."""

from __future__ import annotations

from collections.abc import Iterator

from visitcheck.engines.tally import FLOORS
from visitcheck.gate.judgment import Judgment
from visitcheck.gate.messages import join_texts
from visitcheck.gate.render import render_decision, render_explanation
from visitcheck.policy.model import Language

_RULES: dict[Language, str] = {"en": "Every rule for {} visits:", "zh": "适用于{}的全部规则："}
_STAGES: dict[Language, dict[str, str]] = {
    "en": {"proposed": "proposed", "recorded": "recorded"},
    "zh": {"proposed": "拟访", "recorded": "已访"},
}
_COUNTS: dict[Language, str] = {
    "en": "Rules by status and effect: {}; the engines concluded: {}",
    "zh": "按结果统计规则数：{}；各引擎结论：{}",
}


def regulator_lines(decision: Judgment, lang: Language) -> Iterator[str]:
    """Write all there is: the decision, how it was concluded, and the tree of each rule."""
    yield render_decision(decision, lang)
    counts = join_texts((f"{name} {number}" for name, number in decision.trail.counts.items() if number), lang)
    answers = join_texts((f"{name} {outcome or '-'}" for name, outcome in decision.trail.answers.items()), lang)
    yield _COUNTS[lang].format(counts, answers)
    for floor in FLOORS:
        behind = decision.trail.behind.get(floor)
        if behind:
            yield f"  - {floor}: {', '.join(behind)}"
    yield ""
    yield _RULES[lang].format(_STAGES[lang][decision.stage])
    for tree in decision.explain():
        yield ""
        yield render_explanation(tree, lang, decision.zone)
