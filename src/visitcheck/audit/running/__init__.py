"""The run of an audit: shards, checkpoints, verdicts, and the files that come of them."""
