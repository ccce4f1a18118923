"""Where a rule comes from: from law, or from the lender's own process, and whose choice its numbers are."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from visitcheck.ir.facts_read import parameters_read
from visitcheck.policy.model import Parameter, Policy, Rule

Source: TypeAlias = Literal["law", "process"]
SOURCES: tuple[Source, ...] = get_args(Source)
_DEFAULTS = "base"
"""The shipped process, whose numbers are proposals: packs of this name, and those below it."""


def source_of(rule: Rule) -> Source:
    """`law` where a rule cites anything but the lender's own rules: law, regulation, standards, self-regulation."""
    return "law" if any(cite.instrument.force != "own" for cite in rule.cites) else "process"


def unconfirmed_defaults(policy: Policy, rule: Rule) -> tuple[str, ...]:
    """The ids of the shipped process's parameters that a rule reads and that no pack has overridden, sorted."""
    names = parameters_read(*rule.conditions)
    pack = rule.id.partition("/")[0]
    read = (_parameter(policy, pack, name) for name in names)
    return tuple(sorted(each.id for each in read if each is not None and _is_default(each)))


def _parameter(policy: Policy, pack: str, name: str) -> Parameter | None:
    """The parameter that a pack's rules know by a name: its own, else the one of the packs that it uses."""
    own = policy.parameters.get(f"{pack}/{name}")
    return own or next((each for id_, each in policy.parameters.items() if id_.endswith(f"/{name}")), None)


def _is_default(parameter: Parameter) -> bool:
    pack = parameter.id.partition("/")[0]
    return not parameter.overridden and (pack == _DEFAULTS or pack.startswith(f"{_DEFAULTS}."))
