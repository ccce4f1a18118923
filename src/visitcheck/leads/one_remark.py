"""`leads`: what one remark should be read for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from os import PathLike
from pathlib import Path

from visitcheck.ir.plan import make_plan
from visitcheck.leads.reader import Lead, LeadReader
from visitcheck.leads.rules_to_look_at import rules_by_kind
from visitcheck.policy import Policy


def leads(text: str, policy: Policy | None = None, *, lexicons: Sequence[str | PathLike[str]] = ()) -> tuple[Lead, ...]:
    """Find the words in a remark that a person should read, by the shipped lexicons and those in further files.

    With a policy each names its rules to look at. A lead decides nothing: what happened is for people to find out,
    and for the visit's facts to say. Raises `InvalidInput` for a file that is no lexicon.
    """
    reader = _reader_of(tuple(str(Path(path)) for path in lexicons))
    rules = {} if policy is None else rules_by_kind(make_plan(policy, "recorded"), reader.kinds.values())
    return tuple(replace(lead, rules=rules.get(lead.kind, ())) for lead in reader(text))


@lru_cache(maxsize=8)
def _reader_of(paths: tuple[str, ...]) -> LeadReader:
    return LeadReader.shipped(*paths)
