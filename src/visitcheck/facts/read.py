"""Reading a visit: from JSON, YAML or Python values to a validated `Visit`, or all its problems."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar, cast

from pydantic import ValidationError

from visitcheck.errors import InvalidVisit, Problem
from visitcheck.facts.breaches import breaches, breaches_in_record
from visitcheck.facts.diagnosis import breach_problem, cap_problems, diagnose, dump_unsure
from visitcheck.facts.groups.elsewhere import Contradiction
from visitcheck.facts.groups.visit import VisitFacts
from visitcheck.facts.registers import Registers
from visitcheck.facts.scalars import BadValueError
from visitcheck.facts.sources import Format, decode_visit
from visitcheck.facts.times import read_timestamp
from visitcheck.facts.visit import Visit, is_validated, mark_validated

AnyVisit = TypeVar("AnyVisit", bound=Visit)


def read_visit(
    source: Visit | Mapping[str, object] | str | bytes,
    *,
    registers: Registers | None = None,
    model: type[AnyVisit] = Visit,  # type: ignore[assignment]
    format: Format | None = None,  # noqa: A002 - the natural word
    as_of: datetime | None = None,
    require_registered: bool = False,
) -> AnyVisit:
    """A validated visit from a mapping, JSON text or bytes (YAML with `format="yaml"`), or another `Visit`.

    A `Visit` that was changed behind validation, by `model_copy`, is validated once more.

    `registers` fill in facts by id. What they say otherwise than a recorded visit, and whom they do not hold, stands in
    `contradictions`; a proposal that they contradict is refused, and with `require_registered` any visit with people
    whom they do not hold. `as_of`, an aware datetime, is used where the visit has none of its own.

    Raises `InvalidVisit`, and nothing else, with all problems: each has a code, and a path like
    `$.contacts[2].at`.
    """
    problems: list[Problem] = []
    facts: object = source
    if isinstance(source, str | bytes):
        facts, problems = decode_visit(source, format)
    elif type(source) is not dict:  # asked first, as `isinstance` is slow with models
        if isinstance(source, model) and is_validated(source):
            if registers is None and as_of is None:
                return source
            return _complete_visit(source, [], registers, as_of, require_registered)
        if isinstance(source, Visit) and not isinstance(source, model):
            facts = source.to_dict() if is_validated(source) else dump_unsure(source)
    visit: AnyVisit | None
    try:
        visit = cast("AnyVisit", model.__pydantic_validator__.validate_python(facts))
    except (ValidationError, RecursionError):
        refusals, visit = diagnose(facts, model)
        problems += refusals
    if visit is not None and (registers is not None or as_of is not None):
        return _complete_visit(visit, problems, registers, as_of, require_registered)
    if problems or visit is None:
        raise InvalidVisit(cap_problems(problems))
    return visit


def _complete_visit(
    visit: AnyVisit,
    problems: list[Problem],
    registers: Registers | None,
    as_of: datetime | None,
    require_registered: bool,
) -> AnyVisit:
    """The visit with facts from the registers and the moment of judging, and its constraints held again."""
    completed = visit
    if as_of is not None and (completed.visit is None or completed.visit.as_of is None):
        completed = _set_as_of(completed, as_of)
    if registers is not None:
        recorded = completed.visit is not None and completed.visit.stage == "recorded"
        completed, differences = registers.fill(completed, overrule=recorded)
        doubts: list[Contradiction] = []
        for difference in differences:
            is_missing = difference.contradiction.kind == "not_registered"
            if not require_registered if is_missing else recorded:
                doubts.append(difference.contradiction)
            else:
                problems = [*problems, difference.problem()]
        completed = _add_contradictions(completed, doubts)
    if completed is not visit:
        problems = problems + list(map(breach_problem, breaches(completed)))
    if problems:
        raise InvalidVisit(cap_problems(problems))
    mark_validated(completed)
    return completed


def refuse_future_record(visit: Visit, now: datetime) -> None:
    """Raise `InvalidVisit` for a recorded visit later than `now`, where it has no moment of judging of its own."""
    facts = visit.visit
    if facts is None or facts.as_of is not None or facts.stage != "recorded":
        return
    late = breaches_in_record(facts, read_timestamp(now))
    if late:
        raise InvalidVisit([breach_problem(each._replace(path=("visit", *each.path))) for each in late])


def _add_contradictions(visit: AnyVisit, doubts: list[Contradiction]) -> AnyVisit:
    """The visit with these contradictions, each once: a visit that was read before has its own already."""
    stated = visit.contradictions or ()
    new = tuple(doubt for doubt in dict.fromkeys(doubts) if doubt not in stated)
    return visit.model_copy(update={"contradictions": stated + new}) if new else visit


def _set_as_of(visit: AnyVisit, as_of: datetime) -> AnyVisit:
    try:
        moment = read_timestamp(as_of)
    except BadValueError as bad:
        raise InvalidVisit([Problem(bad.code, bad.message, bad.help, path="$.visit.as_of")]) from None
    group = visit.visit or VisitFacts()
    return visit.model_copy(update={"visit": group.model_copy(update={"as_of": moment})})
