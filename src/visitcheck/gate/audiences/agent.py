"""For whoever goes to the door: one line to act on."""

from __future__ import annotations

from collections.abc import Iterator

from visitcheck.engines.outcomes import Outcome
from visitcheck.gate.audiences.common import blocking_findings, visit_time
from visitcheck.gate.judgment import Judgment
from visitcheck.policy.model import Language, Text

_PROPOSED: dict[Outcome, Text] = {
    Outcome.ALLOW: Text(en="GO: visit {id}, {when}.", zh="可以上门：外访 {id}，{when}。"),
    Outcome.REVIEW: Text(en="WAIT, do not go yet: visit {id}, {when}.", zh="暂缓上门：外访 {id}，{when}。"),
    Outcome.DENY: Text(en="DO NOT GO: visit {id}, {when}.", zh="不得上门：外访 {id}，{when}。"),
}
_RECORDED: dict[Outcome, Text] = {
    Outcome.ALLOW: Text(en="In order: visit {id}, {when}.", zh="合规：外访 {id}，{when}。"),
    Outcome.REVIEW: Text(en="To be looked at: visit {id}, {when}.", zh="待复核：外访 {id}，{when}。"),
    Outcome.DENY: Text(en="Not in order: visit {id}, {when}.", zh="违规：外访 {id}，{when}。"),
}
_FIRST = Text(en="First:", zh="须先完成：")
_BECAUSE = Text(en="Because:", zh="原因：")
_DUTIES = Text(en="{} duties hold at the door.", zh="到场后须遵守 {} 项义务。")
_NO_ANSWER = Text(
    en="The check gave no plain answer: ask whoever answers for it.", zh="系统未能给出明确结论，请联系负责人员。"
)
_PASSED = Text(en="That time has passed.", zh="该时间已过。")
_UNKNOWN = Text(en="{} is not known", zh="{} 未知")
_UNREAD = Text(en="{} speaks against the visit", zh="{} 不利于上门")
_MOST = 3
_MORE = Text(en="and {} more", zh="另有 {} 项")


def agent_lines(decision: Judgment, lang: Language) -> Iterator[str]:
    """Write the one line: whether to go, and what comes first or why not."""
    outcomes = _PROPOSED if decision.stage == "proposed" else _RECORDED
    head = outcomes[decision.outcome].in_(lang).format(id=decision.visit_id, when=visit_time(decision, lang))
    rest = _next_step(decision, lang)
    yield f"{head}{'' if lang == 'zh' or not rest else ' '}{rest}"


def _next_step(decision: Judgment, lang: Language) -> str:
    if decision.allowed:
        return _DUTIES.in_(lang).format(len(decision.conditions)) if decision.conditions else ""
    codes = {problem.code for problem in decision.problems}
    if "visit-in-the-past" in codes:
        return _PASSED.in_(lang)
    if codes - {"missing-selector"}:
        return _NO_ANSWER.in_(lang)
    remedies = decision.remedies
    if remedies.steps and remedies.outcome is Outcome.ALLOW:
        return _list_items(_FIRST, [step.what for step in remedies], lang)
    left = [
        finding.title for finding in blocking_findings(decision) if finding.rule in remedies.left or not remedies.left
    ]
    left += _floors(decision)
    return _list_items(_BECAUSE, left, lang) if left else ""


def _floors(decision: Judgment) -> list[Text]:
    """What asks for a review, whatever the rules say."""
    missing = [(problem.path or "").removeprefix("$.") for problem in decision.problems]
    named = ((_UNKNOWN, missing), (_UNREAD, decision.unread))
    return [doubt.text for doubt in decision.doubts] + [
        Text(en=text.en.format(path), zh=text.zh.format(path)) for text, paths in named for path in paths
    ]


def _list_items(head: Text, items: list[Text], lang: Language) -> str:
    shown = [item.in_(lang).rstrip(".。") for item in items[:_MOST]]
    if len(items) > _MOST:
        shown.append(_MORE.in_(lang).format(len(items) - _MOST))
    return f"{head.in_(lang)}{'；'.join(shown)}。" if lang == "zh" else f"{head.in_(lang)} {'; '.join(shown)}."
