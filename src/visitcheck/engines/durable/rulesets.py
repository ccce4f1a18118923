"""One rule set of durable-rules, run so that its answer is either complete or an `EngineFailure`.

The core is called directly, with our own property names and ints only; nothing a caller wrote ever reaches it. A
sentinel pattern fires last on every fact and proves that the fact was evaluated. One state is kept and reused.
Not safe for threads: the engine holds a lock around it.
"""

from __future__ import annotations

import json
import os
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeAlias

from visitcheck.engines.durable.core import load_core
from visitcheck.engines.durable.formulas import Formula, atoms, mark_pattern, pattern_of
from visitcheck.engines.durable.packing import PATHS
from visitcheck.errors import EngineFailure

LARGEST = 2**53
"""Feature values lie within plus and minus this."""
_Texts: TypeAlias = dict[int | None, str]
_SENTINEL = "z"
_STATE = "0"


class RuleSet:
    """Formulas by name, and which of them are TRUE of a fact. Names are letters and digits, `z` is taken.

    The caller has checked `packing.fits`. `domains`, where given, has for each feature all values that it can have.
    """

    def __init__(self, formulas: Mapping[str, Formula], domains: Sequence[Sequence[int]] | None = None) -> None:
        if _SENTINEL in formulas or not all(name.isascii() and name.isalnum() for name in formulas):
            raise ValueError(f"names must be letters and digits other than `{_SENTINEL}`: {list(formulas)}")
        used = sorted({atom.feature for formula in formulas.values() for atom in atoms(formula)})
        names = {feature: f"a{number}" for number, feature in enumerate(used)}
        rules: dict[str, object] = {
            name: {"all": [{"m": mark_pattern(pattern_of(formula, names.__getitem__))}], "cap": PATHS}
            for name, formula in formulas.items()
        }
        rules[_SENTINEL] = {"all": [{"m": {"v": 1}}], "pri": 9999}
        self._rules = json.dumps(rules)
        self._names = frozenset(rules)
        self.features: tuple[int, ...] = tuple(used)
        """The numbers of the features that the formulas read."""
        self._keys = tuple((feature, f',"{name}":') for feature, name in names.items())
        self._texts = None if domains is None else _texts_of(names, domains)
        self._nothing: tuple[None, ...] = (None,) * (max(used, default=-1) + 1)
        self._core: Any = load_core()
        self._handle: int | None = None
        self._process: int | None = None
        self._finalizer: weakref.finalize[..., Any] | None = None

    def open(self) -> None:
        """Make the rule set anew. What was open in another process, before a fork, is left alone."""
        if self._finalizer is not None and self._process != os.getpid():
            self._finalizer.detach()
        self.close()
        self._process = os.getpid()
        self._handle = self._core.create_ruleset("g", self._rules)
        self.run(self._nothing)  # a state may be deleted only after an action has run in it once
        self._finalizer = weakref.finalize(self, _delete, self._core, self._handle)
        self._finalizer.atexit = False

    def close(self) -> None:
        """Give the core's memory back."""
        if self._finalizer is not None:
            self._finalizer()
        self._handle = None

    def reset(self) -> None:
        """Drop whatever a run that did not end has left behind."""
        _delete_state(self._core, self._handle)

    def run(self, values: Sequence[int | None]) -> set[str]:
        """Return the names of the formulas that fired, for feature values by number.

        Raises `EngineFailure` for anything out of the ordinary; then `reset` before the next run.
        """
        code, state = self._core.assert_fact(self._handle, self._fact(values))
        started = self._core.start_action_for_state(self._handle, state) if code == 0 else None
        if started is None:
            raise EngineFailure(f"durable-rules did not evaluate a fact (code {code})")
        fired: set[str] = set()
        message = started[1]
        while message is not None:
            name = message[2 : message.index('"', 2)]
            if name not in self._names or name in fired or _SENTINEL in fired:
                raise EngineFailure(f"durable-rules fired {name!r} out of turn")
            fired.add(name)
            message = self._core.complete_and_start_action(self._handle, state)
        if _SENTINEL not in fired:
            raise EngineFailure("durable-rules did not finish a fact: its last rule did not fire")
        if self._core.retract_fact(self._handle, '{"id":"x"}')[0] != 0:
            raise EngineFailure("durable-rules did not let go of a fact")
        fired.remove(_SENTINEL)
        return fired

    def _fact(self, values: Sequence[int | None]) -> str:
        """Return the fact for feature values as the JSON that the core reads; one that is UNKNOWN is left out."""
        if self._texts is not None:
            try:
                return '{"v":1,"id":"x"' + "".join([texts[values[feature]] for feature, texts in self._texts]) + "}"
            except KeyError as error:
                raise EngineFailure(f"a feature has the value {error}, which it cannot have") from error
        parts = ['{"v":1,"id":"x"']
        for feature, key in self._keys:
            value = values[feature]
            if value is None:
                continue
            if type(value) is not int or not -LARGEST <= value <= LARGEST:
                raise EngineFailure(f"feature {feature} is no int within 2**53: {value!r}")
            parts.append(f"{key}{value}")
        return "".join(parts) + "}"


def _texts_of(names: Mapping[int, str], domains: Sequence[Sequence[int]]) -> tuple[tuple[int, _Texts], ...]:
    """Return for each feature what a fact says of it, by value; of one that is UNKNOWN nothing."""
    return tuple(
        (feature, {None: "", **{value: f',"{name}":{value}' for value in domains[feature]}})
        for feature, name in names.items()
    )


def _delete(core: Any, handle: int) -> None:
    _delete_state(core, handle)  # first the state: otherwise it leaks
    core.delete_ruleset(handle)


def _delete_state(core: Any, handle: int | None) -> None:
    with suppress(core.error):  # there is none: deleted before, by a `reset` that was interrupted, say
        core.delete_state(handle, _STATE)
