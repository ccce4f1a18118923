"""`policy.json`: what the rules of an audit say to people, so that its folder can be read without the packs."""

from __future__ import annotations

from typing import Any

from visitcheck.ir.plan import Plan
from visitcheck.policy.model import Citation, Message, Policy, Rule, Text


def policy_texts(plan: Plan) -> dict[str, Any]:
    """The packs, and the texts, conditions and citations of every rule for recorded visits, as JSON values."""
    policy = plan.policy
    return {
        "name": policy.name,
        "digest": policy.digest,
        "timezone": first_zone(policy),
        "packs": [{"id": pack.id, "version": pack.version, "title": _both(pack.title)} for pack in policy.packs],
        "relaxations": [
            {"target": one.target, "change": one.change, "reason": _both(one.reason)} for one in policy.relaxations
        ],
        "rules": {rule.rule.id: _rule(rule.rule) for rule in plan.rules},
    }


def first_zone(policy: Policy) -> str | None:
    """The zone that stands in for a visit's own: that of the first pack that names one."""
    return next((pack.timezone for pack in policy.packs if pack.timezone), None)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "title": _both(rule.title),
        "effect": rule.effect,
        "on_unknown": rule.on_unknown,
        "message": _message(rule.message),
        "remedy": None if rule.remedy is None else _message(rule.remedy),
        "checks": {check.name: check.condition.text for check in rule.require},
        "exceptions": {excuse.id: excuse.condition.text for excuse in rule.unless},
        "cites": [_citation(cite) for cite in rule.cites],
    }


def _citation(cite: Citation) -> dict[str, Any]:
    instrument = cite.instrument
    return {
        "instrument": instrument.id,
        "title": _both(instrument.title),
        "number": instrument.number,
        "force": instrument.force,
        "article": cite.article,
        "reading": cite.reading,
    }


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def _message(message: Message) -> dict[str, str]:
    """A message as its pack has it, with placeholders."""
    return {"en": _written(message.en), "zh": _written(message.zh)}


def _written(pieces: tuple[Any, ...]) -> str:
    return "".join(piece if isinstance(piece, str) else f"{{{piece.source}}}" for piece in pieces)
