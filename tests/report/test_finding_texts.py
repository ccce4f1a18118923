"""What a page shows of the facts behind a finding: closed words by their labels in Chinese, as they are in English."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from visitcheck.facts.types import ListOf, Word
from visitcheck.facts.vocabulary import FACTS
from visitcheck.gate import Decision
from visitcheck.gate.explain import Read
from visitcheck.gate.findings import DoubtFinding
from visitcheck.policy.model import Text
from visitcheck.report import Privacy
from visitcheck.report.finding_texts import explain_doubt
from visitcheck.report.wording import page_texts


def _shown(fact: str, value: object, type_: object = None) -> Text | None:
    read = Read(fact, value, FACTS[fact].type if type_ is None else type_)  # type: ignore[arg-type]
    doubt = DoubtFinding("probe", (fact,), Text("doubt", "存疑"), "", (read,))
    decision = cast("Decision", SimpleNamespace(zone=None))
    return explain_doubt(decision, doubt, Privacy()).facts[0][1]


@pytest.mark.parametrize(
    ("fact", "value", "shown"),
    [
        ("contacts[].channel", "phone", Text("phone", "电话")),
        ("contacts[].direction", "outbound", Text("outbound", "呼出")),
        ("contacts[].result", "refused", Text("refused", "拒接")),
        ("lender.memberships", ("cba", "nifa"), Text("cba, nifa", "中国银行业协会、中国互联网金融协会")),
        ("lender.memberships", (), Text("", "")),
        ("place.kind", None, Text("not known", "未知")),
        ("place.private", True, Text("yes", "是")),
        ("place.address", "3 Lane", page_texts()("page.withheld")),
    ],
)
def test_closed_words_have_chinese_labels(fact: str, value: object, shown: Text) -> None:
    assert _shown(fact, value) == shown


def test_words_that_a_pack_declares_stay_as_they_are() -> None:
    own = ListOf(Word("extra.colour", ("crimson", "phone")))
    assert _shown("place.kind", ("crimson", "phone"), own) == Text("crimson, phone", "crimson、phone")
