"""What a file of rule cases holds once it has been read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from visitcheck.documents import YamlMapping, to_python
from visitcheck.engines.status import Outcome, Status
from visitcheck.errors import Place
from visitcheck.facts import Registers
from visitcheck.policy.model import Stage


@dataclass(frozen=True, slots=True)
class Expectation:
    """The status that a case expects of one rule."""

    rule: str
    """As written: the rule's id alone, or `pack/rule`."""
    status: Status
    place: Place

    def full_id(self, pack: str) -> str:
        """The rule's full id; rules written alone are those of `pack`."""
        return self.rule if "/" in self.rule else f"{pack}/{self.rule}"


@dataclass(frozen=True, slots=True)
class Story:
    """What happens in a case, told in both languages."""

    en: str
    zh: str


@dataclass(frozen=True)
class Case:
    """One visit and what the rules under test must make of it."""

    file: str
    pack: str
    note: str
    stage: Stage
    visit: YamlMapping
    """The facts after all edits; each node knows where it was written."""
    expect: tuple[Expectation, ...]
    outcome: Outcome | None
    outcome_place: Place | None
    place: Place
    whole: bool = False
    """Whether `expect` holds every finding: each other rule of the policy is to be satisfied or not applicable."""
    story: Story | None = None
    registers: Registers | None = None
    """Facts by id that the visit gets before it is judged."""

    @property
    def id(self) -> str:
        """File and note: the name under which the case is reported."""
        return f"{Path(self.file).name}::{self.note}"

    def facts(self) -> dict[str, object]:
        """The visit as a mapping, as `facts.read_visit` takes it."""
        facts = to_python(self.visit)
        if not isinstance(facts, dict):
            raise TypeError("a visit is a mapping")
        return facts


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of cases and the policy that they are about."""

    file: str
    pack: str
    policy: tuple[str | Path, ...]
    """What `policy.load_policy` is to load: names of shipped packs, or paths."""
    cases: tuple[Case, ...]
