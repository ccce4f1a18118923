"""The native engine: a Plan as one Python function, written as source and compiled once.

The folder in the order the source is made: `analysis` (equal nodes, what they depend on), `function` (lines
and names), `literals`, `expressions` (values and truths that fit into one line), `loops` (lists),
`compiler` (statements), `engine`.
"""

from visitcheck.engines.native.engine import NativeEngine

__all__ = ["NativeEngine"]
