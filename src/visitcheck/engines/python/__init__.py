"""The native engine: a Plan as one Python function, written as source and compiled once.

The folder in the order the source is made: `analysis` (equal nodes, what they depend on), `normal`, `function`
(lines, names in view), `literals`, `names`, then each building on the one before: `values` (what fits into one
expression; with `operations`), `truths`, `elements` (the loop), `loops` (what is asked of a list), `compiler`
(statements; with `facts`), and `engine`. `lists` and `zones` are what generated code calls.
"""

from visitcheck.engines.python.engine import NativeEngine

__all__ = ["NativeEngine"]
