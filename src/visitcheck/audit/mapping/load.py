"""`load_mapping`: reads a mapping file, and reports all its problems at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from visitcheck.audit.mapping.columns import EVERY, check_zone, is_record_list, read_columns, read_constants
from visitcheck.audit.mapping.events import read_closing, read_events
from visitcheck.audit.mapping.format import MAPPING
from visitcheck.audit.mapping.model import Closing, Column, ColumnMapping, Database, Join, TableMap, Target
from visitcheck.documents import YamlMapping, YamlNode, YamlScalar, YamlSequence, parse_yaml
from visitcheck.documents.parts import Part
from visitcheck.documents.validation import validate
from visitcheck.errors import InvalidInput, Place, Problem
from visitcheck.facts import FACTS
from visitcheck.facts.completeness import OPEN_LISTS
from visitcheck.facts.groups.past import COMPLETE_SINCE
from visitcheck.facts.scalars import BadValueError
from visitcheck.facts.times import read_timestamp
from visitcheck.facts.vocabulary import FactInfo
from visitcheck.suggest import did_you_mean

SILENT_TABLE = "mapping-silent-table"
"""The code of the warning of a table that does not say what it holds; its path is the list."""


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
    lookups = [_read_lookup(name, one, part, facts, problems) for name, one in part.named_parts("lookups")]
    missing = frozenset(scalar.text for scalar in part.scalars("missing"))
    if main is None:
        return None
    for lookup in lookups:
        if lookup.name in ("visits", *(table.name for table in tables)):
            problems.append(Problem("mapping-twice", f"two tables are called `{lookup.name}`", None, lookup.place))
    looked_up = [_of_lookup(column, lookup) for lookup in lookups for column in lookup.columns]
    main = replace(main, columns=(*main.columns, *looked_up))
    _report_repeats([main, *tables], fixed, problems)
    bad_is_unknown = part.text("on_bad_value") == "unknown"
    warnings = tuple(_warn_of_silence(part))
    return ColumnMapping(
        main, tuple(tables), tuple(lookups), fixed, missing, warnings=warnings, bad_is_unknown=bad_is_unknown
    )


def _warn_of_silence(part: Part) -> Iterator[Problem]:
    """Warn of separate tables that do not say what they hold."""
    for name, table in part.named_parts("tables"):
        if table.value("complete") is None:
            message = f"the table `{name.text}` does not say what it holds; there may be more than its rows"
            help_ = "say `complete: true` where every row of every visit is in it, or `complete: {all_with: ...}`"
            help_ += "; `complete: false` says that more may be"
            yield Problem(SILENT_TABLE, message, help_, name.place(), name.text)


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


def _read_lookup(
    name: YamlScalar, part: Part, whole: Part, facts: Mapping[str, FactInfo], problems: list[Problem]
) -> TableMap:
    """Read a table with one row for each key, whose columns feed facts of the visits."""
    table = replace(_read_table("visits", part, whole, facts, problems), name=name.text)
    for column in table.columns:
        if column.row_prefix is not None or EVERY in column.target.steps:
            message = "a column of a lookup feeds one fact of a visit, and has no number of the row"
            problems.append(Problem("mapping-target", message, None, column.target.place))
    key = part.scalar("key")
    to = part.scalar("joins") or key
    join = None if key is None or to is None else Join(key.text, to.text, Closing(complete=False))
    return replace(table, join=join)


def _of_lookup(column: Column, lookup: TableMap) -> Column:
    """The column as it is called where the lookup is joined to the visits."""
    parts = None if column.parts is None else tuple(f"{lookup.name}.{one}" for one in column.parts)
    return replace(column, name=f"{lookup.name}.{column.name}", parts=parts, lookup=lookup.name)


def _read_table(name: str, part: Part, whole: Part, facts: Mapping[str, FactInfo], problems: list[Problem]) -> TableMap:
    within = None if name == "visits" else name
    columns = read_columns(part, whole, facts, within, problems)
    _report_elements(columns, within, problems)
    delimiter = part.scalar("delimiter")
    _check_encoding(part.scalar("encoding"), problems)
    return TableMap(
        name,
        part.place(),
        columns,
        tuple(scalar.text for scalar in part.scalars("files")),
        _read_database(part, problems),
        part.text("sheet"),
        part.text("encoding") or "utf-8",
        None if delimiter is None else delimiter.text.replace("\\t", "\t"),
        _read_header(part, problems),
        {name.text: tuple(_texts(node)) for name, node in part.entries("where")},
        None if within is None else _read_join(name, part, facts, problems),
        read_events(part, whole, facts, problems),
        () if within is None else read_constants(part, facts, problems, within),
        dict(_read_closings(part, facts, problems)) if within is None else {},
    )


def _read_header(part: Part, problems: list[Problem]) -> tuple[int, ...]:
    """Read the rows of the header, in order."""
    one = part.scalar("header")
    rows = tuple(int(scalar.text) for scalar in ((one,) if one is not None else part.scalars("header")))
    if list(rows) != sorted(set(rows)):
        help_ = "name its rows from above, like `[2, 3]`"
        problems.append(Problem("mapping-value", "the rows of a header are not in order", help_, part.place("header")))
    return rows


def _check_encoding(encoding: YamlScalar | None, problems: list[Problem]) -> None:
    if encoding is None:
        return
    try:
        "a".encode(encoding.text)
    except (LookupError, UnicodeError):
        message = f"there is no encoding `{encoding.text}`"
        help_ = "Chinese files are often `gb18030`, which also reads GBK and GB2312; others `utf-8` or `utf-16`"
        problems.append(Problem("mapping-value", message, help_, encoding.place()))


def _texts(node: YamlNode) -> Iterator[str]:
    """The texts of a list."""
    yield from (
        (item.text.strip() for item in node.items if isinstance(item, YamlScalar))
        if isinstance(node, YamlSequence)
        else ()
    )


def _read_closings(part: Part, facts: Mapping[str, FactInfo], problems: list[Problem]) -> Iterator[tuple[str, Closing]]:
    """Read what lists that the visits' own columns feed lack, by list."""
    for name, node in part.entries("complete"):
        if name.text in OPEN_LISTS:
            yield name.text, read_closing(name.text, node, facts, problems)
        else:
            help_ = did_you_mean(name.text, OPEN_LISTS)
            problems.append(Problem("no-such-fact", f"no list may go on as `{name.text}`", help_, name.place()))


def _report_elements(columns: Sequence[Column], within: str | None, problems: list[Problem]) -> None:
    """Report lists whose elements several columns with `split` would make."""
    seen: dict[tuple[object, ...], Column] = {}
    for column in columns:
        if EVERY not in column.target.steps:
            continue
        path = column.target.steps[: column.target.steps.index(EVERY)]
        if within is not None or path in seen:
            message = f"`{column.target.fact.path}`: only one column can be split into the elements of a list"
            problems.append(Problem("mapping-target", message, "name elements, like `team[0].id`", column.target.place))
        seen.setdefault(path, column)


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


def _read_join(name: str, part: Part, facts: Mapping[str, FactInfo], problems: list[Problem]) -> Join | None:
    key = part.scalar("key")
    if key is None:
        return None
    since = part.scalar("complete_since")
    closing = read_closing(name, part.value("complete"), facts, problems)
    if since is not None:
        _check_since(name, since, closing.complete or bool(closing.all_with), problems)
    to = part.scalar("joins") or key
    return Join(key.text, to.text, closing, None if since is None else since.text.strip())


def _check_since(name: str, since: YamlScalar, closed: bool, problems: list[Problem]) -> None:
    if name not in COMPLETE_SINCE or not closed:
        lists = ", ".join(f"`{one}`" for one in COMPLETE_SINCE)
        message = f"`complete_since` is for tables of {lists} that say by `complete` what they hold"
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
        targets += [((table.name, *target.steps), target) for target, _ in table.constants]
        targets += [((table.name, *column.target.steps), column.target) for column in table.columns]
    for key, target in targets:
        if key in seen:
            message = f"`{target.fact.path}` is fed twice, first at line {seen[key].line}"
            problems.append(Problem("mapping-twice", message, "keep one of them", target.place))
        seen.setdefault(key, target.place)
