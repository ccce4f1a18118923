"""What `docs/rule-tests.md` shows is what happens."""

import re

from shipped import ROOT, RULES

from policies import shipped_policy
from visitcheck.authoring import as_text, parse_accepted, parse_cases, run_cases
from visitcheck.authoring.format import CASE, CASE_FILE
from visitcheck.engines.status import Outcome, Status

PAGE = (ROOT / "docs" / "rule-tests.md").read_text(encoding="utf-8")


def test_the_cases_on_the_page_run() -> None:
    text = re.search(r"```yaml\n(.*?)```", PAGE, re.S)
    assert text is not None
    file = parse_cases(text[1], str(RULES / "base" / "notice.cases.yaml"))

    results = run_cases(shipped_policy(*file.policy), file)

    assert len(results) > len(file.cases) > 1
    assert all(result.passed for result in results), as_text(results)


def test_the_python_on_the_page_runs(capsys) -> None:  # type: ignore[no-untyped-def]
    text = re.search(r"```python\n(.*?)```", PAGE, re.S)
    assert text is not None

    exec(text[1].replace('"rules/', f'"{ROOT}/rules/'), {})  # noqa: S102 - our own page

    assert capsys.readouterr().out.endswith("all passed\n")


def test_the_page_names_every_key_and_word() -> None:
    for word in (*CASE_FILE.keys, *CASE.keys, *Status, *Outcome):
        assert f"`{word}`" in PAGE


def test_the_accepted_outcomes_on_the_page_are_read() -> None:
    text = re.search(r"```yaml\n(pack: base.record\nunshown:.*?)```", PAGE, re.S)
    assert text is not None

    assert parse_accepted(text[1], "record.accepted.yaml").unshown[0].part == "check attitude"


def test_the_reports_on_the_page_are_those_of_the_tutorial() -> None:
    tutorial = (ROOT / "docs" / "writing-rules.md").read_text(encoding="utf-8").splitlines()
    shown = [block for block in re.findall(r"```text\n(.*?)```", PAGE, re.S) if "tutorial.night" in block]

    assert len(shown) == 2
    assert [line for block in shown for line in block.splitlines() if line not in tutorial] == []
