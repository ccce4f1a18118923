"""What to collect next: the facts that are named open the rules that they are said to open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from visitcheck.audit.auditing import audit
from visitcheck.audit.next_facts import FactsThatOpen, NextFact, RuleOpening, column_look, fact_label, rank_facts
from visitcheck.cli import main
from visitcheck.ir.plan import make_plan
from visitcheck.policy import Policy, load_policy
from visitcheck.report import AuditFolder, audit_page
from visitcheck.report.sections.missing import list_next

RULES = {
    "by-one": ("deny", "debt.days_overdue > 0"),
    "by-one-too": ("review", "debt.days_overdue < 1000"),
    "by-two": ("deny", 'debt.days_overdue > 0 && place.kind != "hospital"'),
    "by-state": ("deny", "!debt.disputed || debt.disputed_at > visit.starts_at"),
    "by-list": ("review", '!complaints.exists(c, c.about == "conduct" && c.resolved)'),
    "by-row": ("deny", "visit.ends_at > visit.starts_at"),
}
START = "2026-03-10T10:00:00+08:00"


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    rules = [
        {
            "id": id_,
            "title": {"en": id_, "zh": id_},
            "stages": ["recorded"],
            "require": {"so": condition},
            "effect": effect,
            "message": {"en": "No.", "zh": "否。"},
            "cites": [{"instrument": "own", "reading": "own"}],
        }
        for id_, (effect, condition) in RULES.items()
    ]
    pack = {
        "pack": "next",
        "title": {"en": "Next", "zh": "下一步"},
        "version": "1.0.0",
        "instruments": {"own": {"title": {"en": "Own", "zh": "自定"}, "force": "own", "issued": "2020-01-01"}},
        "rules": rules,
    }
    path = tmp_path_factory.mktemp("pack") / "next.yaml"
    path.write_text(json.dumps(pack), "utf-8")
    return load_policy(path)


def audit_rows(policy: Policy, folder: Path, *groups: dict[str, Any]) -> dict[str, Any]:
    """Audit a row of Parquet for each of these, and give the summary."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir()
    rows = [
        {"visit": {"id": f"V-{n}", "stage": "recorded", "starts_at": START}, **facts} for n, facts in enumerate(groups)
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / "visits.parquet")
    return audit(folder / "visits.parquet", policy, out=folder / "out").summary


def test_facts_are_ranked_by_the_rules_that_they_open(policy: Policy, tmp_path: Path) -> None:
    """Deny rules first; alone, and after those before; what only the rows lack is not asked for."""
    summary = audit_rows(policy, tmp_path / "bare", {"place": {"private": True}}, {"place": {"private": None}})
    told = [(each["fact"], each["alone"], each["after"], each["rules"]) for each in summary["collect_next"]]
    one, none = {"deny": 1, "review": 0, "note": 0}, {"deny": 0, "review": 0, "note": 0}

    assert told == [
        ("debt.days_overdue", one | {"review": 1}, one | {"review": 1}, ["next/by-one", "next/by-one-too"]),
        ("debt.disputed", one, one, ["next/by-state"]),
        ("place.kind", none, one, ["next/by-two"]),
        ("visit.ends_at", one, one, ["next/by-row"]),
        ("complaints", none | {"review": 1}, none | {"review": 1}, ["next/by-list"]),
    ]
    assert {each["visits"] for each in summary["collect_next"]} == {2}


@pytest.mark.long
def test_each_fact_opens_what_it_is_said_to_open(policy: Policy, tmp_path: Path) -> None:
    """The rules are assessed once the facts are given, in the order of the list; values that keep them."""
    values: dict[str, dict[str, Any]] = {
        "debt.days_overdue": {"debt": {"days_overdue": 30}},
        "place.kind": {"place": {"private": True, "kind": "home"}},
        "debt.disputed": {"debt": {"days_overdue": 30, "disputed": False}},
        "visit.ends_at": {"visit": {"ends_at": "2026-03-10T10:30:00+08:00"}},
        "complaints": {"complaints": [{"about": "conduct", "resolved": False}]},
    }
    given: dict[str, Any] = {"place": {"private": True}}
    summary = audit_rows(policy, tmp_path / "0", given)
    for step, entry in enumerate(summary["collect_next"], 1):
        for group, facts in values[entry["fact"]].items():
            given = given | {group: facts}
        if "visit" in given:
            given["visit"] |= {"id": "V", "stage": "recorded", "starts_at": START}
        rules = audit_rows(policy, tmp_path / str(step), given)["rules"]
        for rule in entry["rules"]:
            assert (rules[rule]["satisfied"], rules[rule]["rate"]["of"]) == (1, 1), (entry["fact"], rule)


def test_a_row_that_lacks_a_fact_itself_is_not_opened_by_a_column(policy: Policy, tmp_path: Path) -> None:
    """Of two visits only the one that says where it was would have the rule assessed."""
    summary = audit_rows(policy, tmp_path / "rows", {"place": {"kind": "home"}}, {"place": {"kind": None}})
    by_rule = {rule: each["visits"] for each in summary["collect_next"] for rule in each["rules"]}

    assert by_rule["next/by-one"] == 2
    assert sum("next/by-two" in each["rules"] for each in summary["collect_next"]) == 1


def test_rules_that_need_several_facts_come_with_the_last_of_them() -> None:
    """A fact that opens nothing yet is chosen for how many rules read it, and the visits of rules add up."""
    openings = [
        RuleOpening("a", frozenset({"x", "y"}), 3),
        RuleOpening("b", frozenset({"y", "z"}), 2),
        RuleOpening("c", frozenset({"y", "z"}), 4),
        RuleOpening("c", frozenset({"z"}), 1),
    ]
    effects = {"a": "deny", "b": "deny", "c": "review"}

    assert list(rank_facts(openings, effects)) == [
        NextFact("z", ("c",), ("c",), 1),
        NextFact("y", (), ("b", "c"), 4),
        NextFact("x", (), ("a",), 3),
    ]


@pytest.mark.parametrize(
    ("rule", "never", "needed"),
    [
        ("by-state", {"debt.disputed", "debt.disputed_at"}, {"debt.disputed"}),
        ("by-state", {"debt.disputed_at"}, {"debt.disputed_at"}),
        ("by-two", {"debt.days_overdue", "place.kind"}, {"debt.days_overdue", "place.kind"}),
        ("by-list", {"complaints", "complaints[].about", "complaints[].resolved"}, {"complaints"}),
        ("by-list", {"complaints[].resolved"}, {"complaints[].resolved"}),
        ("by-one", {"place.kind"}, set()),
    ],
)
def test_the_facts_that_a_condition_needs(policy: Policy, rule: str, never: set[str], needed: set[str]) -> None:
    """A state without its time, all parts of an `and`, and a list as a whole."""
    plan = make_plan(policy, "recorded")
    [entry] = [each for each in plan.rules if each.rule.id == f"next/{rule}"]

    assert FactsThatOpen(plan.conditions[entry.checks[0]], frozenset(never)).facts == needed


def test_columns_are_described_for_people() -> None:
    """By their type, their unit, and the list that they are beside."""
    assert fact_label("debt.days_overdue").zh == "逾期天数"
    assert fact_label("conduct").en == "what happened at the door"
    assert column_look("debt.disputed").en == "yes or no"
    assert column_look("debt.days_overdue").en == "a number (days)"
    assert column_look("conduct[].at").en == "2026-03-10 14:30, beside each of `conduct`"
    assert column_look("place.kind").en.startswith("one of home, workplace")


@pytest.mark.long
def test_the_command_line_and_the_report_say_what_to_collect(policy: Policy, tmp_path: Path) -> None:
    """The first on the command line; all that open something on the page, with what a column for them holds."""
    audit_rows(policy, tmp_path / "rows", {"place": {"private": True}})
    arguments = ["audit", str(tmp_path / "rows" / "visits.parquet"), "-o", str(tmp_path / "again")]
    pack = policy.packs[0].file
    stdout = CliRunner().invoke(main, [*arguments, "-p", pack]).stdout

    assert "collect next (1): debt.days_overdue (days overdue, a number (days)): opens 2 rules (1 deny)" in stdout
    folder = AuditFolder.open(tmp_path / "rows" / "out")
    assert [(row.fact, row.after, row.share) for row in list_next(folder)][:2] == [
        ("debt.days_overdue", 2, 1.0),
        ("debt.disputed", 1, 1.0),
    ]
    assert "What to collect next" in audit_page(folder)
