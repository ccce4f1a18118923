"""Makes `tests/` importable for what tests share (`strategies`), and sets what holds for all of them."""

import os

from hypothesis import settings

# Machines are shared and noisy: how long an example takes says nothing about the code.
settings.register_profile("visitcheck", deadline=None)
settings.load_profile("visitcheck")

# No test stands on what an earlier run left behind, and none leaves marks in somebody's home.
os.environ["VISITCHECK_SELF_TEST"] = "always"
