"""`visitcheck synth`: made-up visits to try audits with."""

from __future__ import annotations

from pathlib import Path

import click

from visitcheck.cli.commands import command
from visitcheck.cli.languages import echo_line
from visitcheck.cli.options import help_lang_option


@command()
@click.option("--visits", type=click.IntRange(1, 50_000_000), default=1_000, show_default=True, help="How many.")
@click.option("--seed", type=click.IntRange(0, 1_000), default=1, show_default=True, help="Another seed, other visits.")
@click.option("-o", "--output", metavar="FILE", required=True, help="A `.parquet` or `.jsonl` file.")
@click.option(
    "format_", "--format", type=click.Choice(["parquet", "jsonl"]), help="Without it, as the name of FILE says."
)
@help_lang_option
def synth(visits: int, seed: int, output: str, format_: str | None) -> None:
    """Write made-up recorded visits: seasons, agencies of different quality, faults and silence at known rates.

    A visit without a fault is compliant by every shipped policy. The same bytes for the same number and seed.
    FILE.rates.json says how many visits have which fault, and how many have none that each policy sees.

    Exit code: 0 written, 2 the file cannot be written.
    """
    from visitcheck.audit.running.run_folder import translate_failures
    from visitcheck.cli.output import stop
    from visitcheck.errors import AuditFailed, EngineUnavailable
    from visitcheck.testing.synthetic import synthesise

    try:
        with translate_failures(Path(output)):
            written = synthesise(output, visits=visits, seed=seed, format=format_)  # type: ignore[arg-type]
    except AuditFailed as error:
        stop(output, error.problems, "text")
    except EngineUnavailable as error:
        raise click.UsageError(str(error)) from error
    echo_line("synth.written", output=output, visits=written.visits, faults=sum(written.faults.values()))
    for policy, counts in written.by_policy.items():
        echo_line("synth.policy", policy=policy, number=counts["nothing"])
