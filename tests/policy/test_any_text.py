"""Whatever a pack file holds, loading gives a policy or problems that can be shown."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from small_packs import pack, rule

from visitcheck.errors import InvalidPolicy
from visitcheck.policy import policy_from_texts

WHOLE = pack(
    "p",
    rule(
        more="let: {n: contacts.size()}\nwhen: debt.online\nremedy: {en: '{n}', zh: 救}\neffective: {from: 2026-01-01}"
    ),
    rule("s", require="debt.days_overdue > params.n", effect="deny"),
    more="parameters: {n: {type: int, values: [{from: 2026-01-01, value: 1}]}}\nuses: [q]\n"
    "facts: {d: {type: int, description: {en: D, zh: 深}}}\n"
    "overrides: [{rule: q/r, effect: deny, reason: {en: R, zh: 因}}]",
)


def load(text: str) -> None:
    try:
        policy_from_texts({"p.yaml": text, "q.yaml": pack("q", rule())})
    except InvalidPolicy as error:
        str(error).encode()


def test_the_whole_pack_loads() -> None:
    """What the other tests damage is sound."""
    policy_from_texts({"p.yaml": WHOLE, "q.yaml": pack("q", rule())})


@given(st.text())
@example("pack: [a]\nrules: {a: b}")
@example("pack: p\nuses: [p, p]\nrules: [[], {}, {id: {}}, {let: {a: {}}}]")
def test_any_text(text: str) -> None:
    """Arbitrary text."""
    load(text)


@given(st.integers(0, len(WHOLE)), st.integers(0, 40), st.text("{}[]:,\n\"' abn&|.()<0-", max_size=8))
def test_a_damaged_pack(at: int, length: int, put: str) -> None:
    """A sound pack with a piece cut out and another put in its place."""
    load(WHOLE[:at] + put + WHOLE[at + length :])


LINES = WHOLE.splitlines()


@given(st.integers(0, len(LINES) - 1), st.integers(0, len(LINES) - 1), st.booleans())
def test_lines_moved(first: int, second: int, drop: bool) -> None:
    """A sound pack with a line moved or dropped."""
    lines = list(LINES)
    line = lines.pop(first)
    load("\n".join(lines if drop else [*lines[:second], line, *lines[second:]]))


@pytest.mark.parametrize("value", ["", "~", "1", "[]", "{}", "[[]]", "{a: b}", "'x'"])
@pytest.mark.parametrize("line", [line for line in LINES if ": " in line and not line.lstrip().startswith("- ")])
def test_a_value_of_another_kind(line: str, value: str) -> None:
    """Each value in turn replaced by something else."""
    load(WHOLE.replace(line, f"{line.partition(':')[0]}: {value}", 1))
