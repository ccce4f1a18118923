"""`python -m visitcheck.cli`."""

from visitcheck.cli import main

main(prog_name="visitcheck")
