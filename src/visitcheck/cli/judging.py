"""From the options of a command to a gate, and from files to decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from visitcheck.cli import exits
from visitcheck.cli.inputs import Input, is_yaml, read_bytes, read_inputs, unreadable_problem
from visitcheck.cli.options import OutputFormat, allowed_shadows
from visitcheck.cli.output import show_problems, stop
from visitcheck.errors import (
    EngineUnavailable,
    InvalidInput,
    InvalidPolicy,
    InvalidVisit,
    Problem,
)
from visitcheck.facts import Registers, read_visit
from visitcheck.facts.sources import decode_visit
from visitcheck.policy import Policy, load_policy

if TYPE_CHECKING:
    from visitcheck.gate import Decision, Gate
    from visitcheck.gate.engine_pair import EngineChoice


def policy_for(names: Iterable[str], format_: OutputFormat) -> Policy:
    """The policy of `--policy`; one that cannot be compiled ends the command."""
    listed = tuple(names)
    try:
        return load_policy(*listed, allow_shadow=allowed_shadows())
    except InvalidPolicy as error:
        stop(" + ".join(listed), error.problems, format_)


def gate_for(
    policies: Iterable[str],
    registers: str | None,
    format_: OutputFormat,
    engine: EngineChoice | None = None,
    *,
    trust_as_of: bool = True,
    require_registered: bool = False,
) -> Gate:
    """The gate that the options ask for; what is wrong with them ends the command."""
    from visitcheck.gate import Gate

    policy = policy_for(policies, format_)
    known = registers_for(registers, format_) if registers is not None else None
    try:
        return Gate(
            policy,
            registers=known,
            engine=engine,
            trust_as_of=trust_as_of,
            require_registered=require_registered,
        )
    except EngineUnavailable as error:
        raise click.UsageError(str(error)) from error


def registers_for(file: str, format_: OutputFormat) -> Registers:
    """The registers of `--registers`; what is wrong with them ends the command."""
    try:
        content, problems = decode_visit(read_bytes(file), "yaml" if is_yaml(file) else "json")
        if problems:
            raise InvalidVisit(problems)
        return Registers.read(_as_mapping(content))
    except OSError as error:
        stop(file, [unreadable_problem(file, error)], format_)
    except InvalidVisit as error:
        stop(file, error.problems, format_)


def _as_mapping(content: object) -> Mapping[str, object]:
    if isinstance(content, Mapping):
        return content
    raise InvalidVisit([Problem("fact-wrong-type", "registers are an object", path="$")])


@dataclass(frozen=True, slots=True)
class JudgedVisit:
    """A decision, and where its visit was written."""

    source: str
    decision: Decision


class FileJudge:
    """Judges visits and remembers the exit code that stands for all of them."""

    def __init__(self, gate: Gate, as_of: datetime | None, format_: OutputFormat) -> None:
        self.gate = gate
        self.as_of = as_of
        self.format = format_
        self._codes: set[int] = set()

    @property
    def code(self) -> int:
        """The exit code for all visits so far."""
        return exits.worst_code(self._codes)

    def count(self, code: int) -> None:
        """Let a further exit code take part."""
        self._codes.add(code)

    def decisions(self, files: Iterable[str]) -> Iterator[JudgedVisit]:
        """The decisions on all visits that can be judged; what is wrong with the others is shown."""
        for one in read_inputs(files):
            try:
                decision = self._decide(one)
            except InvalidVisit as error:
                self.count(exits.ERROR)
                show_problems(one.source, map(one.placed, error.problems), self.format)
                continue
            self.count(exits.OF_OUTCOME[decision.outcome])
            yield JudgedVisit(one.source, decision)

    def of_audit(self, file: str | None, visit_id: str, columns: str | None, **history: Any) -> Iterator[JudgedVisit]:
        """The decision on one visit of an audit's input; what keeps it from being judged is shown."""
        from pathlib import Path

        from visitcheck.audit.one_visit import find_visit
        from visitcheck.audit.options import AuditOptions

        options = AuditOptions(columns=columns, registers=self.gate.registers, as_of=self.as_of, **history)
        paths = [] if file is None else [Path(file)]
        try:
            visit, source = find_visit(paths, visit_id, self.gate.policy, options)
            decision = self.gate.check(visit)
        except (InvalidInput, InvalidVisit) as error:
            self.count(exits.ERROR)
            show_problems(file or str(columns), error.problems, self.format)
            return
        self.count(exits.OF_OUTCOME[decision.outcome])
        yield JudgedVisit(source, decision)

    def _decide(self, one: Input) -> Decision:
        if one.problems:
            raise InvalidVisit(one.problems)
        if self.as_of is None:
            return self.gate.check(one.facts)
        visit = self.gate.read(one.facts)
        return self.gate.check(read_visit(visit, model=type(visit), as_of=self.as_of))
