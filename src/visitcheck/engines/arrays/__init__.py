"""The array engine: a Plan over Arrow's buffers with numpy, chunk by chunk.

The folder in the order of what is built on what: `values` (arrays and what is known), `codes` (texts as numbers),
`structs` (Arrow's columns as values), `rows` (visits, elements, and some of these), `lists` (flat lists and folds),
`operations`, `zones`, `windows`, `python_values`, `functions` and `list_functions` (the built-ins), `analysis` (what is
known of a plan's nodes beforehand), `evaluation` (every node), `by_native` (what has no array form), `verdicts`
(statuses and outcomes), `engine`.

Needs the extra `audit`. Nothing here is imported by `import visitcheck`.
"""

from visitcheck.engines.arrays.engine import ArrayEngine

__all__ = ["ArrayEngine"]
