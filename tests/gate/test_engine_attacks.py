"""What brings durable-rules down by itself - wrong answers, hangs, crashes - tried through the gate.

Each way in is refused as input, or answered as the native engine answers: the gate never allows by it.
"""

from __future__ import annotations

import copy
import gc
import json
import math
import os
import random
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from one_rule import pushed_past_validation

import visitcheck as vc
from visitcheck.engines.durable.formulas import Atom, Formula
from visitcheck.engines.durable.packing import PATHS
from visitcheck.facts.types import INT_MAX
from visitcheck.gate import engine_pair
from visitcheck.policy import policy_from_texts

COLLIDING_NAMES = ("liquid", "costarring")
"""One property to durable-rules, which compares 32-bit hashes of names; `altarage` and `zinke` are another pair."""
COLLIDING_IDS = ("tenant-a/visit-17", "z/vvvbacek")
RESERVED = ("$and", "$or", "$s", "$forward", "$nex", "sid", "id", "v", "a0", "a.b", "", "\x00", "\ud800", "🧾")
ODD_IDS = ('"', "\\", "\\n", "'", "$and", "0", "x" * 200, "🧾", "编号 17", *COLLIDING_IDS)
ODD_TEXTS = (
    *("public" + "x" * 65_530, "x" * 65_536, "public\x00", "publi\N{CYRILLIC SMALL LETTER ES}", "PUBLIC"),
    *(" public", "", "12", "public" * 100_000),
)
ODD_NUMBERS = (2**63, 2**64, -(2**64), 10**5_000, 1e-7, 1e16, 1e300, float("nan"), float("inf"), True, "5", "", [], {})
"""None of them is a number of days."""
HANGS = 600
"""Seconds after which a child is given up that would wait for ever; no busy machine is so slow."""


@pytest.fixture(scope="module")
def both(base: vc.Policy) -> Iterator[vc.Gate]:
    with vc.Gate(base, engine="both") as made:
        yield made


def answered_or_refused(gate: vc.Gate, visit: Any) -> str:
    """`refused`, or the outcome; a decision is the native engine's own."""
    try:
        decision = gate.check(visit)
    except vc.InvalidVisit:
        return "refused"
    pair = pair_of(gate, decision.stage)
    native = pair.judge.verdict(pair.engines[0].evaluate(decision.visit))
    assert native.statuses == decision.verdict.statuses
    assert native.outcome == decision.outcome or (decision.outcome == "deny" and decision.problems)
    return str(decision.outcome)


def pair_of(gate: vc.Gate, stage: str = "proposed") -> engine_pair.EnginePair:
    return gate._by_stage[stage].engine_pair


@pytest.mark.parametrize("key", [*RESERVED, *COLLIDING_NAMES, "note_05hgaarc"], ids=ascii)
def test_odd_keys_are_refused_wherever_they_stand(both: vc.Gate, allowed: dict[str, Any], key: str) -> None:
    """A key that the vocabulary does not know never reaches an engine."""
    for place in (allowed, allowed["visit"], allowed["place"], allowed["contacts"][0]):
        if key in place:
            continue
        place[key] = 0
        assert "refused" == answered_or_refused(both, allowed), place
        del place[key]
    assert "allow" == answered_or_refused(both, allowed)


@pytest.mark.parametrize("identity", ODD_IDS, ids=ascii)
def test_odd_ids_change_no_answer(both: vc.Gate, allowed: dict[str, Any], identity: str) -> None:
    allowed["visit"]["id"] = identity
    assert "allow" == answered_or_refused(both, allowed)
    del allowed["notices"][0]
    assert "deny" == answered_or_refused(both, allowed)


@pytest.mark.parametrize("identity", ["x" * 3_000_000, "a\nb", "a\x00b", "", 17, True, ["x"], {"x": 1}])
def test_ids_of_any_other_form_are_refused(both: vc.Gate, allowed: dict[str, Any], identity: Any) -> None:
    allowed["visit"]["id"] = identity
    assert "refused" == answered_or_refused(both, allowed)


@pytest.mark.parametrize("place", range(len(ODD_NUMBERS)))
def test_what_is_no_number_of_days_is_refused(both: vc.Gate, allowed: dict[str, Any], place: int) -> None:
    """In a mapping and in JSON."""
    allowed["debt"]["days_overdue"] = value = ODD_NUMBERS[place]
    assert "refused" == answered_or_refused(both, allowed)
    if value != 10**5_000:
        assert "refused" == answered_or_refused(both, json.dumps(allowed))
    allowed["debt"]["days_overdue"] = 17
    assert "refused" == answered_or_refused(both, json.dumps(allowed).replace(": 17", ": 1" + "0" * 5_000))


@pytest.mark.long
def test_numbers_beyond_those_that_durable_rules_holds_exactly() -> None:
    """Neighbours above 2**53 are told apart, up to the largest int there is."""
    for number in (2**53 + 1, INT_MAX - 1, INT_MAX):
        with own_gate(number=f"extra.number == {number}") as gate:
            assert "allow" == answered_or_refused(gate, own_visit(number=number))
            assert "deny" == answered_or_refused(gate, own_visit(number=number - 1))


@pytest.mark.parametrize("depth", [100, 200_000])
def test_deep_nesting_is_refused(both: vc.Gate, depth: int) -> None:
    assert "refused" == answered_or_refused(both, '{"visit": ' + "[" * depth + "]" * depth + "}")
    nested: Any = 1
    for _ in range(depth):
        nested = [nested]
    assert "refused" == answered_or_refused(both, {"visit": {"id": nested}})
    while isinstance(nested, list):  # taken apart by hand: dropping it whole would recurse
        nested = nested.pop()


OWN = """
pack: own
title: {en: Own, zh: 自定}
version: 1.0.0
facts:
  liquid: {type: bool, known: before, description: {en: One of two names with one hash., zh: 同一散列的两个名称之一}}
  costarring: {type: bool, known: before, description: {en: The other one., zh: 另一个}}
  venue: {type: string, known: before, description: {en: A text., zh: 一段文字}}
  number: {type: int, known: before, description: {en: A number., zh: 一个数字}}
  rate: {type: double, known: before, description: {en: A rate., zh: 比率}}
instruments:
  process: {title: {en: Process, zh: 流程}, issuer: 本机构, force: own}
rules:
"""
RULE = """
  - id: {id}
    title: {{en: {id}, zh: 规则}}
    stages: [proposed]
    require: {{holds: '{condition}'}}
    effect: deny
    on_unknown: deny
    message: {{en: It does not hold., zh: 不成立。}}
    cites: [{{instrument: process, reading: own}}]
"""


def own_gate(**conditions: str) -> vc.Gate:
    rules = "".join(RULE.format(id=name.replace("_", "-"), condition=text) for name, text in conditions.items())
    return vc.Gate(policy_from_texts({"own.yaml": OWN + rules}), engine="both")


def own_visit(**extra: Any) -> dict[str, Any]:
    start, now = "2026-03-10T10:00:00+08:00", "2026-03-01T00:00:00Z"
    return {"visit": {"id": "V", "stage": "proposed", "starts_at": start, "as_of": now}, "extra": extra}


def behind_validation(gate: vc.Gate, name: str, value: Any, **extra: Any) -> vc.Visit:
    """A visit with a value that no reader lets through."""
    made = gate.read(own_visit(**extra))
    assert made.extra is not None
    return pushed_past_validation(made, extra=made.extra.model_copy(update={name: value}))


def test_names_with_one_hash_are_two_facts() -> None:
    with own_gate(first="extra.liquid", second="!extra.costarring") as gate:
        assert "allow" == answered_or_refused(gate, own_visit(liquid=True, costarring=False))
        assert "deny" == answered_or_refused(gate, own_visit(liquid=False, costarring=False))
        assert "deny" == answered_or_refused(gate, own_visit(liquid=True, costarring=True))
        assert "deny" == answered_or_refused(gate, own_visit(liquid=True))


@pytest.mark.long
@pytest.mark.parametrize("place", range(len(ODD_TEXTS)))
def test_texts_of_any_length_are_compared_whole(place: int) -> None:
    """durable-rules compares long texts by their length modulo 65,536; no text reaches it."""
    text = ODD_TEXTS[place]
    with own_gate(venue='extra.venue == "public"', size="extra.venue.size() >= 0") as gate:
        assert "allow" == answered_or_refused(gate, own_visit(venue="public"))
        assert answered_or_refused(gate, own_visit(venue=text)) in ("deny", "refused")
        assert "deny" == answered_or_refused(gate, behind_validation(gate, "venue", text, venue="public"))


@pytest.mark.long
@pytest.mark.parametrize("value", [float("nan"), None, "1", 1j, [], {}], ids=ascii)
@pytest.mark.parametrize("name", ["rate", "number"])
def test_what_is_no_number_satisfies_nothing(name: str, value: Any) -> None:
    """Also where it was put behind validation: neither `<` nor `>=` holds of it, or an engine breaks on it."""
    known = {"rate": 0.25, "number": 1}
    with own_gate(rate="extra.rate <= 0.5 || extra.rate > 0.5", number="extra.number >= 0 || extra.number < 0") as gate:
        assert "allow" == answered_or_refused(gate, own_visit(**known))
        assert "deny" == gate.check(behind_validation(gate, name, value, **known)).outcome
        if value is not None:
            assert "refused" == answered_or_refused(gate, own_visit(**known | {name: value}))


@pytest.mark.long
def test_many_true_branches_and_many_constants_come_to_an_end() -> None:
    """durable-rules fires once per true branch, 2**14 times here, and hangs at 512 atoms under one node."""
    branches = " && ".join("(extra.liquid || !extra.costarring)" for _ in range(14))
    wide = " && ".join(f"(extra.number >= {-n - 1} || extra.number == {-n - 2})" for n in range(14))
    many = " || ".join(f"extra.number == {n}" for n in range(1_000, 1_800, 2))
    with own_gate(branches=branches, wide=wide, many=many) as gate:
        assert "allow" == answered_or_refused(gate, own_visit(liquid=True, costarring=False, number=1_798))
        assert "deny" == answered_or_refused(gate, own_visit(liquid=True, costarring=False, number=1_799))
        durable = pair_of(gate).durable
        assert durable is not None
        formulas = [formula for patterns in durable.patterns_of_sets for _, formula in patterns]
        assert all(times_fired(formula) <= PATHS for formula in formulas)
        assert sum(map(times_fired, formulas)) < 2**14


def times_fired(formula: Formula) -> int:
    """How often durable-rules fires the pattern of a formula whose atoms are all true."""
    if isinstance(formula, Atom):
        return 1
    parts = [times_fired(part) for part in formula.parts]
    return math.prod(parts) if formula.word == "and" else sum(parts)


@pytest.mark.long
def test_eight_threads_get_their_own_answers(both: vc.Gate, allowed: dict[str, Any]) -> None:
    visits = [allowed, json.loads(json.dumps(allowed))]
    visits[1]["debt"]["days_overdue"] = 0
    expected = [both.check(visit).to_json() for visit in visits]
    wrong: list[int] = []

    def ask(number: int) -> None:
        for turn in range(60):
            which = (number + turn) % 2
            if both.check(visits[which]).to_json() != expected[which]:
                wrong.append(turn)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not wrong


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_forks_while_other_threads_are_in_the_middle(both: vc.Gate, allowed: dict[str, Any]) -> None:
    """Children made at any moment give the right answer, and so does the parent."""
    expected = both.check(allowed).to_json()
    done = threading.Event()

    def keep_asking() -> None:
        while not done.is_set():
            both.check(allowed)

    threads = [threading.Thread(target=keep_asking) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            child = os.fork()
            if child == 0:
                os._exit(0 if both.check(allowed).to_json() == expected else 1)
            deadline = time.monotonic() + HANGS
            while not (ended := os.waitpid(child, os.WNOHANG))[0]:
                if time.monotonic() > deadline:
                    os.kill(child, signal.SIGKILL)  # it holds the run's output open
                    os.waitpid(child, 0)
                    pytest.fail("a child hangs")
                time.sleep(0.01)
            assert 0 == os.waitstatus_to_exitcode(ended[1])
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert both.check(allowed).to_json() == expected


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers on this system")
def test_interrupts_at_any_point_leave_no_trace(both: vc.Gate, allowed: dict[str, Any]) -> None:
    """An interrupted visit's findings never turn up at the next one, and no interrupt becomes an answer."""
    denied = copy.deepcopy(allowed)
    del denied["notices"][0]
    visits = [both.read(visit) for visit in (allowed, denied)]
    expected = ["allow", "deny"]

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    chosen, interrupted = random.Random(3), 0  # noqa: S311
    before = signal.signal(signal.SIGALRM, stop)
    try:
        for at in range(300):
            try:
                signal.setitimer(signal.ITIMER_REAL, chosen.uniform(1e-5, 6e-4))
                decision = both.check(visits[at % 2])
                signal.setitimer(signal.ITIMER_REAL, 0)
                assert expected[at % 2] == decision.outcome
            except KeyboardInterrupt:
                interrupted += 1
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            assert expected[1 - at % 2] == both.check(visits[1 - at % 2]).outcome
    finally:
        signal.signal(signal.SIGALRM, before)
    assert interrupted > 20


def test_a_call_from_within_a_run_denies_and_does_not_hang(
    both: vc.Gate, allowed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signal handler, finalizer or logging handler may ask the gate while it is in the middle of an answer."""
    inner: list[vc.Decision] = []
    durable = pair_of(both).durable
    assert durable is not None
    durable.forget()
    first = durable._sets[0]
    run = first.run

    def reentering(values: Any) -> Any:
        if not inner:
            inner.append(both.check(allowed))
        return run(values)

    monkeypatch.setattr(first, "run", reentering)
    assert both.check(allowed).allowed
    assert "deny" == inner[0].outcome
    assert "from within its own run" in inner[0].problems[0].message


@pytest.mark.long
def test_gates_that_are_dropped_give_their_memory_back(base: vc.Policy) -> None:
    engines = [pair_of(vc.Gate(base)).durable for _ in range(3)]
    finalizers = [each._finalizer for engine in engines if engine is not None for each in engine._all]
    del engines
    gc.collect()

    assert finalizers
    assert not any(finalizer.alive for finalizer in finalizers if finalizer is not None)


@pytest.mark.long
def test_four_hundred_gates_opened_and_closed(allowed: dict[str, Any]) -> None:
    """Each with a small policy of its own; memory does not grow with their number."""
    grown: list[int] = []
    for number in range(400):
        with own_gate(first="extra.liquid", second=f"extra.number >= {number}") as gate:
            visit = own_visit(liquid=True, number=number)
            assert gate.check(visit).allowed
            assert not gate.check(own_visit(liquid=True, number=number - 1)).allowed
        if number % 80 == 79:
            gc.collect()
            grown.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    print(f"peak memory after 80, 160, ... gates: {grown} MB")
    assert grown[-1] - grown[1] < 16, grown


@pytest.mark.long
def test_memory_is_flat_over_60_000_calls(both: vc.Gate, allowed: dict[str, Any]) -> None:
    """Two kinds of visit in turn, with inputs that are refused in between; `benchmarks/soak.py` goes on for longer.

    Caches and the allocator's pools fill during the first half; a leak would go on in the second.
    """
    denied = copy.deepcopy(allowed)
    del denied["notices"][0]
    visits = [both.read(allowed), both.read(denied)]
    curve: list[int] = []
    for call in range(60_000):
        outcome = both.check(visits[call % 2]).outcome
        assert outcome == ("allow", "deny")[call % 2]
        if call % 50 == 0:
            assert "refused" == answered_or_refused(both, {"visit": {"id": call}})
        if call % 10_000 == 0:
            curve.append(_resident())
    curve.append(_resident())
    print(f"resident memory each 10,000 calls: {curve} MB")
    assert curve[-1] - curve[3] <= 4, curve


def _resident() -> int:
    gc.collect()
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize() // 2**20
