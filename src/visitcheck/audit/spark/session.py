"""Spark sessions: one of our own, and what any has to be."""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from visitcheck.audit import problem_codes as problem_codes
from visitcheck.errors import EngineFailure, EngineUnavailable, InvalidInput, Problem

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_ZONE, _ANSI = "spark.sql.session.timeZone", "spark.sql.ansi.enabled"
_OWN = {
    _ZONE: "UTC",
    _ANSI: "true",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
_LOCAL = {
    "spark.sql.shuffle.partitions": "8",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}


def start_session(master: str) -> SparkSession:
    """A session on `master`, like `local[4]` or `spark://host:7077`, as an audit needs it.

    `SPARK_CONF_DIR` and the like configure it further. Raises `EngineUnavailable` without pyspark or Java, or where
    the session does not start.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EngineUnavailable("pyspark is not installed: pip install 'visitcheck[spark]'") from error
    _require_java()
    local = master.startswith("local")
    if local:  # else the workers' own Python would be looked for on the path
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("visitcheck audit")
    for name, value in (_OWN | (_local_options() if local else {})).items():
        builder = builder.config(name, value)
    try:
        with _silence_pandas_warning():
            return builder.getOrCreate()
    except (PySparkException, RuntimeError, OSError) as error:
        reason = str(error).partition("\n")[0]
        raise EngineUnavailable(f"Spark did not start on `{master}`: {reason}. {_JAVA}") from error


def _local_options() -> dict[str, str]:
    # Plans of conditions for lists that go on outgrow the 1 GB that Spark takes where nobody says how much.
    chosen = "SPARK_DRIVER_MEMORY" in os.environ or "SPARK_CONF_DIR" in os.environ
    return _LOCAL if chosen else _LOCAL | {"spark.driver.memory": "4g"}


_JAVA = (
    "Spark needs a JDK 17 or later: install one (on Debian `apt-get install openjdk-17-jre-headless`) and set JAVA_HOME"
)


def _require_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if home and shutil.which("java", path=os.path.join(home, "bin")) is None:
        raise EngineUnavailable(f"there is no Java in JAVA_HOME, `{home}`. {_JAVA}")
    if not home and shutil.which("java") is None:
        raise EngineUnavailable(f"there is no Java. {_JAVA}")


def check_session(session: SparkSession) -> None:
    """Raises `InvalidInput` for a session whose settings would change what a rule means."""
    wrong = []
    if (zone := session.conf.get(_ZONE)) not in ("UTC", "Etc/UTC", "Z", "GMT"):
        wrong.append(_setting_problem(_ZONE, zone, "UTC", "local times would be those of the session"))
    if str(session.conf.get(_ANSI)).lower() != "true":
        wrong.append(_setting_problem(_ANSI, "false", "true", "numbers would overflow in silence"))
    if wrong:
        raise InvalidInput(wrong)


def _setting_problem(name: str, value: object, needed: str, why: str) -> Problem:
    message = f"the Spark session has `{name}` = `{value}`, and {why}"
    return Problem("spark-session", message, f'`spark.conf.set("{name}", "{needed}")` before the DataFrame is made')


@contextmanager
def translate_spark_failures() -> Iterator[None]:
    """Raise what breaks inside Spark as `EngineFailure`."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        with _silence_pandas_warning():
            yield
    except (PySparkException, Py4JError) as error:
        raise EngineFailure(f"Spark broke: {_summarise_error(error)}") from error


@contextmanager
def _silence_pandas_warning() -> Iterator[None]:
    """Spark asks for pandas where Arrow is used, and warns of its version; nothing here is made of pandas."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        yield


def _summarise_error(error: Exception) -> str:
    """What broke: the first line, and of a worker's traceback the last."""
    lines = [line.strip() for line in str(error).splitlines()]
    telling = [
        line for line in lines if line and not line.startswith(("at ", "File ", "Traceback", "SQLSTATE", "^", "~"))
    ]
    return "; ".join(dict.fromkeys([*telling[:1], *telling[-1:]])) or type(error).__name__
