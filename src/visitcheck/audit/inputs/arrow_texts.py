"""Texts of Arrow columns that the gate may refuse, by the patterns that SQL uses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from visitcheck.audit.inputs.text_values import text_pattern
from visitcheck.engines.arrays.values import Bools
from visitcheck.facts.constraints import KnownZone, Length, NoStandIn, Pattern
from visitcheck.facts.fields import FieldShape
from visitcheck.facts.limits import MAX_TEXT
from visitcheck.facts.scalars import STAND_INS
from visitcheck.facts.zones import zone_names

_LONGEST_STAND_IN = max(len(one.encode()) for one in STAND_INS)
_FIRST_SIGN, _LAST_SIGN = b"!~"
_STAND_INS = pa.array(sorted(STAND_INS))


def is_wrong_text(texts: pa.Array, shape: FieldShape) -> Bools:
    """Where a text is none of a fact's words, or not surely one that the fact may have."""
    if shape.scalar is None:
        return _is_none_of(texts, pa.array(shape.words))
    constraints = shape.scalar.constraints
    if KnownZone() in constraints:
        return _is_none_of(texts, pa.array(sorted(zone_names())))
    pattern = text_pattern(constraints)
    length = next((one for one in constraints if isinstance(one, Length)), None)
    if length is None and any(isinstance(one, Pattern) for one in constraints):
        different = pc.dictionary_encode(texts)
        return _truths(_matches_not(different.dictionary, pattern).take(different.indices))
    wrong: Bools = np.zeros(len(texts), np.bool_)
    looked_at = np.flatnonzero(~_is_plain(texts))
    wrong[looked_at] = _truths(_matches_not(texts.take(pa.array(looked_at)), pattern))
    longest = length.longest if length is not None else MAX_TEXT
    if pc.max(pc.binary_length(texts)).as_py() > longest:
        wrong = wrong | _truths(pc.greater(pc.utf8_length(texts), longest))
    return wrong | _is_stand_in(texts) if NoStandIn() in constraints else wrong


def _matches_not(texts: pa.Array, pattern: str) -> pa.Array:
    return pc.invert(pc.match_substring_regex(texts, f"^(?s:{pattern})$"))


def _is_plain(texts: pa.Array) -> Bools:
    """Where a text is of ASCII's letters, digits and signs alone, without a space: right wherever texts are."""
    offsets = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts) + 1]
    data = texts.buffers()[2]
    if data is None:
        return np.zeros(len(texts), np.bool_)
    text = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]]
    odd = np.flatnonzero((text < _FIRST_SIGN) | (text > _LAST_SIGN))
    is_plain: Bools = np.diff(np.searchsorted(odd, offsets - offsets[0])) == 0
    return is_plain & (np.diff(offsets) > 0)


def _is_none_of(texts: pa.Array, words: pa.Array) -> Bools:
    return _truths(pc.and_(pc.invert(pc.is_in(texts, value_set=words)), texts.is_valid()))


def _is_stand_in(texts: pa.Array) -> Bools:
    """Where a text without white space around it stands for a missing value."""
    short = pc.less_equal(pc.binary_length(texts), _LONGEST_STAND_IN)
    if not pc.any(short).as_py():
        return np.zeros(len(texts), np.bool_)
    small = pc.if_else(short, texts, pa.scalar(None, pa.string()))
    return _truths(pc.is_in(pc.utf8_lower(small), value_set=_STAND_INS))


def _truths(truths: Any) -> Bools:
    """What is surely so."""
    sure: Bools = pc.fill_null(truths, False).to_numpy(zero_copy_only=False)
    return sure
