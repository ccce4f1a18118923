"""Decisions, explanations and remedies as text for people, in English or Chinese, without colour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from visitcheck.engines.status import Outcome, Status
from visitcheck.facts.types import BOOL, DURATION, INT
from visitcheck.gate.explain import Explanation, Read
from visitcheck.gate.findings import DoubtFinding, Finding, RuleExplanation
from visitcheck.gate.judgment import Judgment, Need
from visitcheck.gate.margins import Margin
from visitcheck.gate.messages import add_brackets, add_label, iso_text, join_texts, say_span, say_unit, say_value
from visitcheck.policy.model import Citation, Language, Stage
from visitcheck.truth import Truth

_OUTCOMES: dict[tuple[Language, Stage], dict[Outcome, str]] = {
    ("en", "proposed"): {Outcome.ALLOW: "ALLOW", Outcome.REVIEW: "REVIEW", Outcome.DENY: "DENY"},
    ("zh", "proposed"): {Outcome.ALLOW: "准许", Outcome.REVIEW: "待复核", Outcome.DENY: "禁止"},
    ("en", "recorded"): {Outcome.ALLOW: "COMPLIANT", Outcome.REVIEW: "TO REVIEW", Outcome.DENY: "BREACH"},
    ("zh", "recorded"): {Outcome.ALLOW: "合规", Outcome.REVIEW: "待复核", Outcome.DENY: "违规"},
}
_STATUSES: dict[Language, dict[Status, str]] = {
    "en": {status: str(status).replace("_", " ") for status in Status},
    "zh": {
        Status.SATISFIED: "符合",
        Status.VIOLATED: "违反",
        Status.SUSPECTED: "涉嫌违规",
        Status.UNDETERMINED: "无法判定",
        Status.EXCUSED: "例外成立",
        Status.NOT_APPLICABLE: "不适用",
        Status.NOT_ASSESSED: "未评估",
    },
}
_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "visit": "visit",
        "proposed": "proposed",
        "recorded": "recorded",
        "policy": "policy",
        "as of": "as of",
        "clock": "by the gate's clock",
        "engines": "engines",
        "facts": "facts",
        "missing": "not known",
        "remedy": "to do",
        "basis": "basis",
        "see also": "see also {}",
        "advice": "advice",
        "art": "art. {}",
        "exception": "exception",
        "only open": "not met; open is only",
        "law": "whether this law binds",
        "if law": "if this law binds",
        "doubt": "doubt",
        "unread": "Speaks against the visit, and no rule that is decided reads it",
        "not stated": "Not stated, would speak against the visit",
        "needs": "Facts that could change this",
        "anything else": "say whether anything else happened",
        "duties": "Duties that begin at the door",
        "relaxed": "Relaxed",
        "applies": "applies",
        "check": "check",
        "more": "and {} more",
        "rest": "of other kinds nothing is recorded",
        "to spare": "{} to spare",
        "off by": "off by {}",
        "at the limit": "exactly at the limit",
        "all well": "{} rules satisfied, {} not applicable",
        "kept": "{} kept if they apply",
    },
    "zh": {
        "visit": "外访",
        "proposed": "拟访",
        "recorded": "已访",
        "policy": "规则集",
        "as of": "判断时点",
        "clock": "系统时钟",
        "engines": "引擎",
        "facts": "依据事实",
        "missing": "缺少",
        "remedy": "处理",
        "basis": "条文依据",
        "see also": "另参见 {}",
        "advice": "建议",
        "art": "第 {} 条",
        "exception": "例外",
        "only open": "未满足，仅待查明",
        "law": "该规定是否适用",
        "if law": "如该规定适用",
        "doubt": "疑点",
        "unread": "不利于上门、但无已判定规则涉及的事实",
        "not stated": "未说明（如属实则不利于上门）",
        "needs": "补充后可能改变结论的事实",
        "anything else": "请说明是否还有其他情况",
        "duties": "到场后须遵守的义务",
        "relaxed": "放宽",
        "applies": "适用条件",
        "check": "检查",
        "more": "另有 {} 项",
        "rest": "其他类别没有记录",
        "to spare": "余 {}",
        "off by": "差 {}",
        "at the limit": "正好在界限上",
        "all well": "{} 条规则符合，{} 条不适用",
        "kept": "{} 条如适用则符合",
    },
}
_REMEDY_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "all": "The visit is lawful at its time once all of this is done:",
        "some": "This can be put right:",
        "left": "Nothing that can still be changed settles this, unless another time does:",
        "unclear": "This cannot be told before the facts are found out, whatever they are:",
        "missing": "not known",
        "remedy": "to do",
    },
    "zh": {
        "all": "以下各项全部完成后，可按原定时间上门：",
        "some": "以下问题可以补救：",
        "left": "以下问题在原定时间无法补救，可考虑改期：",
        "unclear": "以下问题须先查明有关事实才能判定：",
        "missing": "缺少",
        "remedy": "处理",
    },
}
_READINGS: dict[Language, dict[str, str]] = {
    "en": {"text": "read in the text", "press": "from press reports", "weak": "weak source", "own": "own rule"},
    "zh": {"text": "据原文", "press": "据报道", "weak": "来源较弱", "own": "本机构规定"},
}
_SHOWN_FACTS = 12
_ADVICE = "·"
_MARKS = {
    Status.VIOLATED: "✗",
    Status.SUSPECTED: "✗?",
    Status.UNDETERMINED: "?",
    Status.NOT_ASSESSED: "–",
    Status.EXCUSED: "~",
}


def outcome_word(outcome: Outcome, stage: Stage, lang: Language) -> str:
    """Say an outcome in a word: allow / review / deny before a visit, compliant / breach after one."""
    return _OUTCOMES[lang, stage][outcome]


def render_decision(decision: Judgment, lang: Language = "en") -> str:
    """Render the whole decision: outcome, findings, what is missing, duties at the door."""
    return "\n".join(_decision_lines(decision, lang))


def _decision_lines(decision: Judgment, lang: Language) -> Iterator[str]:
    words = _WORDS[lang]
    outcome = outcome_word(decision.outcome, decision.stage, lang)
    yield f"{outcome}  {words['visit']} {decision.visit_id}{add_brackets(words[decision.stage], lang)}"
    as_of = f" · {words['as of']} {iso_text(decision.as_of, decision.zone)}" if decision.as_of is not None else ""
    if decision.as_of_source == "clock":
        as_of += add_brackets(words["clock"], lang)
    yield (
        f"  {words['policy']} {decision.policy_name} {decision.policy_digest[:12]}"
        f" · {words['engines']} {'+'.join(decision.engines)}{as_of}"
    )
    statuses = [rule.status for rule in decision.rules]
    kept, idle = decision.kept_if_it_applies, statuses.count(Status.NOT_APPLICABLE)
    line = words["all well"].format(statuses.count(Status.SATISFIED) - kept, idle)
    if kept:
        line += f"{'，' if lang == 'zh' else ', '}{words['kept'].format(kept)}"
    yield f"  {line}"
    for problem in decision.problems:
        yield f"  ! {problem.code}: {problem.message}"
    for doubt in decision.doubts:
        yield from _doubt_lines(doubt, lang, decision)
    if decision.unread:
        yield f"  ! {add_label(words['unread'], join_texts(decision.unread, lang), lang)}"
    for finding in decision.findings:
        if finding.rule not in decision.silent_rules:  # one line on what is not stated stands for them
            yield from _finding_lines(finding, lang, decision)
    yield from _footer_lines(decision, lang)


def _footer_lines(decision: Judgment, lang: Language) -> Iterator[str]:
    words = _WORDS[lang]
    needs = [need for need in decision.needs if not decision.silent_rules.issuperset(need.rules)]
    if needs:
        yield add_label(words["needs"], "", lang).rstrip()
        yield from (f"  - {_need_text(need, lang)}  ({', '.join(need.rules)})" for need in needs)
    if decision.not_stated:
        yield add_label(words["not stated"], join_texts(decision.not_stated, lang), lang)
    # Whoever may not go needs no list of duties at the door; JSON has it all the same.
    if decision.conditions and decision.outcome is not Outcome.DENY:
        yield add_label(words["duties"], "", lang).rstrip()
        yield from _duty_lines(decision, lang)
    for item in decision.relaxations:
        yield add_label(words["relaxed"], add_label(f"{item.target} {item.change}", item.reason.in_(lang), lang), lang)


def _duty_lines(decision: Judgment, lang: Language) -> Iterator[str]:
    """A line for each pack, and a duty that several packs have by the same title once: there are many."""
    packs: dict[str, list[str]] = {}
    said = set[str]()
    for duty in decision.conditions:
        title = duty.title.in_(lang)
        if title.casefold() not in said:
            said.add(title.casefold())
            packs.setdefault(duty.rule.rpartition("/")[0], []).append(title)
    joint = "；" if lang == "zh" else "; "
    yield from (f"  - {joint.join(titles)}  [{pack}]" for pack, titles in packs.items())


def _need_text(need: Need, lang: Language) -> str:
    """Name a missing fact; of a list that goes on say what is asked."""
    goes_on = need.fact.startswith("completeness.")
    return add_label(need.fact, _WORDS[lang]["anything else"], lang) if goes_on else need.fact


def _finding_lines(finding: Finding, lang: Language, decision: Judgment) -> Iterator[str]:
    words, zone = _WORDS[lang], decision.zone
    outcome = outcome_word(finding.leads_to, decision.stage, lang).lower()
    head = f"{finding.title.in_(lang)}  [{finding.rule}]"
    if is_advice(finding):
        yield f"  {_ADVICE} {head}  {words['advice']}"
    else:
        yield f"  {_MARKS[finding.status]} {head}  {say_status(finding, lang)} → {outcome}"
    yield f"      {finding.message.in_(lang)}"
    still_open = list(_say_open(finding, lang))
    if still_open:
        yield f"      {add_label(words['only open'], join_texts(still_open, lang), lang)}"
    for check in finding.checks:
        if check.truth is not True:
            truth = f"{_say_truth(check.truth, lang)}{say_margins(check.margins, lang)}"
            yield f"      {add_label(words['check'] + ' ' + check.name, truth, lang)}"
    for exception in finding.exceptions:
        if exception.truth is not False:
            exempt = add_label(f"{words['exception']} {exception.name}", _say_truth(exception.truth, lang), lang)
            yield f"      {exempt}"
    if finding.evidence:
        yield f"      {add_label(words['facts'], _say_reads(finding.evidence, lang, zone), lang)}"
    if finding.missing:
        yield f"      {add_label(words['missing'], join_texts(finding.missing, lang), lang)}"
    if finding.remedy:
        yield f"      {add_label(words['remedy'], finding.remedy.in_(lang), lang)}"
    if finding.cites:
        yield f"      {add_label(words['basis'], _say_citations(finding.cites, lang), lang)}"


def is_advice(finding: Finding) -> bool:
    """Whether a finding is on a rule that is not met, or may not be, and that asks for nothing: a note."""
    return finding.leads_to is Outcome.ALLOW and finding.status in (Status.VIOLATED, Status.SUSPECTED)


def say_status(finding: Finding, lang: Language) -> str:
    """The status of a finding; of a suspected one also whether it hangs on a law that may not bind."""
    status = _STATUSES[lang][finding.status]
    if finding.status is not Status.SUSPECTED or not finding.law_open:
        return status
    return f"{status}{'，' if lang == 'zh' else ', '}{_WORDS[lang]['if law']}"


def _say_open(finding: Finding, lang: Language) -> Iterator[str]:
    """What keeps a suspected rule from being violated: its law, and exceptions."""
    if finding.status is not Status.SUSPECTED:
        return
    words = _WORDS[lang]
    if finding.law_open:
        yield f"{words['law']}{add_brackets(join_texts(finding.law_facts, lang), lang)}"
    yield from (f"{words['exception']} {name}" for name in finding.open_exceptions)


def _doubt_lines(doubt: DoubtFinding, lang: Language, decision: Judgment) -> Iterator[str]:
    words = _WORDS[lang]
    yield f"  ! {words['doubt']} {doubt.code}{'：' if lang == 'zh' else ': '}{doubt.text.in_(lang)}"
    if doubt.evidence:
        yield f"      {add_label(words['facts'], _say_reads(doubt.evidence, lang, decision.zone), lang)}"


def _say_reads(reads: tuple[Read, ...], lang: Language, zone: str | None) -> str:
    facts = [f"{read.fact} = {say_value(read.value, read.type, lang, zone)}" for read in reads]
    if len(facts) > _SHOWN_FACTS:
        facts = [*facts[:_SHOWN_FACTS], _WORDS[lang]["more"].format(len(facts) - _SHOWN_FACTS)]
    return ("；" if lang == "zh" else "; ").join(facts)


def say_margins(margins: tuple[Margin, ...], lang: Language) -> str:
    """Say by how much, in brackets, to follow the truth of a check; nothing where nothing was measured."""
    if not margins:
        return ""
    return add_brackets(join_texts(dict.fromkeys(_say_margin(margin, lang) for margin in margins), lang), lang)


def _say_margin(margin: Margin, lang: Language) -> str:
    counted = margin.type == INT
    if margin.type == DURATION:
        size = say_span(cast("int", margin.value), lang)
    else:
        size = say_unit(margin.size, margin.unit, lang) if counted else say_value(margin.value, margin.type, lang)
    if not margin.size:
        return _WORDS[lang]["at the limit"]
    return _WORDS[lang]["to spare" if margin.passed else "off by"].format(size)


def _say_citations(cites: tuple[Citation, ...], lang: Language) -> str:
    """What a rule rests on; the law is only referred to where that is the lender's own rule, which may ask for more."""
    own = [_say_citation(cite, lang) for cite in cites if cite.reading == "own"]
    law = list(dict.fromkeys(_say_citation(cite, lang) for cite in cites if cite.reading != "own"))
    if own and law:
        law[0] = _WORDS[lang]["see also"].format(law[0])
    return ("；" if lang == "zh" else "; ").join(dict.fromkeys([*own, *law]))


def _say_citation(cite: Citation, lang: Language) -> str:
    parts = [cite.instrument.title.in_(lang)]
    if cite.article:
        article = cite.article
        parts.append(_WORDS[lang]["art"].format(article) if article[0].isdigit() else article)
    return f"{' '.join(parts)}{add_brackets(_READINGS[lang][cite.reading], lang)}"


def _say_truth(truth: Truth, lang: Language) -> str:
    return say_value(truth, BOOL, lang)


def render_explanation(rule: RuleExplanation, lang: Language = "en", zone: str | None = None) -> str:
    """Render one rule's full tree, a condition a line, list elements by their place, times in `zone`."""
    words = _WORDS[lang]
    lines = [f"{rule.title.in_(lang)}  [{rule.rule}]  {_STATUSES[lang][rule.status]}"]
    lines += _tree_lines(words["applies"], rule.applies, lang, zone, 1)
    for name, tree in rule.checks:
        lines += _tree_lines(f"{words['check']} {name}", tree, lang, zone, 1, say_margins(rule.margins[name], lang))
    for name, tree in rule.exceptions:
        lines += _tree_lines(f"{words['exception']} {name}", tree, lang, zone, 1)
    lines.append(f"  {add_label(words['basis'], _say_citations(rule.cites, lang), lang)}")
    return "\n".join(lines)


def _tree_lines(
    label: str, tree: Explanation, lang: Language, zone: str | None, depth: int, margins: str = ""
) -> Iterator[str]:
    pad = "  " * depth
    value = say_value(tree.value, tree.type, lang, zone)
    at = f"[{tree.element}] " if tree.element else ""
    mark = "" if tree.decisive else "· "
    rest = add_brackets(_WORDS[lang]["rest"], lang) if tree.rest else ""
    line = f"{at}{' '.join(tree.text.split())} = {value}{margins}{rest}"
    yield f"{pad}{mark}{add_label(label, line, lang) if label else line}"
    for read in tree.reads:
        yield f"{pad}    {read.fact} = {say_value(read.value, read.type, lang, zone)}"
    for part in tree.parts:
        yield from _tree_lines("", part, lang, zone, depth + 1)
    if tree.left_out:
        yield f"{pad}    {_WORDS[lang]['more'].format(tree.left_out)}"


def render_remedies(decision: Judgment, lang: Language = "en") -> str:
    """Render what to do, and what nothing settles; empty for a visit that is allowed, or recorded."""
    return "\n".join(_remedy_lines(decision, lang))


def _remedy_lines(decision: Judgment, lang: Language) -> Iterator[str]:
    words, remedies = _REMEDY_WORDS[lang], decision.remedies
    if remedies.steps:
        yield words["all" if remedies.outcome is Outcome.ALLOW else "some"]
        yield from (f"  - {step.what.in_(lang)}" for step in remedies.steps)
    findings = {finding.rule: finding for finding in decision.findings}
    left = [findings[rule] for rule in remedies.left]
    for head, group in (
        ("left", [finding for finding in left if not finding.missing]),
        ("unclear", [finding for finding in left if finding.missing]),
    ):
        if group:
            yield words[head]
            for finding in group:
                yield from _unsettled_lines(finding, lang)


def _unsettled_lines(finding: Finding, lang: Language) -> Iterator[str]:
    words = _REMEDY_WORDS[lang]
    yield f"  - {finding.title.in_(lang)}  [{finding.rule}]"
    if finding.missing:
        yield f"      {add_label(words['missing'], join_texts(finding.missing, lang), lang)}"
    if finding.remedy is not None:
        yield f"      {add_label(words['remedy'], finding.remedy.in_(lang), lang)}"
