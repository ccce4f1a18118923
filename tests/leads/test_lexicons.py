"""Lexicons are read strictly, and all that is wrong with one is said at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from visitcheck import LeadReader, leads
from visitcheck.errors import InvalidInput
from visitcheck.leads.lexicon import lexicon_from_text, load_lexicon, shipped_digests, shipped_kinds, shipped_lexicons

OWN = """
lexicon: own
script: latin
gap: 20
negation: {reach: 20, before: ["no", not], clauses: [but]}
kinds:
  pets:
    label: {en: Pets, zh: 宠物}
    looks_at: [{fact: "conduct[].kind", words: [entry]}]
sets: {pet: [dog*, cat]}
leads:
  pets: {phrases: ["fed the {pet}", "{pet} … bit"], unless: [hot dog]}
"""


def _codes(text: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        lexicon_from_text(text)
    assert all(problem.place for problem in caught.value.problems)
    return [problem.code for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("before", "after", "codes"),
    [
        ("{pet} … bit", "{pets} … bit", ["lexicon-set"]),
        ("{pet} … bit", "{pet} …", ["lexicon-phrase"]),
        ("{pet} … bit", "{pet bit", ["lexicon-phrase"]),
        ("{pet} … bit", "{pet} … … bit", ["lexicon-phrase"]),
        ("  pets: {", "  pests: {", ["lexicon-kind"]),
        ("conduct[].kind", "conduct[].sort", ["lexicon-fact"]),
        ("words: [entry]", "words: [entering]", ["lexicon-fact"]),
        ("gap: 20", "gap: none", ["wrong-form"]),
        ("script: latin", "script: greek", ["wrong-word"]),
        ("lexicon: own", "lexikon: own", ["missing-key", "unknown-key"]),
        ("unless: [hot dog]", "except: [hot dog]", ["unknown-key"]),
    ],
)
def test_what_is_wrong_is_said_with_its_place(before: str, after: str, codes: list[str]) -> None:
    assert before in OWN
    assert _codes(OWN.replace(before, after)) == codes


def test_a_wrong_set_is_answered_with_the_nearest() -> None:
    with pytest.raises(InvalidInput) as caught:
        lexicon_from_text(OWN.replace("{pet} … bit", "{pit} … bit"))
    assert "pet" in str(caught.value.problems[0].help)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        load_lexicon(tmp_path / "absent.yaml")
    (tmp_path / "empty.yaml").write_text("", "utf-8")
    with pytest.raises(InvalidInput):
        load_lexicon(tmp_path / "empty.yaml")


def test_a_lexicon_of_ones_own_is_read_beside_the_shipped(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN, "utf-8")
    text = "We fed the dogs; police came. The dog never bit, he ate a hot dog."
    assert [(lead.kind, lead.words, lead.negated) for lead in leads(text, lexicons=[path])] == [
        ("pets", "fed the dogs", False),
        ("police", "police", False),
        ("pets", "dog…bit", False),  # this lexicon does not know `never`
    ]
    reader = LeadReader.shipped(path)
    assert set(reader.digests) == {"zh", "en", "own"}
    assert reader.kinds["pets"].label.zh == "宠物"


def test_shipped_lexicons_have_phrases_for_every_kind() -> None:
    kinds = {kind.name for kind in shipped_kinds()}
    for lexicon in shipped_lexicons():
        assert {each.kind for each in lexicon.leads} == kinds
        assert shipped_digests()[lexicon.name] == lexicon.digest


def test_a_hash_is_of_the_lexicon_whatever_ends_its_lines() -> None:
    assert lexicon_from_text(OWN).digest == lexicon_from_text(OWN.replace("\n", "\r\n")).digest
    assert lexicon_from_text(OWN).digest != lexicon_from_text(OWN + "# more\n").digest
