"""Packs that meet: contexts, overrides, rules, and what the policy as a whole follows from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from visitcheck.documents.parts import Part
from visitcheck.errors import InvalidPolicy, Problem
from visitcheck.facts.vocabulary import FactInfo, vocabulary_with_extra
from visitcheck.ir.facts_read import facts_read
from visitcheck.policy.context import PackContext
from visitcheck.policy.digest import digest
from visitcheck.policy.doubts import doubt_conditions, protective_facts, readable
from visitcheck.policy.library import Library, PackFile, order_packs
from visitcheck.policy.model import Pack, Policy, Relaxation, Rule, Text
from visitcheck.policy.overrides import Changes
from visitcheck.policy.rules import DATING, RuleReader
from visitcheck.policy.values import read_text

_ALWAYS_NEEDED = frozenset({"visit.id", "visit.stage"})


def resolve(name: str, library: Library) -> Policy:
    """The policy made of what a library was asked for; raises `InvalidPolicy` with all problems."""
    problems = library.problems
    packs = _contexts(order_packs(library, problems), problems)
    extra = _extra_facts(packs.values(), problems)
    root, facts = vocabulary_with_extra(extra)
    root = readable(root)
    changes = Changes(problems)
    for pack in packs.values():
        changes.apply(pack, facts)
    rules: list[Rule] = []
    for pack in packs.values():
        rules.extend(RuleReader(pack, root, facts, changes.effects, problems).read())
    changes.refuse_loosened(rules, packs.values())
    if problems:
        raise InvalidPolicy(problems)
    selectors = _ALWAYS_NEEDED | _selectors_of(rules)
    parameters = {each.id: each for pack in packs.values() for each in pack.parameters.values()}
    return Policy(
        name=name,
        packs=tuple(_describe_pack(pack) for pack in packs.values()),
        rules=tuple(rules),
        parameters=parameters,
        instruments={each.id: each for pack in packs.values() for each in pack.instruments.values()},
        extra_facts=extra,
        never_collected=frozenset(changes.never_collected),
        selectors=selectors,
        dating=DATING,
        relaxations=(*changes.relaxations, *_shadows(library)),
        doubts=doubt_conditions(),
        protective=protective_facts(facts),
        digest=digest(rules, parameters.values(), changes.never_collected, selectors, extra.values()),
    )


def _shadows(library: Library) -> Iterator[Relaxation]:
    """Shipped packs whose place a file took, which `allow_shadow` allows."""
    reason = Text("The caller allows it by name.", "调用方已指名允许。")
    for pack_id, file in library.shadows.items():
        yield Relaxation(pack_id, f"replaced by {Path(file).name}", reason)


def _contexts(files: Mapping[str, tuple[PackFile, Part]], problems: list[Problem]) -> dict[str, PackContext]:
    packs: dict[str, PackContext] = {}
    for pack_id, (file, part) in files.items():
        used = tuple(packs[each.text] for each in part.scalars("uses") if each.text in packs)
        pack = PackContext(pack_id, file.name, part, problems, used)
        pack.read()
        packs[pack_id] = pack
    return packs


def _extra_facts(packs: Iterable[PackContext], problems: list[Problem]) -> dict[str, FactInfo]:
    facts: dict[str, FactInfo] = {}
    for pack in packs:
        for name, info in pack.facts.items():
            first = facts.setdefault(name, info)
            if (first.type, first.known, first.unit) != (info.type, info.known, info.unit):
                place = next(key.place() for key, _ in pack.part.entries("facts") if key.text == name)
                message = f"another pack declares the fact `{name}` differently"
                problems.append(Problem("fact-taken", message, "choose another name", place))
    return facts


def _selectors_of(rules: Iterable[Rule]) -> frozenset[str]:
    """Facts that say which packs a visit is for; of a list only the list itself.

    What only serves to find the date is left to `DATING`.
    """
    paths: set[str] = set()
    for rule in rules:
        if rule.applies is not None:
            paths |= facts_read(rule.applies.expr) - facts_read(rule.date)
    return frozenset(path.partition("[]")[0] for path in paths)


def _describe_pack(pack: PackContext) -> Pack:
    part = pack.part
    return Pack(
        id=pack.id,
        title=read_text(part.part("title")) or Text("", ""),
        version=part.text("version") or "",
        jurisdiction=part.text("jurisdiction"),
        timezone=pack.timezone,
        uses=tuple(used.id for used in pack.used),
        file=pack.file,
    )
