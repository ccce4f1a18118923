"""The report of an audit: figures that are the audit's, within its size, the same every time."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from policies import shipped_policy
from visitcheck.errors import InvalidInput
from visitcheck.report import AuditFolder, Choices, audit_page, pages
from visitcheck.report.fact_names import fact_text
from visitcheck.report.privacy import Privacy
from visitcheck.report.sections.groups import compare_groups
from visitcheck.report.sections.missing import list_missing
from visitcheck.report.sections.overview import summarise_audit
from visitcheck.report.sections.rejects import count_rejects, known_fact_at
from visitcheck.report.sections.rules import list_rules
from visitcheck.report.sections.visits import list_worst_visits
from visitcheck.report.wording import format_article
from visitcheck.report.worst_visits import AuditSources, explain_worst


def test_headline_counts_state_their_population(audited: AuditFolder) -> None:
    overview = summarise_audit(audited)
    assert (603, 601, 2) == (overview.rows, overview.visits, overview.rejects)
    assert overview.visits == sum(one.rate.hits for one in overview.outcomes)
    assert "603 rows of input = 601 visits judged + 2 rows rejected (0.3%)" in audit_page(audited)


def test_figures_of_rules_are_those_of_the_verdicts(audited: AuditFolder) -> None:
    verdicts = duckdb.read_parquet(audited.table("verdicts"))
    for row in (rules := list_rules(audited)).violated + rules.open + rules.quiet:
        codes = [code for [code] in verdicts.project(f'"{row.id}"').fetchall()]
        counted = [code for code in codes if code in (0, 1, 3, 6)]  # satisfied, violated, excused, suspected
        left_out = len([code for code in codes if code in (2, 5)])  # undetermined, not assessed
        assert (row.violated, row.of, row.left_out) == (codes.count(1), len(counted), left_out)
        assert (row.rate.hits, row.rate.of) == (codes.count(1), len(counted))
    assert ["own"] == [one.reading for one in rules.violated[0].basis]


def test_every_visit_is_in_one_group_of_agencies_and_of_hours(audited: AuditFolder) -> None:
    groups = compare_groups(audited, "agency")
    assert groups is not None
    assert audited.visits == sum(row.visits for row in groups.rows)
    lows = [row.breach.low for row in groups.rows]
    assert lows == sorted(lows, reverse=True)
    hours = audited.outcomes_by("hour_of_week")
    assert audited.visits == sum(sum(one.values()) for one in hours.values())


def test_nobody_is_listed_for_a_few_visits(audited: AuditFolder) -> None:
    """
    Collectors with fewer than ten visits are counted, and not named; agencies of any size are.
    """
    groups = compare_groups(audited, "collector")
    assert groups is not None
    small = [name for name, counts in audited.outcomes_by("collector").items() if sum(counts.values()) < 10]
    assert 0 < len(small) == groups.few
    assert {row.name for row in groups.rows}.isdisjoint(small)
    agencies = compare_groups(audited, "agency")
    assert agencies is not None
    assert (0, 0) == (agencies.few, agencies.left_out)
    assert 1 in {row.visits for row in agencies.rows}


def test_a_page_does_not_tell_where_a_pack_lay(audited: AuditFolder) -> None:
    page = audit_page(audited)
    assert "Policy probe.yaml" in page
    assert str(Path(audited.manifest["policy"]["name"]).parent) not in page


def test_hours_are_local(audited: AuditFolder) -> None:
    """
    The rule forbids starts from 16:00 local time on, so breaches are in those hours and in no others.
    """
    breaches = {key[2:] for key, one in audited.outcomes_by("hour_of_week").items() if one.get("breach")}
    assert breaches
    assert breaches <= {f"{hour:02}" for hour in range(16, 24)} | {"00", "01", "02", "03", "04", "05"}


def test_missing_facts_are_those_of_open_rules(audited: AuditFolder) -> None:
    missing = list_missing(audited)
    open_ = len(duckdb.read_parquet(audited.table("verdicts")).filter('"probe/near" = 2'))
    assert [("place.planned_distance_m", open_, 1)] == [(one.fact, one.visits, one.rules) for one in missing.rows]


def test_worst_visits_come_first_with_their_findings(audited: AuditFolder) -> None:
    rows = list_worst_visits(audited, 50, Privacy())
    assert 50 == len(rows)
    gravity = [(row.outcome == "breach", row.violated, row.undetermined) for row in rows]
    assert gravity == sorted(gravity, reverse=True)
    for row in rows:
        assert row.violated == sum(one.status == "violated" for one in row.findings)


def test_rejects_are_counted_without_what_they_say(audited: AuditFolder) -> None:
    rejects = count_rejects(audited, messages=False)
    assert {("fact-unknown-name", None, 1), ("fact-unknown-word", "place.kind", 1)} == {
        (row.code, row.fact, row.rows) for row in rejects.rows
    }
    assert {None} == {row.example for row in rejects.rows}


@pytest.mark.parametrize(
    ("path", "fact"),
    [
        ("$.contacts[3].at", "contacts[].at"),
        ("$.contacts[3].Zhang San", "contacts[]"),
        ("$.Zhang San", None),
        ("$", None),
        (None, None),
    ],
)
def test_a_path_that_the_input_made_up_is_cut_off(path: str | None, fact: str | None) -> None:
    assert fact == known_fact_at(path)


@pytest.mark.long
def test_the_same_audit_gives_the_same_bytes(audited: AuditFolder) -> None:
    """
    In a process with another hash seed, and so other orders of sets.
    """
    script = (
        "import sys; from visitcheck.report import AuditFolder, audit_page; "
        "sys.stdout.reconfigure(encoding='utf-8'); print(audit_page(AuditFolder.open(sys.argv[1])), end='')"
    )
    environment = {"PYTHONHASHSEED": "1", "PYTHONPATH": ":".join(sys.path)}
    command = [sys.executable, "-c", script, str(audited.path)]
    html = subprocess.run(command, capture_output=True, check=True, env=environment).stdout
    assert audit_page(audited).encode() == html


@pytest.mark.long
def test_a_page_grown_too_large_shows_fewer_visits(audited: AuditFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = audit_page(audited)
    assert len(whole.encode()) < pages.LARGEST
    monkeypatch.setattr(pages, "LARGEST", len(whole.encode()) - 1)
    less = audit_page(audited)
    assert 0 < less.count("<tbody data-outcome") < whole.count("<tbody data-outcome")
    monkeypatch.setattr(pages, "LARGEST", 1_000)
    with pytest.raises(InvalidInput, match="report-too-large"):
        audit_page(audited)


def test_a_folder_that_is_no_audit_is_named(tmp_path: Path, audited: AuditFolder) -> None:
    with pytest.raises(InvalidInput, match=r"no-audit.*summary\.json"):
        AuditFolder.open(tmp_path)
    for file in audited.path.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "policy.json").write_text("{", "utf-8")
    with pytest.raises(InvalidInput, match=r"no-audit.*policy\.json"):
        AuditFolder.open(tmp_path)


@pytest.mark.long
def test_personal_data_is_there_where_it_is_asked_for(personal_page: str) -> None:
    """
    In messages, evidence and the examples of rejects; the page says so.
    """
    for text in ("Zhang San", "Lane", "D-hostile", "Wang Wu", "This page shows personal data"):
        assert text in personal_page


def test_text_of_a_record_is_escaped(personal_page: str) -> None:
    """
    One script, ours; no element that a record brought; direction marks spelled out.
    """
    assert 1 == len(re.findall("<script", personal_page))
    assert not re.search(r"<img|<svg onload|\u202e|\u200f", personal_page)
    assert "A&amp;B &lt;/td&gt;" in personal_page


def test_another_policy_explains_nothing(audited: AuditFolder, inputs: list[Path]) -> None:
    sources = AuditSources(inputs, shipped_policy("base.record"))
    with pytest.raises(InvalidInput, match="report-other-policy"):
        explain_worst(audited, sources, 10, Privacy())


IDENTIFIER = re.compile(r"<code>|class=\"id\"")


def _sections(page: str) -> dict[str, str]:
    """The sections of a page by their ids."""
    return {part.partition('"')[0]: part for part in page.split('<section id="')[1:]}


def test_badges_say_what_a_rule_is(audited: AuditFolder) -> None:
    """
    What was not decided is never called a breach: only outcomes of visits, and the words that explain them, are.
    """
    rules = _sections(audit_page(audited))["rules"]
    assert "禁止性" in rules
    assert "违规" not in rules.replace("涉嫌违规", "")
    assert "breach" not in re.sub(r"<[^>]*>", "", rules)


def test_rules_are_told_apart_by_what_they_come_from(audited: AuditFolder) -> None:
    rules = list_rules(audited)
    assert sum(len(rows) for _, rows in rules.violated_by_source) == len(rules.violated)
    assert {row.source for source, rows in rules.violated_by_source for row in rows if row.source != source} == set()
    assert "own process" in audit_page(audited)


def test_identifiers_are_in_the_annex_alone(audited: AuditFolder) -> None:
    """
    Of rules, facts and codes; the provenance has digests and hashes besides.
    """
    sections = _sections(audit_page(audited))
    for name in sections.keys() - {"annex", "provenance"}:
        assert [] == [row for row in audited.summary["rules"] if row in re.sub(r"<[^>]*>", "", sections[name])]
        assert not IDENTIFIER.search(sections[name]), name
    assert "place.planned_distance_m" in sections["annex"]
    assert set(re.findall(r"<code>(probe/[\w-]+)</code>", sections["annex"])) == set(audited.summary["rules"])


def test_references_name_sections_that_are_there(audited: AuditFolder) -> None:
    page = audit_page(audited)
    targets = set(re.findall(r'href="#([\w-]+)"', page))
    assert {"rules", "annex", "rejects"} <= targets
    assert targets <= set(re.findall(r'id="([\w-]+)"', page))


def test_the_head_has_what_is_given_and_a_place_to_sign(audited: AuditFolder) -> None:
    page = audit_page(audited, Choices(institution="Bank <b>", auditor="张三", period="2026", date="2026-11-30"))
    assert "Bank &lt;b&gt;" in page
    assert "审核人签字" in page
    assert "审核人签字" not in audit_page(audited)


@pytest.mark.parametrize(
    ("article", "chinese"),
    [
        ("7", "第七条"),
        ("10", "第十条"),
        ("15", "第十五条"),
        ("20", "第二十条"),
        ("110", "第一百一十条"),
        ("1033(2)", "第一千零三十三条第（二）项"),
        ("1005", "第一千零五条"),
        ("1010", "第一千零一十条"),
        ("293-1", "第 293-1 条"),
        ("chapter 3", "chapter 3"),
    ],
)
def test_articles_are_as_chinese_cites_them(article: str, chinese: str) -> None:
    assert chinese == format_article(article).zh


def test_facts_have_labels() -> None:
    """
    Those of a list with the list, those of one element with its number, and completeness as a question.
    """
    assert "联系记录是否完整" == fact_text("completeness.contacts").zh
    assert fact_text("contacts[].at").zh.startswith("联系记录：")
    assert fact_text("contacts[2].at").zh.startswith("联系记录3：")
    assert fact_text("preparation.documents[0]").zh == fact_text("preparation.documents").zh + "1"
    assert "extra.mood" == fact_text("extra.mood").en
