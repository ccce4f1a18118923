"""YAML documents with positions: every value knows its file, line and column."""

from visitcheck.documents import problem_codes as problem_codes
from visitcheck.documents.nodes import Span, YamlMapping, YamlNode, YamlScalar, YamlSequence
from visitcheck.documents.reader import LIMITS, Limits, parse_yaml
from visitcheck.documents.source import Source
from visitcheck.documents.values import scalar_value, to_python

__all__ = [
    "LIMITS",
    "Limits",
    "Source",
    "Span",
    "YamlMapping",
    "YamlNode",
    "YamlScalar",
    "YamlSequence",
    "parse_yaml",
    "scalar_value",
    "to_python",
]
