"""The language of conditions: CEL over the vocabulary of facts, with types and three-valued truth.

Text becomes a syntax tree (`syntax`), then a typed expression (`nodes`), which engines compute and
`interpreter` reads most plainly. `docs/language.md` is the page for people who write conditions.
"""

from visitcheck.language import problem_codes as _problem_codes
from visitcheck.language.compile import compile_condition
from visitcheck.language.evaluate import evaluate
from visitcheck.language.scope import ParamType, Scope

__all__ = ["ParamType", "Scope", "compile_condition", "evaluate"]
del _problem_codes
