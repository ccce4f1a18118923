"""Renders whole pages: sections put through templates, under a content policy that loads nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from visitcheck.engines.outcomes import ASSESSED_WORDS
from visitcheck.errors import InvalidInput, Problem
from visitcheck.policy.model import Language, Text
from visitcheck.report.charts.heat import ENOUGH, draw_heat
from visitcheck.report.charts.timeline import draw_timeline
from visitcheck.report.folder import AuditFolder
from visitcheck.report.markup import make_environment
from visitcheck.report.privacy import Privacy
from visitcheck.report.sections.groups import ENOUGH as ENOUGH_FOR_A_GROUP
from visitcheck.report.sections.groups import compare_groups
from visitcheck.report.sections.leads import list_leads
from visitcheck.report.sections.missing import list_missing, list_next
from visitcheck.report.sections.overview import summarise_audit
from visitcheck.report.sections.provenance import provenance_of
from visitcheck.report.sections.rejects import count_rejects
from visitcheck.report.sections.rules import list_rules, rule_title
from visitcheck.report.sections.visit_doubts import list_visit_doubts
from visitcheck.report.sections.visits import ExplainedVisits, VisitRow, list_worst_visits
from visitcheck.report.wording import page_texts

if TYPE_CHECKING:
    from visitcheck.gate import Decision

CHOICES_MARK = "visitcheck-choices"
"""Under which name a page, or a workbook, says how it was made, so that it can be made anew."""
LARGEST = 5_000_000
"""Bytes of a page: one that is larger no longer opens at once, and mail may refuse it."""
_MONTHS = 60


@dataclass(frozen=True, slots=True)
class Choices:
    """How a page is made: the language it opens in, how many of the worst visits it shows, what it keeps to itself.

    `institution`, `auditor`, `period` and `date` are what its head says; where one is given there is a place to sign.
    """

    lang: Language = "en"
    worst: int = 100
    privacy: Privacy = field(default_factory=Privacy)
    institution: str | None = None
    auditor: str | None = None
    period: str | None = None
    date: str | None = None

    def as_json(self) -> str:
        """The choices but for the key: whether ids are hashed is all that is said of it."""
        values = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "privacy"}
        asked = {name: value for name, value in values.items() if value is not None}
        asked |= {"personal": self.privacy.personal, "hashed": self.privacy.hashes}
        return json.dumps(asked, sort_keys=True, ensure_ascii=False)

    def heading(self) -> list[tuple[str, str]]:
        """What the head says, by the names of the fields; only what is given."""
        names = ("institution", "auditor", "period", "date")
        return [(name, value) for name in names if (value := getattr(self, name))]


def audit_page(
    audit: AuditFolder,
    choices: Choices = Choices(),
    explained: ExplainedVisits | None = None,
) -> str:
    """Render the report on one audit as HTML. `explained` is what the gate says of the worst visits (`explain_worst`).

    The page shows fewer of the worst visits than were asked for if it would be larger than `LARGEST`.
    Raises `InvalidInput` if it is too large without any.
    """
    html = _render_audit(audit, choices, explained)
    while (size := len(html.encode())) > LARGEST and choices.worst:
        choices = replace(choices, worst=int(choices.worst * 0.9 * LARGEST / size))
        html = _render_audit(audit, choices, explained)
    return _check_size(html)


def _render_audit(audit: AuditFolder, choices: Choices, explained: ExplainedVisits | None) -> str:
    privacy = replace(choices.privacy, ids_are_hashed=audit.has_hashed_ids)
    choices = replace(choices, privacy=privacy)
    shown = dict(islice(reversed(audit.months.items()), _MONTHS))
    latest = {month: audit.months[month] for month in sorted(shown)}
    rows = list_worst_visits(audit, choices.worst, privacy, explained)
    return _render_page(
        "audit.html.j2",
        page_texts()("audit.title"),
        choices,
        outcome_words=ASSESSED_WORDS,
        overview=summarise_audit(audit),
        timeline=draw_timeline(latest),
        months={
            "counts": latest,
            "shown": len(latest),
            "number": len(audit.months),
            "dated": sum(sum(counts.values()) for counts in audit.months.values()),
        },
        rules=list_rules(audit),
        groups=[
            groups
            for kind in ("agency", "collector", "place_kind")
            if (groups := compare_groups(audit, kind, privacy.shown_id if kind == "collector" else str))
        ],
        heat=draw_heat(audit.outcomes_by("hour_of_week")),
        enough=ENOUGH,
        few_visits=ENOUGH_FOR_A_GROUP,
        missing=list_missing(audit),
        next_facts=list_next(audit),
        visit_doubts=list_visit_doubts(audit, privacy),
        leads=list_leads(audit, privacy),
        rejects=count_rejects(audit, messages=privacy.personal),
        visits=rows,
        filters=_filter_values(audit, rows),
        shown=Markup("<span data-shown>{}</span>").format(len(rows)),
        provenance=provenance_of(audit),
    )


def comparison_page(
    first: AuditFolder,
    second: AuditFolder,
    choices: Choices = Choices(),
) -> str:
    """Render what changed from one audit to another as HTML; raises `InvalidInput` if the page is too large."""
    from visitcheck.report.sections.comparison import compare_audits

    title = page_texts()("comparison.title")
    return _check_size(
        _render_page(
            "comparison.html.j2", title, choices, outcome_words=ASSESSED_WORDS, comparison=compare_audits(first, second)
        )
    )


def decisions_page(
    decisions: Iterable[Decision],
    choices: Choices = Choices(),
) -> str:
    """Render decisions of the gate as HTML, to hand to the person concerned; in print, each begins a page of its own.

    Raises `InvalidInput` if the page is too large.
    """
    from visitcheck.report.sections.decision import make_decision_view

    views = [make_decision_view(decision, choices.privacy) for decision in decisions]
    return _check_size(_render_page("decision.html.j2", page_texts()("decision.title"), choices, decisions=views))


def _filter_values(audit: AuditFolder, rows: list[VisitRow]) -> dict[str, Any]:
    """The values that the list of visits can be filtered by: only those that occur in it."""
    occurring = sorted({finding.rule for row in rows for finding in row.findings})
    return {
        "outcomes": [outcome for outcome in ASSESSED_WORDS if any(row.outcome == outcome for row in rows)],
        "rules": [(rule, rule_title(audit, rule)) for rule in occurring],
        "agencies": sorted({row.agency for row in rows if row.agency}),
        "places": sorted({row.place_kind for row in rows if row.place_kind}),
    }


def _render_page(template: str, title: Text, choices: Choices, **parts: Any) -> str:
    style, script = (_read_template(name) for name in ("style.css", "script.js"))
    html = (
        make_environment(choices.lang)
        .get_template(template)
        .render(
            lang=choices.lang,
            title=title,
            privacy=choices.privacy,
            choices_mark=CHOICES_MARK,
            choices=choices,
            version=_own_version(),
            style=Markup(style),  # noqa: S704 - the package's own file
            script=Markup(script),  # noqa: S704 - the package's own file
            csp=_content_security_policy(style, script),
            **parts,
        )
    )
    return "\n".join(line for line in html.splitlines() if line.strip()) + "\n"


def _check_size(html: str) -> str:
    """Give the page back if it is not too large; raises `InvalidInput` otherwise."""
    size = len(html.encode())
    if size > LARGEST:
        message = f"the page has {size:,} bytes, more than {LARGEST:,}"
        raise InvalidInput([Problem("report-too-large", message, "put fewer visits on one page")])
    return html


def _own_version() -> str:
    """The installed version of visitcheck, which a page names."""
    try:
        return version("visitcheck")
    except PackageNotFoundError:
        return "(not installed)"


def _read_template(name: str) -> str:
    text = (files("visitcheck.report") / "templates" / name).read_text("utf-8")
    return "\n".join(line for line in text.splitlines() if line.strip())


def _content_security_policy(style: str, script: str) -> str:
    """The page's content security policy: nothing is loaded, and only the page's own style and script run.

    Text of a record could run nothing, even if it were not escaped.
    """
    return (
        f"default-src 'none'; style-src '{_hash_source(style)}'; script-src '{_hash_source(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash_source(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
