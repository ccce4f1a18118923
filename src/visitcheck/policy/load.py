"""`load_policy`: names and paths in, one resolved policy out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from visitcheck.policy.kept import keep, read_kept
from visitcheck.policy.library import Library
from visitcheck.policy.model import Policy
from visitcheck.policy.resolve import resolve


def load_policy(*names_or_paths: str | Path, allow_shadow: Collection[str] = ()) -> Policy:
    """The policy made of the named packs and all packs that they use.

    A name is a shipped folder (`"base"`: all packs directly in it), the id of a shipped pack
    (`"base.process"`) or its file's stem; a path leads to a `.yaml` file or a folder of them. Packs under
    `uses` are looked for among the packs asked for, then beside them, then among the shipped ones. A file that has
    the id of a shipped pack and says something else is refused, unless `allow_shadow` names that id; then every
    decision lists it among its relaxations.

    A policy that was resolved before, from the same texts by the same code, is read from this user's cache
    (`kept`); `VISITCHECK_CACHE=off` in the environment keeps nothing there.

    Raises `InvalidPolicy` with all problems of all packs, each with its place.
    """
    if not names_or_paths:
        raise TypeError("load_policy needs at least one name or path")
    library = Library([], frozenset(allow_shadow))
    for name in names_or_paths:
        library.ask(name)
    title = " + ".join(str(name) for name in names_or_paths)
    policy = None if library.problems else read_kept(title, library)
    if policy is None:
        policy = resolve(title, library)
        keep(policy, library)
    return policy


def policy_from_texts(texts: Mapping[str, str], *, name: str = "policy") -> Policy:
    """The policy made of packs given as text, by the names that messages show in place of files.

    Raises `InvalidPolicy` with all problems of all packs, each with its place.
    """
    library = Library([])
    for file, text in texts.items():
        library.ask_text(file, text)
    return resolve(name, library)
