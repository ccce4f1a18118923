"""A text file held in memory, which turns offsets into places."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from visitcheck.concurrency import cached_property
from visitcheck.errors import Place

# A longer line is shown without excerpt: nobody can read carets under it.
_LONGEST_EXCERPT = 500


@dataclass(frozen=True)
class Source:
    """A file's name and text. Line breaks are LF alone: normalise with `Source.of`."""

    file: str
    text: str = field(repr=False)

    @classmethod
    def of(cls, file: str, text: str) -> Source:
        """The source of `text` without byte order mark, each of CRLF and CR read as one line break."""
        return cls(file, text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        newline = self.text.find("\n")
        while newline >= 0:
            starts.append(newline + 1)
            newline = self.text.find("\n", newline + 1)
        return starts

    def place(self, start: int, end: int | None = None) -> Place:
        """The place of `text[start:end]`, underlined no further than to the end of its first line."""
        start = max(0, min(start, len(self.text)))
        line = bisect_right(self._line_starts, start)
        line_start = self._line_starts[line - 1]
        line_end = self.text.find("\n", line_start)
        line_end = len(self.text) if line_end < 0 else line_end
        width = max(1, min(start + 1 if end is None else end, line_end) - start)
        excerpt = self.text[line_start:line_end] if line_end - line_start <= _LONGEST_EXCERPT else ""
        return Place(self.file, line, start - line_start + 1, width, excerpt)
