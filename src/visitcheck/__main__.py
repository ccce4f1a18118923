"""`python -m visitcheck`: the command line."""

from visitcheck.cli import main

main()
