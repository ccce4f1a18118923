"""What people call facts, so that pages show labels, and paths in an annex alone."""

from __future__ import annotations

import re
from functools import cache

from visitcheck.audit.next_facts import fact_label
from visitcheck.policy.model import Text
from visitcheck.report.wording import page_texts

_element = re.compile(r"([^\[]+)\[(\d+)\](?:\.(.+))?").fullmatch
_COMPLETENESS = "completeness."


@cache
def fact_text(path: str) -> Text:
    """Say what people call a fact: of a list's facts with the list, of its completeness as a question."""
    if path.startswith(_COMPLETENESS):
        asked, of = page_texts()("page.going_on"), fact_text(path.removeprefix(_COMPLETENESS))
        return Text(en=asked.en.format(fact=of.en), zh=asked.zh.format(fact=of.zh))
    if (element := _element(path)) is not None:
        of, number = fact_label(element[1]), int(element[2]) + 1
        if element[3] is None:
            return Text(en=f"{of.en} {number}", zh=f"{of.zh}{number}")
        label = fact_text(f"{element[1]}[].{element[3]}")
        own = label.en.removeprefix(f"{of.en}: "), label.zh.removeprefix(f"{of.zh}：")
        return Text(en=f"{of.en} {number}: {own[0]}", zh=f"{of.zh}{number}：{own[1]}")
    listed, mark, _ = path.partition("[].")
    label = fact_label(path)
    if not mark or label == Text(path, path):
        return label
    of = fact_label(listed)
    return Text(en=f"{of.en}: {label.en}", zh=f"{of.zh}：{label.zh}")
