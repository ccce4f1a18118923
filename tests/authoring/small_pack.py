"""A pack of one rule with its cases, small enough to say by hand what the tools must find."""

from __future__ import annotations

from visitcheck.authoring import CaseResult, parse_cases, run_cases
from visitcheck.engines.reference import ReferenceEngine
from visitcheck.policy import Policy, policy_from_texts

PACK = """\
pack: small
title: {en: Small, zh: 小}
version: 1.0.0
timezone: Asia/Shanghai
parameters:
  least: {type: int, value: 2}
rules:
  - id: team
    title: {en: Team, zh: 人员}
    stages: [recorded]
    let:
      there: team.filter(m, m.present && m.trained)
    when: place.kind in ["home", "workplace"]
    require:
      enough: there.size() >= params.least
      known: there.all(m, m.id != "x")
    effect: review
    message: {en: "{there.size()} of {params.least}.", zh: "{there.size()} / {params.least}。"}
"""
CASES = """\
pack: small
base:
  two:
    visit: {stage: recorded, starts_at: "2026-03-10T10:00:00+08:00"}
    place: {kind: home}
    team: [{id: a, present: true, trained: true}, {id: b, present: true, trained: true}]
cases:
  - {note: two, from: two, expect: {team: satisfied}}
  - {note: one, from: two, set: {"team[0].present": false}, expect: {team: violated}}
  - {note: who, from: two, remove: [team], expect: {team: undetermined}}
"""


def policy(text: str = PACK) -> Policy:
    return policy_from_texts({"small.yaml": text})


def results(cases: str = CASES, pack: str = PACK) -> tuple[CaseResult, ...]:
    return run_cases(policy(pack), parse_cases(cases, "small.cases.yaml"), engines=[ReferenceEngine])


def with_case(line: str) -> str:
    """The cases with one more."""
    return f"{CASES}  - {line}\n"
