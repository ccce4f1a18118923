"""What the cases of a pack show of its rules, down to single atomic conditions."""

from visitcheck.authoring.coverage.gaps import Gap, coverage_gaps
from visitcheck.authoring.coverage.measure import Coverage, Item, measure
from visitcheck.authoring.coverage.report import coverage_text, coverage_to_dict

__all__ = ["Coverage", "Gap", "Item", "coverage_gaps", "coverage_text", "coverage_to_dict", "measure"]
