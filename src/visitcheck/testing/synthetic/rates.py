"""How often made-up visits go wrong, and how often a fact is missing from them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

VIOLATIONS: Mapping[str, float] = MappingProxyType(
    {
        "no_notice": 0.012,
        "late_notice": 0.030,
        "notice_of_another_place": 0.006,
        "too_few_attempts": 0.030,
        "too_many_contacts": 0.020,
        "told_somebody_by_phone": 0.006,
        "amount_not_matched": 0.015,
        "finances_not_reviewed": 0.020,
        "documents_incomplete": 0.020,
        "no_emergency_plan": 0.010,
        "another_place": 0.010,
        "far_from_the_place": 0.020,
        "at_night": 0.003,
        "alone": 0.012,
        "no_credentials": 0.015,
        "identity_not_confirmed": 0.015,
        "disclosed_to_a_neighbour": 0.008,
        "disclosed_in_public": 0.004,
        "notice_posted": 0.003,
        "threat": 0.004,
        "insult": 0.005,
        "rude_words": 0.006,
        "violence": 0.0004,
        "obstruction": 0.0015,
        "followed": 0.0015,
        "property_taken": 0.0008,
        "impersonation": 0.0008,
        "false_statement": 0.002,
        "entered_without_consent": 0.008,
        "no_plan_offered": 0.020,
        "stayed_when_asked_to_leave": 0.003,
        "no_break_offered": 0.002,
        "too_long": 0.008,
        "cash_taken": 0.003,
        "not_recorded": 0.020,
        "recording_interrupted": 0.010,
        "not_filed": 0.006,
        "filed_late": 0.040,
        "record_incomplete": 0.015,
        "authorisation_run_out": 0.004,
        "address_bought": 0.003,
        "agency_in_violation": 0.004,
        "debtor_vulnerable": 0.006,
        "debtor_represented": 0.003,
        "debt_disputed": 0.005,
        "cease_requested": 0.003,
        "complaint_open": 0.003,
        "no_privacy_notice": 0.008,
        "recording_not_announced": 0.006,
        "one_without_credentials": 0.010,
    }
)
"""The share of visits with each violation, on average over all agencies: an agency has `QUALITIES` times it."""

MISSING: Mapping[str, float] = MappingProxyType(
    {
        "notices_unknown": 0.010,
        "contacts_unknown": 0.010,
        "conduct_unknown": 0.004,
        "recordings_unknown": 0.020,
        "distance_unknown": 0.050,
        "departure_unknown": 0.008,
        "days_overdue_unknown": 0.010,
        "identity_unknown": 0.020,
        "preparation_unknown": 0.010,
        "filing_unknown": 0.010,
        "agency_facts_unknown": 0.030,
    }
)
"""The share of visits from whose record each of these is missing, the same for all agencies."""

GOING_ON: Mapping[str, float] = MappingProxyType(
    {
        "contacts_go_on": 0.010,
        "conduct_goes_on": 0.010,
        "recordings_go_on": 0.005,
    }
)
"""The share of visits of which each of these lists holds a part alone, and says so."""

DOUBTS: Mapping[str, float] = MappingProxyType(
    {
        "nobody_met_yet_spoken": 0.003,
        "absent_yet_met": 0.003,
        "home_said_to_be_public": 0.003,
        "spoken_after_departure": 0.003,
        "filed_before_the_visit": 0.003,
    }
)
"""The share of visits with two facts that cannot both be true; one of the two may break a rule as well."""

KINDS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {"violations": VIOLATIONS, "missing": MISSING, "going_on": GOING_ON, "doubts": DOUBTS}
)
"""The sorts of faults: broken rules, two sorts of silence, and contradictions."""

FAULTS: tuple[str, ...] = tuple(name for rates in KINDS.values() for name in rates)
"""Whatever may be wrong with a visit."""

_BY_LAW = frozenset(
    {"agency_facts_unknown", "no_privacy_notice", "recording_not_announced", "recordings_go_on", "recordings_unknown"}
)
_BY_SOME_LAWS = frozenset({"alone", "not_recorded", "one_without_credentials", "recording_interrupted"})

SEEN: Mapping[str, frozenset[str]] = MappingProxyType(
    {"base": frozenset(FAULTS) - _BY_LAW - _BY_SOME_LAWS, "cn": frozenset(FAULTS) - _BY_SOME_LAWS}
)
"""By policy, the faults with which no visit is compliant."""

SEEN_SOMETIMES: Mapping[str, frozenset[str]] = MappingProxyType({"base": frozenset(), "cn": _BY_SOME_LAWS})
"""By policy, the faults that some of its packs ask about: it depends on the lender and the product."""

QUALITIES: tuple[float, ...] = (0.5, 0.25, 0.5, 0.75, 1.0, 1.0, 1.25, 1.75, 2.0)
"""By how much each agency's violations are more or fewer than the average; the first is the lender's own staff."""

PARTS = 1_000_000
"""Rates are in these parts: no rate is finer."""
