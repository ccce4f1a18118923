"""Finds the rules that a command is asked about: one by its id, or several by what they cite, read and say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visitcheck.cli.options import OutputFormat
from visitcheck.cli.output import stop
from visitcheck.cli.rule_text import facts_of, message_source
from visitcheck.errors import Problem
from visitcheck.facts.vocabulary import vocabulary_with_extra
from visitcheck.policy import Citation, Policy, Rule, Text
from visitcheck.suggest import nearest


def find_rule(policy: Policy, written: str, format_: OutputFormat) -> Rule:
    """Find the rule with this full id, or the only one with this own id; without one, the command ends."""
    matches = [rule for rule in policy.rules if rule.id == written or rule.id.endswith(f"/{written}")]
    if len(matches) != 1:
        stop(policy.name, [_unknown_rule(policy, written, matches)], format_)
    return matches[0]


def _unknown_rule(policy: Policy, written: str, matches: list[Rule]) -> Problem:
    if matches:
        return Problem("rule-unknown", f"several rules are called `{written}`", ", ".join(rule.id for rule in matches))
    own_ids = {rule.id.rpartition("/")[2]: rule.id for rule in policy.rules}
    known = [rule.id for rule in policy.rules]
    near = nearest(written, known)
    if near is None:
        own = nearest(written.rpartition("/")[2], own_ids)
        near = None if own is None else own_ids[own]
    help_ = f"did you mean `{near}`?" if near else "`visitcheck rules list` shows all rules"
    return Problem("rule-unknown", f"the policy has no rule `{written}`", help_)


@dataclass(frozen=True, slots=True)
class RuleSearch:
    """What a rule must have: all that is not None. Upper and lower case are the same."""

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
        return self._cites(rule) and self._reads(rule) and self._says(rule)

    def _cites(self, rule: Rule) -> bool:
        if self.instrument is None and self.article is None:
            return True
        return any(self._is_cited(cite) for cite in _citations(rule))

    def _is_cited(self, cite: Citation) -> bool:
        instrument = cite.instrument
        named = (instrument.id, instrument.title.en, instrument.title.zh)
        fits = self.instrument is None or any(_contains(self.instrument, each) for each in named)
        return fits and (self.article is None or (cite.article or "").casefold() == self.article.casefold())

    def _reads(self, rule: Rule) -> bool:
        if self.fact is None:
            return True
        wanted = self.fact.replace("[]", "")
        paths = (path.replace("[]", "") for path in facts_of(rule))
        return any(path == wanted or path.startswith(f"{wanted}.") for path in paths)

    def _says(self, rule: Rule) -> bool:
        text = self.text
        return text is None or any(_contains(text, each) for each in _texts(rule))


def search_rules(policy: Policy, search: RuleSearch) -> tuple[Rule, ...]:
    """Search the rules of a policy, in its order."""
    return tuple(rule for rule in policy.rules if search.fits(rule))


def unknown_fact_problem(policy: Policy, written: str) -> Problem | None:
    """A problem if the policy's visits have no such fact: a search for it would find nothing, for a wrong reason."""
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
    yield from _both_languages(rule.title)
    for message in (rule.message, rule.remedy):
        if message is not None:
            yield from (message_source(message, "en"), message_source(message, "zh"))
    for cite in _citations(rule):
        yield from () if cite.note is None else _both_languages(cite.note)
    conditions = (rule.applies, rule.when, *rule.lets.values(), *rule.checks_and_excuses)
    yield from (each.text for each in conditions if each is not None)


def _both_languages(text: Text) -> tuple[str, str]:
    return text.en, text.zh


def _contains(part: str, whole: str) -> bool:
    return part.casefold() in whole.casefold()
