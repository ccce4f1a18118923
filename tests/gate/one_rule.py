"""Policies of one rule, for cases written as data."""

from __future__ import annotations

import json
from typing import Any

import yaml

import visitcheck as vc
from visitcheck.facts.visit import mark_validated
from visitcheck.policy import policy_from_texts

TEXTS = {"title": {"en": "R", "zh": "规"}, "message": {"en": "M", "zh": "信"}, "effect": "deny"}
CITES = [{"instrument": "own", "article": "1", "reading": "own"}]


def rule(name: str, require: str, **more: Any) -> dict[str, Any]:
    fields = {"id": name, "stages": ["proposed"], "require": {"check": require}, "cites": CITES}
    return fields | TEXTS | more


def pushed_past_validation(visit: vc.Visit, **facts: Any) -> vc.Visit:
    """The visit with other facts, marked as validated, which no caller does: the engines are on their own."""
    changed = visit.model_copy(update=facts)
    mark_validated(changed)
    return changed


def policy_of(case: dict[str, Any]) -> vc.Policy:
    rules = [rule("rule", case["require"], **{key: case[key] for key in ("effective", "stages") if key in case})]
    if "always" in case:
        rules.append(rule("always", case["always"]))
    return policy_with(rules, parameters=case.get("parameters", {}))


def policy_with(
    rules: list[dict[str, Any]], *, timezone: str | None = "Asia/Shanghai", parameters: dict[str, Any] | None = None
) -> vc.Policy:
    pack = {
        "pack": "own",
        "title": {"en": "Own", "zh": "自有"},
        "version": "1.0.0",
        "instruments": {"own": {"title": {"en": "House rules", "zh": "内部规定"}, "force": "own"}},
        "parameters": {
            name: {**parameter, "values": [{**value, "cites": CITES} for value in parameter["values"]]}
            for name, parameter in (parameters or {}).items()
        },
        "rules": rules,
    }
    if timezone is not None:
        pack["timezone"] = timezone
    unshared = json.loads(json.dumps(pack))  # packs know no anchors, which shared parts would become
    return policy_from_texts({"own.yaml": yaml.dump(unshared, allow_unicode=True)})
