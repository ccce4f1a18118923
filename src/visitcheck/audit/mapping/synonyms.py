"""What people call facts and their values, read from the data files beside this module."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

from visitcheck.audit.mapping.model import LEVELS
from visitcheck.documents import YamlMapping, YamlScalar, YamlSequence, parse_yaml
from visitcheck.suggest import similarity

_WORTH_PROPOSING = 0.6  # below `suggest.LIKE_ENOUGH`: people confirm each proposal, and see what else was near

_hungarian = re.compile(r"^(?:str|dt|n|l|b|i|s)(?=[A-Z])").sub
"""Leaves out a prefix that says a column's type, as in `strCaseNo`."""
_NOISE = re.compile(r"[\s_\-.,:;/()（）【】\[\]<>《》、，。：*#'\"]+")


_ABBREVIATIONS = {
    "cust": "customer", "amt": "amount", "addr": "address", "acct": "account", "uid": "id", "num": "no",
    "desc": "description", "dt": "date",
}  # fmt: skip
_SLASHED = ((re.compile(r"\bo/s\b", re.IGNORECASE), "outstanding"), (re.compile(r"\ba/c\b", re.IGNORECASE), "account"))
_camel_words = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+").findall
_outside_brackets = re.compile(r"[（(【\[][^）)】\]]*[）)】\]]").sub
_question_number = re.compile(r"^\s*[QqＱ]?[0-9]{1,2}\s*[、.．:：)）]\s*").sub
_ASKED = (
    re.compile(r"^请(?:您)?(?:填写|选择|输入|确认|说明|问)"), re.compile(r"^(?:本次|此次|该次)"),
    re.compile(r"^(?:外访|上门|拜访)的"), re.compile(r"^现场(?=是否)"),
)  # fmt: skip
_GENERIC = frozenset(
    {
        "姓名", "名称", "编号", "编码", "代码", "工号", "时间", "日期", "类型", "地址", "状态", "金额", "关系",
        "id", "name", "no", "code", "date", "time", "type", "address", "status", "amount", "result",
        "结果", "开始时间", "结束时间",
    }
)  # fmt: skip
"""Names that say nothing without the name of the group that they stand in."""
_about_group = re.compile(r"(?:基本)?(?:信息|情况|资料|明细|details?|info(?:rmation)?)$", re.IGNORECASE).sub


def header_variants(header: str) -> Iterator[str]:
    """What a header may be called besides: without its group, the words of a question, brackets, abbreviations.

    A name like 姓名 in a group is one with the group's: 客户信息/姓名 is 客户姓名, never 姓名 alone.
    """
    yield header
    *groups, last = header.split(LEVELS)
    if groups and groups[-1].strip() and last.strip():
        yield from (_join_overlapping(group, last) for group in (groups[-1], _about_group("", groups[-1].strip())))
        if fold_header(last) not in _GENERIC:
            yield last
    for name in dict.fromkeys((header, last) if fold_header(last) not in _GENERIC else (header,)):
        yield from _plain_variants(name)


def _join_overlapping(group: str, name: str) -> str:
    """The two as one name: 委外机构 and 机构名称 are 委外机构名称."""
    group, name = group.strip(), name.strip()
    shared = max((size for size in range(len(name)) if group.endswith(name[:size])), default=0)
    between = " " if group.isascii() and name.isascii() else ""
    return f"{group}{between}{name[shared:]}"


def _plain_variants(name: str) -> Iterator[str]:
    """A question as the name of what it asks for; a name of a program with its words in full."""
    asked = _outside_brackets("", _question_number("", name)).strip().rstrip("?？:：")
    yield asked
    for clause in (asked, re.split("[，,；;]", asked)[-1]):
        rest = clause.strip().removesuffix("是")
        yield rest
        for words in _ASKED:
            rest = words.sub("", rest)
            yield rest
    if asked.isascii():
        for short, full in _SLASHED:
            asked = short.sub(full, asked)
        words_of = [_ABBREVIATIONS.get(word.lower(), word.lower()) for word in _camel_words(asked)]
        yield " ".join(words_of)
        if words_of and words_of[-1] == "code":
            yield " ".join([*words_of[:-1], "no"])


def fold_header(name: str) -> str:
    """Drop case, width, spaces and punctuation of a header, so that spellings compare equal."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name).casefold())


@cache
def fact_names() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """For each fact its names by language, `zh` and `en`."""
    return {path: dict(_text_lists(node)) for path, node in _mapping_entries(_read_yaml("synonyms.yaml"))}


@cache
def value_words() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Under `truths` and `words`: what people write, by what it means."""
    return {part: dict(_text_lists(node)) for part, node in _mapping_entries(_read_yaml("value_words.yaml"))}


@cache
def event_names() -> Mapping[str, tuple[str, str]]:
    """What a column of yes and no tells of, by its folded header: the key under `events:`, and the word."""
    events = ((tuple(what.split()), names) for what, names in value_words()["events"].items())
    return {fold_header(name): (key, word) for (key, word), names in events for name in names}


@cache
def _facts_by_name() -> Mapping[str, str]:
    facts = {fold_header(path): path for path in fact_names()}
    for path, names in fact_names().items():
        facts |= {fold_header(name): path for some in names.values() for name in some}
    return facts


def likely_facts(header: str) -> list[tuple[float, str]]:
    """Facts that a header may mean, the likeliest first: 1 for a known name, less for one that resembles it."""
    name = fold_header(header)
    spellings = map(fold_header, (header, _hungarian("", header), *header_variants(header)))
    exact = next((path for one in spellings if (path := _facts_by_name().get(one))), None)
    if exact is not None:
        return [(1.0, exact)]
    best: dict[str, float] = {}
    for known, path in _facts_by_name().items():
        ratio = similarity(name, known)
        if ratio >= _WORTH_PROPOSING:
            best[path] = max(best.get(path, 0), ratio)
    return sorted(((ratio, path) for path, ratio in best.items()), key=lambda one: (-one[0], one[1]))


def _read_yaml(name: str) -> YamlMapping:
    text = resources.files(__package__ or "").joinpath(name).read_text(encoding="utf-8")
    node, problems = parse_yaml(text, name)
    if problems or not isinstance(node, YamlMapping):
        raise AssertionError(f"{name}: {problems}")
    return node


def _mapping_entries(node: YamlMapping) -> Iterator[tuple[str, YamlMapping]]:
    return ((key.text, value) for key, value in node.entries if isinstance(value, YamlMapping))


def _text_lists(node: YamlMapping) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, value in node.entries:
        if isinstance(value, YamlSequence):
            yield key.text, tuple(item.text for item in value.items if isinstance(item, YamlScalar))
