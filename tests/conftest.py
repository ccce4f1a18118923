"""Makes `tests/` importable for what tests share (`strategies`)."""
