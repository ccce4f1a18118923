"""Ids of visits and people as hashes with a key, in all that an audit writes."""

from __future__ import annotations

import hashlib
import json
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visitcheck.audit.hash_keys import DIGITS, hash_id
from visitcheck.audit.rewriting import rewrite_table
from visitcheck.audit.running.run_folder import json_text
from visitcheck.audit.running.statuses import COLLECTORS_JOINER
from visitcheck.facts.types import STRING
from visitcheck.facts.vocabulary import FACTS

if TYPE_CHECKING:
    import pyarrow as pa

_IDS = ("visit_id", "debtor_id", "other_visit_id", "shared_id")
_quotes = re.compile(r"`[^`]*`")
_names_columns = re.compile(r"(?:one of the )?columns? (?:`[^`]*`(?:, )?)+").match
_quoted_row = re.compile(r"(row \d+) `[^`]*`")
_position = re.compile(r"\[\d+\]")


def describe_hashes(key: bytes) -> dict[str, str]:
    """Say in a manifest how ids are hashed, and where the salt is; `key_id` tells keys apart and gives none away."""
    return {
        "hashed": f"HMAC-SHA256, the first {DIGITS} hexadecimal digits",
        "salt": "the key of --hash-ids or VISITCHECK_HASH_KEY, kept by whoever ran the audit; it is not in this folder",
        "key_id": hash_id("visitcheck", hashlib.sha256(key).digest())[:8],
    }


def hash_ids(folder: Path, key: bytes) -> None:
    """Put hashes in place of ids in a folder's tables and summary, and take out what rejects quote of texts."""
    for table in sorted(folder.glob("*.parquet")):
        hashed = table.with_name(f"{table.name}.hashed")
        rewrite_table(table, hashed, partial(_hash_batch, key=key))
        _replace(hashed, table)
    path = folder / "summary.json"
    summary = json.loads(path.read_text("utf-8"))
    path.write_text(json_text(_hash_summary(summary, key)), "utf-8")


def _replace(source: Path, target: Path) -> None:
    if target.is_dir():
        import shutil

        shutil.rmtree(target)
    source.replace(target)


def _hash_batch(batch: pa.RecordBatch, key: bytes) -> pa.RecordBatch:
    import pyarrow as pa

    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    for name in _IDS:
        if name in columns:
            columns[name] = _hash_texts(columns[name], key)
    if (team := columns.get("collectors")) is not None:
        if pa.types.is_list(team.type):
            columns["collectors"] = pa.ListArray.from_arrays(team.offsets, _hash_texts(team.values, key))
        else:
            columns["collectors"] = _hash_texts(team, key, COLLECTORS_JOINER)
    if "problems" in columns:
        columns["message"] = pa.array(
            _without_texts(message, path)
            for message, path in zip(columns["message"].to_pylist(), columns["path"].to_pylist(), strict=True)
        )
        columns["problems"] = pa.array(
            [[each | {"message": _without_texts(each["message"], each["path"])} for each in row or ()]
             for row in columns["problems"].to_pylist()],
            columns["problems"].type,
        )  # fmt: skip
    return pa.record_batch(columns)


def _hash_texts(texts: pa.Array, key: bytes, joiner: str | None = None) -> pa.Array:
    """The hashes of texts, each distinct one hashed once."""
    import pyarrow as pa

    coded = texts.dictionary_encode()
    hashes = [
        joiner.join(hash_id(part, key) for part in text.split(joiner)) if joiner else hash_id(text, key)
        for text in coded.dictionary.to_pylist()
    ]
    return pa.array(hashes, pa.string()).take(coded.indices)


def _without_texts(message: str, path: str | None) -> str:
    """A reject's message without what it quotes, where that may be any text; columns are still named."""
    fact = FACTS.get(_position.sub("[]", path or "").removeprefix("$").removeprefix("."))
    if fact is not None and fact.type != STRING:
        return message
    named = _names_columns(message)
    end = named.end() if named else 0
    return message[:end] + _quotes.sub("`…`", message[end:])


def _hash_summary(summary: dict[str, Any], key: bytes) -> dict[str, Any]:
    for groups in (summary["by"], summary["said"]):
        if "collector" in groups:
            groups["collector"] = {
                name if name.startswith("(") else hash_id(name, key): counts
                for name, counts in groups["collector"].items()
            }
    for warning in summary["warnings"]:
        warning["problem"]["message"] = _quoted_row.sub(r"\1", warning["problem"]["message"])
    return summary
