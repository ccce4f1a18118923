"""The SQL engine: a Plan as expressions that DuckDB and Spark read alike, over one row a visit.

Needs the extra `audit` (or `spark`). Nothing here is imported by `import visitcheck`.
"""

from visitcheck.engines.outcomes import OUTCOME_CODES, STATUS_CODES
from visitcheck.engines.sql.duckdb_engine import DuckDbEngine
from visitcheck.engines.sql.engine import SqlEngine

__all__ = ["OUTCOME_CODES", "STATUS_CODES", "DuckDbEngine", "SqlEngine"]
