"""How large a visit may be. Whoever sends more is refused with a code, before much is read."""

from __future__ import annotations

MAX_CHARACTERS = 4_000_000
"""Characters (bytes, where bytes are given) of a visit as JSON or YAML text."""
MAX_NODES = 400_000
"""Values in one visit, keys not counted; YAML counts keys too."""
MAX_DEPTH = 64
"""Nested objects and lists; a visit itself needs six."""
MAX_LIST = 10_000
"""Elements of one list."""
MAX_ID = 200
"""Characters of an id."""
MAX_TEXT = 20_000
"""Characters of any other text."""
MAX_NUMBER = 64
"""Characters of one JSON number."""
MAX_PROBLEMS = 1_000
"""Problems reported for one visit; the rest are only counted."""
