"""The hour of the week at which visits start, by a clock where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitcheck.audit.arrow_columns import is_known, whole_numbers
from visitcheck.audit.running.policy_texts import first_zone
from visitcheck.engines.arrays.codes import TextCodes
from visitcheck.engines.arrays.values import Numbers
from visitcheck.engines.arrays.zones import ZoneClocks
from visitcheck.facts.types import DAY, HOUR
from visitcheck.policy import Policy

if TYPE_CHECKING:
    import pyarrow as pa

    from visitcheck.audit.running.judged_rows import JudgedRows

_HOURS_OF_WEEK = [f"{weekday} {hour:02}" for weekday in range(1, 8) for hour in range(24)]
_THURSDAY = 3
"""The weekday on which days begin to be counted; Monday is 0."""


class LocalHours:
    """Tells the hour of the week, in a visit's zone or the policy's, by the pinned zone data."""

    def __init__(self, policy: Policy) -> None:
        self._zone = first_zone(policy) or "UTC"
        self._clocks = ZoneClocks()

    def of_week(self, rows: JudgedRows) -> pa.Array:
        """The weekday (1 is Monday) and hour at which each visit starts, like `1 09`; NULL where it is not known."""
        import pyarrow as pa

        starts, zones = rows.column("visit.starts_at"), rows.column("visit.timezone").fill_null(self._zone)
        codes = TextCodes()
        encoded = zones.dictionary_encode()
        of_names = codes.encode(encoded.dictionary.to_pylist())
        known = is_known(starts)
        moments = Numbers(whole_numbers(starts), known)
        local = self._clocks.local(moments, Numbers(of_names[encoded.indices.to_numpy()]), codes, len(rows))
        place = (local.values // DAY + _THURSDAY) % 7 * 24 + local.values % DAY // HOUR
        known = known if local.known is None else known & local.known
        return pa.array(_HOURS_OF_WEEK, pa.string()).take(pa.array(np.where(known, place, 0), mask=~known))
