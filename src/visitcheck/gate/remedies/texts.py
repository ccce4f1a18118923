"""What to do, in words."""

from __future__ import annotations

from visitcheck.facts.types import TIMESTAMP
from visitcheck.gate.messages import say_value
from visitcheck.policy.model import Language, Text

_CHANNELS: dict[str, Text] = {
    "sms": Text(en="by SMS", zh="以短信"),
    "phone": Text(en="by phone", zh="以电话"),
    "letter": Text(en="by letter", zh="以信函"),
}


def notice_text(channel: str, start: int, by: int, zone: str | None) -> Text:
    """A notice of the visit at `start`, which must have reached the borrower at `by`."""
    how = _CHANNELS[channel]
    return Text(
        en=(
            f"Tell the borrower {how.en} of the visit at {_at(start, 'en', zone)} and of its place; "
            f"the notice must have arrived by {_at(by, 'en', zone)}."
        ),
        zh=(f"{how.zh}将 {_at(start, 'zh', zone)} 的上门时间和地点告知借款人，最迟须于 {_at(by, 'zh', zone)} 送达。"),
    )


def agreement_text(start: int, by: int, zone: str | None) -> Text:
    """A new agreement with the borrower on the visit at `start`, made by `by`."""
    return Text(
        en=f"Agree the new time, {_at(start, 'en', zone)}, with the borrower by {_at(by, 'en', zone)}.",
        zh=f"最迟于 {_at(by, 'zh', zone)} 与借款人重新约定上门时间：{_at(start, 'zh', zone)}。",
    )


def add_moment(what: Text, by: int | None, start: int | None, zone: str | None) -> Text:
    """What to do, and by when."""
    if by is None:
        return what
    if by == start:
        return Text(en=f"{what.en} Before the visit begins.", zh=f"{what.zh}须在上门开始前完成。")
    return Text(en=f"{what.en} By {_at(by, 'en', zone)}.", zh=f"{what.zh}最迟于 {_at(by, 'zh', zone)} 完成。")


def _at(moment: int, lang: Language, zone: str | None) -> str:
    return say_value(moment, TIMESTAMP, lang, zone)
