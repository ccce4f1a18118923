"""The codes of problems with an audit's inputs."""

from visitcheck.errors import register_codes

register_codes(
    {
        "no-input": "No file has the name, or matches the pattern, that was given as an input.",
        "input-format": "The kind of a file cannot be told from its name, or needs a column mapping. "
        "Name files `.parquet`, `.jsonl`, `.csv` or `.xlsx`.",
        "broken-file": "A file cannot be read, or not to its end: it is truncated, damaged, or not what its name says. "
        "Nothing of it is judged; the other inputs are.",
        "missing-package": "Reading this kind of input needs a package that is not installed. "
        "Install the extra that the help names.",
    }
)
