"""What an audit says of incomplete data: findings in k of n rules, and no rate of what could only fail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from visitcheck.audit.auditing import audit
from visitcheck.audit.result import AuditResult
from visitcheck.audit.running.rate_population import is_telling
from visitcheck.cli import main
from visitcheck.gate import Gate
from visitcheck.policy import Policy, load_policy
from visitcheck.policy.sources import unconfirmed_defaults

PACK = Path(__file__).with_name("said.yaml")
START = "2026-03-10T10:00:00+08:00"
CLOSED = {"complete": False, "all_with": {"kind": ["insult"]}}
OPEN = {"complete": False}
INSULT = [{"kind": "insult", "at": "2026-03-10T10:05:00+08:00"}]


def visit(id_: str, **facts: Any) -> dict[str, Any]:
    """A recorded visit with these groups of facts."""
    return {"visit": {"id": id_, "stage": "recorded", "starts_at": START, "timezone": "Asia/Shanghai"}, **facts}


VISITS = [
    # Everything is said: two rules kept, and the exception of neither needed.
    visit("all", debt={"days_overdue": 30}, conduct=[], place={"kind": "home"}),
    visit("breach", debt={"days_overdue": 30}, conduct=INSULT, place={"kind": "home"}),
    # Not overdue, and nothing is said of the consent that would excuse it.
    visit("suspected", debt={"days_overdue": 0}, place={"kind": "home"}),
    visit("review", debt={"days_overdue": 30}, place={"kind": "hospital"}),
    visit("doubt", debt={"days_overdue": 30}, record={"filed": True, "filed_at": "2026-03-10T09:00:00+08:00"}),
    visit("some", debt={"days_overdue": 30}),
    visit("silent"),
    # A list that goes on breaks a rule, and can never keep it; one closed for what is asked can do both.
    visit("open", conduct=INSULT, completeness={"conduct": OPEN}),
    visit("closed", conduct=[], completeness={"conduct": CLOSED}),
]
EXPECTED = {
    "all": ("no_breach_found", 3, 3),
    "breach": ("breach", 3, 3),
    "suspected": ("suspected", 2, 3),
    "review": ("to_review", 2, 3),
    "doubt": ("in_doubt", 1, 3),
    "some": ("no_breach_found", 1, 3),
    "silent": ("not_assessable", 0, 3),
    "open": ("breach", 1, 3),
    "closed": ("no_breach_found", 1, 3),
}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(PACK)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rows") / "visits.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in VISITS), "utf-8")
    return path


@pytest.fixture(scope="module")
def audited(rows: Path, policy: Policy, tmp_path_factory: pytest.TempPathFactory) -> AuditResult:
    return audit(rows, policy, out=tmp_path_factory.mktemp("said") / "out")


def test_verdicts_say_what_the_facts_show(audited: AuditResult) -> None:
    """Each word once, with how many rules were assessed, of how many that apply or may."""
    rows = audited.verdicts().arrow().read_all().to_pylist()
    columns = ("assessed_outcome", "rules_assessed", "rules_applicable")

    assert {row["visit_id"]: tuple(row[name] for name in columns) for row in rows} == EXPECTED
    assert {row["visit_id"]: row["doubts"] for row in rows if row["doubts"]} == {"doubt": ["filed-before-the-visit"]}
    assert {row["visit_id"] for row in rows if row["outcome"] == "allow"} == {"all"}


def test_the_gate_counts_the_same(audited: AuditResult, policy: Policy) -> None:
    """In the trail of its decision."""
    gate = Gate(policy, engine="native")
    for facts in VISITS:
        decision = gate.check(facts)
        counts = decision.trail.counts
        assert EXPECTED[decision.visit_id][1:] == (counts["assessed"], counts["binding"])
        assert EXPECTED[decision.visit_id][0] == decision.verdict.tally.assessed_outcome


def test_the_summary_counts_visits_and_rules(audited: AuditResult) -> None:
    """By what facts show, and the least, the median and the most of rules behind it."""
    summary = audited.summary

    assert summary["assessed_outcome"] == {
        "breach": 2, "suspected": 1, "to_review": 1, "in_doubt": 1, "no_breach_found": 3, "not_assessable": 1,
    }  # fmt: skip
    assert summary["assessed"]["no_breach_found"] == {
        "rules_assessed": {"least": 1, "median": 1, "most": 3},
        "rules_applicable": {"least": 3, "median": 3, "most": 3},
    }
    assert sum(sum(counts.values()) for counts in summary["by"]["month"].values()) == 9


def test_a_rate_is_of_those_that_could_pass_as_well_as_fail(audited: AuditResult) -> None:
    """A list that goes on is left out, unless it holds all that is asked for; so are visits that do not say."""
    rules = audited.summary["rules"]

    # `all`, `breach`, `closed` count; `open` broke it and could never keep it; five say nothing.
    assert rules["said/no-insults"]["violated"] == 2
    assert rules["said/no-insults"]["rate"] == {
        "violated": 1, "suspected": 0, "of": 3, "left_out": 6, "shown": False,
    }  # fmt: skip
    assert rules["said/overdue"]["rate"] == {
        "violated": 0, "suspected": 1, "of": 6, "left_out": 3, "shown": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("broken", "of", "left_out", "shown"),
    [(0, 0, 0, False), (5, 5, 0, True), (5, 5, 1, False), (4, 5, 5, True), (4, 5, 6, False), (0, 5, 5, True)],
)
def test_no_rate_of_what_could_only_fail_or_of_few(broken: int, of: int, left_out: int, shown: bool) -> None:
    """Half of the visits must count, and all in breach say nothing while others were left out."""
    assert is_telling(broken, of, left_out) is shown


def test_a_suspected_rule_is_a_finding_with_what_would_settle_it(audited: AuditResult) -> None:
    """Also a fact that no row of the input gives."""
    [finding] = audited.findings().relation().filter("status = 'suspected'").fetchall()
    columns = audited.findings().relation().columns
    row = dict(zip(columns, finding, strict=True))

    assert (row["visit_id"], row["rule"], row["exceptions"]) == ("suspected", "said/overdue", ["asked-for"])
    assert row["missing"] == ["visit.requested_by_debtor"]


@pytest.mark.long
def test_the_command_line_never_calls_silence_compliant(rows: Path, tmp_path: Path) -> None:
    """No breach found in k of n rules; compliant are those of which every rule was decided."""
    arguments = ["audit", str(rows), "-o", str(tmp_path / "out"), "-p", str(PACK)]
    lines = CliRunner().invoke(main, arguments).stdout.splitlines()

    assert [" ".join(line.split()) for line in lines[1:7]] == [
        "breach 2",
        "suspected 1",
        "to review 1",
        "in doubt 1",
        "no breach found 3 in 1 (1 to 3) of 3 rules; compliant, every rule decided: 1",
        "not assessable 1",
    ]


@pytest.mark.long
def test_law_and_process_are_counted_apart(rows: Path, tmp_path: Path) -> None:
    """What breaks the lender's own rules breaks no law; each visit is in both counts."""
    text = PACK.read_text("utf-8").replace(
        "rules:\n", "  law: {title: {en: A law, zh: 法律}, force: law, issued: 2020-01-01}\nrules:\n", 1
    )
    overdue, rest = text.split("  - id: no-insults")
    insults = rest.replace("cites: [{instrument: own, reading: own}]", "cites: [{instrument: law, reading: text}]", 1)
    (tmp_path / "said.yaml").write_text(f"{overdue}  - id: no-insults{insults}", "utf-8")
    result = audit(rows, load_policy(tmp_path / "said.yaml"), out=tmp_path / "out")

    none = dict.fromkeys(result.summary["assessed_outcome"], 0)
    assert result.summary["sources"] == {
        "law": none | {"breach": 2, "in_doubt": 1, "no_breach_found": 2, "not_assessable": 4},
        "process": none | {"suspected": 1, "to_review": 1, "in_doubt": 1, "no_breach_found": 3, "not_assessable": 3},
    }
    policy = json.loads((tmp_path / "out" / "policy.json").read_text("utf-8"))
    assert {id_: rule["source"] for id_, rule in policy["rules"].items()} == {
        "said/overdue": "process", "said/no-insults": "law", "said/no-hospital": "process",
    }  # fmt: skip


def test_a_default_is_unconfirmed_until_a_pack_says_what_it_is(tmp_path: Path) -> None:
    """Also the same number, said by the lender; a pack's own numbers are its own choice."""
    (tmp_path / "ours.yaml").write_text(
        """
pack: ours
title: {en: Ours, zh: 本机构}
version: 1.0.0
uses: [base.record]
instruments:
  own: {title: {en: Our own rules, zh: 本机构规定}, force: own, issued: 2020-01-01}
overrides:
  - parameter: base.record/file_within
    value: 24h
    reason: {en: So it is with us, zh: 本机构即如此规定}
    cites: [{instrument: own, reading: own}]
""",
        "utf-8",
    )
    shipped, ours = load_policy("base.record"), load_policy(tmp_path / "ours.yaml")
    rule = "base.record/filed-in-time"

    assert unconfirmed_defaults(shipped, shipped.rule(rule)) == ("base.record/file_within",)
    assert unconfirmed_defaults(ours, ours.rule(rule)) == ()


@pytest.mark.long
def test_who_says_little_is_seen(policy: Policy, tmp_path: Path) -> None:
    """By agency and collector: the rules assessed of those that may apply, and the lists that go on."""
    talkative = {"agency": {"id": "A"}, "team": [{"id": "T-1"}], "debt": {"days_overdue": 30}, "conduct": []}
    silent = {"agency": {"id": "B"}, "team": [{"id": "T-2"}], "conduct": INSULT, "completeness": {"conduct": OPEN}}
    path = tmp_path / "visits.jsonl"
    path.write_text("\n".join(json.dumps(visit(str(n), **each)) for n, each in enumerate((talkative, silent))), "utf-8")
    said = audit(path, policy, out=tmp_path / "out").summary["said"]

    keys = ("visits", "rules_assessed", "rules_applicable", "lists", "lists_going_on")
    assert said["agency"] == {
        "A": dict(zip(keys, (1, 2, 3, 1, 0), strict=True)),
        "B": dict(zip(keys, (1, 1, 3, 1, 1), strict=True)),
    }
    assert said["collector"] == {"T-1": said["agency"]["A"], "T-2": said["agency"]["B"]}
