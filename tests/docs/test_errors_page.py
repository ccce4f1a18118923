"""`docs/errors.md` lists the codes of the code, and the code uses the codes that it lists."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from repository import ROOT

from visitcheck.authoring.error_page import codes_of, layer_names, render_error_page
from visitcheck.errors import problem_codes

REGISTERED = {layer: codes_of(layer) for layer in layer_names()}
"""Every layer's codes, registered while tests are collected: a test that runs pytest forgets what it imported."""
SOURCES = sorted((ROOT / "src" / "visitcheck").rglob("*.py"))


def used_codes(tree: ast.AST) -> Iterator[str]:
    """The codes written out where a `Problem` is made, and those of classes that carry a `code`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name("Problem"), args=[ast.Constant(str(code)), *_]):
                yield code
            case ast.Call(func=ast.Name("Problem"), keywords=keywords):
                yield from (one.value.value for one in keywords if one.arg == "code" and _is_text(one.value))
            case ast.Assign(targets=[ast.Name("code")], value=ast.Constant(str(code))):
                yield code
            case ast.AnnAssign(target=ast.Name("code"), value=ast.Constant(str(code))):
                yield code


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def texts(tree: ast.AST) -> Iterator[str]:
    """Every text constant."""
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_the_page_is_what_the_code_says() -> None:
    """Mend it with `python -m visitcheck.authoring.error_page > docs/errors.md`."""
    assert (ROOT / "docs" / "errors.md").read_text(encoding="utf-8") == render_error_page()
    assert (ROOT / "docs" / "zh" / "errors.md").read_text(encoding="utf-8") == render_error_page("zh")


def test_every_registered_code_is_on_the_page() -> None:
    assert frozenset().union(*REGISTERED.values()) == problem_codes().keys()


def test_every_code_used_is_registered() -> None:
    render_error_page()
    used = {code for path in SOURCES for code in used_codes(ast.parse(path.read_text(encoding="utf-8")))}
    assert used
    assert used <= problem_codes().keys()


@pytest.mark.long
@pytest.mark.parametrize("layer", layer_names())
def test_every_registered_code_is_used(layer: str) -> None:
    written = {
        text
        for path in SOURCES
        if path.name != "problem_codes.py"
        for text in texts(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert codes_of(layer) <= written
