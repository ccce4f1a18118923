"""Exit codes, and which of several wins."""

from __future__ import annotations

from collections.abc import Iterable

CLEAN, BREACH, ERROR, REVIEW, REJECTS = 0, 1, 2, 3, 4
INTERRUPTED = 130
"""As shells have it for Ctrl-C."""
SIGNALLED = 128
"""What shells add to the number of a signal that ended a process."""
OF_OUTCOME = {"allow": CLEAN, "deny": BREACH, "review": REVIEW}
_WORST_FIRST = (ERROR, BREACH, REJECTS, REVIEW, CLEAN)


def worst_code(codes: Iterable[int]) -> int:
    """The code that stands for all: an error before a breach, a breach before rejects, these before a review.

    Nothing at all is an error: what was not judged is not clean.
    """
    return min(codes, key=_WORST_FIRST.index, default=ERROR)
