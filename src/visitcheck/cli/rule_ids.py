"""Rules of a policy by what people type."""

from __future__ import annotations

from visitcheck.cli.options import OutputFormat
from visitcheck.cli.output import stop
from visitcheck.errors import Problem
from visitcheck.policy import Policy, Rule
from visitcheck.suggest import nearest


def rule_for(policy: Policy, written: str, format_: OutputFormat) -> Rule:
    """The rule with this full id, or the only one with this own id; otherwise the command ends."""
    found = [rule for rule in policy.rules if rule.id == written or rule.id.endswith(f"/{written}")]
    if len(found) != 1:
        stop(policy.name, [_unknown(policy, written, found)], format_)
    return found[0]


def _unknown(policy: Policy, written: str, found: list[Rule]) -> Problem:
    if found:
        return Problem("rule-unknown", f"several rules are called `{written}`", ", ".join(rule.id for rule in found))
    own_ids = {rule.id.rpartition("/")[2]: rule.id for rule in policy.rules}
    known = [rule.id for rule in policy.rules]
    near = nearest(written, known)
    if near is None:
        own = nearest(written.rpartition("/")[2], own_ids)
        near = None if own is None else own_ids[own]
    help_ = f"did you mean `{near}`?" if near else "`visitcheck rules list` shows all rules"
    return Problem("rule-unknown", f"the policy has no rule `{written}`", help_)
