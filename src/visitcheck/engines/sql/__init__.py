"""The SQL engine: a Plan as expressions that DuckDB and Spark read alike, over one row a visit."""
