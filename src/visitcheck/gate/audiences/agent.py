"""For whoever goes to the door: one line to act on."""

from __future__ import annotations

from collections.abc import Iterator

from visitcheck.engines.outcomes import Outcome, Status
from visitcheck.gate.audiences.common import blocking_findings, door_duties, visit_time
from visitcheck.gate.findings import Finding
from visitcheck.gate.judgment import Judgment
from visitcheck.policy.model import Language, Text

_PROPOSED: dict[Outcome, Text] = {
    Outcome.ALLOW: Text(en="GO: visit {id}", zh="可以上门：外访 {id}"),
    Outcome.REVIEW: Text(en="WAIT, do not go yet: visit {id}", zh="暂缓上门：外访 {id}"),
    Outcome.DENY: Text(en="DO NOT GO: visit {id}", zh="不得上门：外访 {id}"),
}
_RECORDED: dict[Outcome, Text] = {
    Outcome.ALLOW: Text(en="In order: visit {id}", zh="合规：外访 {id}"),
    Outcome.REVIEW: Text(en="To be looked at: visit {id}", zh="待复核：外访 {id}"),
    Outcome.DENY: Text(en="Not in order: visit {id}", zh="违规：外访 {id}"),
}
_TIMED = Text(en="{head}, {when}.{gap}{rest}", zh="{head}，{when}。{rest}")
_TIMED_LAST = Text(en="{head}. {rest} Planned for {when}.", zh="{head}。{rest}拟定时间 {when}。")
_FIRST = Text(en="First:", zh="须先完成：")
_BECAUSE = Text(en="Because:", zh="原因：")
_SUSPECTED = Text(en="suspected: {}", zh="涉嫌：{}")
_NOT_CONFIRMED = Text(en="not confirmed: {}", zh="未能确认：{}")
_DUTIES = Text(en="{} duties will hold at the door.", zh="到场后须遵守 {} 项义务。")
_ONE_DUTY = Text(en="1 duty will hold at the door.", zh="到场后须遵守 1 项义务。")
_NO_ANSWER = Text(
    en="The check gave no plain answer: ask whoever answers for it.", zh="系统未能给出明确结论，请联系负责人员。"
)
_PASSED = Text(en="That time has passed.", zh="该时间已过。")
_UNKNOWN = Text(en="{} is not known", zh="{} 未知")
_UNREAD = Text(en="{} speaks against the visit", zh="{} 不利于上门")
_MOST = 3
_MORE = Text(en="and {} more", zh="另有 {} 项")


def agent_lines(decision: Judgment, lang: Language) -> Iterator[str]:
    """Write the one line: whether to go, and what comes first or why not.

    Of a proposal that only lacks facts it says what is missing before it says when.
    """
    outcomes = _PROPOSED if decision.stage == "proposed" else _RECORDED
    head, rest = outcomes[decision.outcome].in_(lang).format(id=decision.visit_id), _next_step(decision, lang)
    form = _TIMED_LAST if rest and _only_lacks_facts(decision) else _TIMED
    yield form.in_(lang).format(head=head, when=visit_time(decision, lang), gap=" " if rest else "", rest=rest)


def _only_lacks_facts(decision: Judgment) -> bool:
    """Whether a proposal waits for nothing but facts."""
    if decision.stage != "proposed" or decision.outcome is not Outcome.REVIEW or decision.doubts or decision.unread:
        return False
    open_alone = all(finding.status is Status.UNDETERMINED for finding in blocking_findings(decision))
    return open_alone and {problem.code for problem in decision.problems} <= {"missing-selector"}


def _next_step(decision: Judgment, lang: Language) -> str:
    if decision.allowed:
        duties = len(door_duties(decision))
        return "" if not duties else (_ONE_DUTY if duties == 1 else _DUTIES).in_(lang).format(duties)
    codes = {problem.code for problem in decision.problems}
    if "visit-in-the-past" in codes:
        return _PASSED.in_(lang)
    if codes - {"missing-selector"}:
        return _NO_ANSWER.in_(lang)
    remedies = decision.remedies
    if remedies.steps and remedies.outcome is Outcome.ALLOW:
        denying = {finding.rule for finding in blocking_findings(decision) if _denies(finding)}
        steps = sorted(remedies, key=lambda step: denying.isdisjoint(step.rules))
        return _list_items(_FIRST, [step.what for step in steps], lang)
    # What denies is named first, and of that what nothing can change.
    stays = [finding for finding in blocking_findings(decision) if finding.rule in remedies.left or not remedies.left]
    told = [finding for finding in blocking_findings(decision) if finding in stays or _denies(finding)]
    told.sort(key=lambda finding: (not _denies(finding), finding not in stays, _order(finding)))
    reasons = [_reason_of(finding) for finding in told] + _floors(decision)
    return _list_items(_BECAUSE, reasons, lang) if reasons else ""


def _denies(finding: Finding) -> bool:
    return finding.leads_to is Outcome.DENY and finding.status is Status.VIOLATED


def _order(finding: Finding) -> int:
    """Violated rules first, then suspected ones, then what is open."""
    return (Status.VIOLATED, Status.SUSPECTED).index(finding.status) if finding.status in _NOT_MET else len(_NOT_MET)


_NOT_MET = (Status.VIOLATED, Status.SUSPECTED)


def _reason_of(finding: Finding) -> Text:
    """Say what a rule asks for that is not so; of a rule that is open, what is not confirmed."""
    if finding.status is Status.VIOLATED:
        return finding.message
    form, said = (
        (_SUSPECTED, finding.message) if finding.status is Status.SUSPECTED else (_NOT_CONFIRMED, finding.title)
    )
    return Text(en=form.en.format(said.en), zh=form.zh.format(said.zh))


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
