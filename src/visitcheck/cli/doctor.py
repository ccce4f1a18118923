"""`visitcheck doctor`: whether this installation can do its work."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from visitcheck.cli.commands import command
from visitcheck.cli.options import OutputFormat, format_option, help_lang_option

_PACKAGES = ("visitcheck", "click", "pydantic", "lark", "pyyaml", "tzdata", "durable_rules")


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing that was looked at: `status` is `ok`, `missing` or `broken`."""

    name: str
    status: str
    detail: str


@command()
@format_option
@help_lang_option
def doctor(format_: OutputFormat) -> None:
    """Check versions, engines and shipped packs, and run the shipped cases on every engine.

    Exit code: 0 all well, 2 something missing or broken.
    """
    from visitcheck.cli import exits
    from visitcheck.cli.output import json_line

    code = exits.CLEAN
    for finding in run_checks():
        if finding.status != "ok":
            code = exits.ERROR
        if format_ == "json":
            json_line(asdict(finding))
        else:
            colour = "green" if finding.status == "ok" else "red"
            click.echo(f"{click.style(f'{finding.status:<7}', fg=colour)}  {finding.name}  {finding.detail}".rstrip())
    raise click.exceptions.Exit(code)


def run_checks() -> Iterator[HealthCheck]:
    """Everything that was looked at, as it is found out."""
    yield HealthCheck("python", "ok", platform.python_version())
    yield from (_check_package(name) for name in _PACKAGES)
    yield from _check_engines()
    yield from _check_policies()
    yield _run_self_test()


def _check_package(name: str) -> HealthCheck:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return HealthCheck(name, "ok", version(name))
    except PackageNotFoundError:
        if name == "visitcheck":
            return HealthCheck(name, "ok", f"run from {Path(__file__).resolve().parents[1]}, not installed")
        return HealthCheck(name, "missing", "not installed")


def _check_engines() -> Iterator[HealthCheck]:
    from visitcheck.engines.available import durable_load_problem, engine_types
    from visitcheck.ir.plan import make_plan
    from visitcheck.policy import load_policy

    for make in engine_types():
        name = getattr(make, "name", "engine")
        try:
            engine = make(make_plan(load_policy("base"), "proposed"))
        except Exception as error:  # whatever breaks is what the doctor is asked for
            yield HealthCheck(f"engine {name}", "broken", _first_line(error))
        else:
            yield HealthCheck(f"engine {name}", "ok", "" if name != "durable" else repr(engine))
    missing = durable_load_problem()
    if missing is not None:
        yield HealthCheck("engine durable", "missing", missing)
    yield _check_gate()


def _check_gate() -> HealthCheck:
    """A gate as it is made without options, and its self-test, also where it was passed before."""
    from visitcheck.gate import Gate
    from visitcheck.policy import load_policy

    try:
        gate = Gate(load_policy("base"), self_test="always").prepare(open_lists=True)
        return HealthCheck("gate", "ok", f"{gate!r}, self-test passed")
    except Exception as error:  # as above
        return HealthCheck("gate", "broken", _first_line(error))


def _check_policies() -> Iterator[HealthCheck]:
    from visitcheck.policy import load_policy, shipped

    try:
        names = shipped.names()
    except FileNotFoundError as error:
        yield HealthCheck("packs", "missing", str(error))
        return
    for name in names:
        try:
            policy = load_policy(name)
        except Exception as error:  # as above
            yield HealthCheck(f"policy {name}", "broken", _first_line(error))
        else:
            yield HealthCheck(f"policy {name}", "ok", f"{len(policy.rules)} rules, digest {policy.digest}")


def _run_self_test() -> HealthCheck:
    from visitcheck.authoring import find_cases, summary
    from visitcheck.cli.case_runs import CaseRunner
    from visitcheck.policy import packs_root

    try:
        files = find_cases(Path(str(packs_root() / "base")))
        running = CaseRunner()
        results = [result for file in files for result in running.results(file)]
    except Exception as error:  # as above
        return HealthCheck("self-test", "broken", _first_line(error))
    passed = bool(results) and not running.broken and all(result.passed for result in results)
    return HealthCheck("self-test", "ok" if passed else "broken", summary(results))


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".split("\n", 1)[0]
