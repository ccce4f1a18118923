"""One person taken out of a finished audit: all tables written anew without them, and put in place at once."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visitcheck.audit.hash_keys import hash_id
from visitcheck.audit.rewriting import column_names, read_batches, rewrite_table
from visitcheck.audit.running.run_folder import RunFolder, json_text, translate_failures
from visitcheck.errors import AuditFailed, Problem

if TYPE_CHECKING:
    import pyarrow as pa

_KEY = {"erasing": True}
_LEFT = ("manifest.json", "summary.json")
"""Files that are not copied as they are."""
_REMADE = (".html", ".xlsx")
"""What people were shown; it is made anew, or goes."""
_SAMPLES = ("warnings", "broken_files")
"""Parts of the summary that quote the input."""
_ERASED = "[erased]"


def erase(
    folder: str | PathLike[str],
    debtor: str,
    *,
    key: bytes | None = None,
    remake: Callable[[Path, Path], None] = lambda old, new: None,
) -> dict[str, int]:
    """Take a person, named by the id that visits have for them, out of all that an audit's folder holds.

    Returns how many rows went, by table; where none did, the folder is left as it is. `key` is that of hashed ids.
    Pages and workbooks in the folder go; `remake(old, new)` may put others into the new folder before it replaces the
    old one. The manifest is told when, and how many rows, and not who. Figures of the summary stay: they are
    those of the audit.

    Raises `AuditFailed` for a folder that no audit has written, and where it cannot be written.
    """
    place = RunFolder(Path(folder))
    with translate_failures(place.out):
        _check_folder(place)
        ids = {debtor} if key is None else {debtor, hash_id(debtor, key)}
        visits = _visits_of(place.out, ids)
        with place.start_or_resume(_KEY, resume=True, restart=False, replace=True):
            new = place.path("output")
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir(mode=0o700)
            gone = _write_without(place.out, new, ids, visits)
            if not sum(gone.values()):
                shutil.rmtree(place.folder)
                return gone
            remake(place.out, new)
            place.publish(new)
    return gone


def _check_folder(place: RunFolder) -> None:
    verdicts = place.out / "verdicts.parquet"
    if not (place.out / "manifest.json").is_file() or not verdicts.exists():
        raise _refusal(f"`{place.out}` is no audit's folder", "name the folder that `visitcheck audit -o` wrote")
    if "debtor_id" not in column_names(verdicts):
        raise _refusal(f"`{place.out}` does not say whose visits are whose", "audit again: an older version wrote it")
    if place.read_json("key.json") not in (None, _KEY):
        message = f"`{place.folder}` holds a run that was broken off, with rows of its input"
        raise _refusal(message, "finish it by `--resume`, or delete it, then erase")


def _refusal(message: str, help_: str) -> AuditFailed:
    return AuditFailed([Problem("erase-refused", message, help_)])


def _visits_of(folder: Path, ids: set[str]) -> set[str]:
    """The ids of a person's visits, from every table that says whose a row is."""
    visits: set[str] = set()
    for table in sorted(folder.glob("*.parquet")):
        if {"visit_id", "debtor_id"} <= set(column_names(table)):
            for batch in read_batches(table, ["visit_id", "debtor_id"]):
                own = batch.filter(_is_in(batch.column("debtor_id"), ids))
                visits.update(filter(None, own.column("visit_id").to_pylist()))
    return visits


def _write_without(old: Path, new: Path, ids: set[str], visits: set[str]) -> dict[str, int]:
    """Write all files anew; returns rows that went by table."""
    gone: dict[str, int] = {}
    for path in sorted(old.iterdir()):
        if path.suffix == ".parquet":
            gone[path.stem] = rewrite_table(path, new / path.name, lambda batch: _without(batch, ids, visits))
        elif path.name not in _LEFT and path.suffix not in _REMADE:
            shutil.copy2(path, new / path.name)
    named = _pattern_of(ids | visits)
    summary = json.loads((old / "summary.json").read_text("utf-8"))
    summary |= {part: _without_names(summary[part], named) for part in _SAMPLES if part in summary}
    (new / "summary.json").write_text(json_text(summary), "utf-8")
    manifest = json.loads((old / "manifest.json").read_text("utf-8"))
    entry = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "rows": gone}
    manifest["erased"] = [*manifest.get("erased", ()), entry]
    (new / "manifest.json").write_text(json_text(manifest), "utf-8")
    return gone


def _without(batch: pa.RecordBatch, ids: set[str], visits: set[str]) -> pa.RecordBatch:
    """The rows that are not about a person: theirs, doubts that their visits are in, messages that name them."""
    import pyarrow.compute as pc

    names = set(batch.schema.names)
    is_theirs = _is_in(batch.column("visit_id"), visits) if "visit_id" in names else None
    if "debtor_id" in names:
        debtors = batch.column("debtor_id")
        own = _is_in(debtors, ids)
        # An id of a visit may stand twice among rejects, with other people.
        is_theirs = own if is_theirs is None else pc.or_(own, pc.and_(pc.is_null(debtors), is_theirs))
    if is_theirs is None:
        return batch
    if "other_visit_id" in names:
        is_theirs = pc.or_(is_theirs, _is_in(batch.column("other_visit_id"), visits))
    if "message" in names:
        for id_ in ids:
            quoted = pc.match_substring(batch.column("message"), f"`{id_}`").fill_null(False)
            is_theirs = pc.or_(is_theirs, quoted)
    return batch.filter(pc.invert(is_theirs))


def _is_in(column: pa.Array, values: Iterable[str]) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.is_in(column, pa.array(sorted(values), pa.string())).fill_null(False)


def _pattern_of(names: set[str]) -> re.Pattern[str]:
    """What finds a name as a word of its own, the longest first."""
    listed = "|".join(map(re.escape, sorted(names, key=lambda name: (-len(name), name))))
    return re.compile(rf"(?<!\w)(?:{listed})(?!\w)")


def _without_names(value: Any, named: re.Pattern[str]) -> Any:
    """JSON values whose texts name nobody."""
    if isinstance(value, dict):
        return {key: _without_names(below, named) for key, below in value.items()}
    if isinstance(value, list):
        return [_without_names(below, named) for below in value]
    return named.sub(_ERASED, value) if isinstance(value, str) else value
