"""Which facts a run needs of each row, and the types of what is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from visitcheck.audit.next_facts import FactsThatOpen
from visitcheck.audit.options import AuditOptions
from visitcheck.audit.running.history import open_histories
from visitcheck.concurrency import cached_property
from visitcheck.facts.completeness import OPEN_LISTS
from visitcheck.facts.narrow import narrow_record
from visitcheck.facts.types import BOOL, STRING, Record
from visitcheck.facts.vocabulary import FactInfo, vocabulary_with_extra
from visitcheck.ir.facts_read import facts_read
from visitcheck.ir.nodes import Const, Expr, Fact, Has, Not, Or, Possible
from visitcheck.ir.open_lists import list_goes_on
from visitcheck.ir.plan import Plan
from visitcheck.ir.walk import distinct_nodes

# What verdicts, history and summaries read besides the rules.
_ALWAYS = frozenset(
    {
        "visit.id",
        "visit.stage",
        "visit.starts_at",
        "visit.ends_at",
        "visit.date",
        "visit.timezone",
        "debtor.id",
        "place.kind",
        "agency.id",
        "agency.involved",
        "team[].id",
        "met[].role",
        "history.visits_since",
    }
)

VISIT_DOUBT_FACTS = frozenset(
    {
        "place.id",
        "visit.case_id",
        "debt.id",
        "team[].present",
        "place.latitude",
        "place.longitude",
        "consents[].id",
        "consents[].kind",
        "consents[].given",
        "consents[].given_at",
        "consents[].withdrawn",
        "consents[].withdrawn_at",
        "consents[].valid_from",
        "consents[].valid_until",
        "recordings[].id",
        "recordings[].starts_at",
        "recordings[].ends_at",
        "recordings[].hash",
        *_ALWAYS,
    }
)
"""What doubts between visits look at, where columns give it."""


@dataclass(frozen=True)
class AuditScope:
    """The plan of a run with the facts it keeps of each row, and those that no row gives.

    `may_go_on` are the lists that may: those of which a row can say so, under `completeness`, and earlier visits that
    are derived without a moment from which they are complete.
    """

    plan: Plan
    marks: Mapping[str, int]
    """For each rule the position of the condition, after those of its policy, whether a list that it reads goes on for
    what it asks; left out where none can."""
    lists: Mapping[str, tuple[int, int]]
    """For each list that rules read and that may go on by what its row says, the positions of two further conditions:
    whether a row states it, and whether it goes on."""
    root: Record
    fed: frozenset[str]
    kept: Record
    never_known: frozenset[str]
    may_go_on: frozenset[str]
    remarks: tuple[str, ...] = ()
    """The texts that are read for leads, and by no rule unless it says so."""

    def needs(self, position: int) -> frozenset[str]:
        """The facts that no row gives and with which a condition could be TRUE; none where it reads no such fact."""
        return self._needs[position]

    @cached_property
    def _needs(self) -> tuple[frozenset[str], ...]:
        return tuple(FactsThatOpen(condition, self.never_known).facts for condition in self.plan.conditions)

    @property
    def ruled_facts(self) -> frozenset[str]:
        """The facts that rules read; what only doubts look at is missing nowhere."""
        return frozenset[str]().union(*map(self.plan.rule_facts, self.plan.rules))


def audit_scope(plan: Plan, fed: frozenset[str], options: AuditOptions) -> AuditScope:
    """The scope of a plan over inputs that feed these facts."""
    root, facts = vocabulary_with_extra(plan.policy.extra_facts)
    wanted = _ALWAYS | (VISIT_DOUBT_FACTS & fed) | plan.policy.selectors | plan.facts
    may_go_on = frozenset[str]()
    if "completeness" in fed and plan.open_facts > plan.facts:
        may_go_on = frozenset(OPEN_LISTS)
        wanted |= plan.open_facts
    elif histories := open_histories(options) & {_list_of(fact) for fact in plan.facts}:
        may_go_on = histories
        readers = (at for at, facts in enumerate(plan.reads) if not histories.isdisjoint(map(_list_of, facts)))
        wanted = wanted.union(*(facts_read(plan.open_conditions[at]) for at in readers))
    if options.history == "derive":
        fed |= {path for path in facts if path == "earlier_visits" or path.startswith("earlier_visits[].")}
        fed |= {"history", "history.visits_since"} if options.history_since is not None else set()
        fed |= {"contradictions", "contradictions[].kind"}
        wanted |= {path for path in facts if path.startswith("earlier_visits[].")}
    if options.history == "none":
        fed -= {path for path in fed if path.startswith("earlier_visits")}
    remarks = () if options.leads is False else remark_facts(facts, fed)
    wanted |= set(remarks)
    if "visit.starts_at" in fed:  # which the date follows from
        fed |= {"visit.date"}
    if options.as_of is not None:
        fed |= {"visit", "visit.as_of"}
    marked, marks, lists = _mark_open_lists(plan, may_go_on)
    return AuditScope(
        marked, marks, lists, root, fed, narrow_record(root, wanted), frozenset(plan.facts - fed), may_go_on, remarks
    )


def remark_facts(facts: Mapping[str, FactInfo], fed: frozenset[str]) -> tuple[str, ...]:
    """The facts that hold remarks, of those that rows give: free text of the record, texts that packs declare."""
    return tuple(
        path
        for path, fact in facts.items()
        if path in fed
        and fact.type == STRING
        and ((fact.free_text and path.startswith("record.")) or path.startswith("extra."))
    )


def _mark_open_lists(plan: Plan, may_go_on: frozenset[str]) -> tuple[Plan, dict[str, int], dict[str, tuple[int, int]]]:
    """The plan with further conditions: for each rule whether a list that it reads goes on for what it asks.

    And for each list whether a row states it, and whether it goes on; but for earlier visits, which audits derive.
    """
    conditions = {condition: position for position, condition in enumerate(plan.conditions)}
    marks = {}
    for rule in plan.rules:
        asked = [at for at in rule.positions if not may_go_on.isdisjoint(map(_list_of, plan.reads[at]))]
        mark = list_goes_on(*(plan.conditions[at] for at in asked))
        if not isinstance(mark, Const):
            marks[rule.rule.id] = conditions.setdefault(mark, len(conditions))
    lists = {}
    for path, stated, goes_on in _list_questions(plan, may_go_on - {"earlier_visits"}):
        lists[path] = (
            conditions.setdefault(stated, len(conditions)),
            conditions.setdefault(goes_on, len(conditions)),
        )
    return plan.with_conditions(tuple(conditions)[len(plan.conditions) :]), marks, lists


def _list_questions(plan: Plan, may_go_on: frozenset[str]) -> Iterator[tuple[str, Expr, Expr]]:
    """Each list that rules read and may go on, with whether a row states it, and whether it goes on."""
    read = (plan.conditions[at] for at in sorted({at for rule in plan.rules for at in rule.positions}))
    facts = {".".join(node.path): node for node in distinct_nodes(*read) if isinstance(node, Fact)}
    for path in sorted(facts.keys() & may_go_on):
        goes_on = Not(Possible(Fact(("completeness", *facts[path].path, "complete"), BOOL)))
        yield path, Or((Has(facts[path]), goes_on)), goes_on


def _list_of(fact: str) -> str:
    return fact.partition("[]")[0]
