"""Cases that say what a CEL expression evaluates to, from two kinds of files.

Our own are YAML. The CEL specification's are its `tests/simple/testdata/*.textproto`; those use parts of CEL
that conditions leave out, and `not_applicable` says so of a case by looking at it, without running it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import textproto

from visitcheck.documents import parse_yaml, to_python
from visitcheck.facts.types import BOOL, DOUBLE, DURATION, INT, SECOND, STRING, TIMESTAMP, ListOf, Type

ERROR = "error"
"""Expected where CEL answers with an error: here the condition is refused, or its value is UNKNOWN."""


@dataclass(frozen=True)
class Case:
    """An expression, its variables, and what is expected: a value, `ERROR`, or UNKNOWN (None)."""

    file: str
    name: str
    text: str
    types: dict[str, Type]
    values: dict[str, Any]
    expected: Any
    left_out: str | None = None
    """Which part of CEL the case needs that conditions do not have, seen from its description alone."""

    @property
    def id(self) -> str:
        return f"{self.file}/{self.name}"


class LeftOutError(Exception):
    """A value or type that conditions do not have."""


def read_yaml_cases(path: Path) -> list[Case]:
    """Cases of our own: `expr`, `value` or `error: true`, and `types` and `values` of variables."""
    tree, problems = parse_yaml(path.read_text("utf-8"), path.name)
    assert tree is not None, problems
    assert not problems
    cases = []
    for number, case in enumerate(to_python(tree), 1):
        expected = ERROR if case.get("error") else _plain(case.get("value"))
        types = case.get("types", {})
        values = {name: _plain(value) for name, value in case.get("values", {}).items()}
        cases.append(Case(path.stem, case.get("name", str(number)), case["expr"], types, values, expected))
    return cases


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_plain, value))
    return float(value) if type(value).__name__ == "Decimal" else value


def read_published_cases(path: Path) -> list[Case]:
    """The cases of one of the specification's files."""
    message = textproto.read(path.read_text("utf-8"))
    return [
        _published(path.stem, section["name"][0], test)
        for section in message.get("section", [])
        for test in section.get("test", [])
    ]


def _published(file: str, section: str, test: textproto.Message) -> Case:
    name, text = f"{section}/{test['name'][0]}", test["expr"][0]
    types: dict[str, Type] = {}
    values: dict[str, Any] = {}
    expected: Any = None
    left_out = not_applicable(file, text, test)
    if left_out is None:
        try:
            types = {each["name"][0]: _type(each["ident"][0]["type"][0]) for each in test.get("type_env", [])}
            values = {each["key"][0]: _value(each["value"][0]["value"][0]) for each in test.get("bindings", [])}
            expected = _expected(test)
        except LeftOutError as reason:
            left_out = str(reason)
    return Case(file, name, text, types, values, expected, left_out)


def _expected(test: textproto.Message) -> Any:
    if "eval_error" in test or "any_eval_errors" in test:
        return ERROR
    if "unknown" in test or "any_unknowns" in test:
        return None
    if "typed_result" in test:
        return _value(test["typed_result"][0]["result"][0])
    return _value(test["value"][0]) if "value" in test else True


_PRIMITIVES: dict[str, Type] = {"BOOL": BOOL, "INT64": INT, "DOUBLE": DOUBLE, "STRING": STRING}
_WELL_KNOWN: dict[str, Type] = {"google.protobuf.Timestamp": TIMESTAMP, "google.protobuf.Duration": DURATION}


def _type(message: textproto.Message) -> Type:
    if "list_type" in message:
        return ListOf(_type(message["list_type"][0]["elem_type"][0]))
    name = str(next(iter(message.values()))[0])
    type_ = _PRIMITIVES.get(name) or _WELL_KNOWN.get({"TIMESTAMP": "google.protobuf.Timestamp"}.get(name, name))
    if type_ is None:
        raise LeftOutError({"UINT64": "uint", "BYTES": "bytes"}.get(name, "maps, messages and dynamic types"))
    return type_


def _value(message: textproto.Message) -> Any:
    ((kind, (value, *_)),) = message.items()
    match kind:
        case "int64_value" | "string_value":
            return value
        case "double_value":
            return float(value)
        case "bool_value":
            return value == "true"
        case "list_value":
            return tuple(_value(each) for each in value.get("values", []))
        case "object_value":
            return _message(value)
    raise LeftOutError(_VALUES[kind])


_VALUES = {
    "uint64_value": "uint",
    "bytes_value": "bytes",
    "null_value": "null",
    "map_value": "maps",
    "type_value": "types as values",
    "enum_value": "protobuf messages and enums",
}


def _message(value: textproto.Message) -> int:
    """A timestamp or a duration."""
    ((name, (parts, *_)),) = value.items()
    if not name.endswith(("/google.protobuf.Timestamp]", "/google.protobuf.Duration]")):
        raise LeftOutError("protobuf messages and enums")
    seconds, nanos = parts.get("seconds", [0])[0], parts.get("nanos", [0])[0]
    if nanos % 1000:
        raise LeftOutError("times finer than a microsecond")
    return int(seconds) * SECOND + int(nanos) // 1000


_STRING = re.compile(
    r"(?P<prefix>[rRbB]{0,2})(?P<text>'''.*?'''|\"\"\".*?\"\"\"|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")",
    re.DOTALL,
)
# What an expression needs, by what is seen in it once its texts are taken out (a text leaves `''`).
_PARTS: tuple[tuple[str, str], ...] = (
    (r"\bdyn\s*\(", "dynamic types"),
    (r"\btype\s*\(", "types as values"),
    (
        r"\bTestAllTypes\b|\bNestedTestAllTypes\b|\bgoogle\.|\bcel\.|\bTest[A-Z]\w*|\bGlobalEnum\b|\w+\s*\{\s*\w*\s*:|\w\{\}",
        "protobuf messages and enums",
    ),
    (r"\{", "maps"),
    (r"\bnull\b", "null"),
    (r"\b(0x[0-9a-fA-F]+|[0-9]+)[uU]\b|\buint\s*\(", "uint"),
    (
        r"\b(int|double|string|bool|bytes)\s*\(|\btimestamp\(\s*-?[0-9]|\bduration\(duration",
        "conversion between types",
    ),
    (r"([\)\]']|\b(?!in\b)\w+)\s*\[", "indexing"),
    (r"\?\.|\[\?|\boptional\b|\.or\(|\.orValue\(|\boptMap|\boptFlatMap", "optional values"),
    (
        r"\b(exists|all|exists_one|existsOne|transformList|transformMap)\s*\(\s*\w+\s*,\s*\w+\s*,",
        "macros of two variables",
    ),
    (r"\.map\s*\(\s*\w+\s*,[^()]*,", "map with a condition"),
    (r"\[[^\[\]]*\[", "lists of lists"),
    (r"\]\s*\+|\+\s*\[", "joining lists"),
    (r"`", "quoted names"),
)
_EXTENSIONS = {
    "optionals": "optional values",
    "macros2": "macros of two variables",
    "block_ext": "extension libraries",
}


def not_applicable(file: str, text: str, test: textproto.Message) -> str | None:
    """The part of CEL that a published case needs and conditions do not have; None where it applies."""
    if file.endswith("_ext") or file in _EXTENSIONS:
        return _EXTENSIONS.get(file, "extension libraries")
    if "check_only" in test:
        return "what CEL's type checker prints"
    if "disable_macros" in test:
        return "parsing without macros"
    prefixes = {match["prefix"].lower() for match in _STRING.finditer(text)}
    if any("b" in prefix for prefix in prefixes):
        return "bytes"
    bare = re.sub(r"//[^\n]*", "", _STRING.sub("''", text))
    for pattern, part in _PARTS:
        if re.search(pattern, bare):
            return part
    names = [each["name"][0] for each in test.get("type_env", [])]
    if "container" in test or any("." in name for name in names) or re.search(r"(^|[^\w\])'\"])\.[a-z_]", bare):
        return "namespaces"
    if "disable_check" in test and "eval_error" not in test:
        return "evaluating what does not type-check"
    return _mixed(text) or _of_times(text) or _of_results(test)


def _mixed(text: str) -> str | None:
    for items in re.findall(r"\[([^\[\]]*)\]", _STRING.sub("''", text)):
        kinds = {
            ("text" if item.strip().startswith("'") else "double" if "." in item else "int")
            for item in items.split(",")
        }
        if len(kinds) > 1 and all(re.fullmatch(r"\s*(''|-?[0-9.]+)\s*", item) for item in items.split(",")):
            return "lists of several types"
    return None


def _of_times(text: str) -> str | None:
    if re.search(r"\.[0-9]{6}(?!0*[^0-9])[0-9]+|[0-9]ns\b", text) and re.search(r"timestamp|duration", text):
        return "times finer than a microsecond"
    if re.search(r"\.get[A-Z]\w*\(\s*['\"][+-]?[0-9]", text):
        return "zones given as an offset"
    return None


def _of_results(test: textproto.Message) -> str | None:
    value = test.get("value", [{}])[0]
    if any(str(each).lstrip("-").lower() in ("inf", "infinity", "nan") for each in value.get("double_value", [])):
        return "doubles that are not finite"
    return None
