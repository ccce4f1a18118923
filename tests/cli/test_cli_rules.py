"""`visitcheck rules list`: searches, and output for scripts."""

from __future__ import annotations

import pytest
from command_line import EXAMPLES, json_lines, run


def ids_of(*options: str) -> set[str]:
    """The ids of the rules of `base` that a search finds, without `base.`."""
    return {
        line["rule"].removeprefix("base.") for line in json_lines(run("rules", "list", "--format", "json", *options))
    }


@pytest.mark.parametrize(
    ("options", "inside", "outside"),
    [
        (["--instrument", "psl"], "conduct/no-threats", "contact/remote-contact-first"),
        (["--instrument", "base.sources/psl"], "conduct/no-threats", "conduct/no-violence"),
        (["--instrument", "治安管理"], "conduct/no-threats", "conduct/no-violence"),
        (["--instrument", "civil code"], "consent/entry-consent-held", "conduct/no-threats"),
        (["--article", "1033(2)"], "consent/entry-consent-held", "conduct/no-threats"),
        (["--instrument", "psl", "--article", "47"], "consent/entered-with-consent", "consent/entry-consent-held"),
        (["--instrument", "process", "--article", "6"], "humane/plan-offered", "consent/entry-consent-held"),
        (["--fact", "consents"], "consent/entry-consent-held", "conduct/no-threats"),
        (["--fact", "consents[].withdrawn_at"], "consent/entered-with-consent", "conduct/no-threats"),
        (["--fact", "consents.withdrawn_at"], "consent/entered-with-consent", "conduct/no-threats"),
        (["--fact", "visit.requested_by_debtor"], "contact/remote-contact-first", "conduct/no-threats"),
        (["--text", "NO THREATS"], "conduct/no-threats", "conduct/no-violence"),
        (["--text", "威胁"], "conduct/no-threats", "conduct/no-violence"),
        (["--text", "lastRun"], "contact/remote-contact-failed", "contact/remote-contact-first"),
        (["--text", "contact/"], "contact/remote-contact-first", "conduct/no-threats"),
    ],
)
def test_rules_are_found_by_what_they_cite_read_and_say(options: list[str], inside: str, outside: str) -> None:
    rules = ids_of(*options)

    assert inside in rules
    assert outside not in rules


def test_all_searches_must_fit() -> None:
    by_fact, by_instrument = ids_of("--fact", "consents"), ids_of("--instrument", "pipl")

    assert ids_of("--fact", "consents", "--instrument", "pipl") == by_fact & by_instrument
    assert by_fact & by_instrument < by_fact
    assert by_fact & by_instrument < by_instrument


def test_an_article_is_whole_and_of_the_instrument_searched_for() -> None:
    # The rule cites article 9 of the process and 1033(2) of the code, not 9 of the code.
    assert ids_of("--article", "1033") == set()
    assert "consent/entry-consent-held" not in ids_of("--instrument", "civil code", "--article", "9")


def test_text_is_a_table_and_says_by_its_exit_code_whether_any_was_found() -> None:
    result = run("rules", "list", "--text", "nobody says this")
    assert (result.exit_code, result.stdout) == (1, "")

    result = run("rules", "list", "--text", "no-threats")
    assert result.exit_code == 0
    assert result.stdout == "base.conduct/no-threats  recorded           deny    No threats\n"


def test_json_gives_what_scripts_need() -> None:
    (line,) = json_lines(run("rules", "list", "--text", "no-threats", "--format", "json"))

    assert line["cites"][1]["title"]["en"].startswith("Public Security Administration")
    assert line["facts"] == ["conduct", "conduct[].kind"]


def test_a_fact_that_no_visit_has_is_an_error() -> None:
    result = run("rules", "list", "--fact", "consents.withdrawn_on")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "error[fact-unknown]" in result.stderr
    assert "did you mean `consents[].withdrawn`?" in result.stderr


def test_facts_that_a_pack_declares_are_facts() -> None:
    company = str(EXAMPLES / "company" / "company.yaml")
    result = run("rules", "list", "--policy", company, "--fact", "extra.branch_informed")

    assert result.exit_code == 0
    assert result.stdout.startswith("company/branch-informed")


def test_a_rule_is_shown_in_chinese_without_english_words() -> None:
    """Stages, effects and readings are said; conditions stay as they are written."""
    shown = run("rules", "show", "base.contact/remote-contact-first", "--lang", "zh").stdout

    assert "  阶段：拟访、已访\n  后果：禁止\n  无法判定时：复核\n" in shown
    assert "（本机构规定）" in shown
