"""Tools for people who write packs: files of rule cases, run on every engine, and what they cover."""

from visitcheck.authoring import problem_codes as problem_codes
from visitcheck.authoring.cases import Case, CaseFile, Expectation
from visitcheck.authoring.coverage import Gap, coverage_gaps
from visitcheck.authoring.output import as_junit, as_text, summary
from visitcheck.authoring.reading import find_cases, parse_cases, read_cases
from visitcheck.authoring.run import ENGINES, CaseResult, Difference, Found, run_cases
from visitcheck.authoring.schema import cases_schema

__all__ = [
    "ENGINES",
    "Case",
    "CaseFile",
    "CaseResult",
    "Difference",
    "Expectation",
    "Found",
    "Gap",
    "as_junit",
    "as_text",
    "cases_schema",
    "coverage_gaps",
    "find_cases",
    "parse_cases",
    "read_cases",
    "run_cases",
    "summary",
]
