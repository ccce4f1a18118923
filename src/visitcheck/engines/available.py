"""Which engines can run here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from visitcheck.engines.contract import Engine
from visitcheck.engines.durable import DurableEngine
from visitcheck.engines.durable.core import load_core
from visitcheck.engines.python import NativeEngine
from visitcheck.engines.reference import ReferenceEngine
from visitcheck.errors import EngineUnavailable
from visitcheck.ir.plan import Plan

EngineType: TypeAlias = Callable[[Plan], Engine]


def engine_types() -> tuple[EngineType, ...]:
    """Return the engines for single visits that load here: the reference, native, and durable where it is installed."""
    return (ReferenceEngine, NativeEngine) if durable_load_problem() else (ReferenceEngine, NativeEngine, DurableEngine)


def durable_load_problem() -> str | None:
    """Return what keeps the durable engine from loading, and the line that mends it; None where it loads."""
    try:
        load_core()
    except EngineUnavailable as missing:
        return str(missing)
    return None
