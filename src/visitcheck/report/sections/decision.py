"""One decision of the gate, for a page to hand to the person concerned."""

from __future__ import annotations

from dataclasses import dataclass

from visitcheck.engines.status import Status
from visitcheck.gate import Decision
from visitcheck.gate.audiences import render_for
from visitcheck.gate.audiences.rights import rights_given
from visitcheck.gate.findings import Finding
from visitcheck.gate.messages import iso_text
from visitcheck.policy.model import Citation, Language, Text
from visitcheck.report.finding_texts import explain_finding
from visitcheck.report.folder import shown_name
from visitcheck.report.privacy import Privacy
from visitcheck.report.sections.rules import Basis
from visitcheck.report.sections.visits import VisitFinding
from visitcheck.truth import Truth


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty that begins at the door."""

    title: Text
    basis: list[Basis]


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What the page shows of a decision; times are in the visit's zone."""

    id: str
    stage: str
    outcome: str
    plain: Text
    """What was decided, in a sentence to whoever was visited, or is to be."""
    rights: list[Text]
    """What holds for every visit to that person."""
    start: str | None
    as_of: str | None
    policy: str
    digest: str
    engines: list[str]
    counts: dict[str, int]
    findings: list[VisitFinding]
    needs: list[str]
    duties: list[Duty]
    relaxations: list[tuple[str, str, Text]]
    problems: list[str]


def decision_view(decision: Decision, privacy: Privacy) -> DecisionView:
    """A decision as the page shows it."""
    start = None if decision.visit.visit is None else decision.visit.visit.starts_at
    return DecisionView(
        id=privacy.id(decision.visit_id),
        stage=decision.stage,
        outcome=str(decision.outcome),
        plain=Text(en=_sentence(decision, "en"), zh=_sentence(decision, "zh")),
        rights=list(rights_given(decision)),
        start=None if start is None else iso_text(start, decision.zone),
        as_of=None if decision.as_of is None else iso_text(decision.as_of, decision.zone),
        policy=shown_name(decision.policy.name),
        digest=decision.policy_digest,
        engines=list(decision.engines),
        counts=_counts(decision),
        findings=[_finding(decision, one, privacy) for one in decision.findings],
        needs=[need.fact for need in decision.needs],
        # Whoever may not go needs no list of duties at the door.
        duties=[]
        if str(decision.outcome) == "deny"
        else [Duty(one.title, _basis(one.cites)) for one in decision.conditions],
        relaxations=[(one.target, one.change, one.reason) for one in decision.relaxations],
        problems=[problem.code for problem in decision.problems],
    )


def _sentence(decision: Decision, lang: Language) -> str:
    """The first of the borrower's sentences; the others are on the page in another form."""
    return render_for(decision, "borrower", lang).partition("\n")[0]


def _counts(decision: Decision) -> dict[str, int]:
    found = [rule.status for rule in decision.rules]
    return {
        "all": len(found),
        "violated": found.count(Status.VIOLATED),
        "undetermined": found.count(Status.UNDETERMINED) + found.count(Status.NOT_ASSESSED),
        "excused": found.count(Status.EXCUSED),
        "satisfied": found.count(Status.SATISFIED),
        "idle": found.count(Status.NOT_APPLICABLE),
    }


def _finding(decision: Decision, finding: Finding, privacy: Privacy) -> VisitFinding:
    said = explain_finding(decision, finding, privacy)
    asks = finding.status in (Status.VIOLATED, Status.UNDETERMINED, Status.NOT_ASSESSED)
    return VisitFinding(
        rule=finding.rule,
        title=finding.title,
        status=str(finding.status),
        effect=_effect(finding) if asks else None,
        message=said.message,
        remedy=said.remedy,
        checks=[one.name for one in finding.checks if one.truth is not True],
        exceptions=_named(finding, True),
        missing=list(finding.missing),
        evidence=said.evidence,
        basis=_basis(finding.cites),
    )


def _effect(finding: Finding) -> str:
    """What the finding asks for, in the words of effects: a note asks for nothing."""
    outcome = str(finding.leads_to)
    return "note" if outcome == "allow" else outcome


def _named(finding: Finding, truth: Truth) -> list[str]:
    return [one.name for one in finding.exceptions if one.truth is truth]


def _basis(cites: tuple[Citation, ...]) -> list[Basis]:
    found = [Basis(one.instrument.title, one.article, one.reading, one.instrument.force) for one in cites]
    return list(dict.fromkeys(found))
