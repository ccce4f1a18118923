"""Writes `docs/base-process.md` from the packs: `python tests/rules/process_page.py`."""

from collections.abc import Iterator

from shipped import ROOT, base

from visitcheck.policy import Policy, Rule

PAGE = ROOT / "docs" / "base-process.md"
STEPS = {
    "1": ("Remote contact first", "Phone and SMS come first; a visit is made only when they did not work."),
    "2": ("Data verified", "Name, contact details, amount and days overdue are checked, item by item."),
    "3": ("Preparation", "The borrower's finances are reviewed; legal documents and records are carried."),
    "4": ("Notice", "The borrower is told the exact time and place beforehand, by phone or SMS."),
    "5": (
        "The visit",
        "At the agreed time, at home, at work or at an agreed place, face to face with the borrower.",
    ),
    "6": (
        "The record",
        "Attitude, repayment plan and difficulties are recorded, and the record is filed in time.",
    ),
    "7": ("Law and privacy", "No unlawful means, no harassment, no disclosure to third parties."),
    "8": ("Humanity", "A flexible plan, patience, politeness, no undue pressure."),
    "9": (
        "Risk control",
        "Informed consent before anyone enters a home, public places preferred, a plan for emergencies, "
        "wilful evasion left to the authorities or to lawyers.",
    ),
}
HEAD = """\
# The lender's process, step by step

The policy `base` holds a lender's own process in nine steps.
Its packs are in `rules/base/`, one for each theme, each with its cases beside it.
The process is the lender's, not the law's: each rule cites the process, and laws that bind everyone.
The numbers are parameters with defaults that no law fixes; a pack of your own changes them (`overrides`).

This page is written from the packs by `tests/rules/process_page.py`.
"""


def process_page(policy: Policy) -> str:
    """The page as it should be."""
    return "\n".join([HEAD, *(line for step in STEPS for line in _section(step, policy)), *_parameters(policy)])


def steps_of(rule: Rule) -> list[str]:
    """The steps of the process that the rule cites."""
    return [str(cite.article) for cite in rule.cites if cite.instrument.id == "base.sources/process"]


def _section(step: str, policy: Policy) -> Iterator[str]:
    title, text = STEPS[step]
    yield from (f"## {step}. {title}", "", text, "")
    yield from ("| rule | asks for | visits | violated | law |", "| --- | --- | --- | --- | --- |")
    for rule in policy.rules:
        if step in steps_of(rule):
            asks = f"{rule.title.en} · {rule.title.zh}"
            yield f"| `{rule.id}` | {asks} | {', '.join(rule.stages)} | {rule.effect} | {_law(rule)} |"
    yield ""


def _law(rule: Rule) -> str:
    cites = [cite for cite in rule.cites if cite.instrument.force != "own"]
    return "; ".join(f"{cite.instrument.title.en}, art. {cite.article}" for cite in cites) or "-"


def _parameters(policy: Policy) -> Iterator[str]:
    yield from ("## Parameters", "", "| parameter | default | sets |", "| --- | --- | --- |")
    for name, parameter in sorted(policy.parameters.items()):
        values = ", ".join(_shown(dated.value, str(parameter.type)) for dated in parameter.values)
        yield f"| `{name}` | {values} | {parameter.description.en if parameter.description else ''} |"
    yield ""


def _shown(value: object, type_: str) -> str:
    if type_ != "duration" or not isinstance(value, int):
        return str(value)
    minutes = value // 60_000_000
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


if __name__ == "__main__":
    PAGE.write_text(process_page(base()), encoding="utf-8")
