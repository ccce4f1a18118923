"""What the databases spell differently: everything else is written once, for both."""

from __future__ import annotations

from visitcheck.engines.sql.dialects.base import Dialect
from visitcheck.engines.sql.dialects.duckdb import DuckDb
from visitcheck.engines.sql.dialects.spark import Spark

DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (DuckDb(), Spark())}

__all__ = ["DIALECTS", "Dialect", "DuckDb", "Spark"]
