"""Facts: the vocabulary of visits, reading a visit, and what must hold of it."""

from visitcheck.facts import problem_codes as problem_codes
from visitcheck.facts.extra import visit_model_with_extra
from visitcheck.facts.read import read_visit
from visitcheck.facts.registers import Registers
from visitcheck.facts.schema import json_schema
from visitcheck.facts.visit import Visit
from visitcheck.facts.vocabulary import FACTS, ROOT, FactInfo, vocabulary_with_extra

__all__ = [
    "FACTS",
    "ROOT",
    "FactInfo",
    "Registers",
    "Visit",
    "json_schema",
    "read_visit",
    "visit_model_with_extra",
    "vocabulary_with_extra",
]
