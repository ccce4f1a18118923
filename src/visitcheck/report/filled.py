"""A finding's texts with the facts of its visit, but for those that are to be withheld."""

from __future__ import annotations

from visitcheck.facts import Visit
from visitcheck.gate import Decision
from visitcheck.gate.explain import Read
from visitcheck.gate.findings import Finding
from visitcheck.gate.wording import say_value
from visitcheck.language.interpreter import interpret
from visitcheck.policy.model import Language, Message, Placeholder, Text
from visitcheck.report.privacy import Privacy
from visitcheck.report.sections.visits import Explained
from visitcheck.report.words import page_texts

_FACTS = 12


def explained(decision: Decision, finding: Finding, privacy: Privacy) -> Explained:
    """A finding of the gate as a page may show it."""
    rule, visit, zone = decision.policy.rule(finding.rule), decision.visit, decision.zone
    return Explained(
        message=_filled(rule.message, visit, zone, privacy),
        remedy=None if rule.remedy is None or finding.remedy is None else _filled(rule.remedy, visit, zone, privacy),
        evidence=[(read.fact, _value(read, zone, privacy)) for read in finding.evidence[:_FACTS]],
    )


def _filled(message: Message, visit: Visit, zone: str | None, privacy: Privacy) -> Text:
    return Text(
        en="".join(_piece(piece, visit, zone, "en", privacy) for piece in message.en),
        zh="".join(_piece(piece, visit, zone, "zh", privacy) for piece in message.zh),
    )


def _piece(piece: str | Placeholder, visit: Visit, zone: str | None, lang: Language, privacy: Privacy) -> str:
    if isinstance(piece, str):
        return piece
    value = interpret(piece.expr, visit)
    if value is not None and privacy.hides(piece.expr.type):
        return page_texts()("page.withheld").in_(lang)
    return say_value(value, piece.expr.type, lang, zone)


def _value(read: Read, zone: str | None, privacy: Privacy) -> Text:
    if privacy.hides(read.type):
        return page_texts()("page.withheld")
    return Text(en=say_value(read.value, read.type, "en", zone), zh=say_value(read.value, read.type, "zh", zone))
