"""The same made-up visits twice, as Parquet: in the plain form of the hand-written SQL, and in the vocabulary.

A visit has a fixed number of list elements; in the plain form all are `actions`, in the vocabulary each is where a
user would record it, as in `translate.py`. Past a million the same visits come again under other ids.
"""

from __future__ import annotations

from pathlib import Path

PLAIN = """
SELECT printf('V%09d', i) AS visit_id, i AS vno, start, start + 600 + h(i, 3) % 4800 AS "end", minute AS minute_of_day,
  CASE WHEN h(i, 4) % 100 < 72 THEN 'residence' WHEN h(i, 4) % 100 < 88 THEN 'workplace'
    WHEN h(i, 4) % 100 < 97 THEN 'public' WHEN h(i, 4) % 100 < 99 THEN 'hospital' ELSE 'school' END AS place,
  CASE WHEN h(i, 5) % 100 < 3 THEN 1 WHEN h(i, 5) % 100 < 70 THEN 2 ELSE 3 END AS team_size,
  h(i, 6) % 100 < 98 AS identity_verified, h(i, 7) % 100 < 97 AS recording_on,
  CASE WHEN h(i, 8) % 1000 >= 15
    THEN start + 600 + h(i, 3) % 4800 + (h(i, 9) % 100) * (h(i, 10) % 1000) END AS filed_at,
  CASE WHEN h(i, 11) % 100 >= 1 THEN 1000 + h(i, 12) % 4999000 ELSE 0 END AS amount_minor,
  CASE WHEN h(i, 13) % 100 >= 1 THEN 1 + h(i, 14) % 399 ELSE 0 END AS days_overdue,
  [action(i, slot, start) FOR slot IN range({actions})] AS actions
FROM (SELECT *, 1735660800 + (h(i, 2) % 180) * 86400 + minute * 60 AS start FROM (
  SELECT i, if(h(i, 1) % 100 < 97, 480 + h(i, 15) % 720, h(i, 15) % 1440) AS minute FROM range({visits}) AS numbers(i)))
"""
MACROS = """
CREATE MACRO h(i, k) AS (hash(i * 4096 + k) >> 1)::BIGINT;
CREATE MACRO kind(n) AS CASE WHEN n < 1 THEN 'notice' WHEN n < 2 THEN 'consent' WHEN n < 37 THEN 'contact'
  WHEN n < 57 THEN 'call' WHEN n < 75 THEN 'photo' WHEN n < 96 THEN 'note' WHEN n < 98 THEN 'disclosure'
  WHEN n < 99 THEN 'threat' ELSE 'consent_withdrawn' END;
CREATE MACRO kind_of(i, slot) AS CASE WHEN slot < 2 AND h(i, 100 + slot * 10) % 100 < 97
  THEN if(slot = 0, 'notice', 'consent') ELSE kind(h(i, 101 + slot * 10) % 100) END;
CREATE MACRO at_of(i, slot, start, k) AS CASE k
  WHEN 'notice' THEN start - h(i, 102 + slot * 10) % 345600 - 82800
  WHEN 'consent' THEN start - h(i, 102 + slot * 10) % 1820 + 20
  WHEN 'disclosure' THEN start + h(i, 102 + slot * 10) % 5000
  WHEN 'threat' THEN start + h(i, 102 + slot * 10) % 5000
  WHEN 'consent_withdrawn' THEN start + h(i, 102 + slot * 10) % 5000
  ELSE start - h(i, 102 + slot * 10) % 1209600 END;
CREATE MACRO action(i, slot, start) AS struct_pack(
  kind := kind_of(i, slot), at := at_of(i, slot, start, kind_of(i, slot)),
  channel := CASE WHEN h(i, 103 + slot * 10) % 100 < 96 THEN ['phone', 'sms'][1 + h(i, 106 + slot * 10) % 2]
    ELSE ['email', 'letter', 'in_person'][1 + h(i, 106 + slot * 10) % 3] END,
  party := ['debtor', 'debtor', 'household', 'third_party'][1 + h(i, 104 + slot * 10) % 4],
  "by" := printf('agent-%04d', h(i, 105 + slot * 10) % 400));
CREATE MACRO moment(s) AS make_timestamp(s * 1000000) AT TIME ZONE 'UTC';
CREATE MACRO party(p) AS CASE p WHEN 'debtor' THEN 'debtor' WHEN 'household' THEN 'household_member' ELSE 'other' END;
CREATE MACRO met(p) AS CASE p WHEN 'debtor' THEN 'debtor' WHEN 'household' THEN 'household_member' ELSE 'neighbour' END;
"""
VOCABULARY = """
SELECT struct_pack(id := visit_id, stage := 'recorded', starts_at := moment(start), ends_at := moment("end")) AS visit,
  struct_pack(kind := CASE place WHEN 'residence' THEN 'home' WHEN 'public' THEN 'public_place'
    ELSE place END) AS place,
  struct_pack(kind := 'consumer_finance') AS lender,
  struct_pack(id := 'D' || (vno // 2)::VARCHAR) AS debtor,
  struct_pack(currency := 'CNY', amount := (amount_minor::DECIMAL(18, 2) / 100)::DECIMAL(18, 2),
    days_overdue := days_overdue) AS debt,
  [struct_pack(about := 'visit', sent := TRUE, sent_at := moment(a.at), channel := a.channel)
    FOR a IN actions IF a.kind = 'notice'] AS notices,
  [struct_pack(kind := 'visit', given := a.kind = 'consent',
    given_at := CASE WHEN a.kind = 'consent' THEN moment(a.at) END, withdrawn := a.kind = 'consent_withdrawn',
    withdrawn_at := CASE WHEN a.kind = 'consent_withdrawn' THEN moment(a.at) END)
    FOR a IN actions IF a.kind IN ('consent', 'consent_withdrawn')] AS consents,
  [struct_pack(at := moment(a.at), channel := a.channel, direction := if(a.kind = 'contact', 'outbound', 'inbound'),
    party := party(a.party), by_id := a."by") FOR a IN actions IF a.kind IN ('contact', 'call')] AS contacts,
  [struct_pack(kind := CASE a.kind WHEN 'photo' THEN 'filming' WHEN 'note' THEN 'statement' ELSE a.kind END,
    at := moment(a.at), "to" := met(a.party), by_id := a."by")
    FOR a IN actions IF a.kind IN ('photo', 'note', 'disclosure', 'threat')] AS conduct,
  struct_pack(filed := filed_at IS NOT NULL, filed_at := moment(filed_at)) AS record,
  struct_pack(team_size := team_size, identity_verified := identity_verified, recording_on := recording_on) AS extra
FROM read_parquet('{plain}')
"""


DIFFERENT = 1_000_000


def make(folder: Path, visits: int, actions: int) -> tuple[Path, Path]:
    """Both files, made where they are not there."""
    from visitcheck.engines.sql.duckdb_connection import connect_duckdb

    plain, own = folder / f"plain-{visits}x{actions}.parquet", folder / f"visits-{visits}x{actions}.parquet"
    with connect_duckdb() as con:
        con.execute("SET memory_limit = '1GB'")
        con.execute("SET preserve_insertion_order = false")
        con.execute(MACROS)
        if visits > DIFFERENT:
            first, _ = make(folder, DIFFERENT, actions)
            again = f"vno + {DIFFERENT} * again"
            query = (
                f"SELECT printf('V%09d', {again}) AS visit_id, {again} AS vno, t.* EXCLUDE (visit_id, vno) "
                f"FROM read_parquet('{first}') AS t, range({visits // DIFFERENT}) AS times(again)"
            )
        else:
            query = PLAIN.format(visits=visits, actions=actions)
        for path, made in ((plain, query), (own, VOCABULARY.format(plain=plain))):
            if not path.exists():
                con.execute(f"COPY ({made}) TO '{path}.part' (FORMAT parquet, COMPRESSION zstd)")
                path.with_name(f"{path.name}.part").rename(path)
    return plain, own
