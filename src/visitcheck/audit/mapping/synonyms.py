"""What people call facts and their values, read from the data files beside this module."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from visitcheck.documents import YamlMapping, YamlScalar, YamlSequence, parse_yaml
from visitcheck.suggest import similarity

_WORTH_PROPOSING = 0.6  # below `suggest.LIKE_ENOUGH`: people confirm each proposal, and see what else was near

_hungarian = re.compile(r"^(?:str|dt|n|l|b|i|s)(?=[A-Z])").sub
"""Leaves out a prefix that says a column's type, as in `strCaseNo`."""
_NOISE = re.compile(r"[\s_\-.,:;/()（）【】\[\]<>《》、，。：*#'\"]+")


def fold_header(name: str) -> str:
    """Drop case, width, spaces and punctuation of a header, so that spellings compare equal."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name).casefold())


@cache
def fact_names() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """For each fact its names by language, `zh` and `en`."""
    return {path: dict(_text_lists(node)) for path, node in _mapping_entries(_read_yaml("synonyms.yaml"))}


@cache
def value_words() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Under `truths` and `words`: what people write, by what it means."""
    return {part: dict(_text_lists(node)) for part, node in _mapping_entries(_read_yaml("value_words.yaml"))}


@cache
def event_names() -> Mapping[str, tuple[str, str]]:
    """What a column of yes and no tells of, by its folded header: the key under `events:`, and the word."""
    events = ((tuple(what.split()), names) for what, names in value_words()["events"].items())
    return {fold_header(name): (key, word) for (key, word), names in events for name in names}


@cache
def _facts_by_name() -> Mapping[str, str]:
    facts = {fold_header(path): path for path in fact_names()}
    for path, names in fact_names().items():
        facts |= {fold_header(name): path for some in names.values() for name in some}
    return facts


def likely_facts(header: str) -> list[tuple[float, str]]:
    """Facts that a header may mean, the likeliest first: 1 for a known name, less for one that resembles it."""
    name = fold_header(header)
    exact = _facts_by_name().get(name) or _facts_by_name().get(fold_header(_hungarian("", header)))
    if exact is not None:
        return [(1.0, exact)]
    best: dict[str, float] = {}
    for known, path in _facts_by_name().items():
        ratio = similarity(name, known)
        if ratio >= _WORTH_PROPOSING:
            best[path] = max(best.get(path, 0), ratio)
    return sorted(((ratio, path) for path, ratio in best.items()), key=lambda one: (-one[0], one[1]))


def _read_yaml(name: str) -> YamlMapping:
    text = resources.files(__package__ or "").joinpath(name).read_text(encoding="utf-8")
    node, problems = parse_yaml(text, name)
    if problems or not isinstance(node, YamlMapping):
        raise AssertionError(f"{name}: {problems}")
    return node


def _mapping_entries(node: YamlMapping) -> Iterator[tuple[str, YamlMapping]]:
    return ((key.text, value) for key, value in node.entries if isinstance(value, YamlMapping))


def _text_lists(node: YamlMapping) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, value in node.entries:
        if isinstance(value, YamlSequence):
            yield key.text, tuple(item.text for item in value.items if isinstance(item, YamlScalar))
