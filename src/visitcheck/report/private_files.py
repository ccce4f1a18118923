"""Files of results as only their owner reads them: whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from visitcheck.errors import InvalidInput, Problem
from visitcheck.temp_folders import open_private


@contextmanager
def replace_file(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write to, of mode 0600, which takes the place of `path` at the end of the block.

    Raises `InvalidInput` where it cannot be written; what was there before stays then.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with open_private(part) as file:
            yield file
        os.replace(part, path)
    except OSError as error:
        message = f"cannot write `{path}`: {error.strerror or error}"
        raise InvalidInput([Problem("report-unwritable", message)]) from error
    finally:
        part.unlink(missing_ok=True)
