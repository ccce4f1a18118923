"""Writes what became of mutants, as text for people and as JSON values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from visitcheck.authoring.mutation.trial import Mutation
from visitcheck.texts import Language, say


def mutation_text(mutations: Sequence[Mutation], *, verbose: bool = False, lang: Language = "en") -> str:
    """Write the unexplained survivors, then a line of figures for each pack; with `verbose` the explained ones too.

    A mutant is in every language as files of what is accepted name it.
    """
    lines = [line for mutation in mutations for line in _pack_lines(mutation, verbose=verbose, lang=lang)]
    made, noticed = sum(each.made for each in mutations), sum(len(each.noticed) for each in mutations)
    total = say(lang, "mutation.total", share=_share_text(noticed, made, lang))
    return "\n".join([*lines, *(_figures(each, lang) for each in mutations), total])


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


def _pack_lines(mutation: Mutation, *, verbose: bool, lang: Language) -> Iterator[str]:
    for mutant, why in mutation.survivors:
        if why is None:
            yield f"{say(lang, 'mutation.unnoticed', place=mutant.place, rule=mutant.rule)}\n  {mutant.text}"
        elif verbose:
            told = say(lang, "mutation.explained", place=mutant.place, rule=mutant.rule, why=why)
            yield f"{told}\n  {mutant.text}"
    for each in mutation.stale:
        yield say(lang, "mutation.stale", place=each.place)


def _figures(mutation: Mutation, lang: Language) -> str:
    explained = len(mutation.survivors) - len(mutation.unexplained)
    tail = say(lang, "mutation.with-reason", number=explained) if explained else ""
    return f"{mutation.pack}: {_share_text(len(mutation.noticed), mutation.made, lang)}{tail}"


def _share_text(noticed: int, made: int, lang: Language) -> str:
    thousandths = 1000 if made == 0 else noticed * 1000 // made
    percent = f"{thousandths // 10}.{thousandths % 10}"
    return say(lang, "mutation.share", noticed=noticed, made=made, percent=percent)
