"""The pages on how the code is built name files and layers that are there, and leave none out."""

import re
import tomllib
from pathlib import Path

import pytest
from repository import ROOT

PAGES = sorted((ROOT / "docs" / "internals").glob("*.md"))
SOURCE = ROOT / "src" / "visitcheck"
FILE = re.compile(r"`((?:[a-z_]+/)*[a-z_]+\.(?:py|lark))`")
FOLDER = re.compile(r"^\| `([a-z]+)/`", re.MULTILINE)
ROW = re.compile(r"^\| `([a-z_]+)(?:\.py|/)`", re.MULTILINE)


def folder_of(page: Path) -> list[Path]:
    """Where names of files on a page may start: the package, and the folder that the page is about."""
    own = [SOURCE / page.stem, *(SOURCE / page.stem).glob("*/")]
    named = {SOURCE / name for name in re.findall(r"`([a-z_]+)/`", page.read_text(encoding="utf-8"))}
    return [SOURCE, *own, *sorted(named)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_file_named_is_there(page: Path) -> None:
    names = FILE.findall(page.read_text(encoding="utf-8"))

    missing = {name for name in names if not any((folder / name).is_file() for folder in folder_of(page))}

    assert missing == set()


def test_the_pages_leave_no_folder_out() -> None:
    readme = (ROOT / "docs" / "internals" / "README.md").read_text(encoding="utf-8")
    folders = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").is_file()}

    assert {name for name in folders if f"`{name}/`" not in readme} == set()


def test_the_table_of_layers_is_the_contract() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(each for each in project["tool"]["importlinter"]["contracts"] if each["type"] == "layers")
    layers = [re.findall(r"visitcheck\.(\w+)", layer)[0] for layer in reversed(contract["layers"])]
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text[text.index("| layer | turns |") :].partition("\n\n")[0]

    assert ROW.findall(table) == layers
