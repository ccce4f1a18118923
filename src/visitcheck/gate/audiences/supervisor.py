"""For whoever answers for the visit: what to repair, and where facts are missing."""

from __future__ import annotations

from collections.abc import Iterator

from visitcheck.engines.outcomes import Status
from visitcheck.gate.audiences.common import (
    blocking_findings,
    door_duties,
    suspected_findings,
    violated_findings,
    visit_time,
)
from visitcheck.gate.findings import Finding
from visitcheck.gate.judgment import Judgment
from visitcheck.gate.messages import add_label, join_texts
from visitcheck.gate.render import outcome_word, render_remedies, say_margins
from visitcheck.policy.model import Language

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "visit": "visit",
        "repair": "To repair:",
        "suspected": "Suspected: not met, and only an exception or whether the law binds is open:",
        "contradictions": "What contradicts itself:",
        "unread": "What speaks against the visit, and no rule has looked at:",
        "unclear": "Not clear, as facts are missing:",
        "nothing": "Nothing to repair.",
        "missing": "not known",
        "remedy": "to do",
        "find out": "find out and record it",
        "duties": "What the team will have to keep to at the door:",
    },
    "zh": {
        "visit": "外访",
        "repair": "需要整改：",
        "suspected": "涉嫌违规（未满足，仅例外或是否适用待查明）：",
        "contradictions": "相互矛盾的记录：",
        "unread": "不利于上门、但无规则审查的事实：",
        "unclear": "缺少事实，尚无法判定：",
        "nothing": "无须整改。",
        "missing": "缺少",
        "remedy": "处理",
        "find out": "请查明并登记",
        "duties": "到场后须遵守：",
    },
}


def supervisor_lines(decision: Judgment, lang: Language) -> Iterator[str]:
    """Write the outcome, what is wrong and by how much, what is missing, and what would make a proposal lawful."""
    words, blocking = _WORDS[lang], blocking_findings(decision)
    outcome = outcome_word(decision.outcome, decision.stage, lang)
    yield f"{outcome}  {words['visit']} {decision.visit_id}{'，' if lang == 'zh' else ', '}{visit_time(decision, lang)}"
    yield from (f"  ! {problem.message}" for problem in decision.problems)
    broken, suspected = violated_findings(decision), suspected_findings(decision)
    unclear = [finding for finding in blocking if finding not in broken and finding not in suspected]
    for head, findings in (("repair", broken), ("suspected", suspected), ("unclear", unclear)):
        if findings:
            yield words[head]
            for finding in findings:
                yield from _finding(finding, lang)
    doubts = [doubt.text.in_(lang) for doubt in decision.doubts]
    for head, floors in (("contradictions", doubts), ("unread", decision.unread)):
        if floors:
            yield words[head]
            yield from (f"  - {floor}" for floor in floors)
    if not blocking and not decision.problems and not decision.doubts and not decision.unread:
        yield words["nothing"]
    remedies = render_remedies(decision, lang)
    if remedies:
        yield remedies
    if decision.allowed and decision.conditions:
        yield words["duties"]
        yield from (f"  - {duty.in_(lang)}" for duty in door_duties(decision))


def _finding(finding: Finding, lang: Language) -> Iterator[str]:
    words = _WORDS[lang]
    margins = tuple(margin for check in finding.checks if check.truth is False for margin in check.margins)
    yield f"  - {finding.title.in_(lang)}{say_margins(margins, lang)}"
    yield f"      {finding.message.in_(lang)}"
    if finding.status is Status.UNDETERMINED and finding.missing:
        # The rule's remedy mends what was done wrong, and nobody says that anything was.
        yield f"      {add_label(words['find out'], join_texts(finding.missing, lang), lang)}"
        return
    if finding.missing:
        yield f"      {add_label(words['missing'], join_texts(finding.missing, lang), lang)}"
    if finding.remedy:
        yield f"      {add_label(words['remedy'], finding.remedy.in_(lang), lang)}"
