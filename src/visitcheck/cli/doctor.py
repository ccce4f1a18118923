"""`visitcheck doctor`: whether this installation can do its work."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from visitcheck.cli.commands import command
from visitcheck.cli.languages import console_language
from visitcheck.cli.options import OutputFormat, format_option, help_lang_option

_PACKAGES = ("visitcheck", "click", "pydantic", "lark", "pyyaml", "tzdata", "durable_rules")


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing that was looked at: `status` is `ok`, `missing` or `broken`; `detail` is a text, or one by language."""

    name: str
    status: str
    detail: str | Mapping[str, str]

    def detail_in(self, lang: str) -> str:
        """Give the detail in a language."""
        return self.detail if isinstance(self.detail, str) else self.detail[lang]


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
            json_line({"name": finding.name, "status": finding.status, "detail": finding.detail_in("en")})
        else:
            colour = "green" if finding.status == "ok" else "red"
            status = click.style(_status_text(finding.status), fg=colour)
            click.echo(f"{status}  {finding.name}  {finding.detail_in(console_language())}".rstrip())
    raise click.exceptions.Exit(code)


def _status_text(status: str) -> str:
    """The status in the console's language, as wide as the widest of them."""
    from visitcheck.texts import say

    lang = console_language()
    return f"{say(lang, f'doctor.{status}'):<7}" if lang == "en" else say(lang, f"doctor.{status}")


def _say_both(code: str, **values: object) -> Mapping[str, str]:
    """A line of the catalogue in all languages: programs get the English one."""
    from visitcheck.texts import LANGUAGES, say

    return {lang: say(lang, code, **values) for lang in LANGUAGES}


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
            return HealthCheck(name, "ok", _say_both("doctor.run-from", folder=Path(__file__).resolve().parents[1]))
        return HealthCheck(name, "missing", _say_both("doctor.not-installed"))


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
        return HealthCheck("gate", "ok", _say_both("doctor.gate", gate=repr(gate)))
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
            yield HealthCheck(
                f"policy {name}", "ok", _say_both("doctor.policy", rules=len(policy.rules), digest=policy.digest)
            )


def _run_self_test() -> HealthCheck:
    from visitcheck.authoring import find_cases, summary
    from visitcheck.cli.case_runs import CaseRunner
    from visitcheck.policy import packs_root
    from visitcheck.texts import LANGUAGES

    try:
        files = find_cases(Path(str(packs_root() / "base")))
        running = CaseRunner()
        results = [result for file in files for result in running.results(file)]
    except Exception as error:  # as above
        return HealthCheck("self-test", "broken", _first_line(error))
    passed = bool(results) and not running.broken and all(result.passed for result in results)
    return HealthCheck("self-test", "ok" if passed else "broken", {lang: summary(results, lang) for lang in LANGUAGES})


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".split("\n", 1)[0]
