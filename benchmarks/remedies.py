"""How long the search for remedies takes, on proposals that are not allowed.

    python benchmarks/remedies.py

Processor time of one thread, the best of five searches, each with a decision of its own; the gate has the native engine
alone. "bare" is a proposal of which hardly anything is known, the dearest search there is.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import yaml

import visitcheck as vc

EXAMPLES = Path(__file__).parents[1] / "examples"
ROUNDS = 5
BARE = {
    "visit": {
        "id": "V-1",
        "stage": "proposed",
        "starts_at": "2026-03-10T10:00:00+08:00",
        "as_of": "2026-03-08T18:00:00+08:00",
    },
    "lender": {"kind": "bank", "memberships": ["cba"]},
    "debt": {"product": "credit_card", "online": False},
}


def main() -> None:
    cases: list[tuple[str, str, dict[str, Any]]] = [
        ("base", name, yaml.safe_load((EXAMPLES / name).read_text(encoding="utf-8")))
        for name in ("proposed-review.yaml", "proposed-denied.json")
    ]
    cases += [("base", "bare", BARE), ("cn", "bare", BARE)]
    print("| policy | proposal | outcome | with remedies | remedies | rules left | ms |")
    print("| --- | --- | --- | --- | ---: | ---: | ---: |")
    for policy, name, facts in cases:
        gate = vc.Gate(vc.load_policy(policy), engine="native")
        decision, remedies = gate.check(facts), gate.check(facts).remedies
        best = min(searched(gate, facts) for _ in range(ROUNDS))
        cells = (policy, name, decision.outcome, remedies.outcome, len(remedies), len(remedies.left), f"{best:.0f}")
        print("| " + " | ".join(map(str, cells)) + " |")


def searched(gate: vc.Gate, facts: dict[str, Any]) -> float:
    """Milliseconds of one search."""
    decision = gate.check(facts)
    start = time.process_time()
    decision.remedies  # noqa: B018 - worked out when asked for
    return (time.process_time() - start) * 1000


if __name__ == "__main__":
    main()
