"""Conditions against cases that say what a CEL expression evaluates to.

Ours are beside this file. To run the CEL specification's, give the folder of its `tests/simple/testdata`::

    VISITCHECK_CEL_TESTDATA=/path/to/cel-spec/tests/simple/testdata python -m pytest tests/conformance

and for a table of how many apply and pass::

    python tests/conformance/report.py /path/to/cel-spec/tests/simple/testdata
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cel_cases import Case, read_published_cases, read_yaml_cases
from running import DIFFERENCES, passes

HERE = Path(__file__).parent
OWN = [case for path in sorted((HERE / "cases").glob("*.yaml")) for case in read_yaml_cases(path)]
FOLDER = os.environ.get("VISITCHECK_CEL_TESTDATA")
PUBLISHED = (
    [case for path in sorted(Path(FOLDER).glob("*.textproto")) for case in read_published_cases(path)] if FOLDER else []
)


@pytest.mark.parametrize("case", OWN, ids=lambda case: case.id)
def test_our_own_cases(case: Case) -> None:
    assert passes(case), case


@pytest.mark.skipif(not FOLDER, reason="VISITCHECK_CEL_TESTDATA does not name the specification's test data")
def test_the_specification_s_cases() -> None:
    """Every published case that applies passes, but for the listed differences."""
    applying = [case for case in PUBLISHED if case.left_out is None]

    failing = {case.id for case in applying if not passes(case)}

    assert applying
    assert failing == {name for name in DIFFERENCES if any(case.id == name for case in applying)}
