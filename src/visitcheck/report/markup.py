"""The templates' environment: everything escaped, every text in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from visitcheck.policy.model import Language, Text
from visitcheck.report.fact_names import fact_text
from visitcheck.report.wording import (
    LANGUAGES,
    escape_controls,
    format_article,
    format_count,
    format_interval,
    format_month,
    format_percent,
    format_points,
    format_points_interval,
    format_spread,
    page_texts,
)

if TYPE_CHECKING:
    from jinja2 import Environment

    from visitcheck.report.sections.visits import VisitRow


@dataclass
class Annex:
    """What a page has named, with the identifiers behind it, in the order in which they came."""

    rules: dict[str, Text] = field(default_factory=dict)
    facts: dict[str, Text] = field(default_factory=dict)
    codes: dict[str, Text] = field(default_factory=dict)
    parameters: dict[str, Text] = field(default_factory=dict)

    def name_fact(self, path: str) -> Markup:
        """Write a fact by its label."""
        self.facts[path] = fact_text(path)
        return mark_up_text(self.facts[path])

    def name_rule(self, rule: str, title: Text) -> Markup:
        """Write a rule by its title."""
        self.rules[rule] = title
        return mark_up_text(title)

    def name_code(self, code: str, text: Text) -> Markup:
        """Write a problem or a doubt by what is said of it."""
        self.codes[code] = text
        return mark_up_text(text)

    def name_parameters(self, names: Iterable[str], title: Text) -> str:
        """Take up the parameters of a rule; nothing is shown in their place."""
        self.parameters |= dict.fromkeys(names, title)
        return ""

    def parts(self) -> list[tuple[str, list[tuple[str, Text]]]]:
        """Give the tables of the annex: for each kind what was named."""
        kinds = {"rules": self.rules, "facts": self.facts, "codes": self.codes, "parameters": self.parameters}
        return [(kind, list(named.items())) for kind, named in kinds.items() if named]


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
    annex = Annex()
    jinja.globals |= {
        "annex": annex,
        "fact": annex.name_fact,
        "rule": annex.name_rule,
        "code": annex.name_code,
        "parameters": annex.name_parameters,
        "link": lambda place, key: Markup('<a href="#{}">{}</a>').format(place, mark_up_message(key)),
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
        "month": format_month,
        "article": lambda article: mark_up_text(format_article(article)),
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
    return _language_spans(*(escape(text.in_(lang)).format(**_shown_in(lang, values)) for lang in LANGUAGES))


def _shown_in(lang: Language, values: Mapping[str, object]) -> dict[str, Markup]:
    """Values escaped, those that are texts in one language."""
    return {name: escape(value.in_(lang) if isinstance(value, Text) else value) for name, value in values.items()}


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
