"""`visitcheck columns`: help with column mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from visitcheck.columns import CheckedMapping


@click.group()
def columns() -> None:
    """Map the columns of tables to facts."""


@columns.command()
@click.argument("file", metavar="FILE")
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook; the first one without it.")
@click.option("--encoding", metavar="NAME", help="How a CSV file is encoded, like gb18030; guessed without it.")
@click.option("-p", "--policy", "policies", multiple=True, metavar="POLICY", help="Say what else it would need.")
def suggest(file: str, sheet: str | None, encoding: str | None, policies: tuple[str, ...]) -> None:
    """Propose a column mapping for FILE (CSV, Excel or Parquet) from its headers and first rows.

    Prints YAML for `audit --columns`. What it is not sure of is marked `unsure`: finish it by hand. With a policy it
    ends with the facts that no column gives and that would open the most rules.

    Exit code: 0 a mapping was printed, 2 the file cannot be read.
    """
    from visitcheck.cli.judging import policy_for
    from visitcheck.cli.output import stop
    from visitcheck.columns import suggest as suggest_columns
    from visitcheck.errors import InvalidInput

    policy = policy_for(policies, "text") if policies else None
    try:
        proposal = suggest_columns(file, sheet=sheet, encoding=encoding, policy=policy)
    except InvalidInput as error:
        stop(file, error.problems, "text")
    click.echo(proposal.text, nl=False)


_MOST_FACTS, _MOST_RULES = 12, 4


@columns.command()
@click.argument("mapping", metavar="MAPPING")
@click.argument("files", metavar="FILE...", nargs=-1)
@click.option("-p", "--policy", "policies", multiple=True, metavar="POLICY", help="Say what it could decide.")
def check(mapping: str, files: tuple[str, ...], policies: tuple[str, ...]) -> None:
    """Check a mapping: its keys, facts, values and formats, and with FILEs, or those that it names, their rows.

    With a policy it says how many rules these columns can decide, and which further facts would open the most.

    Exit code: 0 it can be used, 2 it has problems.
    """
    from visitcheck.cli.judging import policy_for
    from visitcheck.cli.output import stop
    from visitcheck.columns import check as check_columns
    from visitcheck.errors import InvalidInput

    policy = policy_for(policies, "text") if policies else None
    try:
        checked = check_columns(mapping, files, policy=policy)
    except InvalidInput as error:
        stop(mapping, error.problems, "text")
    click.echo(f"{mapping}: {checked.columns} columns of {checked.tables} tables")
    for warning in checked.warnings:
        click.echo(f"  note: {warning.message}{f'; {warning.help}' if warning.help else ''}")
    if checked.rows is not None:
        click.echo(f"  {checked.rows:,} rows of visits")
    for code, number in sorted(checked.rejects.items()):
        click.echo(f"  would be rejected: {number:,} [{code}]")
    if checked.rules is not None:
        _show_rules(checked)


def _show_rules(checked: CheckedMapping) -> None:
    """What the columns decide, and what further facts would open."""
    click.echo(f"  columns give all facts of {len(checked.decidable)} of {checked.rules} rules")
    if checked.open:
        lists = sorted({name for some in checked.open.values() for name in some})
        click.echo(f"  {len(checked.open)} of these read lists that may go on ({', '.join(lists)}): say `complete`")
        for name in lists:
            rules = [rule for rule, some in checked.open.items() if set(some) == {name}]
            if rules:
                more = f" and {len(rules) - _MOST_RULES} more" if len(rules) > _MOST_RULES else ""
                click.echo(f"    `complete` of {name} opens {', '.join(rules[:_MOST_RULES])}{more}")
    for missing in checked.missing[:_MOST_FACTS]:
        click.echo(f"  {missing.fact}: opens {len(missing.alone)} rules alone, {len(missing.after)} after those above")
    if len(checked.missing) > _MOST_FACTS:
        click.echo(f"  and {len(checked.missing) - _MOST_FACTS} further facts that no column gives")
