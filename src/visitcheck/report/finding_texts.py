"""A finding's texts with the facts of its visit, but for those that are to be withheld."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from visitcheck.facts.doubts import DOUBTS
from visitcheck.facts.types import ListOf, Word
from visitcheck.gate import Decision
from visitcheck.gate.explain import Read
from visitcheck.gate.findings import DoubtFinding, Finding
from visitcheck.gate.messages import MessageFiller, Withhold, say_or_withhold
from visitcheck.language.interpreter import CachedInterpretation
from visitcheck.policy.model import Text
from visitcheck.report.privacy import Privacy
from visitcheck.report.sections.visits import Explained
from visitcheck.report.wording import page_texts
from visitcheck.texts.facts import word_text

_FACTS = 12


@dataclass(frozen=True, slots=True)
class ExplainedDoubt:
    """Facts that cannot well be true together: what is said of them, and the facts, with their values where read."""

    code: str
    text: Text
    facts: Sequence[tuple[str, Text | None]]


def explain_finding(decision: Decision, finding: Finding, privacy: Privacy) -> Explained:
    """A finding of the gate as a page may show it: its message, its remedy, and the first facts that decided."""
    rule, visit, zone = decision.policy.rule(finding.rule), decision.visit, decision.zone
    withhold = _withholding(privacy)
    # A finding without a remedy has nothing to mend, whatever its rule suggests.
    remedy = None if finding.remedy is None else rule.remedy
    filler = MessageFiller(CachedInterpretation(visit), zone, withhold)
    return Explained(
        message=filler.fill(rule.message),
        remedy=None if remedy is None else filler.fill(remedy),
        evidence=_say_evidence(finding.evidence, zone, privacy),
    )


def explain_doubt(decision: Decision, doubt: DoubtFinding, privacy: Privacy) -> ExplainedDoubt:
    """A doubt of the gate as a page may show it; what a record and a register say only where all is shown."""
    text = doubt.text
    if not privacy.personal:
        text = next((Text(en=each.en, zh=each.zh) for each in DOUBTS if each.code == doubt.code), text)
    evidence = _say_evidence(doubt.evidence, decision.zone, privacy)
    # Where nothing was read of a fact, it is named all the same.
    return ExplainedDoubt(doubt.code, text, evidence or [(fact, None) for fact in doubt.facts])


def _withholding(privacy: Privacy) -> Withhold:
    return lambda type_, facts: page_texts()("page.withheld") if privacy.hides(type_, facts) else None


def _say_evidence(reads: tuple[Read, ...], zone: str | None, privacy: Privacy) -> list[tuple[str, Text]]:
    withhold = _withholding(privacy)
    return [
        (
            read.fact,
            Text(
                en=say_or_withhold(read.value, read.type, (read.fact,), "en", zone, withhold),
                zh=_label_words(read, withhold)
                or say_or_withhold(read.value, read.type, (read.fact,), "zh", zone, withhold),
            ),
        )
        for read in reads[:_FACTS]
    ]


def _label_words(read: Read, withhold: Withhold) -> str | None:
    """The Chinese labels of a value that is a word of a closed set, or several; None where one has no label.

    The gate's own texts keep the words as they stand in the visit, since programs read them, too.
    """
    item = read.type.item if isinstance(read.type, ListOf) else read.type
    if read.value is None or not isinstance(item, Word) or withhold(read.type, (read.fact,)) is not None:
        return None
    values = read.value if isinstance(read.type, ListOf) else (read.value,)
    labels = [word_text(item.name, str(value), "zh") for value in cast("tuple[object, ...]", values)]
    return "、".join(label for label in labels if label is not None) if None not in labels else None
