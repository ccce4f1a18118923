"""The search for remedies: bounded, the same for the same visit, and every step judged by the policy.

Rule by rule, in the order of the policy, it takes the fewest things that settle one and unsettle none; among as few,
those in the team's own hands, then facts to be found out; then those that settle most others with it, then those that
are tried first. In the end whatever can be left out is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

from visitcheck.engines.outcomes import Outcome
from visitcheck.engines.python import NativeEngine
from visitcheck.engines.status import Judge, Verdict, leads_to
from visitcheck.facts import Visit
from visitcheck.facts.breaches import breaches
from visitcheck.facts.types import MINUTE
from visitcheck.gate.engine_pair import EnginePair
from visitcheck.gate.findings import FindingMaker
from visitcheck.gate.remedies.actions import Action, possible_actions
from visitcheck.gate.remedies.catalogue import add_moment
from visitcheck.gate.remedies.changeable import keep_changeable
from visitcheck.gate.remedies.edits import apply_edits, describe_changes
from visitcheck.gate.remedies.establishing import find_out_text, suppositions, value_choices
from visitcheck.gate.remedies.model import Remedies, Remedy
from visitcheck.ir.plan import Plan, Truths
from visitcheck.language.interpreter import CachedInterpretation
from visitcheck.policy.model import Text

MOST_TOGETHER = 3
"""Things that are tried together for one rule, at most."""
MOST_TRIALS = 3_000
"""Visits judged in one search, at most."""
_ORDER = ("establish", "promise", "prepare", "team", "place", "agreement", "notice", "consent")
_COST = {"promise": 0, "prepare": 0, "establish": 1}
"""What is taken first among as many: 2 for what needs others."""
Taken = tuple[Action, ...]
Rules = frozenset[int]


def find_remedies(plan: Plan, visit: Visit, zone: str | None, engine_pair: EnginePair | None) -> Remedies:
    """Search for the remedies of a proposal that is not allowed and has its `as_of`; texts show times in `zone`.

    The search asks the native engine; all the engines of `engine_pair`, where there is one, have the last word.
    """
    evaluate = _native_evaluate(plan, engine_pair)
    judge = Judge(plan)

    def confirm(visit: Visit) -> Outcome:
        return judge.verdict(evaluate(visit)).outcome if engine_pair is None else engine_pair.answer(visit).outcome

    return RemedySearch(plan, evaluate, visit, zone).run(confirm)


def _native_evaluate(plan: Plan, engine_pair: EnginePair | None) -> Callable[[Visit], Truths]:
    """Take the pair's own native engine, or compile one for this search."""
    for engine in () if engine_pair is None else engine_pair.engines:
        if engine.name == "native":
            return engine.evaluate
    return NativeEngine(plan).evaluate


class RemedySearch:
    """One visit, and what has been taken for it so far. `visit` is a proposal with its `as_of`."""

    def __init__(self, plan: Plan, evaluate: Callable[[Visit], Truths], visit: Visit, zone: str | None) -> None:
        self._plan, self._evaluate, self._visit, self._zone = plan, evaluate, visit, zone
        self._judge = Judge(plan)
        self._now: int = visit.visit.as_of  # type: ignore[union-attr, assignment]
        self._pool = tuple(keep_changeable(possible_actions(visit), visit, self._now))
        self._reads = [plan.rule_facts(rule) for rule in plan.rules]
        self._trials = 0

    def run(self, confirm: Callable[[Visit], Outcome]) -> Remedies:
        """Search; `confirm` has the last word on the visit with all remedies done."""
        taken, left = self._drop_unneeded(*self._collect_actions())
        moments = self._last_moments(taken, left)
        outcome = confirm(self._apply(taken, moments))
        return Remedies(outcome, tuple(self._remedies(taken, moments, left)), tuple(map(self._id, sorted(left))))

    def _collect_actions(self) -> tuple[Taken, Rules]:
        """Take actions until no rule blocks, or none that does can be settled."""
        taken: Taken = ()
        against = self._blocking(())
        hopeless: set[int] = set()
        while against - hopeless and self._trials < MOST_TRIALS:
            rule = min(against - hopeless)
            more = self._settle_rule(rule, taken, against)
            if more is None:
                hopeless.add(rule)
                continue
            taken += more
            against = self._blocking(taken)
        return taken, against

    def _settle_rule(self, rule: int, taken: Taken, against: Rules) -> Taken | None:
        """Find the fewest further actions that settle a rule and unsettle none."""
        options = self._options(rule, taken)
        for size in range(1, MOST_TOGETHER + 1):
            best: tuple[tuple[int, int], Taken] | None = None
            for chosen in combinations(options, size):
                if len({action.choice for action in chosen}) < size:
                    continue
                if self._trials >= MOST_TRIALS:
                    break
                after = self._blocking((*taken, *chosen))
                cost = sum(_COST.get(action.kind, 2) for action in chosen), len(after)
                if rule not in after and after < against and (best is None or cost < best[0]):
                    best = cost, chosen
            if best is not None:
                return best[1]
        return None

    def _options(self, rule: int, taken: Taken) -> list[Action]:
        """List what touches a fact that the rule reads: the team's own doing, missing facts, then all else."""
        visit = self._apply(taken, {})
        truths = self._evaluate(visit)
        status = self._judge.verdict(truths).statuses[rule]
        reading = CachedInterpretation(visit, self._plan.looks)
        missing = FindingMaker(self._plan, reading, self._zone).make(rule, status, truths).missing
        chosen = {action.choice for action in taken}
        own = sum(action.kind in ("promise", "prepare") for action in self._pool)
        supposed = keep_changeable(suppositions(visit, missing), visit, self._now)
        return [
            action
            for action in (*self._pool[:own], *supposed, *self._pool[own:])
            if action.choice not in chosen and not action.touches.isdisjoint(self._reads[rule])
        ]

    def _drop_unneeded(self, taken: Taken, left: Rules) -> tuple[Taken, Rules]:
        """Drop what is not needed, looked at from the last taken to the first."""
        for action in reversed(taken):
            fewer = tuple(kept for kept in taken if kept is not action)
            if self._blocking(fewer) <= left:
                taken = fewer
        return taken, left

    def _apply(self, taken: Taken, moments: Mapping[Action, int]) -> Visit:
        """Do these actions, each at its moment, now for those without; the visit is judged at the last of them."""
        visit = self._visit
        for action in sorted(taken, key=lambda one: _ORDER.index(one.kind)):
            visit = apply_edits(visit, action.edits(visit, moments.get(action, self._now)))
        as_of = max((moments.get(action, self._now) for action in taken), default=self._now)
        facts = visit.visit
        return visit.model_copy(update={"visit": facts and facts.model_copy(update={"as_of": as_of})})

    def _blocking(self, taken: Taken, moments: Mapping[Action, int] | None = None) -> Rules:
        """Give the rules that keep the visit from being allowed; all of them where it contradicts itself."""
        self._trials += 1
        visit = self._apply(taken, moments or {})
        if breaches(visit):
            return frozenset(range(len(self._plan.rules)))
        verdict = self._judge.verdict(self._evaluate(visit))
        if verdict.tally.counts["doubts"]:  # with one a proposal is refused
            return frozenset(range(len(self._plan.rules)))
        return self._blocking_positions(verdict)

    def _blocking_positions(self, verdict: Verdict) -> Rules:
        pairs = zip(self._plan.rules, verdict.statuses, strict=True)
        return frozenset(at for at, (rule, status) in enumerate(pairs) if leads_to(rule, status) is not Outcome.ALLOW)

    def _last_moments(self, taken: Taken, left: Rules) -> dict[Action, int]:
        """Find the last moment of each timed action with the others done now; one for all where these do not agree."""
        start = None if self._visit.visit is None else self._visit.visit.starts_at
        timed = [action for action in taken if action.timed]
        if start is None or start < self._now or not timed:
            return dict.fromkeys(timed, self._now)

        def last(some: Sequence[Action]) -> dict[Action, int]:
            def holds(moment: int) -> bool:
                return self._blocking(taken, dict.fromkeys(some, moment)) <= left

            return dict.fromkeys(some, last_moment(holds, self._now, start, MINUTE))

        own: dict[Action, int] = {action: moment for one in timed for action, moment in last([one]).items()}
        return own if self._blocking(taken, own) <= left else last(timed)

    def _remedies(self, taken: Taken, moments: Mapping[Action, int], left: Rules) -> Iterator[Remedy]:
        visit = self._visit
        for action in sorted(taken, key=lambda kept: _ORDER.index(kept.kind)):
            edits = action.edits(visit, moments.get(action, self._now))
            visit = apply_edits(visit, edits)
            fewer = tuple(kept for kept in taken if kept is not action)
            settled = sorted(self._blocking(fewer) - left)
            title = self._plan.rules[settled[0]].rule.title
            what, by = self._describe(action, taken, moments, left, title), moments.get(action)
            yield Remedy(action.kind, what, describe_changes(visit, edits), tuple(map(self._id, settled)), by)

    def _describe(self, action: Action, taken: Taken, moments: Mapping[Action, int], left: Rules, title: Text) -> Text:
        """Say what to do by when; of a fact to be found out, what it has to be, where not every value does."""
        if action.kind != "establish":
            start = None if self._visit.visit is None else self._visit.visit.starts_at
            return add_moment(action.what, moments.get(action), start, self._zone)
        others = tuple(one for one in taken if one is not action)
        every = value_choices(self._visit, action)
        lawful = [name for one, name in every if self._blocking((*others, one), moments) <= left]
        return find_out_text(action, [] if len(lawful) == len(every) else lawful, title)

    def _id(self, position: int) -> str:
        return self._plan.rules[position].rule.id


def last_moment(holds: Callable[[int], bool], first: int, last: int, grain: int) -> int:
    """Find the last moment, in steps of `grain`, of those in a row from `first` at which `holds` is true.

    `holds` is taken to turn false once at most; it is true at `first`, and at the moment returned.
    """
    low, high = 0, (last - first) // grain + 1
    while high - low > 1:
        middle = (low + high) // 2
        if holds(first + middle * grain):
            low = middle
        else:
            high = middle
    return first + low * grain
