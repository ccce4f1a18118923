"""Case files with their policies and results, for the commands that need them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from visitcheck.authoring import Accepted, CaseFile, CaseResult, read_accepted_beside, read_cases, run_cases
from visitcheck.cli.options import OutputFormat
from visitcheck.cli.output import show_problems
from visitcheck.errors import InvalidPolicy
from visitcheck.policy import Policy, load_policy


@dataclass(frozen=True)
class CaseFileRun:
    """A file of cases, its policy, what the pack accepts as not shown, and the results on every engine."""

    file: CaseFile
    policy: Policy
    accepted: Accepted
    results: tuple[CaseResult, ...]


@dataclass(frozen=True)
class PackCases:
    """What one pack's rules are tried with: the policy they are read from, and all results that may be about them."""

    pack: str
    policy: Policy
    accepted: Accepted
    results: tuple[CaseResult, ...]


def group_by_pack(ran: list[CaseFileRun]) -> list[PackCases]:
    """The packs that the files are about, each once. Further files about a pack, such as stories, add to its cases.

    A pack's policy is the smallest that a file about it names; a pack id without rules in that policy is left out.
    """
    everything = tuple(result for each in ran for result in each.results)
    packs = []
    for pack in dict.fromkeys(each.file.pack for each in ran):
        files = [each for each in ran if each.file.pack == pack]
        policy = min((each.policy for each in files), key=lambda policy: len(policy.rules))
        if any(rule.id.rpartition("/")[0] == pack for rule in policy.rules):
            unshown = tuple(one for each in files for one in each.accepted.unshown)
            survivors = tuple(one for each in files for one in each.accepted.survivors)
            packs.append(PackCases(pack, policy, Accepted(unshown, survivors), everything))
    return packs


class CaseRunner:
    """Runs case files; policies are loaded once, and a file that cannot run does not stop the rest."""

    def __init__(self, format_: OutputFormat = "text") -> None:
        self.broken = False
        self._format = format_
        self._policies: dict[tuple[str | Path, ...], Policy] = {}

    def run(self, path: Path) -> CaseFileRun | None:
        """One file, or None where it or its policy cannot be read: that is shown."""
        try:
            file = read_cases(path)
            if file.policy not in self._policies:
                self._policies[file.policy] = load_policy(*file.policy)
            policy = self._policies[file.policy]
            return CaseFileRun(file, policy, read_accepted_beside(path), run_cases(policy, file))
        except InvalidPolicy as error:
            self.broken = True
            show_problems(str(path), error.problems, self._format)
            return None

    def results(self, path: Path) -> tuple[CaseResult, ...]:
        """The results of one file, none where it cannot run."""
        ran = self.run(path)
        return () if ran is None else ran.results
