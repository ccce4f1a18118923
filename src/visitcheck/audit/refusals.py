"""What keeps an audit from running, and its results from taking the place of others: nothing is published then."""

from __future__ import annotations

from collections.abc import Sequence

from visitcheck.audit.inputs.files import InputFile, find_changed
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.run_folder import RunFolder
from visitcheck.errors import AuditFailed, InvalidInput, Problem


def refuse_unreadable(files: Sequence[InputFile], options: AuditOptions) -> None:
    """Raise `InvalidInput` where no visits could be read, or a table that says what happened on them.

    A separate table lists what happened, or what was agreed: visits without it would be judged by its silence.
    With `strict_inputs` any file that cannot be read, or has columns that are no facts, is refused.
    """
    broken = [file.problem for file in files if file.problem is not None and file.rows is None]
    visits = [file for file in files if file.table == "visits"]
    if options.strict_inputs and (refused := [file.problem for file in files if file.problem is not None]):
        raise InvalidInput(refused)
    if broken and (all(file.rows is None for file in visits) or any(_is_broken_table(file) for file in files)):
        raise InvalidInput(broken)
    known = [file.rows for file in visits if file.rows is not None]
    if known and not sum(known) and not options.allow_empty:
        names = ", ".join(f"`{file.path.name}`" for file in visits if file.rows is not None)
        help_ = "use `--allow-empty` where there may be none"
        raise InvalidInput([*broken, Problem("input-empty", f"there is no visit in {names}", help_)])


def _is_broken_table(file: InputFile) -> bool:
    return file.table != "visits" and file.rows is None


def is_incomplete(files: Sequence[InputFile]) -> bool:
    """Whether visits are missing because a file of them could not be read, or was refused as a whole."""
    return any(file.problem is not None for file in files if file.table == "visits")


def refuse_changed(files: Sequence[InputFile]) -> None:
    """Raise `InvalidInput` where a file was written to while it was judged."""
    if changed := find_changed(files):
        raise InvalidInput(changed)


def refuse_to_publish(place: RunFolder, files: Sequence[InputFile], options: AuditOptions) -> None:
    """Raise `InvalidInput` or `AuditFailed` where what was found may not become the output.

    A run whose files have changed cannot be resumed, for what is finished may be of another state of theirs.
    """
    try:
        refuse_changed(files)
    except InvalidInput:
        place.forget()
        raise
    counts = place.read_json("output", "manifest.json")["counts"]
    rejects, rows = counts["rejects"], counts["rows"]
    lost = options.max_rejects is None and place.replaces_results and rows and not counts["verdicts"]
    if lost or not options.allows_rejects(rejects, rows):
        allowed = "replace results only with some" if lost else f"only {options.max_rejects} are allowed"
        message = f"{rejects:,} of {rows:,} rows could not be judged; {allowed}"
        help_ = f"see `{place.path('output', 'rejects.parquet')}`; `--resume` with another `--max-rejects` publishes it"
        raise AuditFailed([Problem("too-many-rejects", message, help_)])
