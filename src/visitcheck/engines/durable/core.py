"""The C core of durable-rules, loaded when an engine is made."""

from __future__ import annotations

import importlib
from typing import Any

from visitcheck.errors import EngineUnavailable

BUILD_LINE = "CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject pip install durable_rules==2.0.28"
"""Installs durable-rules from source, on every Python version; needs a C compiler and Python's headers."""


def load_core() -> Any:
    """Return the module `durable_rules_engine`; raises `EngineUnavailable` with the line that installs it."""
    try:
        return importlib.import_module("durable_rules_engine")
    except ImportError as error:
        raise EngineUnavailable(
            f"the durable engine needs durable-rules, which does not load ({error}); with a C compiler and Python's"
            f" headers, this installs it: {BUILD_LINE}"
        ) from error
