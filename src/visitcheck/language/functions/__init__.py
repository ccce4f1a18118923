"""The built-in functions: everything a condition can call by name.

`docs/extending.md` says how to add one, file by file.
"""

from __future__ import annotations

from visitcheck.language.functions import accessors, constants, dates, known, lists, text, windows
from visitcheck.language.functions.model import Examined, Function, ListFunction, Signature

FUNCTIONS: dict[str, Function] = {
    function.name: function
    for module in (dates, windows, text, accessors, constants, known)
    for function in module.FUNCTIONS
}
LIST_FUNCTIONS: dict[str, ListFunction] = {function.name: function for function in lists.LIST_FUNCTIONS}
INTERNAL_FUNCTIONS = frozenset({"firstKnown", "inParam"})
"""Functions that only the compiler itself writes."""

__all__ = ["FUNCTIONS", "INTERNAL_FUNCTIONS", "LIST_FUNCTIONS", "Examined", "Function", "ListFunction", "Signature"]
