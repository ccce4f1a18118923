"""The query that makes visits up: the rates as flags, the calendar as weights, and `visits.sql` behind them.

A number drawn is a hash of seed, visit and purpose, so visits do not depend on each other, nor on how many
there are; only debtors are shared out by the number of visits.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

from visitcheck.testing.synthetic import words
from visitcheck.testing.synthetic.rates import (
    FAULTS,
    KINDS,
    PARTS,
    QUALITIES,
    SEEN,
    SEEN_SOMETIMES,
    VIOLATIONS,
)

# What `draw` and `own` are asked for is below 512: draws of visits come first, then flags, then draws of debtors.
_FIRST_FLAG, _FIRST_OWN = 100, 300
# Visits whose planted fault takes somebody to be there: nobody was absent from them.
_SOMEBODY_MET = (
    "no_credentials",
    "one_without_credentials",
    "identity_not_confirmed",
    "identity_unknown",
    "disclosed_to_a_neighbour",
    "disclosed_in_public",
    "threat",
    "insult",
    "rude_words",
    "violence",
    "no_plan_offered",
    "stayed_when_asked_to_leave",
    "no_break_offered",
    "cash_taken",
    "not_recorded",
    "recording_not_announced",
    "recording_interrupted",
    "recordings_unknown",
    "recordings_go_on",
    "conduct_unknown",
    "conduct_goes_on",
    "absent_yet_met",
    "spoken_after_departure",
    "record_incomplete",
    "record_incomplete",
)
# Visits whose planted fault an appointment would excuse.
_NOT_APPOINTED = ("at_night", "late_notice", "another_place")
# Those that take an agency: as many more of its visits have them as the lender's own have none.
_OF_AGENCIES = {
    "agency_in_violation": 1 - QUALITIES[0] / sum(QUALITIES),
    "agency_facts_unknown": 1 - 1 / len(QUALITIES),
}
# Visits whose planted fault takes a home.
_AT_HOME = ("entered_without_consent", "home_said_to_be_public")
# Visits a month, in parts of the year's 100: more before the quarters end, few around Spring Festival.
_SEASON = ((7, 8), (8, 8), (9, 10), (10, 7), (11, 9), (12, 12), (1, 9), (2, 4), (3, 10), (4, 7), (5, 8), (6, 8))

MACROS = """
CREATE OR REPLACE MACRO mixed(n) AS (hash(n::BIGINT) >> 1)::BIGINT;
CREATE OR REPLACE MACRO drawn(seed, i, k) AS mixed((seed * 67108864 + i) * 512 + k);
CREATE OR REPLACE MACRO second() AS 1000000::BIGINT;
CREATE OR REPLACE MACRO minute() AS 60000000::BIGINT;
CREATE OR REPLACE MACRO hour() AS 3600000000;
CREATE OR REPLACE MACRO day() AS 86400000000;
CREATE OR REPLACE MACRO moment(us) AS make_timestamp(us) AT TIME ZONE 'UTC';
CREATE OR REPLACE MACRO person(n) AS {surnames}[1 + n % {surname_count}] || {given}[1 + n // 64 % {given_count}];
CREATE OR REPLACE MACRO collector(agent, n) AS printf('K-%04d', agent * 4 + n);
CREATE OR REPLACE MACRO contact_day(n, crowded) AS if(crowded, 2, 1 + n);
"""


def macros_sql() -> str:
    """Statements that create the macros which the queries use."""
    return MACROS.format(
        surnames=_sql_list(words.SURNAMES),
        surname_count=len(words.SURNAMES),
        given=_sql_list(words.GIVEN),
        given_count=len(words.GIVEN),
    )


def visits_query(visits: int, seed: int) -> str:
    """One row a visit, in the vocabulary's own groups and lists."""
    template = files(__package__).joinpath("visits.sql").read_text("utf-8")
    return f"WITH {_flagged_visits_sql(visits, seed)} {_fill_in_draws(template, seed)} ORDER BY i"


def counts_query(visits: int, seed: int) -> str:
    """How many visits have each fault; by policy, how many have one that it sees of each kind, or none."""
    counts = [f"count(*) FILTER ({name}) AS {name}" for name in FAULTS]
    for policy, seen in SEEN.items():
        for kind, rates in KINDS.items():
            counts.append(f'count(*) FILTER ({_any_sql(seen & rates.keys())}) AS "{policy} {kind}"')
        counts.append(f'count(*) FILTER (NOT ({_any_sql(seen | SEEN_SOMETIMES[policy])})) AS "{policy} nothing"')
    return f"WITH {_flagged_visits_sql(visits, seed)} SELECT {', '.join(counts)} FROM flagged"


def _any_sql(faults: Iterable[str]) -> str:
    return " OR ".join(sorted(faults))


def faults_query(visits: int, seed: int) -> str:
    """The faults put into each visit, by its id: a list, empty for most."""
    named = ", ".join(f"if({name}, '{name}', NULL)" for name in FAULTS)
    return (
        f"WITH {_flagged_visits_sql(visits, seed)} SELECT printf('V-%08d', i) AS id, "
        f"list_filter([{named}], lambda one: one IS NOT NULL) AS faults FROM flagged ORDER BY i"
    )


def _flagged_visits_sql(visits: int, seed: int) -> str:
    rates = [
        f"{PARTS * rate:.0f}{' * quality' if faults is VIOLATIONS else ''}"
        for faults in KINDS.values()
        for rate in faults.values()
    ]
    flags = [
        f"draw({_FIRST_FLAG + number}) % {PARTS} < {rate}"
        f"{f' / {_OF_AGENCIES[name]} AND firm > 0' if name in _OF_AGENCIES else ''} AS {name}"
        for number, (name, rate) in enumerate(zip(FAULTS, rates, strict=True))
    ]
    debtors = max(1, (visits * 45 + 99) // 100)
    return _fill_in_draws(
        f"""
drawn AS (
  -- A debtor's visits are equally far apart in the list of all, and at least a week in time.
  SELECT i, i % {debtors} AS debtor, i // {debtors} AS before, {_month_sql()} AS month,
    {_sql_list(_region_structs())}[1 + draw(6) % {len(words.REGIONS)}] AS region,
    draw(8) % 100 < 15 AS nobody_there, draw(9) % 100 < 12 AS welcome,
    {_sql_list(words.POLITE)}[1 + draw(10) % {len(words.POLITE)}] AS polite,
    {_sql_list(words.RUDE)}[1 + draw(10) % {len(words.RUDE)}] AS rude
  FROM range({visits}) AS numbers(i)),
cased AS (
  -- Who is owed, and who collects, is the same in all visits to a debtor; so is when the case was given out.
  SELECT *, own(1) % {len(QUALITIES)} AS firm,
    {_sql_list(_lender_structs())}[1 + own(5) % {len(words.LENDERS)}] AS lender,
    DATE '2025-05-01' + (own(6) % 28)::INTEGER AS given_out,
    (month - DATE '1970-01-01' + (own(4) + 9 * before) % 28)::BIGINT AS on_day FROM drawn),
dated AS (
  SELECT *, {_sql_list(QUALITIES, quoted=False)}[1 + firm]::DOUBLE AS quality,
    {_sql_list(words.AGENCIES)}[1 + firm] AS agency_name,
    firm * 40 + draw(11) % 40 AS agent,
    -- Told of it on the next day, at ten in the morning in Shanghai.
    ((given_out - DATE '1970-01-01')::BIGINT + 1) * day() + 2 * hour() AS opened FROM cased),
workday AS (
  -- Three of four visits that would fall on a weekend (1970-01-01 was a Thursday) are moved two days back.
  SELECT *, (on_day - if((on_day + 3) % 7 >= 5 AND draw(12) % 4 > 0, 2, 0)) * day() - 8 * hour() AS midnight,
    date_trunc('quarter', month)::DATE AS quarter, printf('P-%07d', debtor) AS place_id FROM dated),
flags AS (SELECT *, {", ".join(flags)} FROM workday),
placed AS (
  SELECT *, nobody_met_yet_spoken OR (nobody_there AND NOT ({" OR ".join(_SOMEBODY_MET)})) AS absent,
    CASE WHEN {" OR ".join(_AT_HOME)} OR draw(7) % 100 < 72 THEN 'home'
      WHEN draw(7) % 100 < 90 OR {" OR ".join(_NOT_APPOINTED)} THEN 'workplace' ELSE 'public_place' END AS place_kind
  FROM flags),
timed AS (
  SELECT *, midnight + if(at_night, 22 * 60 + (draw(13) % 60)::BIGINT, 9 * 60 + (draw(13) % 540)::BIGINT) * minute()
    AS planned FROM placed),
started AS (SELECT *, planned + ((draw(14) % 16)::BIGINT - 5) * minute() AS start FROM timed),
flagged AS (
  SELECT *, start + if(too_long, 125 + (draw(15) % 120)::BIGINT, 12 + (draw(15) % 60)::BIGINT) * minute() AS finish,
    planned - if(late_notice, 1 + (draw(16) % 20)::BIGINT, 26 + (draw(16) % 70)::BIGINT) * hour() AS notice_at,
    firm > 0 AND NOT agency_facts_unknown OR NULL AS of_agency,
    if(alone, 1, if(draw(26) % 10 = 0, 3, 2)) AS people,
    NOT ({" OR ".join(_NOT_APPOINTED)}) AND (place_kind = 'public_place' OR draw(52) % 3 = 0) AS appointed,
    welcome AND place_kind = 'home' AND NOT absent AND NOT entered_without_consent AS entered FROM started)""",
        seed,
    )


def _fill_in_draws(sql: str, seed: int) -> str:
    """Write the seed and the number of the visit, or the debtor, into each draw, since a macro could not see them."""
    return sql.replace("draw(", f"drawn({seed}, i, ").replace("own(", f"drawn({seed}, debtor, {_FIRST_OWN} + ")


def _month_sql() -> str:
    total, cases = 0, []
    for month, share in _SEASON:
        total += share
        cases.append(f"WHEN draw(3) % 100 < {total} THEN DATE '{2025 if month >= 7 else 2026}-{month:02}-01'")
    return f"CASE {' '.join(cases)} END"


def _lender_structs() -> Iterable[str]:
    for id_, name, kind, memberships in words.LENDERS:
        yield f"{{id: '{id_}', name: '{name}', kind: '{kind}', memberships: {_sql_list(memberships)}}}"


def _region_structs() -> Iterable[str]:
    for code, street in words.REGIONS:
        yield f"{{code: '{code}', street: '{street}'}}"


def _sql_list(items: Iterable[object], *, quoted: bool = True) -> str:
    shown = [str(item) for item in items]
    return "[" + ", ".join(f"'{one}'" if quoted and not one.startswith("{") else one for one in shown) + "]"
