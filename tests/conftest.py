"""Makes `tests/` importable, for what tests of several parts share (`strategies`)."""
