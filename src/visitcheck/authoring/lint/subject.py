"""Reads a pack for the checks: its file as written, its rules as compiled, its cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from visitcheck.authoring.accepted import Accepted, read_accepted_beside
from visitcheck.authoring.cases import CaseFile
from visitcheck.authoring.reading import SUFFIX, read_cases
from visitcheck.documents import YamlMapping, YamlScalar, YamlSequence, parse_yaml
from visitcheck.errors import InvalidPolicy, Place, Problem
from visitcheck.policy import load_policy
from visitcheck.policy.model import Policy, Rule


@dataclass(frozen=True, slots=True)
class Remark:
    """A problem that a check found, and the rule it is about, if it is about one: its own id."""

    problem: Problem
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """One pack file with all that is known of it."""

    path: Path
    node: YamlMapping
    policy: Policy
    """The pack with all that it uses."""
    pack: str
    rules: tuple[Rule, ...]
    """The pack's own rules."""
    cases: CaseFile | None
    accepted: Accepted

    def written_rules(self) -> Iterator[tuple[Rule, YamlMapping]]:
        """The pack's rules, each with the mapping that it is written as."""
        rules = {own_id(rule): rule for rule in self.rules}
        written = self.node.get("rules")
        for item in written.items if isinstance(written, YamlSequence) else ():
            name = item.get("id") if isinstance(item, YamlMapping) else None
            if isinstance(item, YamlMapping) and isinstance(name, YamlScalar) and name.text in rules:
                yield rules[name.text], item


Check: TypeAlias = Callable[[Subject], Iterator[Remark]]


def own_id(rule: Rule) -> str:
    """A rule's id within its pack."""
    return rule.id.rpartition("/")[2]


def remark(code: str, message: str, help_: str, place: Place, rule: Rule | None = None) -> Remark:
    """Make a remark about a place, and about a rule if one is given."""
    return Remark(Problem(code, message, help_, place), None if rule is None else own_id(rule))


def read_subject(path: Path, others: Sequence[Path] = ()) -> Subject:
    """Read the pack at `path`, which may use `others`; raises `InvalidPolicy` where it, its cases or what it accepts
    cannot be read.
    """
    policy = _load_policy(path, others)
    node, problems = parse_yaml(path.read_text(encoding="utf-8-sig"), str(path))
    pack = node.get("pack") if isinstance(node, YamlMapping) else None
    if not isinstance(node, YamlMapping) or not isinstance(pack, YamlScalar):  # the loader has read it just now
        raise InvalidPolicy(problems)
    cases = path.with_name(path.name.removesuffix(path.suffix) + SUFFIX)
    return Subject(
        path=path,
        node=node,
        policy=policy,
        pack=pack.text,
        rules=tuple(rule for rule in policy.rules if rule.id.rpartition("/")[0] == pack.text),
        cases=read_cases(cases) if cases.is_file() else None,
        accepted=read_accepted_beside(cases),
    )


def _load_policy(path: Path, others: Sequence[Path]) -> Policy:
    """The pack with what it uses; that may be one of `others`, where it is neither beside the pack nor shipped."""
    try:
        return load_policy(path)
    except InvalidPolicy as error:
        elsewhere = [other for other in others if other != path]
        if not elsewhere or all(problem.code != "no-such-pack" for problem in error.problems):
            raise
        return load_policy(path, *elsewhere)
