"""`visitcheck schema`: JSON Schemas of what goes in and what comes out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from visitcheck.cli.commands import Group
from visitcheck.cli.options import help_lang_option, stage_option

if TYPE_CHECKING:
    from visitcheck.ir.plan import Plan
    from visitcheck.policy import Stage


@click.group(cls=Group)
@help_lang_option
def schema() -> None:
    """Print a JSON Schema (draft 2020-12)."""


@schema.command()
@click.option("policies", "--policy", "-p", multiple=True, metavar="NAME|PATH", help="Only the facts it reads.")
@stage_option("Only the facts that the policy reads for visits of this stage; asks for --policy.")
@help_lang_option
def visit(policies: tuple[str, ...], stage: Stage | None) -> None:
    """Visits: all facts, or just those that can change the answer of a policy."""
    from visitcheck.facts import json_schema

    if policies:
        _print_json(_visit_schema(policies, stage))
    elif stage is not None:
        raise click.UsageError("--stage asks for --policy: without a policy, all facts are listed")
    else:
        _print_json(json_schema())


@schema.command()
@help_lang_option
def pack() -> None:
    """Pack files."""
    from visitcheck.policy import pack_schema

    _print_json(pack_schema())


@schema.command()
@help_lang_option
def cases() -> None:
    """Files of rule cases, `*.cases.yaml`."""
    from visitcheck.authoring import cases_schema

    _print_json(cases_schema())


@schema.command()
@help_lang_option
def accepted() -> None:
    """Files of what the cases of a pack need not show, `*.accepted.yaml`."""
    from visitcheck.authoring import accepted_schema

    _print_json(accepted_schema())


@schema.command()
@help_lang_option
def decision() -> None:
    """Decisions, as `check --format json` prints them under `decision`."""
    from visitcheck.gate.schema import decision_schema

    _print_json(decision_schema())


@schema.command()
@help_lang_option
def slots() -> None:
    """Suggestions of another time, as `check --suggest --format json` prints them under `slots`."""
    from visitcheck.gate.schema import slots_schema

    _print_json(slots_schema())


@schema.command()
@help_lang_option
def explanation() -> None:
    """Trees, as `explain --format json` prints them under `rules`."""
    from visitcheck.gate.schema import explanation_schema

    _print_json(explanation_schema())


def _visit_schema(policies: tuple[str, ...], stage: Stage | None) -> dict[str, object]:
    from visitcheck.cli.judging import policy_for
    from visitcheck.facts import json_schema, visit_model_with_extra
    from visitcheck.ir.plan import make_plan
    from visitcheck.policy import STAGES

    policy = policy_for(policies, "text")
    plans = [make_plan(policy, one) for one in STAGES if stage in (None, one)]
    always = policy.selectors | set(policy.dating) | {"visit.as_of"}
    facts = frozenset(always).union(*map(_facts_to_give, plans))
    return json_schema(visit_model_with_extra(policy.extra_facts), facts=facts)


def _facts_to_give(plan: Plan) -> frozenset[str]:
    """The facts that a visit of the plan's stage may hold.

    Doubts are asked of proposals, too, yet of what happens at the door a proposal has nothing to say.
    """
    if plan.stage == "recorded":
        return plan.facts
    from visitcheck.facts import FACTS

    return frozenset(path for path in plan.facts if path not in FACTS or FACTS[path].known == "before")


def _print_json(value: Mapping[str, object]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
