"""Time zones of the installed `tzdata` package, whatever files the system has.

`zoneinfo` prefers the system's files, which differ between machines; the same visit must have the same local
time everywhere. So zones are loaded from the package itself, and `zoneinfo`'s own search path is left alone.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module, resources
from zoneinfo import ZoneInfo

from visitcheck.suggest import nearest


@cache
def zone_names() -> frozenset[str]:
    """The names of all zones; `Factory`, which stands for "not configured", is none of them."""
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8")
    return frozenset(listed.split()) - {"Factory"}


def zone_info(name: str) -> ZoneInfo | None:
    """The zone called `name`, in exact case, or None where there is none."""
    return _read(name) if name in zone_names() else None  # only zones are kept: a visit may name anything


@cache
def _read(name: str) -> ZoneInfo:
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def zone_help(name: str) -> str:
    """Help for a zone that does not exist: the nearest zone of a place, or how zones are written.

    `GMT+8` and the like are never offered: `Etc/GMT+8` lies eight hours behind UTC, not ahead.
    """
    places = (zone for zone in zone_names() if "/" in zone and not zone.startswith("Etc/"))
    near = nearest(name, places)
    return f"did you mean `{near}`?" if near else "zones are written like `Asia/Shanghai`, in exact case"


@cache
def zone_data_version() -> str:
    """The IANA version of the zone data, like `2026f`."""
    return str(import_module("tzdata").IANA_VERSION)
