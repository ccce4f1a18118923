"""The SQL engine: a Plan as expressions that DuckDB and Spark read alike, over one row a visit.

Needs the extra `audit` (or `spark`). Nothing here is imported by `import visitcheck`.
"""

from visitcheck.engines.sql.duckdb_engine import DuckDbEngine
from visitcheck.engines.sql.engine import SqlEngine
from visitcheck.engines.sql.verdicts import OUTCOME_CODES, STATUS_CODES

__all__ = ["OUTCOME_CODES", "STATUS_CODES", "DuckDbEngine", "SqlEngine"]
