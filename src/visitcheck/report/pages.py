"""Whole pages: what the sections worked out, put through the templates, with a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from visitcheck.errors import InvalidInput, Problem
from visitcheck.policy.model import Language, Text
from visitcheck.report.charts.heat import ENOUGH, heat
from visitcheck.report.charts.timeline import timeline
from visitcheck.report.folder import OUTCOMES, AuditFolder
from visitcheck.report.markup import environment
from visitcheck.report.privacy import Privacy
from visitcheck.report.sections import groups as groups_of
from visitcheck.report.sections.missing import missing
from visitcheck.report.sections.overview import overview
from visitcheck.report.sections.provenance import provenance
from visitcheck.report.sections.rejects import rejects
from visitcheck.report.sections.rules import rule_title, rules
from visitcheck.report.sections.visits import Explained, VisitRow, visits
from visitcheck.report.versions import own_version
from visitcheck.report.words import page_texts

if TYPE_CHECKING:
    from visitcheck.gate import Decision

LARGEST = 5_000_000
"""Bytes of a page: one that is larger no longer opens at once, and mail may refuse it."""
_MONTHS = 60


@dataclass(frozen=True, slots=True)
class Choices:
    """How a page is made: the language it opens in, how many of the worst visits it shows, what it keeps to itself."""

    lang: Language = "en"
    worst: int = 100
    privacy: Privacy = field(default_factory=Privacy)


def audit_page(
    audit: AuditFolder,
    choices: Choices = Choices(),
    explained: Mapping[str, Mapping[str, Explained]] | None = None,
) -> str:
    """The report on one audit as HTML. `explained` is what the gate says of the worst visits (`explain_worst`).

    It shows fewer of the worst visits than were asked for where the page would be larger than `LARGEST`; raises
    `InvalidInput` where it is too large without any.
    """
    html = _audit_page(audit, choices, explained)
    while (size := len(html.encode())) > LARGEST and choices.worst:
        choices = replace(choices, worst=int(choices.worst * 0.9 * LARGEST / size))
        html = _audit_page(audit, choices, explained)
    return _checked(html)


def _audit_page(audit: AuditFolder, choices: Choices, explained: Mapping[str, Mapping[str, Explained]] | None) -> str:
    privacy = choices.privacy
    shown = dict(islice(reversed(audit.months.items()), _MONTHS))
    latest = {month: audit.months[month] for month in sorted(shown)}
    rows = visits(audit, choices.worst, privacy, explained)
    return _page(
        "audit.html.j2",
        page_texts()("audit.title"),
        choices,
        overview=overview(audit),
        timeline=timeline(latest),
        months={
            "counts": latest,
            "shown": len(latest),
            "number": len(audit.months),
            "dated": sum(sum(one.values()) for one in audit.months.values()),
        },
        rules=rules(audit),
        groups=[
            found
            for kind in ("agency", "collector", "place_kind")
            if (found := groups_of.groups(audit, kind, privacy.id if kind == "collector" else str))
        ],
        heat=heat(audit.by("hour_of_week")),
        enough=ENOUGH,
        few_visits=groups_of.ENOUGH,
        missing=missing(audit),
        rejects=rejects(audit, messages=privacy.personal),
        visits=rows,
        filters=_filters(audit, rows),
        shown=Markup("<span data-shown>{}</span>").format(len(rows)),
        provenance=provenance(audit),
    )


def comparison_page(
    first: AuditFolder,
    second: AuditFolder,
    choices: Choices = Choices(),
) -> str:
    """What changed from one audit to another, as HTML."""
    from visitcheck.report.sections.comparison import comparison

    found = comparison(first, second)
    return _checked(_page("comparison.html.j2", page_texts()("comparison.title"), choices, found=found))


def decisions_page(
    decisions: Iterable[Decision],
    choices: Choices = Choices(),
) -> str:
    """Decisions of the gate as HTML, to hand to the person concerned; each begins a page of its own in print."""
    from visitcheck.report.sections.decision import decision_view

    found = [decision_view(one, choices.privacy) for one in decisions]
    return _checked(_page("decision.html.j2", page_texts()("decision.title"), choices, decisions=found))


def _filters(audit: AuditFolder, rows: list[VisitRow]) -> dict[str, Any]:
    """What the drill-down can be narrowed to: only what occurs in it."""
    found = sorted({one.rule for row in rows for one in row.findings})
    return {
        "outcomes": [one for one in reversed(OUTCOMES) if any(row.outcome == one for row in rows)],
        "rules": [(rule, rule_title(audit, rule)) for rule in found],
        "agencies": sorted({row.agency for row in rows if row.agency}),
        "places": sorted({row.place_kind for row in rows if row.place_kind}),
    }


def _page(template: str, title: Text, choices: Choices, **parts: Any) -> str:
    style, script = (_source(name) for name in ("style.css", "script.js"))
    html = (
        environment(choices.lang)
        .get_template(template)
        .render(
            lang=choices.lang,
            title=title,
            privacy=choices.privacy,
            version=own_version(),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            csp=_content_policy(style, script),
            **parts,
        )
    )
    return "\n".join(line for line in html.splitlines() if line.strip()) + "\n"


def _checked(html: str) -> str:
    """The page where it is not too large."""
    size = len(html.encode())
    if size > LARGEST:
        said = f"the page has {size:,} bytes, more than {LARGEST:,}"
        raise InvalidInput([Problem("report-too-large", said, "put fewer visits on one page")])
    return html


def _source(name: str) -> str:
    text = (files("visitcheck.report") / "templates" / name).read_text("utf-8")
    return "\n".join(line for line in text.splitlines() if line.strip())


def _content_policy(style: str, script: str) -> str:
    """Nothing is loaded, and of styles and scripts only our own run: text of a record could not, even unescaped."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(source: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
