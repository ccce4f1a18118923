"""The packs and examples that travel with the package: inside it in a wheel, beside it in a checkout."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def packs_root() -> Traversable:
    """The folder of the shipped packs; raises `FileNotFoundError` as `shipped_folder` does."""
    return shipped_folder("rules")


def shipped_folder(name: str) -> Traversable:
    """What travels with the package: `visitcheck/_NAME` in a wheel, the folder `NAME` in a checkout.

    Raises `FileNotFoundError` where neither an installed wheel nor a checkout is around this module.
    """
    inside = files("visitcheck") / f"_{name}"
    checkout = Path(__file__).resolve().parents[3] / name
    for root in (inside, checkout):
        if root.is_dir():
            return root
    raise FileNotFoundError(f"no shipped {name}: neither {inside} nor {checkout} is a folder")


_ABOUT_PACKS = tuple(f".{kind}.{ending}" for kind in ("cases", "accepted", "coverage") for ending in ("yaml", "yml"))
"""What stands beside packs: their test cases, what these need not show, and which articles of a law they cover."""


def is_pack(name: str) -> bool:
    """Whether a file of this name holds a pack, and not something about one, such as `*.cases.yaml`."""
    return name.endswith((".yaml", ".yml")) and not name.endswith(_ABOUT_PACKS)


def pack_files(folder: Traversable) -> tuple[Traversable, ...]:
    """The pack files directly in `folder`, sorted by name. Folders inside it must be named themselves."""
    packs = (item for item in folder.iterdir() if item.is_file() and is_pack(item.name))
    return tuple(sorted(packs, key=lambda item: item.name))


def folders() -> dict[str, Traversable]:
    """The shipped folders that hold packs, by path below the root, such as `base` or `cn/local`."""
    by_name: dict[str, Traversable] = {}
    pending = [("", packs_root())]
    while pending:
        name, folder = pending.pop()
        if name and pack_files(folder):
            by_name[name] = folder
        inside = (item for item in folder.iterdir() if item.is_dir() and not item.name.startswith((".", "_")))
        pending.extend((f"{name}/{item.name}".lstrip("/"), item) for item in inside)
    return dict(sorted(by_name.items()))


def names() -> tuple[str, ...]:
    """What `load_policy` knows by name as a whole: the shipped folders."""
    return tuple(folders())
