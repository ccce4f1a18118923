"""The codes of problems with an audit's inputs."""

from visitcheck.errors import register_codes

register_codes(
    {
        "no-input": "No file has the name, or matches the pattern, that was given as an input.",
        "input-format": "The kind of a file cannot be told from its name, or needs a column mapping. "
        "Name files `.parquet`, `.jsonl`, `.csv` or `.xlsx`.",
        "broken-file": "A file cannot be read, or not to its end: it is truncated, damaged, or not what its name says. "
        "Nothing of it is judged; the other inputs are.",
        "hash-key": "The key for hashing ids cannot be read, or has fewer than 16 bytes, so that ids could be found "
        "out by trying. Make one by `openssl rand -hex 32 > key.txt`, and keep it apart from the report.",
        "input-changed": "A file was written to, or went, while it was judged, so results would be of no one state of "
        "it. Nothing was published. Audit a copy, or when nobody writes to it.",
        "too-many-rejects": "More rows could not be judged than `--max-rejects` allows, or all of them where results "
        "would be replaced. Nothing was published; what was found lies in the working folder, and `--resume` with "
        "another `--max-rejects` publishes it.",
        "missing-package": "Reading this kind of input needs a package that is not installed. "
        "Install the extra that the help names.",
        "mapping-unreadable": "A mapping file cannot be read, or is empty.",
        "mapping-target": "A column may feed one fact, not a group, and not all elements of a list at once. "
        "Give a list's elements by a separate table, or name one, like `team[0].id`.",
        "mapping-twice": "Two columns or constants feed the same fact. Keep one of them.",
        "mapping-value": "Part of a mapping does not suit the type of the fact that it is for.",
        "mapping-source": "A table comes from files or from a query on a database, not from both; "
        "`complete_since` is for complete lists of the past.",
        "mapping-silent-table": "A separate table does not say whether it holds everything there was. A warning: "
        "nothing is concluded from what is not in it, and the rules that it names stay open. Say `complete`.",
        "mapping-column": "A table has no column of the name that the mapping gives. The help names the nearest.",
        "local-time-skipped": "A local time without an offset was never shown by the clocks of its zone, "
        "because they went forward over it. Correct the time, or give its offset.",
        "local-time-twice": "A local time without an offset came twice, because the clocks of its zone went back. "
        "Give its offset, or say `twice: earlier` or `twice: later` in the mapping.",
        "local-time-format": "A local time is written as neither a format of the mapping nor ISO says. "
        "Add a `format`, or a `reading`.",
        "orphan-row": "A row of a separate table has no key, so it belongs to no visit. Rows whose key no visit has "
        "are only counted, in a warning.",
        "duplicate-visit-id": "Two rows have the same visit id. All of them are rejected, because none can be told "
        "to be the right one.",
        "csv-quotes": "Rows of a CSV file have line breaks inside values in quotes. A warning: a quote in a text may "
        "have swallowed rows.",
        "cell-error": "A cell holds a workbook's error, like `#REF!`, in a column that the mapping reads. "
        "Mend it, or name it under `missing` where it stands for a value that is not known.",
        "int96-times": "A Parquet column holds times as INT96, which does not say whether they are local times or in "
        "UTC. A warning: they are read as local times; Spark writes them in UTC.",
        "cell-long-number": "A cell of a workbook that is an id is a number too long for its last digits to be kept. "
        "Ids belong in cells that are text.",
        "rows-left-out": "Rows of a file are not what `where` of the mapping says. A warning that counts them.",
        "unknown-values": "Values of a column could not be read and count as not known, as `on_bad_value: unknown` "
        "of the mapping asks. A warning that counts and lists them.",
        "names-as-ids": "A column of names feeds the ids of agencies or collectors. A warning that counts them: two of "
        "one name count as one.",
        "lookup-rows": "Visits have no row in a lookup, or keys of it have rows that differ. A warning: what these "
        "rows would have said is not known.",
        "erase-refused": "A person cannot be taken out of this folder: no audit has written it, an older version did, "
        "or a run that was broken off lies beside it. Mend what the message names, then erase.",
        "footer-rows": "Rows of a table are totals or a footer, like `合计` or `制表人：`. A warning that counts and "
        "names them; they are neither verdicts nor rejects.",
        "csv-row": "A row of a CSV file has another number of columns than the header.",
        "output-exists": "The output folder already holds something. Name another, or allow it to be replaced; "
        "only the output of an audit is.",
        "output-failed": "The output cannot be written: the disk is full, or the folder may not be written to. "
        "What was finished stays in the working folder, from which the run can be resumed.",
        "temp-failed": "Temporary files cannot be written: the disk of the folder that `TMPDIR` names (`/tmp` without "
        "it) is full, or it may not be written to. Nothing was published.",
        "memory-too-small": "The input cannot be read with the memory that the database may use. Allow more.",
        "run-unfinished": "The working folder holds a run that was broken off. Resume it, or start over.",
        "run-folder-lost": "The working folder was deleted or emptied while the audit ran. Nothing was published, and "
        "what was finished is lost. Run the audit again, and leave the folder alone until it ends.",
        "run-active": "Another process is at work in the working folder.",
        "resume-differs": "A run can be resumed only with the same input, policy, options and versions. "
        "The message names what has changed.",
        "spark-session": "A Spark session has a setting with which rules would mean something else. "
        "It has to be in UTC and in ANSI mode.",
        "audit-option": "An option of an audit has a value that it cannot have.",
        "not-recorded": "An audit judges visits that have taken place; this row is a proposal. Ask the gate about it.",
        "no-such-visit": "No row of the input that can be judged has this visit id.",
    }
)
