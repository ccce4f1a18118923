"""Pages in a real browser: they render, keep to themselves, and do what they offer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import Browser, browser
from hostile import ADDRESS, AGENCY, HOSTILE, NAME, VISIT_ID

from visitcheck import Gate
from visitcheck.policy import Policy
from visitcheck.report import AuditFolder, Choices, Privacy, comparison_page, decisions_page
from visitcheck.report.sections.visits import list_worst_visits
from visitcheck.report.wording import escape_controls

PHONE, DESKTOP = 375, 1280
PAGES = ("audit", "comparison", "decision")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(
    chromium: Browser,
    audited: AuditFolder,
    later: AuditFolder,
    personal_page: str,
    policy: Policy,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A folder with each kind of page, all that a record says in them."""
    folder = tmp_path_factory.mktemp("pages")
    decision = decisions_page([Gate(policy, engine="native").check(HOSTILE)], Choices(privacy=Privacy(personal=True)))
    texts = (personal_page, comparison_page(audited, later), decision)
    for name, text in zip(PAGES, texts, strict=True):
        (folder / f"{name}.html").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("width", [PHONE, pytest.param(DESKTOP, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_renders_and_asks_for_nothing(chromium: Browser, pages: Path, name: str, width: int) -> None:
    """
    No console message, no request but for the page itself, nothing wider than the window.
    """
    page = pages / f"{name}.html"
    chromium.open(page, width=width)
    assert 1 == len(chromium.shown("h1"))
    assert [page.resolve().as_uri()] == chromium.requests()
    assert [] == chromium.console()
    assert chromium.run("return document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("name", PAGES)
def test_text_of_a_record_stays_text(chromium: Browser, pages: Path, name: str) -> None:
    """
    Nothing that a record brought became an element or ran.
    """
    chromium.open(pages / f"{name}.html")
    assert chromium.run("return window.hacked === undefined")
    assert [0, 1] == chromium.run(
        "return ['img, iframe, b, svg[onload]', 'script'].map(x => document.querySelectorAll(x).length)"
    )
    whole = chromium.run("return document.body.textContent")
    shown = {"audit": (VISIT_ID, AGENCY), "comparison": (AGENCY,), "decision": (VISIT_ID,)}[name]
    assert [] == [text for text in shown if escape_controls(text) not in whole]
    if name != "comparison":
        assert "<script>window.hacked = 'name'</script>Zhang San" in whole
        assert f"{ADDRESS[:20]}" in whole
        assert NAME in whole


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_the_language_switches(chromium: Browser, pages: Path, name: str) -> None:
    """
    Texts, title, labels, and the choices of the filters; each language hides the other.
    """
    chromium.open(pages / f"{name}.html")
    english = chromium.shown("h1, h2, th")
    chromium.driver.find_element("css selector", "[data-language=zh]").click()
    chinese = chromium.shown("h1, h2, th")
    assert len(english) == len(chinese)
    assert "zh" == chromium.run("return document.documentElement.lang")
    assert chinese[0] == chromium.run("return document.title")
    assert [] == chromium.shown("[lang=en]")
    assert [] == chromium.run(
        "return [...document.querySelectorAll('[data-label-zh]')]"
        ".filter(one => one.getAttribute('aria-label') !== one.dataset.labelZh)"
    )
    chromium.driver.find_element("css selector", "[data-language=en]").click()
    assert english == chromium.shown("h1, h2, th")


def _narrow(chromium: Browser, name: str, value: str) -> list[str]:
    """Sets one control of the filters and gives the visits that are left."""
    chromium.run(
        "const one = document.forms[0].elements[arguments[0]]; one.value = arguments[1];"
        "one.dispatchEvent(new Event('input', {bubbles: true}))",
        name,
        value,
    )
    return chromium.shown(".visits tbody th")


def test_filters_and_search_narrow_the_visits(chromium: Browser, pages: Path, audited: AuditFolder) -> None:
    """
    Each by itself and together; the count says how many are left, and clearing brings all back.
    """
    chromium.open(pages / "audit.html")
    everything = chromium.shown(".visits tbody th")
    assert 40 == len(everything)
    hostile = [escape_controls(VISIT_ID)]
    assert hostile == _narrow(chromium, "agency", AGENCY)
    assert ["1 of 40 visits shown"] == chromium.shown("output")
    assert [] == _narrow(chromium, "place", "workplace")
    assert ["No visit fits. Clear a filter."] == chromium.shown("#nothing")
    chromium.driver.find_element("css selector", "button[type=reset]").click()
    chromium.run("return new Promise(done => setTimeout(done, 50))")
    assert everything == chromium.shown(".visits tbody th")
    assert hostile == _narrow(chromium, "search", "LANE known")
    _narrow(chromium, "search", "")
    worst = list_worst_visits(audited, 40, Privacy())
    far = [row.id for row in worst if any(finding.rule == "probe/near" for finding in row.findings)]
    assert 0 < len(far) < 40
    assert [escape_controls(one) for one in far] == _narrow(chromium, "rule", "probe/near")


def test_a_visit_opens_by_keyboard(chromium: Browser, pages: Path) -> None:
    """
    Its summary takes the focus, Enter opens it, and all can be opened and closed at once.
    """
    chromium.open(pages / "audit.html")
    summary = chromium.driver.find_element("css selector", ".visits summary")
    summary.send_keys("\ue007")
    assert 1 == chromium.run("return document.querySelectorAll('.visits details[open]').length")
    assert chromium.run("return document.activeElement.tagName") == "SUMMARY"
    for button, number in (("open-all", 40), ("close-all", 0)):
        chromium.driver.find_element("id", button).click()
        assert number == chromium.run("return document.querySelectorAll('.visits details[open]').length")


CONTRAST = """
const channel = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
const parts = text => text.match(/[\\d.]+/g).map(Number);
const ground = one => {
  for (; one; one = one.parentElement) {
    const colour = parts(getComputedStyle(one).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
const words = one => [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
return [...document.querySelectorAll('body *:not(svg *):not(script)')]
  .filter(one => words(one) && one.checkVisibility())
  .filter(one => {
    const [high, low] = [light(parts(getComputedStyle(one).color)), light(ground(one))].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05) < 4.5;
  }).map(one => one.outerHTML.slice(0, 120));
"""


@pytest.mark.parametrize("name", PAGES)
def test_all_text_has_contrast(chromium: Browser, pages: Path, name: str) -> None:
    """
    WCAG 2 AA: 4.5 to 1 for every text, with everything opened.
    """
    chromium.open(pages / f"{name}.html")
    chromium.run("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert [] == chromium.run(CONTRAST)


def test_every_chart_has_a_table_and_a_label(chromium: Browser, pages: Path) -> None:
    chromium.open(pages / "audit.html")
    tables = chromium.run(
        "return [...document.querySelectorAll('svg[role=img]')].map(one => [one.getAttribute('aria-label').length,"
        " one.closest('section').querySelectorAll('details table tbody tr').length])"
    )
    assert 2 == len(tables)
    for label, rows in tables:
        assert label > 40
        assert rows >= 7
    unnamed = "svg:not([role=img]):not([aria-hidden=true]), table:not(:has(caption)), [role=region]:not([aria-label])"
    assert 0 == chromium.run("return document.querySelectorAll(arguments[0]).length", unnamed)


def test_tables_are_sorted_by_a_click(chromium: Browser, pages: Path) -> None:
    """
    Down, up, and back as they came; visits with what is folded below them.
    """
    chromium.open(pages / "audit.html")
    column = "return [...document.querySelectorAll('#by-agency tbody tr')].map(row => row.cells[1].innerText)"
    visits = "return [...document.querySelectorAll('.visits tbody')].map(one => one.querySelectorAll('details').length)"
    click = "document.querySelectorAll('#by-agency thead th')[1].querySelector('button').click()"
    came = chromium.run(column)
    numbers = [int(text.replace(",", "")) for text in came]
    for ordered in (sorted(numbers, reverse=True), sorted(numbers)):
        chromium.run(click)
        assert ordered == [int(text.replace(",", "")) for text in chromium.run(column)]
    chromium.run(click)
    assert came == chromium.run(column)
    chromium.run("document.querySelectorAll('.visits thead th')[2].querySelector('button').click()")
    assert {1} == set(chromium.run(visits))
    assert [] == chromium.console()


@pytest.mark.long
def test_print_holds_what_is_folded(chromium: Browser, pages: Path) -> None:
    """
    As many sheets of paper as with everything opened; what was folded is folded again.
    """
    folded = "return document.querySelectorAll('details:not([open])').length"
    chromium.open(pages / "audit.html")
    before = chromium.run(folded)
    printed = chromium.printed_pages()
    assert before == chromium.run(folded) > 0
    chromium.run("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert printed == chromium.printed_pages() > 3


def test_a_phone_shows_each_rule_by_itself(chromium: Browser, pages: Path) -> None:
    chromium.open(pages / "audit.html", width=PHONE)
    rows = "[...document.querySelectorAll('#rules tbody tr')].map(row => getComputedStyle(row).display)"
    assert ["block"] == chromium.run(f"return [...new Set({rows})]")
    assert [] == chromium.shown("#rules thead")
    assert chromium.shown("#rules .label")


def test_it_opens_at_once(chromium: Browser, pages: Path) -> None:
    """
    From the start of the navigation to the end of loading, less than two seconds on a busy machine.
    """
    chromium.open(pages / "audit.html")
    assert 2_000 > chromium.run("return performance.getEntriesByType('navigation')[0].loadEventEnd")
