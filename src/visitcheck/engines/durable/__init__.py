"""The durable-rules engine: a Plan as rule sets of durable-rules' C core, within the envelope where that is right.

The folder in the order things are made: `formulas` (conditions over int features), `features` (what of a condition
is a feature, and its value for a visit) with `source` (the function that reads these values), `packing` (what
the core takes, and which formulas share a rule set), `program` (a Plan compiled), `core` (the package behind it),
`rulesets` (one rule set run safely), `memory` (what was inferred before), `conclusion` (the decision as an inference),
`engine`, and `self_test`.

What is shared with the native engine is the validated visit, and the comparison, arithmetic and functions of
`language`. Feature values are read by a function that is written here, neither by native's code nor by the reference
interpreter; And, Or, Not and the tests of features are inferred by durable-rules.
"""

from visitcheck.engines.durable.engine import DurableEngine

__all__ = ["DurableEngine"]
