"""The twelve rules as DuckDB SQL written by hand: a mask of the rules that failed, for each visit.

Two-valued, on integers ready-made: no missing facts, no zones, no money.
"""

from __future__ import annotations

PREDICATES = {
    "notice": "a.kind = 'notice' AND a.channel IN ('phone', 'sms') AND a.at <= start - 86400",
    "consent": "a.kind = 'consent' AND a.at <= start",
    "withdrawn": "a.kind = 'consent_withdrawn' AND a.at <= \"end\"",
    "threat": "a.kind = 'threat'",
    "disclosure": "a.kind = 'disclosure' AND a.party = 'third_party'",
    "contacts": "a.kind = 'contact' AND a.at >= start - 604800 AND a.at < start",
}
RULES = (
    "notice", "consent", "hours", "place", "team", "identity", "threat", "disclosure", "frequency", "filed",
    "recording", "debt",
)  # fmt: skip
# One pass over the actions: each becomes a number with a counter of 8 bits for each predicate, and they are added up.
_PACKED = """CASE a.kind
  WHEN 'contact' THEN (a.at >= start - 604800 AND a.at < start)::BIGINT
  WHEN 'notice' THEN (a.at <= start - 86400 AND a.channel IN ('phone', 'sms'))::BIGINT << 8
  WHEN 'consent' THEN (a.at <= start)::BIGINT << 16
  WHEN 'threat' THEN 1::BIGINT << 24
  WHEN 'disclosure' THEN (a.party = 'third_party')::BIGINT << 32
  WHEN 'consent_withdrawn' THEN (a.at <= "end")::BIGINT << 40
  ELSE 0::BIGINT END"""


def nested_filter(source: str) -> str:
    """A filtered list for each predicate."""
    counts = {name: f"len(list_filter(actions, lambda a: {test}))" for name, test in PREDICATES.items()}
    return f"SELECT visit_id, {_mask(counts)} AS mask FROM {source}"


def nested_packed_sum(source: str) -> str:
    """One pass over the list; at most 255 elements."""
    shifts = {"contacts": 0, "notice": 8, "consent": 16, "threat": 24, "disclosure": 32, "withdrawn": 40}
    packed = f"coalesce(list_sum(list_transform(actions, lambda a: {_PACKED})), 0)::BIGINT"
    counts = {name: f"((p >> {shift}) & 255)" for name, shift in shifts.items()}
    return f"SELECT visit_id, {_mask(counts)} AS mask FROM (SELECT *, {packed} AS p FROM {source})"


def summary(query: str) -> str:
    """How many visits, how many with a failed rule, and how many for each rule."""
    columns = ", ".join(f"sum((mask >> {bit}) & 1)" for bit in range(len(RULES)))
    return f"SELECT count(*), sum((mask <> 0)::INT), {columns} FROM ({query})"


def _mask(count: dict[str, str]) -> str:
    failed = (
        f"NOT ({count['notice']} > 0)",
        f"NOT ({count['consent']} > 0) OR ({count['withdrawn']} > 0)",
        "NOT (minute_of_day >= 480 AND minute_of_day < 1200)",
        "place NOT IN ('residence', 'workplace', 'public')",
        "team_size < 2",
        "NOT identity_verified",
        f"{count['threat']} > 0",
        f"{count['disclosure']} > 0",
        f"{count['contacts']} > 2",
        'filed_at IS NULL OR filed_at > "end" + 86400',
        "NOT recording_on",
        "NOT (amount_minor > 0 AND days_overdue >= 1)",
    )
    return " | ".join(f"(({test})::INT << {bit})" for bit, test in enumerate(failed))
