"""Leads: words in remarks that a person should read, and the rules to look at. They decide nothing."""

from visitcheck.leads import problem_codes as problem_codes
from visitcheck.leads.lexicon import Kind, Lexicon, lexicon_from_text, load_lexicon
from visitcheck.leads.reader import Lead, LeadReader
from visitcheck.leads.rules_to_look_at import rules_by_kind
from visitcheck.leads.reading import leads

__all__ = ["Kind", "Lead", "LeadReader", "Lexicon", "leads", "lexicon_from_text", "load_lexicon", "rules_by_kind"]
