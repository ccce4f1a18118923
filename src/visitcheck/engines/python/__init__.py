"""The native engine: a Plan as one Python function, written as source and compiled once.

The folder in the order the source is made: `analysis` (which nodes are equal, what they depend on), `names` (lines and
names), `operations` and `expressions` (what fits into one expression), `loops` (what is asked of a list), `writer`
(statements, the function), `engine`. `runtime` is what generated code calls.
"""

from visitcheck.engines.python.engine import NativeEngine

__all__ = ["NativeEngine"]
