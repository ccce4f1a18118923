"""What people call facts, and the words of closed sets."""

from __future__ import annotations

from collections.abc import Mapping

from visitcheck.texts.catalogue import Language, read_texts

_COMPLETENESS: dict[Language, str] = {"en": "whether these are all: {}", "zh": "是否完整：{}"}


def fact_text(path: str, lang: Language) -> str | None:
    """Give the name of a fact, group or list by its path; None for facts that packs declare.

    What says whether a list is complete is named by the list.
    """
    names: Mapping[str, Mapping[str, str]] = read_texts("facts.yaml")["facts"]
    if path in names:
        return names[path][lang]
    listed = path.removeprefix("completeness.").removesuffix(".complete")
    if path == listed or listed not in names:
        return None
    return _COMPLETENESS[lang].format(names[listed][lang])


def word_text(words: str, word: str, lang: Language) -> str | None:
    """Give the name of a word of a closed set, like `contact.result`; None for words that packs declare."""
    texts = read_texts("facts.yaml")
    names: Mapping[str, str] | None = texts["words_of"].get(words, {}).get(word, texts["words"].get(word))
    return None if names is None else names[lang]
