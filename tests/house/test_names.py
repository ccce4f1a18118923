"""The house rules that a syntax tree can hold: names that say what they name, and imports that go one way."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
FOLDERS = ("src", "tests", "benchmarks", "examples")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def modules() -> dict[str, Path]:
    """The modules of the package by dotted name; a package goes by its own name."""
    names = {}
    for path in python_files("src"):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def local_names(function: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Everything that a function binds: parameters, targets of any kind, and names of caught errors."""
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            yield node.arg, node
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name is not None:
            yield node.name, node


def functions(module: ast.Module) -> Iterator[ast.AST]:
    return (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))


def imported_modules(module: str, path: Path) -> Iterator[str]:
    """The package's modules that one imports, anywhere in it; a package only where a name of its own is taken."""
    known = modules()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{place(path, node)}: imports are absolute"

            origins = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from (origin if origin in known else str(node.module) for origin in sorted(origins))


def import_cycles() -> list[list[str]]:
    """Groups of modules each of which reaches every other one by imports (Tarjan's strongly connected components)."""
    known = modules()
    imports = {
        name: sorted({to for to in imported_modules(name, path) if to in known and to != name})
        for name, path in known.items()
    }
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    cycles: list[list[str]] = []

    def visit(name: str) -> None:
        order[name] = lowest[name] = len(order)
        stack.append(name)
        for to in imports[name]:
            if to not in order:
                visit(to)
                lowest[name] = min(lowest[name], lowest[to])
            elif to in stack:
                lowest[name] = min(lowest[name], order[to])
        if lowest[name] == order[name]:
            at = stack.index(name)
            members = sorted(stack[at:])
            del stack[at:]
            if len(members) > 1:
                cycles.append(members)

    for name in known:
        if name not in order:
            visit(name)
    return cycles


@pytest.mark.long
@pytest.mark.parametrize("folder", FOLDERS)
def test_no_local_is_called_found(folder: str) -> None:
    """
    A result is called by the noun of what it holds.
    """
    places = sorted(
        {
            place(path, node)
            for path in python_files(folder)
            for function in functions(tree(path))
            for name, node in local_names(function)
            if name == "found"
        }
    )

    assert [] == places


def test_a_public_class_name_has_one_meaning() -> None:
    """
    Each public class name is defined in one module of the package.
    """
    homes = defaultdict(list)
    for name, path in modules().items():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(name)

    assert {} == {name: where for name, where in homes.items() if len(where) > 1}


def test_readers_are_in_one_place() -> None:
    """
    People who read, files that are read, and code that reads facts do not share the name `readers`.
    """
    homes = [name for name in modules() if name.rpartition(".")[2] == "readers"]

    assert len(homes) <= 1, homes


def test_imports_have_no_cycles() -> None:
    """
    No module reaches itself by imports, not by those inside functions or for type checkers either.
    """
    assert [] == import_cycles()
