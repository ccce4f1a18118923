"""The digest changes when, and only when, the meaning of a policy does."""

import pytest

from visitcheck.policy import policy_from_texts

PACK = """\
pack: p
title: {en: P, zh: 包}
version: 1.0.0
timezone: Asia/Shanghai
applies: debt.online
instruments:
  law: {title: {en: L, zh: 法}, force: law}
parameters:
  most: {type: int, values: [{from: 2026-01-30, value: 3}]}
lexicons:
  threat: {zh: [弄死你], en: [kill you]}
rules:
  - id: r
    title: {en: R, zh: 规}
    stages: [recorded]
    let: {count: "contacts.filter(c, c.planned).size()"}
    when: debt.days_overdue >= 30
    require: {few: count < params.most}
    unless:
      - {id: asked, when: visit.requested_by_debtor, cites: [{instrument: law, reading: press}]}
    effect: deny
    effective: {from: 2026-01-30}
    message: {en: "{count} contacts", zh: "{count} 次"}
    cites: [{instrument: law, article: "22", reading: text}]
  - id: words
    title: {en: W, zh: 词}
    stages: [recorded]
    require: {calm: '!mentions(record.summary, "threat")'}
    effect: review
    message: {en: M, zh: 信}
"""
SAME = {
    "comment": ("pack: p\n", "# why\npack: p\n"),
    "layout": (
        "require: {few: count < params.most}",
        "require:\n      few: >-\n        count\n        < params.most",
    ),
    "spaces in a condition": ("count < params.most", "  (count<params.most)"),
    "title": ("en: R,", "en: Another title,"),
    "message": ("{count} contacts", "Too many: {count}"),
    "version": ("1.0.0", "1.0.1"),
    "order of exceptions' keys": (
        "id: asked, when: visit.requested_by_debtor",
        "when: visit.requested_by_debtor, id: asked",
    ),
    "variable of a macro": ("filter(c, c.planned)", "filter(contact, contact.planned)"),
    "a word written wider": ("kill you", "ＫＩＬＬ you"),
    "a default written out": ("effect: deny", "effect: deny\n    on_unknown: review"),
    "the zone's place": (
        "timezone: Asia/Shanghai\napplies: debt.online\n",
        "applies: debt.online\ntimezone: Asia/Shanghai\n",
    ),
}
CHANGED = {
    "threshold": (">= 30", ">= 31"),
    "operator": (">= 30", "> 30"),
    "date of a parameter": ("{from: 2026-01-30, value: 3}", "{from: 2026-01-31, value: 3}"),
    "value of a parameter": ("value: 3", "value: 4"),
    "type of a constant": ("applies: debt.online", "applies: debt.disputed"),
    "effect": ("effect: deny", "effect: review"),
    "on_unknown": ("effect: deny", "effect: deny\n    on_unknown: deny"),
    "reading": ("reading: text", "reading: press"),
    "reading of an exception": ("reading: press", "reading: weak"),
    "exception": ("when: visit.requested_by_debtor", "when: debt.disputed"),
    "period": ("effective: {from: 2026-01-30}", "effective: {from: 2026-01-30, until: 2027-01-01}"),
    "stage": ("stages: [recorded]\n    let", "stages: [proposed, recorded]\n    let"),
    "zone": ("Asia/Shanghai", "Asia/Tokyo"),
    "word of a lexicon": ("弄死你", "打死你"),
    "force": ("force: law", "force: regulation"),
    "rule id": ("id: r\n", "id: q\n"),
    "dated_by": ("effective: {", "dated_by: debt.disputed_at\n    effective: {"),
    "applies": ("applies: debt.online\n", ""),
}


def digest(text: str) -> str:
    return policy_from_texts({"p.yaml": text}).digest


def edited(change: tuple[str, str]) -> str:
    assert PACK.count(change[0]) == 1 or change[0] in ("en: R,",)
    return PACK.replace(*change, 1)


@pytest.mark.parametrize("name", SAME)
def test_keeps(name: str) -> None:
    """Layout, comments, texts and names that nobody sees are no part of the meaning."""
    assert digest(edited(SAME[name])) == digest(PACK)


@pytest.mark.parametrize("name", CHANGED)
def test_changes(name: str) -> None:
    """Each of these can change what a visit is told."""
    assert digest(edited(CHANGED[name])) != digest(PACK)


def test_renaming_a_let_keeps_it() -> None:
    """A `let` is only a name for its condition."""
    assert digest(PACK.replace("count", "how_many")) == digest(PACK)
