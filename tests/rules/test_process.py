"""The nine steps of the process: each is checked, and the page about it says how."""

import re
from pathlib import Path
from typing import get_args

from process_page import PAGE, STEPS, process_page, steps_of
from shipped import ROOT, base

from visitcheck.facts.groups.door import Conduct

PROMISED_BEFOREHAND = {"1", "2", "3", "4", "5", "7", "8", "9"}
SHOWN_AFTERWARDS = set(STEPS)
HARMLESS = {"arrival", "departure", "recording_announced"}
"""What may happen at any door: no rule of the process asks for it or forbids it."""


def test_every_step_is_checked_before_and_after_a_visit() -> None:
    proposed = {step for rule in base().rules if "proposed" in rule.stages for step in steps_of(rule)}
    recorded = {step for rule in base().rules if "recorded" in rule.stages for step in steps_of(rule)}

    assert proposed == PROMISED_BEFOREHAND
    assert recorded == SHOWN_AFTERWARDS


def test_every_rule_cites_one_step() -> None:
    assert all(len(steps_of(rule)) == 1 for rule in base().rules)


def test_every_number_is_called_the_lenders_own_choice() -> None:
    for parameter in base().parameters.values():
        assert parameter.description is not None
        assert "The lender's own choice" in parameter.description.en
        assert "由贷款机构自行规定" in parameter.description.zh
        assert {cite.reading for cite in parameter.cites} == {"own"}


def test_the_page_is_what_the_packs_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == process_page(base())


def test_every_event_at_the_door_is_read_by_a_rule_or_harmless() -> None:
    kinds = {word for literal in get_args(Conduct.model_fields["kind"].annotation) for word in get_args(literal)}
    text = "".join(path.read_text(encoding="utf-8") for path in _packs())
    asked = re.findall(r'\be\.kind (?:[!=]= ("[a-z_]+")|in (\[[^\]]*\]))', text)
    read = {word for parts in asked for word in re.findall(r'"([a-z_]+)"', "".join(parts))}

    assert kinds - read == HARMLESS
    assert read <= kinds


def _packs() -> list[Path]:
    return [path for path in (ROOT / "rules" / "base").glob("*.yaml") if path.stem.isalpha()]
