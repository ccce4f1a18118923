"""`visitcheck columns suggest` and `check`, as people run them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import visitcheck as vc
from visitcheck.cli import main
from visitcheck.texts import LANGUAGES

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "audit"
LAYOUTS = Path(__file__).with_name("layouts")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["columns", *map(str, arguments)])


@pytest.mark.long
def test_a_suggestion_can_be_checked(tmp_path: Path) -> None:
    """What `suggest` prints is a mapping as it is."""
    made = run("suggest", EXAMPLES / "visits.csv")
    (tmp_path / "columns.yaml").write_text(made.stdout, encoding="utf-8")

    assert made.exit_code == 0
    assert "外访时间:" in made.stdout
    assert run("check", tmp_path / "columns.yaml").exit_code == 0
    assert "20 columns of 2 tables" in run("check", EXAMPLES / "columns.yaml").stdout


@pytest.mark.long
def test_what_a_mapping_could_decide() -> None:
    """Rows, rejects, rules that the columns decide, and what each further fact would open."""
    shown = run("check", EXAMPLES / "columns.yaml", "-p", "base.contact")
    assert shown.exit_code == 0
    assert "6 rows of visits" in shown.stdout
    assert "would be rejected: 1 [fact-order]" in shown.stdout
    assert "columns give all facts of 2 of 3 rules" in shown.stdout

    policy = vc.load_policy("base.contact", "base.humane")
    checked = vc.columns.check(EXAMPLES / "columns.yaml", policy=policy)
    opened = [rule for missing in checked.missing for rule in missing.after]
    assert checked.rules == 8
    assert set(checked.decidable) == {
        "base.contact/remote-contact-first",
        "base.contact/answered-calls-said",
        "base.humane/visit-not-too-long",
    }
    opening = {missing.fact: missing.after for missing in checked.missing if missing.after}
    assert opening["conduct[].at"] == ("base.humane/left-when-asked", "base.humane/break-offered")
    assert opening["appointment.cancelled"] == ("base.contact/remote-contact-failed",)
    assert len(opened) == len(set(opened)) == checked.rules - len(checked.decidable)


def test_a_proposal_is_data() -> None:
    proposal = vc.columns.suggest(EXAMPLES / "visits.csv")
    assert proposal.mapping.visits.columns
    assert any(line.startswith("# lender.memberships") for line in proposal.unsure)
    assert vc.columns.check(proposal.mapping).columns == len(proposal.mapping.visits.columns)


def test_a_check_counts_what_an_audit_rejects(tmp_path: Path) -> None:
    """Ids that come twice and proposals, too."""
    (tmp_path / "v.csv").write_text(
        "id,day,stage\nA,2026-03-02,recorded\nA,2026-03-03,recorded\nB,2026-03-04,proposed\nB,2026-03-04,recorded\n"
        "B,2026-03-32,recorded\n",
        encoding="utf-8",
    )
    mapping = "visits: {columns: {id: visit.id, day: visit.date, stage: visit.stage}}\n"
    (tmp_path / "columns.yaml").write_text(mapping, encoding="utf-8")
    policy = vc.load_policy("base.record")
    checked = vc.columns.check(tmp_path / "columns.yaml", [tmp_path / "v.csv"], policy=policy)
    audited = vc.audit(tmp_path / "v.csv", policy, columns=tmp_path / "columns.yaml", out=tmp_path / "out")

    assert checked.rejects == {"duplicate-visit-id": 2, "fact-time-range": 1, "not-recorded": 1}
    assert checked.rejects == audited.summary["rejects"]


def test_a_proposal_for_a_policy_says_what_to_collect() -> None:
    text = run("suggest", EXAMPLES / "visits.csv", "-p", "base.humane").stdout
    _, _, last = text.partition("To collect next:\n")
    assert "#   conduct[].at, a column like 事件时间: opens 2 rules" in last
    assert vc.columns.suggest(EXAMPLES / "visits.csv").text == text.partition("\n# These columns give")[0]


@pytest.mark.long
@pytest.mark.parametrize("path", [*EXAMPLES.glob("*.csv"), *LAYOUTS.glob("*.csv")], ids=lambda path: path.name)
def test_a_proposal_in_chinese_differs_in_its_comments_alone(path: Path) -> None:
    """The same lines; what people must look at is Chinese."""
    proposals = [vc.columns.suggest(path, lang=lang) for lang in LANGUAGES]
    english, chinese = ([line.partition("#") for line in proposal.text.splitlines()] for proposal in proposals)

    assert [before for before, _, _ in english] == [before for before, _, _ in chinese]
    changed = [(en, zh) for (_, _, en), (_, _, zh) in zip(english, chinese, strict=True) if en != zh]
    assert changed
    assert not [zh for _, zh in changed if not re.search("[\u4e00-\u9fff]", zh)]
    assert not [zh for _, zh in changed if "unsure" in zh or re.search(r"[a-z]+ [a-z]+ [a-z]+", zh.split("`")[-1])]
    assert len(proposals[0].unsure) == len(proposals[1].unsure) > 0


def test_a_proposal_names_facts_and_words_in_chinese() -> None:
    text = run("suggest", EXAMPLES / "visits.csv", "-p", "base.humane", "--lang", "zh").stdout
    assert "# lender.kind: bank  # 待确认：请填写，可选 bank（银行）、consumer_finance（消费金融公司）" in text
    assert "#   conduct[].at，如“事件时间”列：连同以上各项补充后可多判定 2 条规则" in text


def test_what_cannot_be_used(tmp_path: Path) -> None:
    """Exit code 2, and on standard error what is wrong and where."""
    (tmp_path / "columns.yaml").write_text("visits: {columns: {a: visit.idd}}\n", encoding="utf-8")
    wrong = run("check", tmp_path / "columns.yaml")
    none = run("suggest", tmp_path / "none.csv")
    empty = tmp_path / "empty.csv"
    empty.touch()

    assert (wrong.exit_code, none.exit_code, run("suggest", empty).exit_code) == (2, 2, 2)
    assert "columns.yaml:1:23: error[no-such-fact]" in wrong.stderr
    assert "did you mean `visit.id`?" in wrong.stderr
    assert "broken-file" in none.stderr
