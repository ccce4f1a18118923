"""The shipped policies, each loaded once for all tests that only read them: a policy never changes."""

from __future__ import annotations

from functools import cache

from visitcheck.policy import Policy, load_policy


@cache
def shipped_policy(*names: str) -> Policy:
    """Load the policy of these shipped names, or return it where a test has loaded it before."""
    return load_policy(*names)
