"""Remedies as text for people, in English or Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from visitcheck.engines.outcomes import Outcome
from visitcheck.policy.model import Language

if TYPE_CHECKING:
    from visitcheck.gate.decision import Decision

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "all": "The visit is lawful at its time once all of this is done:",
        "some": "This can be put right:",
        "left": "Nothing that can still be changed settles this, unless another time does:",
        "remedy": "to do",
    },
    "zh": {
        "all": "以下各项全部完成后，可按原定时间上门：",
        "some": "以下问题可以补救：",
        "left": "以下问题在原定时间无法补救，可考虑改期：",
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
    if found.left:
        yield words["left"]
        findings = {finding.rule: finding for finding in decision.findings}
        for rule in found.left:
            yield f"  - {findings[rule].title.in_(lang)}  [{rule}]"
            remedy = findings[rule].remedy
            if remedy is not None:
                yield f"      {words['remedy']}: {remedy.in_(lang)}"
