"""YAML packs to one resolved policy: typed conditions, dated parameters, overrides, digest."""

from visitcheck.ir.facts_read import facts_read, facts_with_nodes
from visitcheck.policy import problem_codes as problem_codes
from visitcheck.policy import shipped as shipped
from visitcheck.policy.format import pack_schema
from visitcheck.policy.load import load_policy, policy_from_texts
from visitcheck.policy.model import (
    STAGES,
    Check,
    Citation,
    Condition,
    Effect,
    Excuse,
    Instrument,
    Language,
    Message,
    Pack,
    Parameter,
    Placeholder,
    Policy,
    Relaxation,
    Rule,
    Stage,
    Text,
)
from visitcheck.policy.shipped import packs_root

__all__ = [
    "STAGES",
    "Check",
    "Citation",
    "Condition",
    "Effect",
    "Excuse",
    "Instrument",
    "Language",
    "Message",
    "Pack",
    "Parameter",
    "Placeholder",
    "Policy",
    "Relaxation",
    "Rule",
    "Stage",
    "Text",
    "facts_read",
    "facts_with_nodes",
    "load_policy",
    "pack_schema",
    "packs_root",
    "policy_from_texts",
    "shipped",
]
