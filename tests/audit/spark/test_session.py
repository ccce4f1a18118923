"""What people are told where Spark cannot run, and which options suit it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from visitcheck.audit.spark.session import start_session
from visitcheck.cli import main
from visitcheck.errors import EngineUnavailable

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "audit" / "visits.parquet"


def test_without_pyspark_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)

    with pytest.raises(EngineUnavailable, match=r"pip install 'visitcheck\[spark\]'"):
        start_session("local[1]")


def test_without_java_a_jdk_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark.sql", reason="pyspark is not installed (extra `spark`)")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)

    with pytest.raises(EngineUnavailable, match=r"there is no Java.*JDK 17.*JAVA_HOME"):
        start_session("local[1]")


def test_a_java_home_without_java_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("pyspark.sql", reason="pyspark is not installed (extra `spark`)")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(EngineUnavailable, match=f"JAVA_HOME, `{tmp_path}`"):
        start_session("local[1]")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--engine", "spark", "--resume"], "`--resume` is for `--engine duckdb`"),
        (["--engine", "spark", "--columns", "a.yaml"], "`--columns` is for `--engine duckdb`"),
        (["--engine", "spark", "--threads", "2"], "`--threads` is for `--engine duckdb`"),
        (["--master", "local[2]"], "`--master` is for `--engine spark`"),
    ],
)
def test_options_that_the_engine_lacks_are_refused(options: list[str], said: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["audit", str(EXAMPLE), "-o", str(tmp_path / "out"), *options])

    assert (2, True) == (result.exit_code, said in result.stderr)
    assert not list(tmp_path.iterdir())


@pytest.mark.long
@pytest.mark.spark
def test_the_shipped_example_on_spark(tmp_path: Path) -> None:
    """
    As it is typed; what is printed is what DuckDB's audit prints.
    """
    from databases import spark

    spark()  # skips where there is none, and lends its session
    arguments = ["audit", str(EXAMPLE), "-p", "base.record", "-o"]
    ours = CliRunner().invoke(main, [*arguments, str(tmp_path / "one")])
    spark_options = ["--engine", "spark", "--master", "local[2]"]
    theirs = CliRunner().invoke(main, [*arguments, str(tmp_path / "two"), *spark_options])

    assert ours.stdout.replace(str(tmp_path / "one"), "") == theirs.stdout.replace(str(tmp_path / "two"), "")
    assert 1 == ours.exit_code == theirs.exit_code
