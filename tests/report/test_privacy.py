"""Ids behind a key, and pages and logs without what belongs to people."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hostile import COLLECTOR, HOSTILE, PERSONAL, VISIT_ID
from hypothesis import given
from hypothesis import strategies as st

from visitcheck.cli import main
from visitcheck.errors import InvalidInput
from visitcheck.facts.types import INT, STRING, ListOf, Word
from visitcheck.gate.json_form import to_json
from visitcheck.report import AuditFolder, Privacy, read_key

PACK = Path(__file__).with_name("probe.yaml")
POSITION = """
pack: position
title: {en: Position, zh: 位置}
version: 1.0.0
timezone: Asia/Shanghai
instruments:
  manual: {title: {en: A manual, zh: 手册}, in_force: 2020-01-01, force: own}
rules:
  - id: south
    title: {en: Only in the south, zh: 只在南方}
    stages: [recorded]
    let: {moved: place.latitude + 32.2}
    require: {south: place.latitude < 30.0}
    effect: deny
    message: {en: "At {place.latitude}, moved {moved}.", zh: "纬度 {place.latitude}，{moved}。"}
    cites: [{instrument: manual, article: "1", reading: own}]
"""
KEY = "0123456789abcdef0123456789abcdef"


def _run(*arguments: str | Path, key: str | None = None) -> Result:
    runner = CliRunner(env={"VISITCHECK_HASH_KEY": key})
    return runner.invoke(main, [os.fspath(argument) for argument in arguments], catch_exceptions=False)


@given(st.text(), st.binary(min_size=16))
def test_a_hash_is_that_of_its_id_and_key(id_: str, key: bytes) -> None:
    encoded = id_.encode("utf-8", "surrogatepass")
    assert hmac.new(key, encoded, hashlib.sha256).hexdigest().startswith(Privacy(key=key).shown_id(id_))
    assert id_ == Privacy().shown_id(id_)


def test_text_is_withheld_and_closed_words_are_not() -> None:
    word = Word("kind", ("a", "b"))
    assert [True, True, False, False] == [Privacy().hides(one) for one in (STRING, ListOf(STRING), word, INT)]
    assert not Privacy(personal=True).hides(STRING)


def test_a_position_is_on_a_page_only_where_asked_for(tmp_path: Path) -> None:
    """In the message of a rule that reads it, and among the facts that decided; also worked out from it."""
    (tmp_path / "position.yaml").write_text(POSITION, "utf-8")
    visit = {"visit": {"id": "v", "stage": "recorded", "date": "2026-03-10"}, "place": {"latitude": 31.234567}}
    (tmp_path / "visit.json").write_text(json.dumps(visit), "utf-8")
    asked = ("check", tmp_path / "visit.json", "-p", tmp_path / "position.yaml", "--engine", "native")
    pages = []
    for options in ((), ("--include-personal",)):
        assert 1 == _run(*asked, "--html", tmp_path / "page.html", *options).exit_code
        pages.append((tmp_path / "page.html").read_text("utf-8"))
    assert ["31.23" in page or "63.4" in page for page in pages] == [False, True]
    assert "At [withheld], moved [withheld]." in pages[0]


@pytest.mark.parametrize("content", ["", "short", "fifteen bytes  \n"])
def test_a_key_that_could_be_guessed_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content, "utf-8")
    with pytest.raises(InvalidInput, match="hash-key"):
        read_key(tmp_path / "key")


@pytest.mark.long
def test_ids_are_hashed_in_the_page_of_an_audit(audited: AuditFolder, tmp_path: Path) -> None:
    """
    Visits and collectors; the same hash for the same id, whether the key comes from a file or the environment.
    """
    (tmp_path / "key").write_text(KEY + "\n", "utf-8")
    pages = []
    for options, key in ((("--hash-ids", tmp_path / "key"), None), ((), KEY)):
        result = _run("report", audited.path, "-o", tmp_path / "page.html", *options, key=key)
        assert 0 == result.exit_code, result.output
        pages.append((tmp_path / "page.html").read_text("utf-8"))
    assert pages[0] == pages[1]
    assert "V-0000" not in pages[0]
    assert "K-0" not in pages[0]
    assert Privacy(key=KEY.encode()).shown_id(VISIT_ID) in pages[0]
    assert "keyed hashes" in pages[0]


@pytest.mark.long
def test_pages_and_logs_hold_nothing_personal(
    audited: AuditFolder, inputs: list[Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """
    Page, standard output and error, and everything that is logged, for an audit explained and for a decision.
    """
    caplog.set_level(logging.DEBUG)
    given_ = [part for file in inputs for part in ("--visits", file)]
    page, other = tmp_path / "page.html", tmp_path / "decision.html"
    (tmp_path / "visit.json").write_text(to_json(HOSTILE), "utf-8")
    first = _run("report", audited.path, "-o", page, *given_, "-p", PACK, "--worst", "10")
    second = _run("check", tmp_path / "visit.json", "-p", PACK, "--html", other, "--engine", "native")
    assert (0, 1) == (first.exit_code, second.exit_code), first.output + second.output
    written = (page.read_text("utf-8"), other.read_text("utf-8"), first.stdout, first.stderr, caplog.text)
    for text in written[:2]:
        assert "Came at 2026-03-10 17:30 +08:00 to [withheld] of [withheld]." in text
        assert "于 2026-03-10 17:30 +08:00 到访 ［已隐去］ 的 ［已隐去］。" in text
    for text in written:
        assert [] == [one for one in (*PERSONAL, COLLECTOR) if one in text]


def test_the_page_of_a_decision_has_personal_data_where_asked_for(tmp_path: Path) -> None:
    (tmp_path / "visit.json").write_text(to_json(HOSTILE), "utf-8")
    arguments = ("-p", PACK, "--html", tmp_path / "page.html", "--engine", "native", "--include-personal")
    result = _run("check", tmp_path / "visit.json", *arguments, "--lang", "zh")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert 1 == result.exit_code
    assert '<html lang="zh"' in page
    assert "Zhang San" in page
    assert "12 &lt;b&gt;Lane&lt;/b&gt; &amp; &#34;Court&#34; \\u202eesrever\\u202c 👩" in page
    assert 1 == page.count("<script")
