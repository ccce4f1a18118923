"""Writes remarks as SARIF 2.1.0, the form that code hosts and editors show beside the lines concerned.

Source: OASIS, *Static Analysis Results Interchange Format (SARIF) Version 2.1.0* (2020).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePath
from urllib.parse import quote

from visitcheck.errors import Problem, problem_codes

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def to_sarif(problems: Sequence[Problem]) -> dict[str, object]:
    """Write one run with all remarks as warnings; columns count code points."""
    codes = sorted({problem.code for problem in problems})
    driver: dict[str, object] = {"name": "visitcheck", "rules": [_sarif_rule(code) for code in codes]}
    own_version = _own_version()
    if own_version is not None:
        driver["version"] = own_version
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": list(_sarif_results(problems, codes)),
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _sarif_rule(code: str) -> dict[str, object]:
    description = {"text": problem_codes()[code]}
    return {"id": code, "shortDescription": description, "defaultConfiguration": {"level": "warning"}}


def _sarif_results(problems: Iterable[Problem], codes: list[str]) -> Iterable[dict[str, object]]:
    for problem in problems:
        text = problem.message if problem.help is None else f"{problem.message}; {problem.help}"
        result: dict[str, object] = {
            "ruleId": problem.code,
            "ruleIndex": codes.index(problem.code),
            "level": "warning",
            "message": {"text": text},
        }
        if problem.place is not None:
            place = problem.place
            region = {"startLine": place.line, "startColumn": place.column, "endColumn": place.column + place.width}
            uri = quote(PurePath(place.file).as_posix())
            result["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}]
        yield result


def _own_version() -> str | None:
    try:
        return version("visitcheck")
    except PackageNotFoundError:
        return None
