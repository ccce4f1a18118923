"""Visits and what they could turn out to be: more is said of each, and nothing of what was said is taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, NamedTuple, TypeAlias

from hypothesis import strategies as st

from visitcheck.errors import InvalidVisit
from visitcheck.facts import Visit, read_visit
from visitcheck.facts.completeness import OPEN_LISTS, WORDS
from visitcheck.facts.fields import shapes
from visitcheck.policy.model import Stage
from visitcheck.testing import visit_mappings

_Facts: TypeAlias = dict[str, Any]


class Refinement(NamedTuple):
    """A visit, the same visit of which more is known, and how it came to be known."""

    visit: Visit
    refined: Visit
    steps: tuple[str, ...]


@st.composite
def refinements(draw: st.DrawFn, stage: Stage | None = None) -> Refinement:
    """Valid visits, each with one that refines it; a step that would contradict what is given is left out."""
    start = draw(visit_mappings(stage, min_facts=20))
    further = draw(visit_mappings(stage, min_facts=20))
    known, done = start, []
    for name in draw(st.lists(st.sampled_from(sorted(_STEPS)), min_size=3, max_size=12)):
        tried = deepcopy(known)
        if _STEPS[name](draw, tried, further) and _is_valid(tried):
            known = tried
            done.append(name)
    return Refinement(read_visit(start), read_visit(known), tuple(done))


def _is_valid(facts: _Facts) -> bool:
    try:
        read_visit(facts)
    except InvalidVisit:
        return False
    return True


# -- the steps: each changes `known` and says whether it did


def _fill_in_fact(draw: st.DrawFn, known: _Facts, further: _Facts) -> bool:
    """Give a fact that is missing, outside lists."""
    missing = [
        (group, name)
        for group, facts in further.items()
        if isinstance(facts, dict) and group not in ("completeness", "extra")
        for name in facts
        if name not in known.get(group, {}) and f"{group}.{name}" not in OPEN_LISTS
    ]
    if not missing:
        return False
    group, name = draw(st.sampled_from(missing))
    known.setdefault(group, {})[name] = further[group][name]
    return True


def _fill_in_element(draw: st.DrawFn, known: _Facts, further: _Facts) -> bool:
    """Give a fact that is missing of an element of a list."""
    missing = [
        (element, name, other[name])
        for path in OPEN_LISTS
        for element in _get(known, path) or ()
        for other in _get(further, path) or ()
        if isinstance(element, dict)
        for name in other
        if name not in element
    ]
    if not missing:
        return False
    element, name, value = draw(st.sampled_from(missing))
    element[name] = value
    return True


def _fill_in_list(draw: st.DrawFn, known: _Facts, further: _Facts) -> bool:
    """Give a list of which nothing is said; it may go on itself."""
    missing = [path for path in OPEN_LISTS if _get(known, path) is None and _about(known, path) is None]
    missing = [path for path in missing if _get(further, path) is not None]
    if not missing:
        return False
    path = draw(st.sampled_from(missing))
    _put(known, path, _get(further, path))
    about = _about(further, path)
    if about is not None and draw(st.booleans()):
        _put(known, f"completeness.{path}", about)
    return True


def _add_element(draw: st.DrawFn, known: _Facts, further: _Facts) -> bool:
    """Add an element to a list that goes on: of the facts that `all_with` names, it has one that is no named word."""
    path = _choose_open(draw, known)
    if path is None:
        return False
    given, others = _get(known, path) or [], _get(further, path) or []
    unnamed = list(_unnamed_words(known, path))
    if OPEN_LISTS[path].closing == (WORDS,):
        words = [word for _, word in unnamed] or (others if not _all_with(known, path) else [])
        added: Any = draw(st.sampled_from(words)) if words else None
    else:
        added = dict(draw(st.sampled_from([{}, *others, *given])))
        if unnamed and draw(st.integers(0, 3)):
            fact, word = draw(st.sampled_from(unnamed))
            added[fact] = word
        if not _is_open_to(_all_with(known, path), added):
            return False
    if added is None:
        return False
    _put(known, path, [*given, added] if draw(st.booleans()) else [added, *given])
    return True


def _add_word(draw: st.DrawFn, known: _Facts, further: _Facts) -> bool:
    """Name one more word of a fact that `all_with` names."""
    path = _choose_open(draw, known)
    unnamed = list(_unnamed_words(known, path)) if path is not None else []
    if path is None or not unnamed:
        return False
    fact, word = draw(st.sampled_from(unnamed))
    _all_with(known, path)[fact] = [*_all_with(known, path)[fact], word]
    return True


def _complete(draw: st.DrawFn, known: _Facts, further: _Facts) -> bool:
    """Say that a list which goes on holds everything."""
    path = _choose_open(draw, known)
    if path is None:
        return False
    _put(known, path, _get(known, path) or [])
    _put(known, f"completeness.{path}", {"complete": True})
    return True


_STEPS: dict[str, Callable[[st.DrawFn, _Facts, _Facts], bool]] = {
    "add element": _add_element,
    "add another element": _add_element,
    "add word": _add_word,
    "complete": _complete,
    "fill in element": _fill_in_element,
    "fill in fact": _fill_in_fact,
    "fill in another fact": _fill_in_fact,
    "fill in list": _fill_in_list,
}


# -- reading and writing plain facts


def _get(facts: _Facts, path: str) -> Any:
    value: Any = facts
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _put(facts: _Facts, path: str, value: Any) -> None:
    *groups, name = path.split(".")
    for group in groups:
        facts = facts.setdefault(group, {})
    facts[name] = value


def _about(facts: _Facts, path: str) -> _Facts | None:
    about: _Facts | None = _get(facts, f"completeness.{path}")
    return about


def _all_with(facts: _Facts, path: str) -> dict[str, list[str]]:
    return (_about(facts, path) or {}).get("all_with") or {}


def _choose_open(draw: st.DrawFn, facts: _Facts) -> str | None:
    """A list that goes on."""
    paths = [path for path in OPEN_LISTS if (_about(facts, path) or {}).get("complete") is False]
    return draw(st.sampled_from(paths)) if paths else None


def _is_open_to(all_with: dict[str, list[str]], element: _Facts) -> bool:
    """Whether a list may lack an element: `all_with` does not claim to hold it."""
    return not all_with or any(element.get(fact) not in (None, *words) for fact, words in all_with.items())


def _unnamed_words(facts: _Facts, path: str) -> Iterator[tuple[str, str]]:
    """The words that `all_with` leaves out of the facts that it names."""
    model = OPEN_LISTS[path].model
    for fact, words in _all_with(facts, path).items():
        field = path.rpartition(".")[2] if fact == WORDS else fact
        yield from ((fact, word) for word in shapes(model)[field].words if word not in words)
