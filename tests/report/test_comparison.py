"""Two audits compared: the same visits by another policy, other visits by the same."""

from __future__ import annotations

import json

import duckdb
import pytest

from visitcheck.report import AuditFolder, comparison_page
from visitcheck.report.sections.comparison import compare_audits


@pytest.mark.long
def test_another_policy_over_the_same_visits(before: AuditFolder, stricter: AuditFolder) -> None:
    """
    Every visit is in both; those that moved are breaches now, and no difference is left to chance.
    """
    comparison = compare_audits(before, stricter)
    assert (True, False) == (comparison.same_visits, comparison.same_policy)
    assert (0, 1, 0) == (comparison.added, comparison.removed, comparison.changed)
    assert (600, 0, 0) == (comparison.moves.both, comparison.moves.only_a, comparison.moves.only_b)
    outcomes = [
        dict(duckdb.read_parquet(audit.table("verdicts")).project("visit_id, assessed_outcome").fetchall())
        for audit in (before, stricter)
    ]
    moved = sum(outcome != outcomes[1][visit] for visit, outcome in outcomes[0].items())
    assert 0 < moved == comparison.moves.moved
    assert {"probe/near": "a", "probe/by-day": None} == {one.name: one.only for one in comparison.rules}
    page = comparison_page(before, stricter)
    assert "95% interval" not in page
    assert "only in A" in page


@pytest.mark.long
def test_other_visits_by_the_same_policy(before: AuditFolder, later: AuditFolder) -> None:
    """
    Rates are of each audit's own visits, and changes have an interval.
    """
    comparison = compare_audits(before, later)
    assert (False, True) == (comparison.same_visits, comparison.same_policy)
    assert [(600, 300)] * 6 == [(one.first.of, one.second.of) for one in comparison.outcomes]
    for one in comparison.outcomes:
        assert one.change.by is not None
        if not one.first.hits and not one.second.hits:
            continue
        assert one.change.low < one.change.by < one.change.high
    assert "95% interval" in comparison_page(before, later)
    assert comparison_page(before, later) == comparison_page(before, later)


def test_an_audit_compared_with_itself_has_not_changed(before: AuditFolder) -> None:
    comparison = compare_audits(before, before)
    assert ([], 0, []) == (comparison.rules, comparison.moves.moved, comparison.options)
    assert {0.0} == {one.change.by for one in (*comparison.outcomes, *comparison.agencies, *comparison.missing)}


def test_options_that_differ_are_named(before: AuditFolder, stricter: AuditFolder) -> None:
    changed = AuditFolder(stricter.path)
    changed.__dict__["manifest"] = json.loads(json.dumps(stricter.manifest))
    changed.manifest["options"] |= {"history": "none"}
    assert ["history"] == compare_audits(before, changed).options
