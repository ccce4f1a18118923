"""What a database reads in printed SQL: the tree it was printed from, whatever `sqlglot` calls its nodes."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from visitcheck.engines.sql.dialects import DIALECTS

_OPEN = (exp.Binary, exp.Not, exp.Neg, exp.Between, exp.In, exp.AtTimeZone, exp.RegexpLike)


def read_back(tree: exp.Expr, dialect: str) -> tuple[str, str]:
    """The tree as it is, and as it is read where it was printed: equal only where both have one shape.

    Both are shown with the brackets that the shape alone asks for, around every operator.
    """
    printed = DIALECTS[dialect].print(tree)
    return _shape(tree, dialect), _shape(sqlglot.parse_one(printed, dialect=dialect), dialect)


def _shape(tree: exp.Expr, dialect: str) -> str:
    root = exp.Paren(this=tree.copy())
    for bracket in [node for node in root.find_all(exp.Paren) if node is not root]:
        bracket.replace(bracket.this)
    for operator in [node for node in root.walk() if isinstance(node, _OPEN)]:
        holder = exp.Paren()
        operator.replace(holder)
        holder.set("this", operator)
    return root.sql(dialect)
