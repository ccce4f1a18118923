"""From names to pack files: which files a policy is made of, in the order in which they meet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path

from visitcheck.concurrency import cached_property
from visitcheck.documents import parse_yaml
from visitcheck.documents.parts import Part
from visitcheck.documents.validation import validate_mapping
from visitcheck.errors import Problem
from visitcheck.policy import shipped
from visitcheck.policy.format import PACK, PACK_ID
from visitcheck.suggest import did_you_mean, nearest

_PACK_LINE = re.compile(r"^pack:[ \t]*[\"']?([a-z0-9.-]+)", re.M)


@dataclass(frozen=True, slots=True)
class PackFile:
    """A pack file by the name that messages show, with its text."""

    name: str
    text: str
    on_disk: bool = False
    """Whether it was found by a path of the caller's, and may take the place of a shipped pack."""

    @property
    def id(self) -> str | None:
        """The pack id, seen without reading the file as YAML."""
        line = _PACK_LINE.search(self.text)
        return line[1] if line else None


@dataclass
class Library:
    """The files at hand: those asked for, those beside them, and the shipped ones."""

    problems: list[Problem]
    allow_shadow: frozenset[str] = frozenset()
    """Ids of shipped packs that files of the caller's may take the place of."""
    shadows: dict[str, str] = field(default_factory=dict)
    """The shipped packs whose place a file took, with that file's name."""
    asked: list[PackFile] = field(default_factory=list)
    _beside: dict[str, Traversable] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    _index: dict[str, PackFile] | None = None

    def ask(self, name: str | Path) -> None:
        """Adds the files of a shipped name, or of a path to a file or folder."""
        files = self._named(name) if isinstance(name, str) and not _is_path(name) else None
        if files is not None:
            for file in files:
                self._add(file)
            return
        path = Path(name)
        if path.is_dir():
            chosen: tuple[Traversable, ...] = shipped.pack_files(path)
        else:
            chosen = (path,) if path.is_file() else ()
        if not chosen:
            self.problems.append(self._no_such(str(name), path))
        for item in chosen:
            self._add(self._read(item, str(item), on_disk=True))
            self._beside[str(path if path.is_dir() else path.parent)] = path if path.is_dir() else path.parent

    def ask_text(self, name: str, text: str) -> None:
        """Adds a pack given as text."""
        self._add(PackFile(name, text))

    def find(self, pack_id: str) -> PackFile | None:
        """The file that defines a pack: asked for, beside one asked for, or shipped, in this order."""
        if self._index is None:
            self._index = self._make_index()
        return self._index.get(pack_id)

    @cached_property
    def at_hand(self) -> tuple[PackFile, ...]:
        """Every file that the policy may be made of, read once, in the order in which one takes the place of another.

        To be asked when all names were.
        """
        return (*self.asked, *self._neighbours(), *_shipped_files(self))

    def known_ids(self) -> tuple[str, ...]:
        """The ids of all packs at hand."""
        self.find("")
        return tuple(sorted(self._index or ()))

    def check_shadow(self, pack_id: str, file: PackFile, part: Part) -> None:
        """Refuses a file that takes the place of a shipped pack unseen; one that says the same is that pack."""
        if not file.on_disk or self._shipped_texts.get(pack_id, file.text) == file.text:
            return
        self.shadows[pack_id] = file.name
        if pack_id not in self.allow_shadow:
            message = f"`{pack_id}` is the id of a shipped pack, whose place this file would take"
            help_ = f"choose another id, or allow it by name: `--allow-shadow {pack_id}`"
            self.problems.append(Problem("pack-shadows-shipped", message, help_, part.place("pack")))

    @cached_property
    def _shipped_texts(self) -> dict[str, str]:
        return {file.id: file.text for file in _shipped_files(self) if file.id is not None}

    def _make_index(self) -> dict[str, PackFile]:
        index: dict[str, PackFile] = {}
        for file in self.at_hand:
            if file.id is not None:
                index.setdefault(file.id, file)
        return index

    def _neighbours(self) -> Iterator[PackFile]:
        for folder in self._beside.values():
            for item in shipped.pack_files(folder):
                file = self._read(item, str(item), quiet=True, on_disk=True)
                if file is not None:
                    yield file

    def _named(self, name: str) -> list[PackFile] | None:
        folders = shipped.folders()
        if name in folders:
            return [file for file in self._folder(name, folders[name]) if file is not None]
        files = list(_shipped_files(self))
        return [file for file in files if file.id == name or Path(file.name).stem == name] or None

    def _folder(self, name: str, folder: Traversable) -> Iterator[PackFile | None]:
        for item in shipped.pack_files(folder):
            yield self._read(item, f"rules/{name}/{item.name}")

    def _read(self, item: Traversable, name: str, *, quiet: bool = False, on_disk: bool = False) -> PackFile | None:
        try:
            return PackFile(name, item.read_bytes().decode("utf-8-sig"), on_disk)
        except (OSError, UnicodeDecodeError) as error:
            if not quiet:
                message = f"`{name}` cannot be read: {error}"
                self.problems.append(Problem("unreadable-file", message, "pack files are UTF-8 text"))
            return None

    def _add(self, file: PackFile | None) -> None:
        if file is not None and file.name not in self._seen:
            self._seen.add(file.name)
            self.asked.append(file)

    def _no_such(self, name: str, path: Path) -> Problem:
        if path.is_dir():
            return Problem("no-such-policy", f"the folder `{name}` holds no pack file", "pack files end in `.yaml`")
        folders = shipped.names()
        packs = [file.id for file in _shipped_files(self) if file.id]
        message = f"there is no shipped policy, file or folder `{name}`"
        near = nearest(name, (*folders, *packs))
        return Problem("no-such-policy", message, did_you_mean(name, folders if near is None else [near]))


def _is_path(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) or name.startswith((".", "/", "~")) or "\\" in name


def _shipped_files(library: Library) -> Iterator[PackFile]:
    for name, folder in shipped.folders().items():
        yield from (file for file in library._folder(name, folder) if file is not None)


def read_pack(file: PackFile, problems: list[Problem]) -> Part | None:
    """The file as a mapping that has the shape of a pack; what does not fit is reported and left out."""
    node, yaml_problems = parse_yaml(file.text, file.name)
    problems.extend(yaml_problems)
    if node is None:
        if not yaml_problems:
            problems.append(Problem("empty-file", f"`{file.name}` is empty", "a pack begins with `pack: <id>`"))
        return None
    mapping = validate_mapping(node, PACK, problems)
    return None if mapping is None else Part(mapping)


def order_packs(library: Library, problems: list[Problem]) -> Mapping[str, tuple[PackFile, Part]]:
    """The packs asked for and all that they use, by id, used ones first."""
    order: dict[str, tuple[PackFile, Part]] = {}
    visitor = _Visitor(library, problems, order)
    for file in library.asked:
        part = read_pack(file, problems)
        if part is None:
            continue
        pack_id = part.text("pack")
        if pack_id is None or re.fullmatch(PACK_ID.pattern, pack_id) is None:
            continue
        visitor.asked(pack_id, file, part)
    visitor.run()
    return order


@dataclass
class _Visitor:
    library: Library
    problems: list[Problem]
    order: dict[str, tuple[PackFile, Part]]
    parts: dict[str, tuple[PackFile, Part]] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)

    def asked(self, pack_id: str, file: PackFile, part: Part) -> None:
        if pack_id in self.parts:
            first = self.parts[pack_id][1].place("pack")
            message = f"the pack id `{pack_id}` is defined twice"
            self.problems.append(Problem("pack-twice", message, f"it is also defined in {first}", part.place("pack")))
            return
        self.library.check_shadow(pack_id, file, part)
        self.parts[pack_id] = (file, part)

    def run(self) -> None:
        for pack_id in list(self.parts):
            self._visit(pack_id)

    def _visit(self, pack_id: str) -> None:
        if pack_id in self.order:
            return
        self.path.append(pack_id)
        file, part = self.parts[pack_id]
        for used in part.scalars("uses"):
            if used.text in self.path:
                ring = " uses ".join(f"`{each}`" for each in (*self.path[self.path.index(used.text) :], used.text))
                self.problems.append(Problem("ring-of-uses", f"packs use each other: {ring}", None, used.place()))
            elif self._have(used.text):
                self._visit(used.text)
            else:
                message = f"there is no pack `{used.text}`"
                help_ = did_you_mean(used.text, _ids_without(self.library.known_ids(), pack_id))
                self.problems.append(Problem("no-such-pack", message, help_, used.place()))
        self.path.pop()
        self.order[pack_id] = (file, part)

    def _have(self, pack_id: str) -> bool:
        if pack_id in self.parts:
            return True
        file = self.library.find(pack_id)
        part = None if file is None else read_pack(file, self.problems)
        if file is None or part is None:
            return file is not None and part is not None
        self.library.check_shadow(pack_id, file, part)
        self.parts[pack_id] = (file, part)
        return True


def _ids_without(ids: Iterable[str], pack_id: str) -> list[str]:
    return [each for each in ids if each != pack_id]
