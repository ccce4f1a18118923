"""`docs/zh/facts.md`: the vocabulary by its Chinese names, written from the models and the catalogue.

`python -m visitcheck.facts.chinese_reference > docs/zh/facts.md` writes it anew; a test fails while it is stale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby

from visitcheck.facts.types import (
    BOOL,
    DATE,
    DOUBLE,
    DURATION,
    INT,
    MONEY,
    STRING,
    TIME_OF_DAY,
    TIMESTAMP,
    ListOf,
    Record,
    Type,
    Word,
)
from visitcheck.facts.vocabulary import FACTS, FactInfo
from visitcheck.texts.facts import fact_text, word_text

_KNOWN = {"before": "事前", "door": "现场", "after": "事后"}
_UNITS = {"days": "天", "metres": "米", "degrees": "度"}
_TYPES = {
    BOOL: "是否", DATE: "日期", DOUBLE: "数字", DURATION: "时长", INT: "整数", MONEY: "金额", STRING: "文本",
    TIME_OF_DAY: "时刻", TIMESTAMP: "日期时间",
}  # fmt: skip
_INTRODUCTION = """\
# 数据项

外访可以写什么，规则可以读什么。
本页由 `python -m visitcheck.facts.chinese_reference` 根据 `src/visitcheck/facts/groups/` 中的模型写出；
各数据项的详细说明和相互之间的约束见英文的 [facts.md](../facts.md)。

外访是由组和列表构成的 JSON 对象（或同样内容的 YAML）：

```json
{"visit": {"id": "v-17", "stage": "proposed", "starts_at": "2026-01-30T10:00:00+08:00"}, "contacts": []}
```

- **缺失即未知**；`null` 与缺失相同。
  `unknown`、`n/a`、`不详` 之类的词和空文本不接受：请不要写该数据项。
- **给出的列表视为完整**：`[]` 表示没有。没有给出的列表为未知；
  `completeness` 写明列表可能不完整（见 [silence.md](silence.md)）。
- **可能从未发生的事写成状态和时间**，如 `withdrawn` 与 `withdrawn_at`。状态为否时不能有时间。
- **何时可知**：事前、现场或事后。用于拟上门的规则只能读取事前可知的数据项。
- 已发生的事不得晚于判定时点 `visit.as_of`。
- 不作任何隐含转换：`"45"` 不是数字，1 不是“是”。未知的名称不接受。

| 类型 | 写法 |
| --- | --- |
| 日期时间 | RFC 3339，带时差：`2026-01-30T10:00:00+08:00` |
| 日期 | `2026-01-30` |
| 时刻 | `22:00`，当地时间；`24:00` 只能作为结束 |
| 整数、数字 | 不带引号 |
| 金额 | `"1234.50"`，最多两位小数，币种另写 |
| 是否 | `true` 或 `false` |
| 文本 | 带引号 |
| 取值 | 列出的词之一；没有表示“未知”的词 |
"""


def chinese_reference() -> str:
    """The whole page."""
    paths = [path for path in FACTS if not path.startswith("completeness.")]
    parts = [_INTRODUCTION]
    for _, group in groupby(paths, key=lambda path: path.replace("[]", "").partition(".")[0]):
        head, *facts = group
        parts.append("\n".join(_section(FACTS[head], facts)))
    return "\n".join(parts)


def _section(head: FactInfo, facts: list[str]) -> Iterator[str]:
    mark = "[]" if isinstance(head.type, ListOf) else ""
    yield f"## `{head.path}{mark}` {fact_text(head.path, 'zh')}\n"
    if facts:
        yield "| 数据项 | 名称 | 类型 | 何时可知 |\n| --- | --- | --- | --- |"
    for path in facts:
        info = FACTS[path]
        unit = f"（{_UNITS.get(info.unit, info.unit)}）" if info.unit else ""
        yield f"| `{path}` | {fact_text(path, 'zh')} | {_describe_type(info.type)}{unit} | {_KNOWN[info.known]} |"
    if facts:
        yield ""


def _describe_type(type_: Type) -> str:
    match type_:
        case ListOf(item=Record()):
            return "列表"
        case ListOf(item=item):
            return f"可多项：{_describe_type(item)}"
        case Record():
            return "组"
        case Word(name=name, words=words):
            return "、".join(f"`{word}` {word_text(name, word, 'zh')}" for word in words)
        case _:
            return _TYPES.get(type_, str(type_))


if __name__ == "__main__":
    sys.stdout.write(chinese_reference())
