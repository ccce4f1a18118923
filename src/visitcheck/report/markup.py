"""The templates' environment: everything escaped, every text in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from visitcheck.policy.model import Language, Text
from visitcheck.report.wording import (
    LANGUAGES,
    escape_controls,
    format_count,
    format_interval,
    format_percent,
    format_points,
    format_points_interval,
    format_spread,
    page_texts,
)

if TYPE_CHECKING:
    from jinja2 import Environment

    from visitcheck.report.sections.visits import VisitRow


def make_environment(lang: Language) -> Environment:
    """Make Jinja's environment: it escapes everything and fails for names that are not given. Labels open in `lang`."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    jinja = Environment(
        loader=PackageLoader("visitcheck.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.globals |= {
        "t": mark_up_message,
        "both": mark_up_text,
        "word_of": page_texts().of_word,
        "label": lambda key: _bilingual_attribute("aria-label", "label", page_texts()(key), lang),
        "hint": lambda key: _bilingual_attribute("placeholder", "hint", page_texts()(key), lang),
        "option": lambda key: _bilingual_option(page_texts()(key), lang),
        "option_text": lambda text: _bilingual_option(text, lang),
        "findings_of": _summarise_findings,
    }
    jinja.filters |= {
        "plain": escape_controls,
        "whole": format_count,
        "percent": format_percent,
        "spread": format_spread,
        "interval": format_interval,
        "points": format_points,
        "points_interval": format_points_interval,
    }
    return jinja


def mark_up_text(text: Text, isolate: bool = False) -> Markup:
    """Write a text in both languages, of which the page shows one; `isolate` where it holds text of a record."""
    inner = "<bdi>{}</bdi>" if isolate else "{}"
    if text.en == text.zh:
        return Markup(inner).format(escape_controls(text.en))  # noqa: S704 - one of our own two forms
    return _language_spans(*(Markup(inner).format(escape_controls(text.in_(lang))) for lang in LANGUAGES))  # noqa: S704 - as above


def mark_up_message(key: str, **values: object) -> Markup:
    """Write one of the page's own texts in both languages, with its values escaped."""
    text = page_texts()(key)
    shown = {name: escape(value) for name, value in values.items()}
    return _language_spans(*(escape(text.in_(lang)).format(**shown) for lang in LANGUAGES))


def _language_spans(en: Markup, zh: Markup) -> Markup:
    return Markup('<span lang="en">{}</span><span lang="zh">{}</span>').format(en, zh)


def _bilingual_attribute(name: str, kept: str, text: Text, lang: Language) -> Markup:
    """Write an attribute in `lang`, with both languages beside it for the switch."""
    return Markup('{}="{}" data-{}-en="{}" data-{}-zh="{}"').format(name, text.in_(lang), kept, text.en, kept, text.zh)


def _bilingual_option(text: Text, lang: Language) -> Markup:
    """Write the rest of an option's tag and its text, which can be in one language only."""
    return Markup('data-en="{}" data-zh="{}">{}').format(text.en, text.zh, text.in_(lang))


_GRAVE = ("violated", "suspected")


def _summarise_findings(visit: VisitRow) -> Markup:
    """Say how many findings a visit has, with the titles of the gravest: violated, else suspected, else all."""
    by_status = ([each.title for each in visit.findings if each.status == status] for status in _GRAVE)
    titles = next(filter(None, by_status), [finding.title for finding in visit.findings])
    text = page_texts()("audit.visits.findings")
    en = "; ".join(escape_controls(title.en) for title in titles)
    zh = "；".join(escape_controls(title.zh) for title in titles)
    number = len(visit.findings)
    return _language_spans(
        escape(text.en).format(number=number, titles=en), escape(text.zh).format(number=number, titles=zh)
    )
