"""How long `Gate.next_slot` takes for a fortnight of quarter hours, for the shipped policies.

    python benchmarks/next_slot.py

Every search looks at all 1,344 times: it is asked for more slots than there are. Proposals with few contacts are the
examples; "busy" ones have 60 more contacts in the fortnight before, which the counting rules look at. Times are
processor time of one thread, the best of seven searches; the first search of a gate also compiles the policy once
more, a condition at a time.
"""

from __future__ import annotations

import copy
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

import visitcheck as vc

EXAMPLES = Path(__file__).parents[1] / "examples"
CN = ("bank-credit-card", "consumer-finance", "online-platform", "trust")
PROPOSALS = [
    *(("base", name) for name in ("smallest-proposal.yaml", "proposed-allowed.json", "proposed-denied.json")),
    *(("cn", f"cn/{name}.yaml") for name in CN),
]
ROUNDS = 7
ALL = 1_344
GOAL_MS = 100


def main() -> None:
    registers = yaml.safe_load((EXAMPLES / "cn" / "registers.yaml").read_text(encoding="utf-8"))
    print("| policy | proposal | contacts | times | slots | first ms | then ms |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    slowest = 0.0
    for policy, name in PROPOSALS:
        for busy in (0, 60):
            gate = vc.Gate(vc.load_policy(policy), engine="native", registers=registers if policy == "cn" else None)
            facts = proposal(name, busy)
            first, slots = timed(gate, facts)
            then = min(timed(gate, facts)[0] for _ in range(ROUNDS))
            slowest = max(slowest, then)
            cells = (policy, name, len(facts["contacts"]), slots.times, len(slots), f"{first:.0f}", f"{then:.1f}")
            print("| " + " | ".join(map(str, cells)) + " |")
    print(f"\ngoal: under {GOAL_MS} ms; slowest: {slowest:.1f} ms")


def proposal(name: str, busy: int) -> dict[str, Any]:
    """An example judged the evening before, with more calls in vain."""
    facts: dict[str, Any] = copy.deepcopy(yaml.safe_load((EXAMPLES / name).read_text(encoding="utf-8")))
    facts["visit"].setdefault("as_of", "2026-03-09T18:00:00+08:00")
    as_of = datetime.fromisoformat(facts["visit"]["as_of"])
    for number in range(busy):
        at = (as_of - timedelta(hours=5 * number + 1)).isoformat()
        facts["contacts"].append(
            {"at": at, "channel": "phone", "direction": "outbound", "party": "debtor", "result": "no_answer"}
        )
    return facts


def timed(gate: vc.Gate, facts: dict[str, Any]) -> tuple[float, Any]:
    """Milliseconds of one search, from the plain dict to the answer."""
    start = time.process_time()
    slots = gate.next_slot(facts, limit=ALL)
    return (time.process_time() - start) * 1000, slots


if __name__ == "__main__":
    main()
