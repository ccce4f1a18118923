"""The stories of mainland China: whole visits, of lenders of each kind, with all that comes of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from shipped import RULES, case_file, on_every_engine, results_on

from policies import shipped_policy
from visitcheck.authoring import Case, as_text, find_cases
from visitcheck.authoring.run import EngineType
from visitcheck.engines.status import Outcome, Status
from visitcheck.facts import read_visit
from visitcheck.facts.groups.people import Lender

FILES = find_cases(RULES / "cn" / "stories")
STORIES = [case for path in FILES for case in case_file(path).cases]
ENOUGH = 40


def lender_kind(story: Case) -> str | None:
    lender = read_visit(story.facts(), registers=story.registers).lender
    return None if lender is None else lender.kind


def packs_violated() -> Iterator[str]:
    for story in STORIES:
        for each in story.expect:
            if each.status is Status.VIOLATED:
                yield each.full_id(story.pack).rpartition("/")[0]


def test_there_are_enough_stories() -> None:
    assert len(STORIES) >= ENOUGH


@pytest.mark.parametrize(("engine", "path"), on_every_engine(FILES))
def test_every_story_ends_as_expected(path: Path, engine: EngineType) -> None:
    results = results_on(engine, path)

    assert results
    assert all(result.passed for result in results), as_text(results)


def test_every_story_is_told_and_says_all_that_comes_of_it() -> None:
    untold = [
        story.note
        for story in STORIES
        if story.story is None or not story.whole or story.outcome is None or not has_chinese(story.story.zh)
    ]

    assert untold == []


def has_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def test_every_pack_that_holds_by_default_is_violated_in_some_story() -> None:
    binding = {rule.id.rpartition("/")[0] for rule in shipped_policy("cn").rules if rule.id.startswith("cn.")}

    assert binding
    assert binding - set(packs_violated()) == set()


def test_stories_end_in_every_way_and_happen_at_both_stages() -> None:
    assert {story.outcome for story in STORIES} == set(Outcome)
    assert {story.stage for story in STORIES} == {"proposed", "recorded"}


def test_stories_are_of_lenders_of_every_kind() -> None:
    words = {word for part in get_args(Lender.model_fields["kind"].annotation) for word in get_args(part)}

    assert {lender_kind(story) for story in STORIES} == words - {"other"}


def test_findings_of_every_sort_are_expected() -> None:
    statuses = {each.status for story in STORIES for each in story.expect}

    assert statuses == {Status.VIOLATED, Status.SUSPECTED, Status.UNDETERMINED, Status.EXCUSED}
