"""`visitcheck columns`: help with column mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from visitcheck.cli.commands import Group
from visitcheck.cli.languages import console_language, echo_line, line, message_text
from visitcheck.cli.options import help_lang_option

if TYPE_CHECKING:
    from visitcheck.columns import CheckedMapping


@click.group(cls=Group)
@help_lang_option
def columns() -> None:
    """Map the columns of tables to facts."""


@columns.command()
@click.argument("file", metavar="FILE")
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook; the first one without it.")
@click.option("--encoding", metavar="NAME", help="How a CSV file is encoded, like gb18030; guessed without it.")
@click.option("-p", "--policy", "policies", multiple=True, metavar="POLICY", help="Say what else it would need.")
@help_lang_option
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
        proposal = suggest_columns(file, sheet=sheet, encoding=encoding, policy=policy, lang=console_language())
    except InvalidInput as error:
        stop(file, error.problems, "text")
    click.echo(proposal.text, nl=False)


_MOST_FACTS, _MOST_RULES = 12, 4


@columns.command()
@click.argument("mapping", metavar="MAPPING")
@click.argument("files", metavar="FILE...", nargs=-1)
@click.option("-p", "--policy", "policies", multiple=True, metavar="POLICY", help="Say what it could decide.")
@help_lang_option
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
    echo_line("columns.checked", mapping=mapping, columns=checked.columns, tables=checked.tables)
    for warning in checked.warnings:
        echo_line("columns.note", problem=message_text(warning.code, warning.message, warning.help))
    if checked.rows is not None:
        echo_line("columns.rows", rows=checked.rows)
    for code, number in sorted(checked.rejects.items()):
        echo_line("columns.rejects", number=number, code=code)
    if checked.rules is not None:
        _show_rules(checked)


def _show_rules(checked: CheckedMapping) -> None:
    """What the columns decide, and what further facts would open."""
    echo_line("columns.decidable", decidable=len(checked.decidable), rules=checked.rules)
    if checked.open:
        lists = sorted({name for some in checked.open.values() for name in some})
        echo_line("columns.open-lists", number=len(checked.open), lists=line("comma").join(lists))
        for name in lists:
            rules = [rule for rule, some in checked.open.items() if set(some) == {name}]
            if rules:
                more = line("columns.and-more", number=len(rules) - _MOST_RULES) if len(rules) > _MOST_RULES else ""
                echo_line("columns.complete-opens", name=name, rules=line("comma").join(rules[:_MOST_RULES]), more=more)
    for missing in checked.missing[:_MOST_FACTS]:
        numbers = {"alone": len(missing.alone), "after": len(missing.after)}
        echo_line("columns.missing", fact=missing.fact, **numbers)
    if len(checked.missing) > _MOST_FACTS:
        echo_line("columns.further", number=len(checked.missing) - _MOST_FACTS)
