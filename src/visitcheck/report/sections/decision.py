"""Shows one decision of the gate on a page to hand to the person concerned."""

from __future__ import annotations

from dataclasses import dataclass

from visitcheck.engines.status import Status
from visitcheck.engines.tally import ASKING
from visitcheck.gate import Decision
from visitcheck.gate.audiences import render_for
from visitcheck.gate.audiences.rights import given_rights
from visitcheck.gate.findings import Finding
from visitcheck.gate.messages import iso_text
from visitcheck.policy.model import Citation, Language, Text
from visitcheck.policy.sources import source_of, unconfirmed_defaults
from visitcheck.report.finding_texts import ExplainedDoubt, explain_doubt, explain_finding
from visitcheck.report.folder import display_name
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
    doubts: list[ExplainedDoubt]
    unread: list[str]
    """Facts that speak against the visit and that no rule has decided on."""
    needs: list[str]
    duties: list[Duty]
    relaxations: list[tuple[str, str, Text]]
    problems: list[str]


def make_decision_view(decision: Decision, privacy: Privacy) -> DecisionView:
    """Make what a page shows of a decision."""
    start = None if decision.visit.visit is None else decision.visit.visit.starts_at
    return DecisionView(
        id=privacy.shown_id(decision.visit_id),
        stage=decision.stage,
        outcome=str(decision.outcome),
        plain=Text(en=_plain_sentence(decision, "en"), zh=_plain_sentence(decision, "zh")),
        rights=list(given_rights(decision)),
        start=None if start is None else iso_text(start, decision.zone),
        as_of=None if decision.as_of is None else iso_text(decision.as_of, decision.zone),
        policy=display_name(decision.policy.name),
        digest=decision.policy_digest,
        engines=list(decision.engines),
        counts=_count_statuses(decision),
        findings=[_make_finding(decision, finding, privacy) for finding in decision.findings],
        doubts=[explain_doubt(decision, doubt, privacy) for doubt in decision.doubts],
        unread=list(decision.unread),
        needs=[need.fact for need in decision.needs],
        # Whoever may not go needs no list of duties at the door.
        duties=[]
        if str(decision.outcome) == "deny"
        else [Duty(duty.title, _basis_of(duty.cites)) for duty in decision.conditions],
        relaxations=[(each.target, each.change, each.reason) for each in decision.relaxations],
        problems=[problem.code for problem in decision.problems],
    )


def _plain_sentence(decision: Decision, lang: Language) -> str:
    """The first of the borrower's sentences; the others are on the page in another form."""
    return render_for(decision, "borrower", lang).partition("\n")[0]


def _count_statuses(decision: Decision) -> dict[str, int]:
    statuses = [rule.status for rule in decision.rules]
    return {
        "all": len(statuses),
        "violated": statuses.count(Status.VIOLATED),
        "suspected": statuses.count(Status.SUSPECTED),
        "undetermined": statuses.count(Status.UNDETERMINED) + statuses.count(Status.NOT_ASSESSED),
        "excused": statuses.count(Status.EXCUSED),
        "satisfied": statuses.count(Status.SATISFIED),
        "idle": statuses.count(Status.NOT_APPLICABLE),
    }


def _make_finding(decision: Decision, finding: Finding, privacy: Privacy) -> VisitFinding:
    texts, rule = explain_finding(decision, finding, privacy), decision.policy.rule(finding.rule)
    asks = finding.status in ASKING
    return VisitFinding(
        rule=finding.rule,
        title=finding.title,
        status=str(finding.status),
        kind=rule.effect,
        source="default" if unconfirmed_defaults(decision.policy, rule) else source_of(rule),
        effect=_effect_of(finding) if asks else None,
        message=texts.message,
        remedy=texts.remedy,
        exceptions=_exceptions_of(finding),
        missing=list(finding.missing),
        evidence=texts.evidence,
        basis=_basis_of(finding.cites),
    )


def _effect_of(finding: Finding) -> str:
    """What the finding asks for, in the words of effects: a note asks for nothing."""
    outcome = str(finding.leads_to)
    return "note" if outcome == "allow" else outcome


def _exceptions_of(finding: Finding) -> list[str]:
    """The exceptions that hold; of a suspected rule those that may, for one of a weak reading excuses nothing."""
    truths: tuple[Truth, ...] = (True, None) if finding.status is Status.SUSPECTED else (True,)
    return [excuse.name for excuse in finding.exceptions if excuse.truth in truths]


def _basis_of(cites: tuple[Citation, ...]) -> list[Basis]:
    bases = (Basis(cite.instrument.title, cite.article, cite.reading, cite.instrument.force) for cite in cites)
    return list(dict.fromkeys(bases))
