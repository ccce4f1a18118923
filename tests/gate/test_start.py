"""How a gate starts: what is compiled and tested when, and which earlier self-test stands for another."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import visitcheck as vc
from visitcheck import user_cache
from visitcheck.errors import EngineFailure
from visitcheck.gate import engine_pair, self_test_marks
from visitcheck.policy import policy_from_texts

PACK = """
pack: own
title: {{en: Own, zh: 自有}}
version: 1.0.0
instruments: {{own: {{title: {{en: House rules, zh: 内部规定}}, force: own}}}}
rules:
  - id: no-calls
    title: {{en: No calls, zh: 不打电话}}
    stages: [proposed, recorded]
    require: {{none: 'contacts.filter(c, c.channel == "phone").size() <= {most}'}}
    effect: deny
    message: {{en: M, zh: 信}}
    cites: [{{instrument: own, article: "1", reading: own}}]
"""


def policy_of(most: int = 2) -> vc.Policy:
    return policy_from_texts({"own.yaml": PACK.format(most=most)})


def visit(stage: str = "proposed", **more: Any) -> dict[str, Any]:
    start, as_of = ("10:00", "09:00") if stage == "proposed" else ("10:00", "12:00")
    moments = {"starts_at": f"2026-03-10T{start}:00+08:00", "as_of": f"2026-03-10T{as_of}:00+08:00"}
    return {"visit": {"id": "V-1", "stage": stage, **moments}, "contacts": [], **more}


EVERYTHING = """
import pickle
import sys
import test_start as t
gate = t.vc.Gate(t.policy_of(), engine=sys.argv[1])
before = set(sys.modules)
decision = gate.check(t.visit())
gate.check(t.visit("recorded", **t.OPEN))
gate.check(t.visit(contacts=[{"channel": "phone"}] * 3)).remedies
gate.next_slot(t.visit(contacts=[{"channel": "phone"}] * 3))
decision.to_json(), decision.render("zh"), decision.explain(), pickle.dumps(decision)
print(*sorted(set(sys.modules) - before))
"""
"""All that a gate does, and the modules that were imported for it later than for the gate."""
OPEN = {"completeness": {"contacts": {"complete": False, "all_with": {"channel": ["phone"]}}}}


@pytest.fixture
def tests_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """What was tested, by function; marks are on, in a folder of their own, and no earlier process counts."""
    monkeypatch.delenv(self_test_marks.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    run: list[str] = []
    for name in ("compare_evaluators", "compare_open_lists"):
        monkeypatch.setattr(engine_pair, name, noting(run, name, getattr(engine_pair, name)))
    begin_anew(monkeypatch)
    return run


def noting(run: list[str], name: str, test: Callable[..., Any]) -> Callable[..., Any]:
    def noted(*args: Any) -> Any:
        run.append(name)
        return test(*args)

    return noted


def begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in another process."""
    monkeypatch.setattr(engine_pair, "_TESTED", set())


def native(policy: vc.Policy, **more: Any) -> vc.Gate:
    return vc.Gate(policy, engine="native", **more)


def test_a_stage_is_made_when_it_is_first_asked(tests_run: list[str]) -> None:
    gate = native(policy_of())
    assert (0, []) == (len(gate._by_stage), tests_run)

    assert gate.check(visit()).allowed
    assert ["proposed"] == list(gate._by_stage)
    assert ["compare_evaluators"] == tests_run

    gate.prepare()
    assert ["proposed", "recorded"] == list(gate._by_stage)


def test_lists_that_go_on_are_tested_with_the_first_such_visit(tests_run: list[str]) -> None:
    gate = native(policy_of()).prepare("proposed")
    assert "compare_open_lists" not in tests_run

    assert gate.check(visit(**OPEN)).allowed
    assert gate.check(visit(**OPEN)).allowed
    assert 1 == tests_run.count("compare_open_lists")


@pytest.mark.long
@pytest.mark.parametrize("engine", ["native", "durable", "both"])
def test_engines_that_differ_on_lists_that_go_on_deny_visits_with_such_lists(
    engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others are answered; `prepare` says so beforehand."""

    def differ(*_: Any) -> int:
        raise EngineFailure("they differ")

    begin_anew(monkeypatch)
    monkeypatch.setattr(engine_pair, "compare_open_lists", differ)
    gate = vc.Gate(policy_of(), engine=engine)
    denied = gate.check(visit(**OPEN))

    assert ("deny", ["engine-failure"]) == (denied.outcome, [problem.code for problem in denied.problems])
    assert {None} == set(denied.trail.answers.values())
    assert gate.check(visit()).allowed
    with pytest.raises(EngineFailure, match="they differ"):
        gate.prepare("proposed", open_lists=True)


def test_a_stage_that_fails_its_test_answers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def differ(*_: Any) -> int:
        raise EngineFailure("they differ")

    begin_anew(monkeypatch)
    monkeypatch.setattr(engine_pair, "compare_evaluators", differ)
    gate = native(policy_of())
    for _ in range(2):
        with pytest.raises(EngineFailure, match="they differ"):
            gate.check(visit())


@pytest.mark.long
def test_a_closed_gate_denies_also_for_a_stage_that_was_never_asked() -> None:
    gate = vc.Gate(policy_of(), engine="durable")
    gate.check(visit())
    gate.close()

    assert ["deny", "deny"] == [gate.check(visit(stage)).outcome for stage in ("proposed", "recorded")]


@pytest.mark.long
def test_threads_that_ask_at_once_share_one_stage(tests_run: list[str]) -> None:
    gate = native(policy_of())
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: gate.check(visit(**OPEN)).outcome, range(32)))

    assert {"allow"} == set(outcomes)
    assert ["compare_evaluators", "compare_open_lists"] == tests_run


@pytest.mark.long
def test_what_was_passed_before_is_not_tested_again(tests_run: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    native(policy_of()).prepare(open_lists=True)
    assert 4 == len(tests_run)

    begin_anew(monkeypatch)
    gate = native(policy_of()).prepare(open_lists=True)
    assert 4 == len(tests_run)
    assert gate.check(visit(**OPEN)).allowed


@pytest.mark.long
@pytest.mark.parametrize("what", ["policy", "engine", "code", "python", "version"])
def test_a_mark_stands_for_nothing_else(what: str, tests_run: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    native(policy_of()).prepare("proposed")
    begin_anew(monkeypatch)
    policy, engine = policy_of(), "native"
    if what == "policy":
        policy = policy_of(most=3)
    elif what == "engine":
        engine = "both"
    elif what == "code":
        monkeypatch.setattr(user_cache, "code_hash", lambda: "another")
    elif what == "python":
        monkeypatch.setattr(sys, "version", "3.99")
    else:
        monkeypatch.setattr(user_cache, "version", lambda name: "9.9")
    vc.Gate(policy, engine=engine).prepare("proposed")  # type: ignore[arg-type]

    assert 2 == len(tests_run)


@pytest.mark.long
@pytest.mark.parametrize("off", ["option", "variable"])
def test_marks_can_be_turned_off(
    off: str, tests_run: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Then none is trusted, and none is left."""
    options = {"self_test": "always"} if off == "option" else {}
    if off == "variable":
        monkeypatch.setenv(self_test_marks.VARIABLE, "always")
    for _ in range(2):
        begin_anew(monkeypatch)
        native(policy_of(), **options).prepare("proposed")

    assert 2 == len(tests_run)
    assert not (tmp_path / "cache").exists()


def test_a_mark_with_other_content_is_not_trusted(
    tests_run: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    native(policy_of()).prepare("proposed")
    (mark,) = (tmp_path / "cache" / "visitcheck" / "self-test").iterdir()
    mark.write_bytes(b"\xff")
    begin_anew(monkeypatch)
    native(policy_of()).prepare("proposed")

    assert 2 == len(tests_run)


def test_a_gate_starts_where_no_mark_can_be_left(
    tests_run: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))

    assert native(policy_of()).check(visit()).allowed
    assert ["compare_evaluators"] == tests_run


@pytest.mark.parametrize("engine", ["native", "both"])
def test_nothing_is_imported_after_the_gate_is_made(engine: str) -> None:
    """A child forked while a thread imports a module would wait for ever for that thread."""
    command = [sys.executable, "-c", EVERYTHING, engine]
    path = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=True)

    assert "" == done.stdout.strip()
