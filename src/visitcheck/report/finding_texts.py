"""A finding's texts with the facts of its visit, but for those that are to be withheld."""

from __future__ import annotations

from visitcheck.facts.types import Type
from visitcheck.gate import Decision
from visitcheck.gate.findings import Finding
from visitcheck.gate.messages import MessageFiller, say_or_withhold
from visitcheck.language.interpreter import CachedInterpretation
from visitcheck.policy.model import Text
from visitcheck.report.privacy import Privacy
from visitcheck.report.sections.visits import Explained
from visitcheck.report.wording import page_texts

_FACTS = 12


def explain_finding(decision: Decision, finding: Finding, privacy: Privacy) -> Explained:
    """A finding of the gate as a page may show it: its message, its remedy, and the first facts that decided."""
    rule, visit, zone = decision.policy.rule(finding.rule), decision.visit, decision.zone

    def withhold(type_: Type) -> Text | None:
        return page_texts()("page.withheld") if privacy.hides(type_) else None

    # A finding without a remedy has nothing to mend, whatever its rule suggests.
    remedy = None if finding.remedy is None else rule.remedy
    filler = MessageFiller(CachedInterpretation(visit), zone, withhold)
    return Explained(
        message=filler.fill(rule.message),
        remedy=None if remedy is None else filler.fill(remedy),
        evidence=[
            (
                read.fact,
                Text(
                    en=say_or_withhold(read.value, read.type, "en", zone, withhold),
                    zh=say_or_withhold(read.value, read.type, "zh", zone, withhold),
                ),
            )
            for read in finding.evidence[:_FACTS]
        ],
    )
