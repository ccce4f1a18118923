"""Column mappings: from the columns that people have to the facts of the vocabulary."""

from visitcheck.audit import problem_codes as problem_codes
from visitcheck.audit.mapping.load import load_mapping, mapping_from_text
from visitcheck.audit.mapping.model import ColumnMapping

__all__ = ["ColumnMapping", "load_mapping", "mapping_from_text"]
