"""Rows that SQL suspects, read by the gate's own reader: its problems, or the visit after all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from visitcheck.engines.columns import arrow_type, fact_columns, row_of
from visitcheck.engines.sql.columns import duckdb_type
from visitcheck.errors import InvalidVisit, Problem
from visitcheck.facts import Registers, Visit, read_visit
from visitcheck.facts.read import refuse_future_record
from visitcheck.facts.types import STRING, ListOf, Record
from visitcheck.gate.selectors import selector_problems
from visitcheck.policy import Policy

PROBLEMS = ListOf(Record("problem", {"code": STRING, "path": STRING, "message": STRING}))
"""The type of the column `__problems`."""


@dataclass(frozen=True)
class GateReader:
    """Reads one row as `Gate.check` would, and says what it would refuse."""

    policy: Policy
    model: type[Visit]
    root: Record
    registers: Registers | None
    as_of: datetime | None
    now: datetime
    """When the run began: no recorded visit is later, whether or not it says when it is judged."""

    @property
    def result_type(self) -> str:
        """DuckDB's type of `read`'s results: the problems, then the groups."""
        return duckdb_type(Record("answer", {"problems": PROBLEMS} | fact_columns(self.root)))

    def read(self, texts: pa.Array, data: pa.Array) -> pa.Array:
        """For each row, given as JSON text or as bytes that are none: problems, or else the facts.

        A row that is neither gives NULL.
        """
        types = {"problems": arrow_type(PROBLEMS)}
        types |= {name: arrow_type(part) for name, part in fact_columns(self.root).items()}
        answers = [self._one(text, raw) for text, raw in zip(texts.to_pylist(), data.to_pylist(), strict=True)]
        return pa.array(answers, pa.struct(list(types.items())))

    def _one(self, text: str | None, raw: bytes | None) -> dict[str, Any] | None:
        source = raw if text is None else text.encode()  # as the command line hands on the lines of a file
        if source is None:
            return None
        return self.answer(self.facts(source))

    def answer(self, facts: str | bytes | Mapping[str, object]) -> dict[str, Any]:
        """What the gate says of a row: problems, or none and the facts."""
        try:
            visit = self.visit(facts)
        except InvalidVisit as refused:
            return {"problems": [_row(self.said(problem, facts)) for problem in refused.problems]}
        return {"problems": []} | row_of(visit, self.root)

    def facts(self, source: str | bytes) -> str | bytes | Mapping[str, object]:
        """What the gate is given for a row."""
        return source

    def said(self, problem: Problem, facts: object) -> Problem:
        """A problem in words that suit where the row comes from."""
        return problem

    def visit(self, source: str | bytes | Mapping[str, object]) -> Visit:
        """The visit that the policy can judge; raises `InvalidVisit` with everything that the gate finds wrong."""
        visit = read_visit(source, registers=self.registers, model=self.model, as_of=self.as_of)
        refuse_future_record(visit, self.now)
        missing = selector_problems(visit)
        if missing:
            raise InvalidVisit(missing)
        return visit


def _row(said: Problem) -> dict[str, str | None]:
    message = f"{said.message}; {said.help}" if said.help else said.message
    return {"code": said.code, "path": said.path, "message": message}


class ColumnsReader(GateReader):
    """The same for rows put together from columns: there a NULL in a record is no fact, whatever its name."""

    def facts(self, source: str | bytes) -> Mapping[str, object]:
        """The row without its NULLs."""
        facts: Mapping[str, object] = _without_nulls(json.loads(source, parse_float=Decimal))
        return facts


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(below) for key, below in value.items() if below is not None}
    if isinstance(value, list):
        return [_without_nulls(below) for below in value]
    return value
