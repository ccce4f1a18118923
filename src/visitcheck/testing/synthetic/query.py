"""The query that makes visits up: the rates as flags, the calendar as weights, and `visits.sql` behind them.

A number drawn is a hash of seed, visit and purpose, so visits do not depend on each other, nor on how many
there are; only debtors are shared out by the number of visits.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

from visitcheck.testing.synthetic import words
from visitcheck.testing.synthetic.rates import MISSING, PARTS, QUALITIES, VIOLATIONS

# What `draw` is asked for is below 512; flags from here on.
_FIRST_FLAG = 100
# Visits a month, in parts of the year's 100: more before the quarters end, few around Spring Festival.
_SEASON = ((7, 8), (8, 8), (9, 10), (10, 7), (11, 9), (12, 12), (1, 9), (2, 4), (3, 10), (4, 7), (5, 8), (6, 8))

MACROS = """
CREATE OR REPLACE MACRO mixed(n) AS (hash(n::BIGINT) >> 1)::BIGINT;
CREATE OR REPLACE MACRO drawn(seed, i, k) AS mixed((seed * 67108864 + i) * 512 + k);
CREATE OR REPLACE MACRO second() AS 1000000;
CREATE OR REPLACE MACRO minute() AS 60000000;
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
    return f"WITH {_flagged_visits_sql(visits, seed)} {_fill_in_draws(template, seed)}"


def counts_query(visits: int, seed: int) -> str:
    """How many visits have each violation, and each fact missing."""
    counts = ", ".join(f"count(*) FILTER ({name}) AS {name}" for name in (*VIOLATIONS, *MISSING))
    return f"WITH {_flagged_visits_sql(visits, seed)} SELECT {counts} FROM flagged"


def _flagged_visits_sql(visits: int, seed: int) -> str:
    rates = [*(f"{PARTS * rate:.0f} * quality" for rate in VIOLATIONS.values())]
    rates += [f"{PARTS * rate:.0f}" for rate in MISSING.values()]
    flags = [
        f"draw({_FIRST_FLAG + number}) % {PARTS} < {rate} AS {name}"
        for number, (name, rate) in enumerate(zip((*VIOLATIONS, *MISSING), rates, strict=True))
    ]
    return _fill_in_draws(
        f"""
drawn AS (
  SELECT i, draw(1) % {len(QUALITIES)} AS firm, draw(2) % {max(1, visits * 45 // 100)} AS debtor,
    {_month_sql()} AS month, draw(4) AS in_month,
    {_sql_list(_lender_structs())}[1 + draw(5) % {len(words.LENDERS)}] AS lender,
    {_sql_list(_region_structs())}[1 + draw(6) % {len(words.REGIONS)}] AS region,
    CASE WHEN draw(7) % 100 < 72 THEN 'home' WHEN draw(7) % 100 < 90 THEN 'workplace' ELSE 'public_place' END
      AS place_kind,
    draw(8) % 100 < 15 AS absent, draw(9) % 100 < 12 AS welcome,
    {_sql_list(words.POLITE)}[1 + draw(10) % {len(words.POLITE)}] AS polite,
    {_sql_list(words.RUDE)}[1 + draw(10) % {len(words.RUDE)}] AS rude
  FROM range({visits}) AS numbers(i)),
dated AS (
  SELECT *, {_sql_list(QUALITIES, quoted=False)}[1 + firm]::DOUBLE AS quality,
    {_sql_list(words.AGENCIES)}[1 + firm] AS agency_name,
    firm * 40 + draw(11) % 40 AS agent,
    (month - DATE '1970-01-01' + in_month % 28)::BIGINT AS on_day FROM drawn),
workday AS (
  -- Three of four visits that would fall on a weekend (1970-01-01 was a Thursday) are moved two days back.
  SELECT *, (on_day - if((on_day + 3) % 7 >= 5 AND draw(12) % 4 > 0, 2, 0)) * day() - 8 * hour() AS midnight,
    printf('P-%07d', debtor) AS place_id FROM dated),
flags AS (SELECT *, {", ".join(flags)} FROM workday),
timed AS (
  SELECT *, midnight + if(at_night, 22 * 60 + (draw(13) % 60)::BIGINT, 9 * 60 + (draw(13) % 570)::BIGINT) * minute()
    AS planned FROM flags),
started AS (SELECT *, planned + ((draw(14) % 20)::BIGINT - 8) * minute() AS start FROM timed),
flagged AS (
  SELECT *, start + if(too_long, 125 + (draw(15) % 120)::BIGINT, 12 + (draw(15) % 60)::BIGINT) * minute() AS finish,
    planned - if(late_notice, 1 + (draw(16) % 20)::BIGINT, 26 + (draw(16) % 70)::BIGINT) * hour() AS notice_at,
    welcome AND place_kind = 'home' AND NOT absent AND NOT entered_without_consent AS entered FROM started)""",
        seed,
    )


def _fill_in_draws(sql: str, seed: int) -> str:
    """Write the seed and the visit's number into each `draw`, since a macro could not see them."""
    return sql.replace("draw(", f"drawn({seed}, i, ")


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
