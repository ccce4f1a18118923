"""What the cases of a pack show of its rules, down to single atomic conditions."""

from visitcheck.authoring.coverage.measure import Coverage, Gap, Item, coverage_gaps, measure
from visitcheck.authoring.coverage.report import coverage_text, coverage_to_dict

__all__ = ["Coverage", "Gap", "Item", "coverage_gaps", "coverage_text", "coverage_to_dict", "measure"]
