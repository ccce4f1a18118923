"""Journeys of collectors between visits that nobody makes in the time that there was, by positions and times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitcheck.engines.arrays.values import Array, Bools, Ints
from visitcheck.facts.types import HOUR, MINUTE

if TYPE_CHECKING:
    import duckdb

_STAYS = "stays_of_collectors"
_JOURNEYS_OF_PART = "journeys_of_part"
_EARTH_KM = 6371.0088
_LEAST_KM = 1.0
"""Positions are off by some hundred metres, and by half a kilometre more where maps shift them; less is no journey."""
_ROUNDED = 5 * MINUTE
"""Times that are whole multiples of this were rounded by hand; others are taken as kept to the minute."""
_ROWS_AT_ONCE = 2_000_000


def write_fast_journeys(con: duckdb.DuckDBPyConnection, stays: str, table: str, max_speed_kmh: float) -> None:
    """Make a table of journeys, `earlier` to `later` by collector, that needed more than `max_speed_kmh`.

    `stays` selects `visit`, a number; `collector`; `arrives` and `leaves` in microseconds; `latitude` and `longitude`.
    """
    import pyarrow as pa

    con.execute(f"CREATE TEMP TABLE {_STAYS} AS SELECT *, hash(collector) AS part FROM ({stays})")
    con.execute(f"CREATE TEMP TABLE {table} (earlier BIGINT, later BIGINT, collector VARCHAR)")
    [(rows,)] = con.execute(f"SELECT count(*) FROM {_STAYS}").fetchall()
    parts = rows // _ROWS_AT_ONCE + 1
    for part in range(parts):  # a collector's visits are all in one
        own = con.sql(f"SELECT * EXCLUDE (part) FROM {_STAYS} WHERE part % {parts} = {part}").to_arrow_table()
        collectors = own["collector"].combine_chunks().dictionary_encode()
        column = {name: own[name].to_numpy() for name in own.column_names if name != "collector"}
        earlier, later = _fast_pairs(collectors.indices.to_numpy(), column, max_speed_kmh)
        who = collectors.take(pa.array(later)).cast(pa.string())
        journeys = {"earlier": column["visit"][earlier], "later": column["visit"][later], "collector": who}
        con.register(_JOURNEYS_OF_PART, pa.table(journeys))
        con.execute(f"INSERT INTO {table} SELECT * FROM {_JOURNEYS_OF_PART}")
        con.unregister(_JOURNEYS_OF_PART)
    con.execute(f"DROP TABLE {_STAYS}")


def _fast_pairs(collectors: Ints, stays: dict[str, Array], max_speed_kmh: float) -> tuple[Ints, Ints]:
    """The stays between which a collector was too fast: each is compared with the one before that was left last.

    Whoever could come in time from that one could from all before it, too, for they were compared alike.
    """
    arrives, leaves, visit = stays["arrives"], stays["leaves"], stays["visit"]
    order = np.lexsort((visit, leaves, arrives, collectors))
    rank = np.empty(len(order), np.int64)
    by_leaving = np.lexsort((visit, leaves, collectors))
    rank[by_leaving] = np.arange(len(order))
    # Ranks grow from collector to collector, so that the greatest so far is of the same collector.
    last_left = by_leaving[np.maximum.accumulate(rank[order])]
    earlier, later = last_left[:-1], order[1:]
    same = collectors[earlier] == collectors[later]
    earlier, later = earlier[same], later[same]
    distance = _distances(stays["latitude"], stays["longitude"], earlier, later)
    fast = (distance > _LEAST_KM) & (distance > max_speed_kmh * _hours_between(leaves[earlier], arrives[later]))
    return earlier[fast], later[fast]


def _distances(latitude: Array, longitude: Array, here: Ints, there: Ints) -> Array:
    """Great-circle distances in kilometres."""
    north, east = np.radians(latitude), np.radians(longitude)
    half = np.sin((north[there] - north[here]) / 2) ** 2
    half += np.cos(north[here]) * np.cos(north[there]) * np.sin((east[there] - east[here]) / 2) ** 2
    kilometres: Array = 2 * _EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return kilometres


def _hours_between(leaves: Ints, arrives: Ints) -> Array:
    """The most time that there was, as times are rounded."""
    by_hand: Bools = (leaves % _ROUNDED == 0) & (arrives % _ROUNDED == 0)
    hours: Array = (np.maximum(arrives - leaves, 0) + np.where(by_hand, _ROUNDED, MINUTE)) / HOUR
    return hours
