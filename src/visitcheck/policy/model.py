"""A resolved policy: packs that have met each other, conditions typed, parameters dated, texts parsed.

Everything here is immutable and may be shared between threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from visitcheck.errors import Place
from visitcheck.facts.doubts import Doubt
from visitcheck.facts.types import BOOL, Type
from visitcheck.facts.vocabulary import FactInfo
from visitcheck.ir.nodes import Const, DatedValue, Expr

Stage: TypeAlias = Literal["proposed", "recorded"]
Effect: TypeAlias = Literal["deny", "review", "note"]
Reading: TypeAlias = Literal["text", "press", "weak", "own"]
Force: TypeAlias = Literal["law", "judicial", "regulation", "standard", "self_regulation", "local", "draft", "own"]
Language: TypeAlias = Literal["en", "zh"]

_ALWAYS = Const(True, BOOL)
STAGES: tuple[Stage, ...] = ("proposed", "recorded")
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Text:
    """A text for people, in both languages."""

    en: str
    zh: str

    def in_(self, lang: Language) -> str:
        """The text in `lang`."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`{source}` in a message: `expr` is what to evaluate and show there."""

    source: str
    expr: Expr


@dataclass(frozen=True, slots=True)
class Message:
    """A message in both languages, each as literal pieces and placeholders in turn."""

    en: tuple[str | Placeholder, ...]
    zh: tuple[str | Placeholder, ...]

    def in_(self, lang: Language) -> tuple[str | Placeholder, ...]:
        """The pieces in `lang`."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Instrument:
    """A law, regulation, standard or own rule that rules cite. Ids are `pack/key`."""

    id: str
    title: Text
    issuer: str | None
    number: str | None
    issued: int | None
    """Days since 1970, as `in_force`."""
    in_force: int | Literal["assumed"] | None
    """First day in force; "assumed" where no source gives it and the day of issue stands in."""
    force: Force
    url: str | None


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an instrument says so, and how well that place was read.

    `note` is what the place was found to say, or how sure that is, where a pack adds it.
    """

    instrument: Instrument
    article: str | None
    reading: Reading
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A typed condition with the text it was written as, and where."""

    expr: Expr
    text: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Check:
    """One named condition that a rule requires."""

    name: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Excuse:
    """One of a rule's own exceptions (`unless`); `weak` ones leave a rule suspected, not excused."""

    id: str
    condition: Condition
    cites: tuple[Citation, ...]
    weak: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named value that may change over time. Ids are `pack/name`; rules read it as `params.name`."""

    id: str
    type: Type
    stricter: Literal["higher", "lower"] | None
    hours: Literal["allowed", "forbidden"] | None
    """Of hours: whether a stricter value is a part of these, or holds more than these."""
    values: tuple[DatedValue, ...]
    cites: tuple[Citation, ...]
    description: Text | None
    place: Place = field(compare=False)
    overridden: bool = False
    """Whether another pack has said what it is, be it the same."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a pack, bound to its pack's `applies`, zone and parameters.

    `application` is W without the stage: in force AND the pack's `applies` AND `when`.
    `applies` and `when` are kept as written, for explanations.
    """

    id: str
    """Full id, `pack/rule`."""
    title: Text
    stages: tuple[Stage, ...]
    application: Expr
    in_force: Expr
    """Whether `date` lies between the bounds of `effective`; TRUE where the rule has none."""
    applies: Condition | None
    when: Condition | None
    lets: Mapping[str, Condition] = field(compare=False)
    require: tuple[Check, ...]
    unless: tuple[Excuse, ...]
    effect: Effect
    on_unknown: Effect
    effective_from: int | None
    """Days since 1970; None: always was."""
    effective_until: int | None
    """First day no longer in force."""
    date: Expr
    """The local date by which the rule is in force and its parameters have their values."""
    message: Message
    remedy: Message | None
    cites: tuple[Citation, ...]
    place: Place = field(compare=False)

    @property
    def conditions(self) -> tuple[Expr, ...]:
        """All that decides the rule: the parts of W, the checks, the exceptions."""
        return (*self.scope, *(condition.expr for condition in self.checks_and_excuses))

    @property
    def checks_and_excuses(self) -> tuple[Condition, ...]:
        """What it requires and what excuses it, as written."""
        return (*(check.condition for check in self.require), *(excuse.condition for excuse in self.unless))

    @property
    def scope(self) -> tuple[Expr, Expr, Expr]:
        """What is together W, whether the rule applies: L (whether its law binds), in force, `when`."""
        law, when = (_ALWAYS if each is None else each.expr for each in (self.applies, self.when))
        return law, self.in_force, when


@dataclass(frozen=True, slots=True)
class Relaxation:
    """An override that loosens another pack, listed in every decision."""

    target: str
    change: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Pack:
    """What a policy keeps of one pack besides its rules."""

    id: str
    title: Text
    version: str
    jurisdiction: str | None
    timezone: str | None
    uses: tuple[str, ...]
    file: str


@dataclass(frozen=True, slots=True)
class DoubtCondition:
    """A doubt that is there where `condition` is TRUE."""

    doubt: Doubt
    condition: Expr


@dataclass(frozen=True, slots=True)
class ProtectiveFact:
    """A fact that speaks against the visit where `condition` is TRUE; the time of a state has the path of that."""

    path: str
    condition: Expr
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Packs resolved together: what `load_policy` returns and `Gate` takes."""

    name: str
    packs: tuple[Pack, ...]
    rules: tuple[Rule, ...]
    """In order of packs (used ones first) and then as written."""
    parameters: Mapping[str, Parameter]
    instruments: Mapping[str, Instrument]
    extra_facts: Mapping[str, FactInfo]
    """Facts that packs declare, by name below `extra`."""
    never_collected: frozenset[str]
    """Fact paths that the lender declares never to collect (an override)."""
    selectors: frozenset[str]
    """Fact paths without which the policy gives no answer: what says which rules a visit is for."""
    dating: tuple[str, str]
    """Two fact paths of which one must be given: the visit's start, or its date where the time is lost."""
    relaxations: tuple[Relaxation, ...]
    doubts: tuple[DoubtCondition, ...]
    """What of a visit cannot well be true together, asked of every visit."""
    protective: tuple[ProtectiveFact, ...]
    """What speaks against a visit, and has to be read by some rule."""
    digest: str
    """SHA-256, hex, of the canonical meaning; layout, comments and texts do not count."""

    def rule(self, rule_id: str) -> Rule:
        """The rule with this full id; `KeyError` without one."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)
