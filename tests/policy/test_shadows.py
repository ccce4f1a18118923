"""A file beside a pack does not take the place of a shipped pack unseen."""

from pathlib import Path

import pytest

from visitcheck.errors import InvalidPolicy
from visitcheck.policy import load_policy
from visitcheck.policy.shipped import packs_root

MINE = "pack: mine\ntitle: {en: x, zh: 甲}\nversion: 1.0.0\ntimezone: Asia/Shanghai\nuses: [base]\n"
SHADOW = "pack: base.conduct\ntitle: {en: x, zh: 甲}\nversion: 1.0.0\ntimezone: Asia/Shanghai\nuses: [base.sources]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.yaml").write_text(MINE, encoding="utf-8")
    (tmp_path / "conduct.yaml").write_text(SHADOW, encoding="utf-8")
    return tmp_path


def test_a_file_with_the_id_of_a_shipped_pack_is_refused(folder: Path) -> None:
    with pytest.raises(InvalidPolicy) as refused:
        load_policy(folder / "mine.yaml")

    assert ["pack-shadows-shipped"] == [problem.code for problem in refused.value.problems]
    place = refused.value.problems[0].place
    assert place is not None
    assert (str(folder / "conduct.yaml"), 1, 7) == (place.file, place.line, place.column)


def test_asked_for_by_its_own_path_it_is_refused_too(folder: Path) -> None:
    with pytest.raises(InvalidPolicy) as refused:
        load_policy("base", folder / "conduct.yaml")

    assert "pack-shadows-shipped" in {problem.code for problem in refused.value.problems} or "pack-twice" in {
        problem.code for problem in refused.value.problems
    }


def test_allowed_by_name_it_is_a_relaxation(folder: Path) -> None:
    policy = load_policy(folder / "mine.yaml", allow_shadow=["base.conduct"])

    assert [("base.conduct", "replaced by conduct.yaml")] == [(r.target, r.change) for r in policy.relaxations]
    assert not any(rule.id.startswith("base.conduct/") for rule in policy.rules)


def test_a_copy_that_says_the_same_is_that_pack(folder: Path) -> None:
    shipped = (packs_root() / "base" / "conduct.yaml").read_text(encoding="utf-8")
    (folder / "conduct.yaml").write_text(shipped, encoding="utf-8")

    assert load_policy(folder / "mine.yaml").relaxations == ()
