"""Which rules of a policy are meant: by what they cite, what they read, what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visitcheck.cli.rule_text import facts_of, written
from visitcheck.errors import Problem
from visitcheck.facts.vocabulary import vocabulary_with_extra
from visitcheck.policy import Citation, Policy, Rule, Text
from visitcheck.suggest import nearest


@dataclass(frozen=True, slots=True)
class RuleSearch:
    """What rules must have, all of it; None asks for nothing. Letters of either case are one."""

    instrument: str | None = None
    """Part of a cited instrument's id or title."""
    article: str | None = None
    """A cited article, whole; with `instrument`, of one that fits it."""
    fact: str | None = None
    """A fact that the rule reads, or a group or list that a fact it reads is in."""
    text: str | None = None
    """Part of the id, a text in either language, or a condition."""

    def fits(self, rule: Rule) -> bool:
        """Whether the rule has all that is asked for."""
        return self._cited(rule) and self._read(rule) and self._said(rule)

    def _cited(self, rule: Rule) -> bool:
        if self.instrument is None and self.article is None:
            return True
        return any(self._is_cited(cite) for cite in _citations(rule))

    def _is_cited(self, cite: Citation) -> bool:
        instrument = cite.instrument
        named = (instrument.id, instrument.title.en, instrument.title.zh)
        fits = self.instrument is None or any(_within(self.instrument, each) for each in named)
        return fits and (self.article is None or (cite.article or "").casefold() == self.article.casefold())

    def _read(self, rule: Rule) -> bool:
        if self.fact is None:
            return True
        wanted = self.fact.replace("[]", "")
        paths = (path.replace("[]", "") for path in facts_of(rule))
        return any(path == wanted or path.startswith(f"{wanted}.") for path in paths)

    def _said(self, rule: Rule) -> bool:
        text = self.text
        return text is None or any(_within(text, each) for each in _texts(rule))


def rules_found(policy: Policy, search: RuleSearch) -> tuple[Rule, ...]:
    """The rules of the policy that fit, in its order."""
    return tuple(rule for rule in policy.rules if search.fits(rule))


def unknown_fact(policy: Policy, written: str) -> Problem | None:
    """A problem where the policy's visits have no such fact: a search for it would find nothing for a wrong reason."""
    _, facts = vocabulary_with_extra(policy.extra_facts)
    known = {path.replace("[]", ""): path for path in facts}
    if written.replace("[]", "") in known:
        return None
    near = nearest(written.replace("[]", ""), known)
    help_ = f"did you mean `{known[near]}`?" if near else "`visitcheck schema visit` lists all facts"
    return Problem("fact-unknown", f"no visit has a fact `{written}`", help_)


def _citations(rule: Rule) -> Iterator[Citation]:
    yield from rule.cites
    for excuse in rule.unless:
        yield from excuse.cites


def _texts(rule: Rule) -> Iterator[str]:
    yield rule.id
    yield from _both(rule.title)
    for message in (rule.message, rule.remedy):
        if message is not None:
            yield from (written(message, "en"), written(message, "zh"))
    for cite in _citations(rule):
        yield from () if cite.note is None else _both(cite.note)
    conditions = (rule.applies, rule.when, *rule.lets.values(), *(check.condition for check in rule.require))
    yield from (each.text for each in conditions if each is not None)
    yield from (excuse.condition.text for excuse in rule.unless)


def _both(text: Text) -> tuple[str, str]:
    return text.en, text.zh


def _within(part: str, whole: str) -> bool:
    return part.casefold() in whole.casefold()
