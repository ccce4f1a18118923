"""Writes what became of mutants, as text for people and as JSON values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from visitcheck.authoring.mutation.trial import Mutation


def mutation_text(mutations: Sequence[Mutation], *, verbose: bool = False) -> str:
    """Write the unexplained survivors, then a line of figures for each pack; with `verbose` the explained ones too."""
    lines = [line for mutation in mutations for line in _pack_lines(mutation, verbose=verbose)]
    made, noticed = sum(each.made for each in mutations), sum(len(each.noticed) for each in mutations)
    return "\n".join([*lines, *map(_figures, mutations), f"mutants: {_share_text(noticed, made)}"])


def mutation_to_dict(mutation: Mutation) -> dict[str, object]:
    """One pack's mutants as JSON values: figures, and every survivor."""
    return {
        "pack": mutation.pack,
        "made": mutation.made,
        "noticed": len(mutation.noticed),
        "explained": len(mutation.survivors) - len(mutation.unexplained),
        "stale": [str(each.place) for each in mutation.stale],
        "survivors": [
            {
                "rule": mutant.rule,
                "kind": mutant.kind,
                "mutant": mutant.text,
                "file": mutant.place.file,
                "line": mutant.place.line,
                "why": why,
            }
            for mutant, why in mutation.survivors
        ],
    }


def _pack_lines(mutation: Mutation, *, verbose: bool) -> Iterator[str]:
    for mutant, why in mutation.survivors:
        if why is None:
            yield f"{mutant.place}: {mutant.rule}: no case notices\n  {mutant.text}"
        elif verbose:
            yield f"{mutant.place}: {mutant.rule}: no case can notice ({why})\n  {mutant.text}"
    for each in mutation.stale:
        yield f"{each.place}: explained, but noticed by a case or not a mutant of the pack: take it out"


def _figures(mutation: Mutation) -> str:
    explained = len(mutation.survivors) - len(mutation.unexplained)
    tail = f", {explained} explained" if explained else ""
    return f"{mutation.pack}: {_share_text(len(mutation.noticed), mutation.made)}{tail}"


def _share_text(noticed: int, made: int) -> str:
    thousandths = 1000 if made == 0 else noticed * 1000 // made
    return f"{noticed} of {made} noticed ({thousandths // 10}.{thousandths % 10} %)"
