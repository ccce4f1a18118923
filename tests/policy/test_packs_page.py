"""What `docs/packs.md` shows loads, and its tables name exactly the keys there are."""

import re
from pathlib import Path

import pytest

from visitcheck.policy import format as shapes
from visitcheck.policy import policy_from_texts

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "packs.md").read_text("utf-8")
EXAMPLES = {re.search(r"^pack: (\S+)", text, re.M)[1]: text for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.S)}  # type: ignore[index]
TABLES = {
    "key": shapes.PACK,
    "key of an instrument": shapes.INSTRUMENT_FIELDS,
    "key of a citation": shapes.CITATION,
    "key of a parameter": shapes.PARAMETER,
    "key of a dated value": shapes.DATED_VALUE,
    "key of a rule": shapes.RULE,
    "key of an exception": shapes.EXCUSE,
    "key of a fact": shapes.EXTRA_FACT,
    "key of an override": shapes.OVERRIDE,
}


def rows(head: str) -> list[tuple[str, bool]]:
    """The keys of a table with whether it calls them required."""
    table = re.search(rf"^\| {head} \| holds \|\n\| --- \| --- \|\n((?:\|.*\n)+)", PAGE, re.M)
    assert table is not None, head
    return [(line.split("`")[1], "(required)" in line) for line in table[1].splitlines()]


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_load(name: str) -> None:
    """Each pack on the page, with the page's other packs at hand."""
    texts = {name: EXAMPLES[name]}
    if "uses:" in EXAMPLES[name]:
        texts |= EXAMPLES
    assert f"{name}" in {pack.id for pack in policy_from_texts(texts).packs}


@pytest.mark.parametrize("head", TABLES)
def test_tables_name_every_key(head: str) -> None:
    """In the order of the format, with the required ones marked."""
    assert rows(head) == [(name, key.required) for name, key in TABLES[head].keys.items()]
