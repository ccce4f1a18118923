"""`load_mapping`: reads a mapping file, and reports all its problems at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from visitcheck.audit.mapping.columns import check_zone, is_record_list, read_columns, read_constants
from visitcheck.audit.mapping.format import MAPPING
from visitcheck.audit.mapping.model import ColumnMapping, Database, Join, TableMap, Target
from visitcheck.documents import YamlMapping, YamlScalar, parse_yaml
from visitcheck.documents.parts import Part
from visitcheck.documents.validation import validate
from visitcheck.errors import InvalidInput, Place, Problem
from visitcheck.facts import FACTS
from visitcheck.facts.groups.past import COMPLETE_SINCE
from visitcheck.facts.scalars import BadValueError
from visitcheck.facts.times import read_timestamp
from visitcheck.facts.vocabulary import FactInfo
from visitcheck.suggest import did_you_mean


def load_mapping(path: str | Path, *, facts: Mapping[str, FactInfo] = FACTS) -> ColumnMapping:
    """Load the mapping in a file; `facts` is the vocabulary, where packs add to it.

    Raises `InvalidInput` with all problems, each with its place.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise InvalidInput([Problem("mapping-unreadable", f"cannot read `{path}`: {reason}")]) from None
    return replace(mapping_from_text(text, str(path), facts=facts), folder=Path(path).parent)


def mapping_from_text(text: str, file: str = "mapping", *, facts: Mapping[str, FactInfo] = FACTS) -> ColumnMapping:
    """Read the mapping in a text; `file` is its name in messages. Raises `InvalidInput`."""
    node, problems = parse_yaml(text, file)
    if node is None:
        raise InvalidInput(problems or [Problem("mapping-unreadable", f"`{file}` is empty", "map at least one column")])
    fitting = validate(node, MAPPING, problems)
    mapping = _read_mapping(Part(fitting), facts, problems) if isinstance(fitting, YamlMapping) else None
    if problems or mapping is None:
        raise InvalidInput(problems)
    return mapping


def _read_mapping(part: Part, facts: Mapping[str, FactInfo], problems: list[Problem]) -> ColumnMapping | None:
    check_zone(part.scalar("timezone"), problems)
    fixed = read_constants(part, facts, problems)
    visits = part.part("visits")
    main = None if visits is None else _read_table("visits", visits, part, facts, problems)
    tables = [_read_list_table(name, table, part, facts, problems) for name, table in part.named_parts("tables")]
    missing = frozenset(scalar.text for scalar in part.scalars("missing"))
    if main is None:
        return None
    _report_repeats([main, *tables], fixed, problems)
    return ColumnMapping(main, tuple(tables), fixed, missing)


def _read_list_table(
    name: YamlScalar, part: Part, whole: Part, facts: Mapping[str, FactInfo], problems: list[Problem]
) -> TableMap:
    fact = facts.get(name.text)
    if fact is None or not is_record_list(fact):
        lists = [path for path, one in facts.items() if is_record_list(one) and "." not in path]
        problems.append(
            Problem(
                "no-such-fact",
                f"no list of a visit is called `{name.text}`",
                did_you_mean(name.text, lists),
                name.place(),
            )
        )
        return TableMap(name.text, name.place(), ())
    return _read_table(name.text, part, whole, facts, problems)


def _read_table(name: str, part: Part, whole: Part, facts: Mapping[str, FactInfo], problems: list[Problem]) -> TableMap:
    within = None if name == "visits" else name
    columns = read_columns(part, whole, facts, within, problems)
    delimiter = part.scalar("delimiter")
    return TableMap(
        name,
        part.place(),
        columns,
        tuple(scalar.text for scalar in part.scalars("files")),
        _read_database(part, problems),
        part.text("sheet"),
        part.text("encoding") or "utf-8",
        None if delimiter is None else delimiter.text.replace("\\t", "\t"),
        None if within is None else _read_join(name, part, problems),
    )


def _read_database(part: Part, problems: list[Problem]) -> Database | None:
    source, query = part.text("source"), part.text("query")
    if source is None and query is None:
        return None
    if source is None or query is None or part.scalars("files"):
        message = "a table comes from `files`, or from a `source` with a `query`"
        problems.append(
            Problem("mapping-source", message, "`source: postgresql` and `query: SELECT ...`", part.place())
        )
        return None
    return Database(query, part.text("uri") or "")


def _read_join(name: str, part: Part, problems: list[Problem]) -> Join | None:
    key = part.scalar("key")
    if key is None:
        return None
    since = part.scalar("complete_since")
    complete = part.text("complete") == "true"
    if since is not None:
        _check_since(name, since, complete, problems)
    to = part.scalar("joins") or key
    return Join(key.text, to.text, complete, None if since is None else since.text.strip())


def _check_since(name: str, since: YamlScalar, complete: bool, problems: list[Problem]) -> None:
    if name not in COMPLETE_SINCE or not complete:
        lists = ", ".join(f"`{one}`" for one in COMPLETE_SINCE)
        message = f"`complete_since` is for complete tables of {lists}"
        problems.append(Problem("mapping-source", message, "leave it out", since.place()))
        return
    try:
        read_timestamp(since.text.strip())
    except BadValueError as bad:
        problems.append(Problem("mapping-value", bad.message, bad.help, since.place()))


def _report_repeats(tables: list[TableMap], fixed: Sequence[tuple[Target, object]], problems: list[Problem]) -> None:
    """Report facts that two columns or constants feed."""
    seen: dict[tuple[object, ...], Place] = {}
    targets = [(("visits", *target.steps), target) for target, _ in fixed]
    for table in tables:
        targets += [((table.name, *column.target.steps), column.target) for column in table.columns]
    for key, target in targets:
        if key in seen:
            message = f"`{target.fact.path}` is fed twice, first at line {seen[key].line}"
            problems.append(Problem("mapping-twice", message, "keep one of them", target.place))
        seen.setdefault(key, target.place)
