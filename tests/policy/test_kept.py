"""Policies kept on disk: the same as resolved ones, and never taken for others."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_packs import pack, rule

import visitcheck as vc
from visitcheck import user_cache
from visitcheck.errors import InvalidPolicy
from visitcheck.policy import kept, load

EXAMPLES = Path(__file__).parents[2] / "examples"


def pack_of(most: object, pack_id: str = "own") -> str:
    """A pack with one rule."""
    return pack(pack_id, rule(require=f"contacts.size() <= {most}"))


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """The policies that were resolved, with a cache of this test's own."""
    monkeypatch.delenv(user_cache.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    names: list[str] = []
    resolve = load.resolve
    monkeypatch.setattr(load, "resolve", lambda name, library: names.append(name) or resolve(name, library))
    return names


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "packs" / "own.yaml"
    path.parent.mkdir()
    path.write_text(pack_of(2), "utf-8")
    return path


def kept_files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache").rglob("policies/*"))


@pytest.mark.long
@pytest.mark.parametrize("name", ["base", "cn"])
def test_a_kept_policy_is_the_resolved_one(name: str, resolved: list[str]) -> None:
    """Equal in all, and every shipped example is judged alike by it."""
    first, second = vc.load_policy(name), vc.load_policy(name)
    gates = [vc.Gate(policy, engine="native") for policy in (first, second)]
    visits = [json.loads(path.read_text("utf-8")) for path in sorted(EXAMPLES.glob("*.json"))]
    decisions = [[gate.check(visit).to_dict() for visit in visits] for gate in gates]

    assert [name] == resolved
    assert first == second
    assert first.digest == second.digest
    assert len(visits) > 2
    assert decisions[0] == decisions[1]


def test_it_is_read_only_by_its_user(resolved: list[str], file: Path, tmp_path: Path) -> None:
    """Nobody else can read it, and what others may write is not trusted."""
    vc.load_policy(file)
    (path,) = kept_files(tmp_path)
    assert (0o600, 0o700) == (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777)

    path.chmod(0o622)
    vc.load_policy(file)
    assert 2 == len(resolved)

    path.chmod(0o600)
    path.parent.chmod(0o777)
    vc.load_policy(file)
    assert 3 == len(resolved)


@pytest.mark.parametrize("what", ["text", "name", "shadow", "neighbour", "code", "python", "version"])
def test_it_stands_for_nothing_else(
    what: str, resolved: list[str], file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vc.load_policy(file)
    asked, more = [file], {}
    if what == "text":
        file.write_text(pack_of(3), "utf-8")
    elif what == "name":
        asked = [file.rename(file.with_name("other.yaml"))]
    elif what == "shadow":
        more = {"allow_shadow": ["base.process"]}
    elif what == "neighbour":
        (file.parent / "second.yaml").write_text(pack_of(3, "second"), "utf-8")
    elif what == "code":
        monkeypatch.setattr(user_cache, "code_hash", lambda: "another")
    elif what == "python":
        monkeypatch.setattr(sys, "version", "3.99")
    else:
        monkeypatch.setattr(user_cache, "version", lambda name: "9.9")
    vc.load_policy(*asked, **more)  # type: ignore[arg-type]

    assert 2 == len(resolved)


def test_asking_for_a_neighbour_is_another_question(resolved: list[str], file: Path) -> None:
    """The same files at hand, one of them asked for or two."""
    second = file.with_name("second.yaml")
    second.write_text(pack_of(3, "second"), "utf-8")
    one, two = vc.load_policy(file), vc.load_policy(file.parent)

    assert (1, 2) == (len(one.rules), len(two.rules))


@pytest.mark.parametrize("content", [b"", b"x" * 10, b"x" * 4_000, "cut", "flipped"])
def test_a_damaged_file_is_resolved_again(
    content: bytes | str, resolved: list[str], file: Path, tmp_path: Path
) -> None:
    first = vc.load_policy(file)
    (path,) = kept_files(tmp_path)
    whole = path.read_bytes()
    damaged = {"cut": whole[:-7], "flipped": whole[:500] + bytes([whole[500] ^ 1]) + whole[501:]}
    path.write_bytes(damaged[content] if isinstance(content, str) else content)

    assert first == vc.load_policy(file)
    assert 2 == len(resolved)
    assert whole == path.read_bytes()


def test_nothing_is_kept_where_it_is_turned_off(
    resolved: list[str], file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(user_cache.VARIABLE, "off")
    for _ in range(2):
        vc.load_policy(file)

    assert 2 == len(resolved)
    assert not kept_files(tmp_path)


def test_a_machine_without_a_place_for_it_goes_without(
    resolved: list[str], file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a-file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a-file"))
    for _ in range(2):
        assert vc.load_policy(file).rules

    assert 2 == len(resolved)


def test_what_is_wrong_is_not_kept(resolved: list[str], file: Path, tmp_path: Path) -> None:
    file.write_text(pack_of("true"), "utf-8")
    for _ in range(2):
        with pytest.raises(InvalidPolicy):
            vc.load_policy(file)

    assert not kept_files(tmp_path)


def test_the_oldest_make_room(resolved: list[str], file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_MOST", 3)
    for most in range(5):
        file.write_text(pack_of(most), "utf-8")
        vc.load_policy(file)
        newest = max(kept_files(tmp_path), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, ns=(most * 10**9, most * 10**9))
    assert 3 == len(kept_files(tmp_path))

    vc.load_policy(file)
    assert 5 == len(resolved)
