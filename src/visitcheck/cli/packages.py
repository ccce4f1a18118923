"""Which extra brings a package that a command needs."""

from __future__ import annotations

_EXTRAS = {
    "duckdb": "audit",
    "pyarrow": "audit",
    "sqlglot": "audit",
    "numpy": "audit",
    "jinja2": "report",
    "markupsafe": "report",
    "pandas": "spark",
    "pyspark": "spark",
    "python_calamine": "excel",
    "adbc_driver_manager": "postgres",
    "adbc_driver_postgresql": "postgres",
    "hypothesis": "testing",
    "pytest": "testing",
}


def needed(error: ModuleNotFoundError) -> str | None:
    """What to install for a missing package; None where it is none of an extra's, and so a defect."""
    package = (error.name or "").partition(".")[0]
    extra = _EXTRAS.get(package)
    if extra is None:
        return None
    return f'this command needs the package {package}, which is not installed: pip install "visitcheck[{extra}]"'
