"""`visitcheck columns`: help with column mappings."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def columns() -> None:
    """Map the columns of tables to facts."""


@columns.command()
@click.argument("file", metavar="FILE")
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook; the first one without it.")
def suggest(file: str, sheet: str | None) -> None:
    """Propose a column mapping for FILE (CSV, Excel or Parquet) from its headers and first rows.

    Prints YAML for `audit --columns`. What it is not sure of is marked `unsure`: finish it by hand.

    Exit code: 0 a mapping was printed, 2 the file cannot be read.
    """
    from visitcheck.audit.inputs.table_samples import sample_table
    from visitcheck.audit.mapping.suggest import suggest_mapping
    from visitcheck.cli.output import stop
    from visitcheck.errors import InvalidInput

    try:
        sample = sample_table(Path(file), sheet=sheet)
    except InvalidInput as error:
        stop(file, error.problems, "text")
    click.echo(suggest_mapping(sample), nl=False)


@columns.command()
@click.argument("mapping", metavar="MAPPING")
def check(mapping: str) -> None:
    """Check a mapping file by itself: its keys, facts, values and formats; not yet against tables.

    Exit code: 0 it can be used, 2 it has problems.
    """
    from visitcheck.audit.mapping import load_mapping
    from visitcheck.cli.output import stop
    from visitcheck.errors import InvalidInput

    try:
        mapped = load_mapping(mapping)
    except InvalidInput as error:
        stop(mapping, error.problems, "text")
    tables = (mapped.visits, *mapped.tables)
    click.echo(f"{mapping}: {sum(len(table.columns) for table in tables)} columns of {len(tables)} tables")
