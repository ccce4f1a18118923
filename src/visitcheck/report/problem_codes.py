"""Problem codes of the report."""

from visitcheck.errors import register_codes

register_codes(
    {
        "no-audit": "The folder does not hold the results of an audit, or not all of them: `summary.json`, "
        "`manifest.json`, `policy.json` and three Parquet files. Name the folder that `visitcheck audit -o` wrote; "
        "audit again if an older version wrote it.",
        "report-other-policy": "The visits are to be explained by another policy than the audit was made with, so the "
        "explanations could contradict its findings. Name the audit's policy by `--policy`.",
        "report-too-large": "The page would be larger than its limit. Put fewer visits on one page.",
        "report-unwritable": "The page cannot be written. Mend the path or the permissions.",
    }
)
