"""How SQL says each built-in function of the language, by its name.

A writer gets the compiler and the call, and gives an expression that has the function's value for all
arguments, NULL among them. `docs/extending.md` says what else a new function needs.
"""

from __future__ import annotations

from visitcheck.engines.sql.functions import dates, elements, text, windows
from visitcheck.engines.sql.functions.model import ListWriter, Writer

CALLS: dict[str, Writer] = {**dates.CALLS, **windows.CALLS, **text.CALLS}
LIST_CALLS: dict[str, ListWriter] = elements.CALLS

__all__ = ["CALLS", "LIST_CALLS"]
