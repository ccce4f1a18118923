"""Tools for people who write packs: files of rule cases, run on every engine, and what they cover."""

from visitcheck.authoring import problem_codes as problem_codes
from visitcheck.authoring.accepted import Accepted, parse_accepted, read_accepted_beside
from visitcheck.authoring.cases import Case, CaseFile, Expectation, Story
from visitcheck.authoring.coverage import Coverage, Gap, coverage_gaps, coverage_text, coverage_to_dict, measure
from visitcheck.authoring.format import accepted_schema, cases_schema
from visitcheck.authoring.mutation import Mutant, Mutation, mutants_of, mutate, mutation_text, mutation_to_dict
from visitcheck.authoring.output import as_junit, as_text, result_to_dict, summary
from visitcheck.authoring.reading import find_cases, parse_cases, read_cases
from visitcheck.authoring.run import ENGINES, CaseResult, Difference, RuleResult, run_cases

__all__ = [
    "ENGINES",
    "Accepted",
    "Case",
    "CaseFile",
    "CaseResult",
    "Coverage",
    "Difference",
    "Expectation",
    "Gap",
    "Mutant",
    "Mutation",
    "RuleResult",
    "Story",
    "accepted_schema",
    "as_junit",
    "as_text",
    "cases_schema",
    "coverage_gaps",
    "coverage_text",
    "coverage_to_dict",
    "find_cases",
    "measure",
    "mutants_of",
    "mutate",
    "mutation_text",
    "mutation_to_dict",
    "parse_accepted",
    "parse_cases",
    "read_accepted_beside",
    "read_cases",
    "result_to_dict",
    "run_cases",
    "summary",
]
