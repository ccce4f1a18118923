"""The twelve rules as Rego (`visit.rego`), for regorus (Rust) and rego-cpp."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Record = dict[str, Any]
_QUERY = "data.visit.failed"


def _rego() -> str:
    return Path(__file__).with_name("visit.rego").read_text("utf-8")


def regorus_vm() -> Callable[[Record], list[str]]:
    """Regorus' bytecode, JSON in and out."""
    import regorus

    program = regorus.Program.compile_from_modules("{}", [("visit.rego", _rego())], [_QUERY])
    machine = regorus.Rvm()
    machine.load_program(program)
    machine.set_data_json("{}")

    def call(record: Record) -> list[str]:
        machine.set_input_json(json.dumps(record))
        return list(json.loads(machine.execute_entry_point(_QUERY)))

    return call


def regorus_engine() -> Callable[[Record], list[str]]:
    """Regorus' interpreter, a dict in."""
    import regorus

    engine = regorus.Engine()
    engine.add_policy("visit.rego", _rego())

    def call(record: Record) -> list[str]:
        engine.set_input(record)
        return list(engine.eval_rule(_QUERY))

    return call


def regopy_bundle() -> Callable[[Record], list[str]]:
    """rego-cpp with a bundle built beforehand."""
    from regopy import Interpreter

    interpreter = Interpreter()
    interpreter.add_module("visit", _rego())
    bundle = interpreter.build(None, ["visit/failed"])

    def call(record: Record) -> list[str]:
        interpreter.set_input(record)
        return list(interpreter.query_bundle_entrypoint(bundle, "visit/failed").results[0].expressions[0])

    return call
