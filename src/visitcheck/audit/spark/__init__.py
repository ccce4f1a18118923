"""The audit on Apache Spark: the same policy over a DataFrame, with the verdicts that DuckDB gives.

Reading, listing findings and counting are the DuckDB audit's own code, run on the workers over batches of rows.
Earlier visits, repeated ids, truths, statuses and outcomes are Spark SQL. Needs the extra `spark`, and DuckDB wherever
a worker runs.
"""
