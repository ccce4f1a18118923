"""Hypothesis strategies for visits, for tests of policies and of services that call the gate.

Needs the extra `testing` (`pip install "visitcheck[testing]"`).
"""

from visitcheck.testing.strategies import visit_mappings, visits

__all__ = ["visit_mappings", "visits"]
