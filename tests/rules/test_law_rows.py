"""What was noted of the law of mainland China: each row held by rules or explained, and the page that says so."""

from collections import Counter

import pytest
from shipped import ROOT, RULES

from policies import shipped_policy
from visitcheck.authoring.law_page import LawRow, read_law_rows, reading_of, render_law_page
from visitcheck.documents import parse_yaml, to_python

ROWS = read_law_rows("cn")
POLICY = shipped_policy("cn", "cn/local")


def noted() -> list[str]:
    """The ids of all rows of the notes."""
    node, problems = parse_yaml((RULES.parent / "tests" / "rules" / "cn_rows.yaml").read_text("utf-8"), "cn_rows.yaml")
    assert problems == []
    content = to_python(node)
    assert isinstance(content, dict)
    return [row for rows in content.values() for row in rows]


def test_every_row_stands_in_one_coverage_file() -> None:
    assert Counter(row.id for row in ROWS) == Counter(noted())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_is_held_by_rules_or_explained(row: LawRow) -> None:
    assert row.rules or row.not_encoded
    assert row.instrument in POLICY.instruments
    for rule_id in row.rules:
        POLICY.rule(rule_id)


@pytest.mark.parametrize("row", [row for row in ROWS if row.rules], ids=lambda row: row.id)
def test_a_rule_that_holds_a_row_cites_its_instrument(row: LawRow) -> None:
    assert any(reading_of(POLICY.rule(rule_id), row.instrument) for rule_id in row.rules)


def test_every_rule_holds_a_row() -> None:
    of_law = {rule.id for rule in POLICY.rules if rule.id.startswith("cn.")}

    assert of_law == {rule for row in ROWS for rule in row.rules}


def test_what_was_read_badly_does_not_deny() -> None:
    weak = [rule for rule in POLICY.rules if {cite.reading for cite in rule.cites} == {"weak"}]

    assert weak
    assert all(rule.effect != "deny" and rule.on_unknown != "deny" for rule in weak)


def test_local_texts_and_drafts_are_used_only_where_they_are_named() -> None:
    forces = {cite.instrument.force for rule in shipped_policy("cn").rules for cite in rule.cites}
    all_forces = {cite.instrument.force for rule in POLICY.rules for cite in rule.cites}

    assert {"local", "draft"} <= all_forces
    assert not {"local", "draft"} & forces


def test_a_draft_binds_nobody() -> None:
    drafts = [rule for rule in POLICY.rules if {cite.instrument.force for cite in rule.cites} == {"draft"}]

    assert drafts
    assert all(rule.effect != "deny" for rule in drafts)


def test_the_page_is_what_the_packs_say() -> None:
    """Mend it with `python -m visitcheck.authoring.law_page > docs/law/cn.md`."""
    assert (ROOT / "docs" / "law" / "cn.md").read_text(encoding="utf-8") == render_law_page()
