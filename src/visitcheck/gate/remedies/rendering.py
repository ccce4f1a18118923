"""Remedies as text for people, in English or Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from visitcheck.engines.outcomes import Outcome
from visitcheck.gate.findings import Finding
from visitcheck.gate.messages import add_label, join_texts
from visitcheck.policy.model import Language

if TYPE_CHECKING:
    from visitcheck.gate.decision import Decision

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "all": "The visit is lawful at its time once all of this is done:",
        "some": "This can be put right:",
        "left": "Nothing that can still be changed settles this, unless another time does:",
        "unclear": "This cannot be told before the facts are found out, whatever they are:",
        "missing": "not known",
        "remedy": "to do",
    },
    "zh": {
        "all": "以下各项全部完成后，可按原定时间上门：",
        "some": "以下问题可以补救：",
        "left": "以下问题在原定时间无法补救，可考虑改期：",
        "unclear": "以下问题须先查明有关事实才能判定：",
        "missing": "缺少",
        "remedy": "处理",
    },
}


def render_remedies(decision: Decision, lang: Language = "en") -> str:
    """What to do, and what nothing settles; empty for a visit that is allowed, or recorded."""
    return "\n".join(_lines(decision, lang))


def _lines(decision: Decision, lang: Language) -> Iterator[str]:
    words, found = _WORDS[lang], decision.remedies
    if found.steps:
        yield words["all" if found.outcome is Outcome.ALLOW else "some"]
        yield from (f"  - {step.what.in_(lang)}" for step in found.steps)
    findings = {finding.rule: finding for finding in decision.findings}
    left = [findings[rule] for rule in found.left]
    for head, some in (
        ("left", [finding for finding in left if not finding.missing]),
        ("unclear", [finding for finding in left if finding.missing]),
    ):
        if some:
            yield words[head]
            for finding in some:
                yield from _left(finding, lang)


def _left(finding: Finding, lang: Language) -> Iterator[str]:
    words = _WORDS[lang]
    yield f"  - {finding.title.in_(lang)}  [{finding.rule}]"
    if finding.missing:
        yield f"      {add_label(words['missing'], join_texts(finding.missing, lang), lang)}"
    if finding.remedy is not None:
        yield f"      {add_label(words['remedy'], finding.remedy.in_(lang), lang)}"
