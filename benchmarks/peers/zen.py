"""The twelve rules for GoRules Zen."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Record = dict[str, Any]
_RULES = {
    "notice": "some(actions, #.kind == 'notice' and #.channel in ['phone', 'sms'] and #.at <= start - 86400)",
    "consent": "some(actions, #.kind == 'consent' and #.at <= start)"
    " and none(actions, #.kind == 'consent_withdrawn' and #.at <= end)",
    "hours": "minute_of_day in [480..1200)",
    "place": "place in ['residence', 'workplace', 'public']",
    "team": "team_size >= 2",
    "identity": "identity_verified == true",
    "threat": "none(actions, #.kind == 'threat')",
    "disclosure": "none(actions, #.kind == 'disclosure' and #.party == 'third_party')",
    "frequency": "count(actions, #.kind == 'contact' and #.at >= start - 604800 and #.at < start) <= 2",
    "filed": "filed_at != null and filed_at <= end + 86400",
    "recording": "recording_on == true",
    "debt": "amount_minor > 0 and days_overdue >= 1",
}


def zen_expression() -> Callable[[Record], list[str]]:
    """One compiled expression that returns an object."""
    import zen

    text = "{" + ", ".join(f"{name}: {rule}" for name, rule in _RULES.items()) + "}"
    evaluate = zen.compile_expression(text).evaluate

    def call(record: Record) -> list[str]:
        answers = evaluate(record)
        return [name for name in _RULES if not answers[name]]

    return call


def zen_decision_table() -> Callable[[Record], list[str]]:
    """A decision graph with a collecting table, one row for each rule's violation."""
    import zen

    evaluate = zen.ZenEngine().create_decision(json.dumps(_graph())).evaluate
    return lambda record: [row["rule"] for row in evaluate(record)["result"]]


def _graph() -> dict[str, Any]:
    rows = [{"_id": name, "c": f"not ({rule})", "r": f'"{name}"'} for name, rule in _RULES.items()]
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": "c", "name": "c"}],
        "outputs": [{"id": "r", "name": "rule", "field": "rule"}],
        "rules": rows,
    }
    return {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {"id": "i", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
            {
                "id": "t",
                "name": "rules",
                "type": "decisionTableNode",
                "position": {"x": 1, "y": 0},
                "content": table,
            },
            {"id": "o", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
        ],
        "edges": [
            {"id": "a", "type": "edge", "sourceId": "i", "targetId": "t"},
            {"id": "b", "type": "edge", "sourceId": "t", "targetId": "o"},
        ],
    }
