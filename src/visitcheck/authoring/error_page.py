"""Writes `docs/errors.md`: every problem code with what is wrong and how to mend it, grouped by layer.

`python -m visitcheck.authoring.error_page > docs/errors.md` writes the page, with the argument `zh` the Chinese one;
a test fails while `docs/errors.md` or `docs/zh/errors.md` is stale.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib import import_module, resources

from visitcheck.errors import problem_codes
from visitcheck.texts import Language, chinese_sentence

_LAYERS: dict[Language, dict[str, str]] = {
    "en": {
        "facts": "Visits and registers",
        "documents": "YAML files",
        "policy": "Packs",
        "language": "Conditions",
        "gate": "Decisions",
        "authoring": "Rule cases",
        "cli": "The command line",
    },
    "zh": {
        "facts": "外访和登记信息",
        "documents": "YAML 文件",
        "policy": "规则包",
        "language": "条件",
        "gate": "判定",
        "authoring": "规则用例",
        "cli": "命令行",
        "audit": "审核",
        "leads": "线索",
        "report": "报告",
    },
}
_COLUMNS: dict[Language, str] = {"en": "| code | what is wrong |", "zh": "| 代码 | 问题与改正 |"}
_INTRODUCTIONS: dict[Language, str] = {}
_INTRODUCTIONS["en"] = """\
# Problems

Every problem that visitcheck reports has a code, which stays the same from version to version.
`python -m visitcheck.authoring.error_page` writes this page from the codes in `src/visitcheck/*/problem_codes.py`.

A problem in a file is shown with file, line and column; one in a visit with the path of the value, like
`$.contacts[2].at`. All problems of a file or visit are reported at once.
"""
_INTRODUCTIONS["zh"] = """\
# 问题

visitcheck 报告的每个问题都有代码，各版本不变。
本页由 `python -m visitcheck.authoring.error_page zh` 根据 `src/visitcheck/texts/problems.yaml` 写出。

文件中的问题标明文件、行和列；外访中的问题标明值的路径，如 `$.contacts[2].at`。同一文件或外访的问题一次全部报告。
"""


def render_error_page(lang: Language = "en") -> str:
    """Render the whole page in a language."""
    layers = {layer: codes_of(layer) for layer in layer_names()}
    sentences = problem_codes()
    if lang == "zh":
        sentences = {code: chinese_sentence(code) or english for code, english in sentences.items()}
    parts = [_INTRODUCTIONS[lang]]
    for layer, codes in layers.items():
        rows = "\n".join(f"| `{code}` | {_escape_cell(sentences[code])} |" for code in sorted(codes))
        parts.append(f"## {_LAYERS[lang].get(layer, layer)}\n\n{_COLUMNS[lang]}\n| --- | --- |\n{rows}\n")
    return "\n".join(parts)


def layer_names() -> tuple[str, ...]:
    """The packages of visitcheck that have problem codes: those that a visit's author meets first, first."""
    layers = {
        folder.name
        for folder in resources.files("visitcheck").iterdir()
        if folder.is_dir() and (folder / "problem_codes.py").is_file()
    }
    known = [layer for layer in _LAYERS["en"] if layer in layers]
    return (*known, *sorted(layers - set(known)))


def codes_of(layer: str) -> frozenset[str]:
    """The codes that a layer registers.

    The registry does not say who registered a code, so the keys are read from the layer's source.
    """
    import_module(f"visitcheck.{layer}.problem_codes")
    source = (resources.files("visitcheck") / layer / "problem_codes.py").read_text(encoding="utf-8")
    return frozenset(_dict_keys(ast.parse(source)))


def _dict_keys(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            yield from (key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str))


def _escape_cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(render_error_page("zh" if sys.argv[1:] == ["zh"] else "en"))
