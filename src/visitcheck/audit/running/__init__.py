"""The run of an audit: two passes, checkpoints, verdicts, and the files that come of them."""
