"""The templates' environment: everything escaped, every text in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from visitcheck.policy.model import Language, Text
from visitcheck.report import numbers
from visitcheck.report.words import LANGUAGES, page_texts, plain

if TYPE_CHECKING:
    from jinja2 import Environment

    from visitcheck.report.sections.visits import VisitRow


def environment(lang: Language) -> Environment:
    """Jinja with autoescape, and an error for any name that is not given. Labels open in `lang`."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    found = Environment(
        loader=PackageLoader("visitcheck.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals |= {
        "t": say,
        "both": both,
        "word_of": page_texts().of_word,
        "label": lambda key: _attributes("aria-label", "label", page_texts()(key), lang),
        "hint": lambda key: _attributes("placeholder", "hint", page_texts()(key), lang),
        "option": lambda key: _option(page_texts()(key), lang),
        "option_text": lambda text: _option(text, lang),
        "findings_of": _findings_of,
    }
    found.filters |= {
        "plain": plain,
        "whole": numbers.whole,
        "percent": numbers.percent,
        "interval": numbers.interval,
        "points": numbers.points,
        "points_interval": numbers.points_interval,
    }
    return found


def both(text: Text, isolate: bool = False) -> Markup:
    """A text in both languages, of which the page shows one; `isolate` where it holds text of others."""
    inner = "<bdi>{}</bdi>" if isolate else "{}"
    if text.en == text.zh:
        return Markup(inner).format(plain(text.en))  # noqa: S704 - one of our own two forms
    return _spans(*(Markup(inner).format(plain(text.in_(lang))) for lang in LANGUAGES))  # noqa: S704 - as above


def say(key: str, **values: object) -> Markup:
    """One of our texts in both languages, its values escaped."""
    text = page_texts()(key)
    shown = {name: escape(value) for name, value in values.items()}
    return _spans(*(escape(text.in_(lang)).format(**shown) for lang in LANGUAGES))


def _spans(en: Markup, zh: Markup) -> Markup:
    return Markup('<span lang="en">{}</span><span lang="zh">{}</span>').format(en, zh)


def _attributes(name: str, kept: str, text: Text, lang: Language) -> Markup:
    """An attribute in `lang`, both languages beside it for the switch."""
    return Markup('{}="{}" data-{}-en="{}" data-{}-zh="{}"').format(name, text.in_(lang), kept, text.en, kept, text.zh)


def _option(text: Text, lang: Language) -> Markup:
    """The rest of an option's tag, and its text, which can be in one language only."""
    return Markup('data-en="{}" data-zh="{}">{}').format(text.en, text.zh, text.in_(lang))


def _findings_of(visit: VisitRow) -> Markup:
    """How many findings a visit has, and the titles of those that were violated."""
    violated = [one.title for one in visit.findings if one.status == "violated"]
    titles = violated or [one.title for one in visit.findings]
    text = page_texts()("audit.visits.findings")
    en = "; ".join(plain(one.en) for one in titles)
    zh = "；".join(plain(one.zh) for one in titles)
    number = len(visit.findings)
    return _spans(escape(text.en).format(number=number, titles=en), escape(text.zh).format(number=number, titles=zh))
