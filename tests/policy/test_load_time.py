"""Loading many rules cold takes well under a second."""

import os
import subprocess
import sys
from pathlib import Path

from small_packs import pack, rule

SOURCE = Path(__file__).resolve().parents[2] / "src"
RULES = 60
LET = "let: {reached: 'contacts.filter(c, c.channel == \"phone\" && c.connected)'}"
REQUIRE = (
    "reached.filter(c, c.at > visit.starts_at - days(7)).size() <= params.most "
    '&& (debt.days_overdue >= 30 || place.kind in [\\"home\\", \\"workplace\\"])'
)
SCRIPT = """
import sys, time
sys.path.insert(0, sys.argv[1])
start = time.perf_counter()
from visitcheck.policy import load_policy
imported = time.perf_counter()
policy = load_policy(sys.argv[2])
loaded = time.perf_counter()
assert len(policy.rules) == int(sys.argv[3])
print(imported - start, loaded - imported)
"""


def test_sixty_rules(tmp_path: Path) -> None:
    """A fresh process; nothing is cached between runs. The bound leaves room for a busy machine."""
    more = (
        LET + '\nwhen: debt.online && !debt.disputed\nremedy: {en: "{reached.size()} of {params.most}", zh: 救}\n'
        "unless: [{id: x, when: visit.requested_by_debtor, cites: [{instrument: law, reading: press}]}]\n"
        "effective: {from: 2026-01-30}"
    )
    rules = (rule(f"rule-{number}", require=f"{REQUIRE} && {number} > 0", more=more) for number in range(RULES))
    head = "applies: debt.product == 'credit_card'\nparameters: {most: {type: int, value: 3}}"
    file = tmp_path / "many.yaml"
    file.write_text(pack("many", *rules, more=head), encoding="utf-8")
    arguments = [sys.executable, "-c", SCRIPT, str(SOURCE), str(file), str(RULES)]
    environment = {**os.environ, "VISITCHECK_CACHE": "off"}
    run = subprocess.run(arguments, check=True, capture_output=True, text=True, env=environment)

    _, loading = map(float, run.stdout.split())
    assert loading < 3, run.stdout
