"""Prints how many of the CEL specification's cases exist, apply and pass, file by file, and why others do
not apply.

Usage: `python tests/conformance/report.py FOLDER`, with the specification's `tests/simple/testdata`.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from cel_cases import read_published_cases
from running import DIFFERENCES, answer, passes


def main(folder: Path) -> None:
    """Write the tables to standard output."""
    reasons: Counter[str] = Counter()
    total: Counter[str] = Counter()
    print(f"{'file':18}{'cases':>7}{'apply':>7}{'pass':>7}{'differ':>8}{'fail':>6}")
    for path in sorted(folder.glob("*.textproto")):
        cases = read_published_cases(path)
        applying = [case for case in cases if case.left_out is None]
        reasons.update(case.left_out for case in cases if case.left_out)
        failing = [case for case in applying if not passes(case)]
        differing = [case for case in failing if case.id in DIFFERENCES]
        row = (
            len(cases),
            len(applying),
            len(applying) - len(failing),
            len(differing),
            len(failing) - len(differing),
        )
        total.update(dict(zip(("cases", "apply", "pass", "differ", "fail"), row, strict=True)))
        print(f"{path.stem:18}{row[0]:7}{row[1]:7}{row[2]:7}{row[3]:8}{row[4]:6}")
        for case in failing:
            if case.id not in DIFFERENCES:
                print(f"    {case.id}: {case.text[:90]!r} gave {answer(case)!r}, expected {case.expected!r}")
    print("total", dict(total))
    for reason, count in reasons.most_common():
        print(f"{count:6}  {reason}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
