"""For the person who is visited: what was decided, why, and what they may ask for, without inside terms."""

from __future__ import annotations

from collections.abc import Iterator

from visitcheck.engines.outcomes import Outcome
from visitcheck.gate.audiences.common import suspected_findings, violated_findings, visit_time
from visitcheck.gate.audiences.rights import given_rights
from visitcheck.gate.judgment import Judgment
from visitcheck.policy.model import Language, Stage, Text

_HEADS: dict[tuple[Stage, Outcome], Text] = {
    ("proposed", Outcome.ALLOW): Text(
        en="Somebody means to visit you: {when}. The plan was checked and keeps to the rules for such visits.",
        zh="有人拟于 {when} 上门拜访您。经检查，该安排符合上门规则。",
    ),
    ("proposed", Outcome.REVIEW): Text(
        en="A visit to you was planned: {when}. Nobody may come before a person in charge has looked at it.",
        zh="原拟于 {when} 上门拜访您。在负责人员审核之前，不得上门。",
    ),
    ("proposed", Outcome.DENY): Text(
        en="A visit to you was planned: {when}. It may not take place in this way.",
        zh="原拟于 {when} 上门拜访您。该安排不符合规则，不得照此上门。",
    ),
    ("recorded", Outcome.ALLOW): Text(
        en="You were visited: {when}. The record of the visit was checked, and it shows no broken rule.",
        zh="{when} 曾有人上门拜访您。经检查记录，未发现违反规则的情形。",
    ),
    ("recorded", Outcome.REVIEW): Text(
        en="You were visited: {when}. A person in charge has yet to look at the record of the visit.",
        zh="{when} 曾有人上门拜访您。该次上门的记录仍须由负责人员审核。",
    ),
    ("recorded", Outcome.DENY): Text(
        en="You were visited: {when}. The record of the visit shows that rules were broken.",
        zh="{when} 曾有人上门拜访您。记录显示该次上门违反了规则。",
    ),
}
_RULES = Text(en="These rules were not kept:", zh="以下规则未得到遵守：")
_SUSPECTED = Text(
    en="These rules may not have been kept; a person in charge has to find out:",
    zh="以下规则可能未得到遵守，须由负责人员查明：",
)
_RIGHTS = Text(en="What holds for every visit to you:", zh="任何一次上门，都应当做到：")


def borrower_lines(decision: Judgment, lang: Language) -> Iterator[str]:
    """Write plain sentences: no ids of rules, no names of facts, no articles."""
    yield _HEADS[decision.stage, decision.outcome].in_(lang).format(when=_without_offset(visit_time(decision, lang)))
    broken = dict.fromkeys(finding.title.in_(lang) for finding in violated_findings(decision))
    suspected = dict.fromkeys(finding.title.in_(lang) for finding in suspected_findings(decision))
    for head, titles in ((_RULES, broken), (_SUSPECTED, [title for title in suspected if title not in broken])):
        if titles:
            yield head.in_(lang)
            yield from (f"  - {title}" for title in titles)
    rights = [text.in_(lang) for text in given_rights(decision)]
    if rights:
        yield _RIGHTS.in_(lang)
        yield from (f"  - {text}" for text in rights)


def _without_offset(moment: str) -> str:
    """Strip the offset from UTC off a local time: it means nothing to this reader."""
    return moment.rsplit(" ", 1)[0] if moment.count(" ") == 2 else moment
