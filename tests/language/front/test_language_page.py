"""What docs/language.md shows runs, and it shows every operator, macro and function."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from front_scope import scope

from visitcheck.facts import read_visit
from visitcheck.language import compile_condition
from visitcheck.language.call_types import form_of_function
from visitcheck.language.functions import FUNCTIONS, INTERNAL_FUNCTIONS, LIST_FUNCTIONS
from visitcheck.language.interpreter import interpret
from visitcheck.language.macro_types import LIST_METHODS, form_of_list_function

PAGE = (Path(__file__).parents[3] / "docs" / "language.md").read_text(encoding="utf-8")
VISIT = read_visit(re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1], format="yaml")  # type: ignore[index]
TRUTHS = {"TRUE": True, "FALSE": False, "UNKNOWN": None}


def tables() -> list[dict[str, str]]:
    """Every row of every table, by the headings of its columns."""
    rows: list[dict[str, str]] = []
    heads: list[str] = []
    for line in PAGE.splitlines():
        if not line.startswith("|"):
            heads = []
            continue
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if not heads:
            heads = cells
        elif set(cells[0]) != {"-"}:
            rows.append(dict(zip(heads, cells, strict=True)))
    return rows


def code(cell: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def conditions() -> list[tuple[str, bool | None]]:
    """Every condition of the page with its truth."""
    pairs: list[tuple[str, bool | None]] = []
    for block in re.findall(r"```cel\n(.*?)```", PAGE, re.DOTALL):
        comment = re.search(r"// (FALSE|UNKNOWN)\s*$", block)
        pairs.append((block, TRUTHS[comment[1]] if comment else True))
    for row in tables():
        if "example" in row:
            pairs += [(text, True) for text in code(row["example"])]
        elif "value" in row:
            pairs += [(text, TRUTHS[row["value"]]) for text in code(row["condition"])]
    return pairs


@pytest.mark.parametrize(("text", "truth"), conditions())
def test_every_condition_has_the_truth_that_the_page_says(text: str, truth: bool | None) -> None:
    assert interpret(compile_condition(text, scope()), VISIT) is truth


def test_every_row_of_a_form_has_an_example() -> None:
    assert all(code(row["example"]) for row in tables() if "form" in row or "operator" in row)


def test_the_tables_name_every_form_of_every_function_and_no_other() -> None:
    functions = {
        form_of_function(function, signature)
        for function in FUNCTIONS.values()
        if function.name not in INTERNAL_FUNCTIONS
        for signature in function.signatures
    }
    lists = {one for forms in LIST_METHODS.values() for one in forms.split(" or ")}
    lists |= {form_of_list_function(function) for function in LIST_FUNCTIONS.values()}
    written = {one for row in tables() if "form" in row for one in code(row["form"])}

    assert functions | lists | {"has(fact)", "size(list)"} == written


def test_the_table_names_every_operator() -> None:
    written = {one for row in tables() if "operator" in row for one in code(row["operator"])}

    assert {"!", "-", "*", "/", "%", "+", "<", "<=", ">", ">=", "==", "!=", "in", "&&", "||", "?:", "."} == written
