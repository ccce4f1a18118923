"""A headless Chromium for tests, on pages from disk."""

from __future__ import annotations

import json
import re
import shutil
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Browser:
    """One page at a time; what the page asks of the network and says to the console is kept."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, page: Path, *, width: int = 1280, height: int = 900) -> None:
        """Loads a page from disk in a window of this size, with the network cut off."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.driver.get("about:blank")  # the driver may take the same page again for loaded before it is
        self.driver.get_log("performance"), self.driver.get_log("browser")
        self.driver.get(page.resolve().as_uri())
        while self.run("return document.readyState") != "complete":
            time.sleep(0.05)

    def run(self, script: str, *arguments: object) -> Any:
        """The value of a script's `return`."""
        return self.driver.execute_script(script, *arguments)

    def printed_pages(self) -> int:
        """How many sheets of paper the page takes."""
        printed = b64decode(self.driver.execute_cdp_cmd("Page.printToPDF", {})["data"])
        return len(re.findall(rb"/Type\s*/Page\b(?!s)", printed))

    def requests(self) -> list[str]:
        """The addresses that the page asked for since it was opened."""
        messages = (json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance"))
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]

    def console(self) -> list[str]:
        """What the page said to the console since it was opened: errors, and breaches of its content policy."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def shown(self, selector: str) -> list[str]:
        """The texts of the elements that can be seen."""
        return list(
            self.run(
                "return [...document.querySelectorAll(arguments[0])].filter(one => one.checkVisibility())"
                ".map(one => one.innerText.trim())",
                selector,
            )
        )


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser; the test is skipped, with the reason, where there is none."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="needs selenium")
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip("needs Debian's packages chromium and chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for option in _OPTIONS:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        yield Browser(opened)
    finally:
        opened.quit()
