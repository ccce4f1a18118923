"""The audit: recorded visits in files or a database, judged by the million."""
