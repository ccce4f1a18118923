"""`policy.json`: what the rules of an audit say to people, so that its folder can be read without the packs."""

from __future__ import annotations

from typing import Any

from visitcheck.ir.plan import Plan
from visitcheck.policy.model import Citation, Message, Policy, Rule, Text
from visitcheck.policy.sources import source_of, unconfirmed_defaults


def policy_texts(plan: Plan) -> dict[str, Any]:
    """The packs, and the texts, conditions and citations of every rule for recorded visits, as JSON values."""
    policy = plan.policy
    return {
        "name": policy.name,
        "digest": policy.digest,
        "timezone": first_zone(policy),
        "packs": [{"id": pack.id, "version": pack.version, "title": _text_json(pack.title)} for pack in policy.packs],
        "relaxations": [
            {"target": one.target, "change": one.change, "reason": _text_json(one.reason)} for one in policy.relaxations
        ],
        "rules": {rule.rule.id: _rule_texts(policy, rule.rule) for rule in plan.rules},
    }


def first_zone(policy: Policy) -> str | None:
    """The zone that stands in for a visit's own: that of the first pack that names one."""
    return next((pack.timezone for pack in policy.packs if pack.timezone), None)


def _rule_texts(policy: Policy, rule: Rule) -> dict[str, Any]:
    return {
        "title": _text_json(rule.title),
        "source": source_of(rule),
        "unconfirmed_defaults": list(unconfirmed_defaults(policy, rule)),
        "effect": rule.effect,
        "on_unknown": rule.on_unknown,
        "message": _message_json(rule.message),
        "remedy": None if rule.remedy is None else _message_json(rule.remedy),
        "checks": {check.name: check.condition.text for check in rule.require},
        "exceptions": {excuse.id: excuse.condition.text for excuse in rule.unless},
        "cites": [_citation_json(cite) for cite in rule.cites],
    }


def _citation_json(cite: Citation) -> dict[str, Any]:
    instrument = cite.instrument
    return {
        "instrument": instrument.id,
        "title": _text_json(instrument.title),
        "number": instrument.number,
        "force": instrument.force,
        "article": cite.article,
        "reading": cite.reading,
    }


def _text_json(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


def _message_json(message: Message) -> dict[str, str]:
    """A message as its pack has it, with placeholders."""
    return {"en": _template_text(message.en), "zh": _template_text(message.zh)}


def _template_text(pieces: tuple[Any, ...]) -> str:
    return "".join(piece if isinstance(piece, str) else f"{{{piece.source}}}" for piece in pieces)
