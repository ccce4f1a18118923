"""Each check of `lint`: a pack without remarks, and the smallest change that calls for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from visitcheck.authoring.lint import lint, pack_paths
from visitcheck.errors import InvalidPolicy

PACK = """\
pack: own
title: {en: Own rules, zh: 自有规则}
version: 1.0.0
timezone: Asia/Shanghai
instruments:
  book: {title: {en: Handbook, zh: 手册}, in_force: 2026-01-01, force: own}
parameters:
  least: {type: int, values: [{from: 2026-01-01, value: 2}], cites: [{instrument: book, reading: own}]}
  days: {type: int, values: [{from: 2026-01-01, value: 7}]}
rules:
  - id: team
    title: {en: Enough people, zh: 人员足够}
    stages: [proposed, recorded]
    let:
      people: team.filter(m, m.present).size()
    when: place.kind == "home" && visit.purpose == "collect"
    require:
      enough: people >= params.least
    unless:
      - {id: asked, when: visit.requested_by_debtor, cites: [{instrument: book, reading: own}]}
    effect: deny
    effective: {from: 2026-01-01}
    message: {en: "{people} people go.", zh: "上门 {people} 人。"}
    cites: [{instrument: book, reading: own}]
  - id: few
    title: {en: Few contacts, zh: 少联系}
    stages: [proposed]
    require:
      few: contacts.filter(c, c.at > visit.starts_at - days(params.days)).size() <= 3
      complete: knownSince(contacts, visit.starts_at - days(params.days))
    effect: review
    effective: {from: 2026-01-01}
    message: {en: Too many contacts., zh: 联系过多。}
    cites: [{instrument: book, reading: own}]
"""
CASES = """\
pack: own
base: {all: {visit: {stage: proposed, starts_at: "2026-03-10T10:00:00+08:00"}}}
cases:
  - {note: s, from: all, expect: {team: satisfied, few: satisfied}}
  - {note: v, from: all, expect: {team: violated, few: violated}}
  - {note: u, from: all, expect: {team: undetermined, few: undetermined}}
  - {note: n, from: all, expect: {team: not_applicable}}
  - {note: e, from: all, expect: {team: excused}}
"""


def write(folder: Path, pack: str = PACK, cases: str | None = CASES) -> Path:
    path = folder / "own.yaml"
    path.write_text(pack, encoding="utf-8")
    if cases is not None:
        (folder / "own.cases.yaml").write_text(cases, encoding="utf-8")
    return path


def codes(path: Path) -> list[str]:
    return [problem.code for problem in lint([path])]


def test_a_sound_pack_has_no_remarks(tmp_path: Path) -> None:
    assert lint([write(tmp_path)]) == ()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        # Texts.
        ("zh: 人员足够", "zh: Enough people", "lint-text-same"),
        ("zh: 人员足够", "zh: Enough team", "lint-text-not-chinese"),
        ("en: Enough people", "en: Enough 人", "lint-text-not-english"),
        ("zh: 联系过多。", "zh: '联系过多,不可。'", "lint-text-punctuation"),
        ("zh: 联系过多。", "zh: 联系过多(三次)。", "lint-text-punctuation"),
        ("zh: 联系过多。", "zh: 联系过多.", "lint-text-punctuation"),
        ("zh: 联系过多。", "zh: 联系过多", "lint-text-punctuation"),
        ("en: Too many contacts.", "en: Too many contacts。", "lint-text-punctuation"),
        ("zh: 联系过多。", "zh: 联系 过多。", "lint-text-space"),
        ("en: Too many contacts.", "en: TODO too many.", "lint-text-unfinished"),
        ("zh: 联系过多。", "zh: 联系过多（待补）。", "lint-text-unfinished"),
        ('zh: "上门 {people} 人。"', "zh: 上门人数不足。", "lint-placeholders-differ"),
        ("zh: 联系过多。", 'zh: "{params.days} 日内联系过多。"', "lint-placeholders-differ"),
        ("en: Too many contacts.", "en: Too many contacts in 7 days.", "lint-number-written"),
        ("zh: 联系过多。", "zh: 7 日内联系过多。", "lint-number-written"),
        # Citations.
        ("zh: 联系过多。}\n    cites: [{instrument: book, reading: own}]\n", "zh: 联系过多。}\n", "lint-no-citation"),
        ("effect: review\n    effective: {from: 2026-01-01}\n", "effect: review\n", "lint-before-in-force"),
        ("effective: {from: 2026-01-01}\n    message: {en: Too", "effective: {from: 2025-12-31}\n    message: {en: Too",
         "lint-before-in-force"),
        ("value: 2}], cites: [{instrument: book, reading: own}]",
         "value: 2}], cites: [{instrument: book, reading: weak}]", "lint-parameter-weak"),
        # Parameters.
        ("rules:", "  spare: {type: int, value: 1}\nrules:", "lint-parameter-unused"),
        ("value: 2}]", "value: 2, until: 2026-05-01}, {from: 2026-06-01, value: 3}]", "lint-parameter-gap"),
        ("value: 2}]", "value: 2, until: 2026-05-01}]", "lint-parameter-gap"),
        ("[{from: 2026-01-01, value: 7}]", "[{from: 2026-01-02, value: 7}]", "lint-parameter-gap"),
        # Conditions.
        ('&& visit.purpose == "collect"', '&& place.kind == "workplace"', "lint-never-applies"),
        ("enough: people >= params.least", "enough: people >= 0", "lint-never-fails"),
        ("{from: 2026-01-01, value: 2}", "{value: 0}", "lint-never-fails"),
        ("when: visit.requested_by_debtor", "when: visit.requested_by_debtor && !visit.requested_by_debtor",
         "lint-never-excuses"),
        ("enough: people >= params.least", "enough: people >= params.least\n      again: people >= params.least",
         "lint-condition-twice"),
        ("people >= params.least", "people >= params.least || people >= params.least", "lint-condition-twice"),
        ('&& visit.purpose == "collect"', '&& visit.purpose == "collect" && place.kind == "home"',
         "lint-condition-twice"),
        ("people: team.filter", "spare: team.size()\n      people: team.filter", "lint-let-unused"),
        ("      complete: knownSince(contacts, visit.starts_at - days(params.days))\n", "", "lint-known-since"),
        ("people >= params.least", "people >= params.least && visit.starts_at.getHours() < 22", "lint-cel-accessor"),
        ("people >= params.least", "team.all(a, team.exists(b, b.id != a.id)) && people >= params.least",
         "lint-list-nested"),
    ],
)  # fmt: skip
def test_a_remark_for_each_likely_mistake(tmp_path: Path, old: str, new: str, code: str) -> None:
    assert old in PACK
    assert code in codes(write(tmp_path, PACK.replace(old, new)))


@pytest.mark.parametrize(
    "new",
    [
        "zh: 联系过多：24:00 之后。",
        "zh: 联系过多（SMS, 电话）。",
        "zh: 'GB/T 45251 规定联系过多。'",
        "zh: 第 7.1 条：联系过多。",
        "zh: 联系过多，{params.days}。",
    ],
)
def test_natural_chinese_is_left_alone(tmp_path: Path, new: str) -> None:
    remarks = codes(
        write(tmp_path, PACK.replace("zh: 联系过多。", new if new.startswith("zh: '") else f'zh: "{new[4:]}"'))
    )
    assert not [code for code in remarks if code.startswith("lint-text")]


def test_a_draft_alone_denies_nothing(tmp_path: Path) -> None:
    draft = PACK.replace("force: own", "force: draft").replace("reading: own", "reading: text")
    problems = lint([write(tmp_path, draft)])

    assert [(problem.code, problem.message.count("may deny")) for problem in problems] == [("lint-draft-denies", 1)]


def test_two_rules_that_ask_the_same(tmp_path: Path) -> None:
    start, end = PACK.index("  - id: few"), len(PACK)
    again = PACK[start:end].replace("id: few", "id: fewer")
    cases = CASES.replace("few: ", "fewer: satisfied, few: ").replace(
        "fewer: satisfied, few: v", "fewer: violated, few: v"
    )

    assert "lint-rule-twice" in codes(write(tmp_path, PACK + again, cases))


@pytest.mark.parametrize("note", ["s", "v", "u", "n", "e"])
def test_a_status_that_no_case_expects(tmp_path: Path, note: str) -> None:
    cases = "".join(line for line in CASES.splitlines(keepends=True) if f"note: {note}," not in line)
    problems = lint([write(tmp_path, cases=cases)])

    assert {problem.code for problem in problems} == {"lint-case-missing"}
    assert problems[0].place is not None
    assert problems[0].place.line == PACK[: PACK.index("id: team")].count("\n") + 1


def test_a_pack_without_cases(tmp_path: Path) -> None:
    assert codes(write(tmp_path, cases=None)) == ["lint-no-cases"]


def test_a_remark_may_be_accepted_with_a_reason(tmp_path: Path) -> None:
    path = write(tmp_path, PACK.replace("rules:", "  spare: {type: int, value: 1}\nrules:"))
    accepted = tmp_path / "own.accepted.yaml"
    accepted.write_text("pack: own\nlint: [{code: lint-parameter-unused, why: For others.}]\n", encoding="utf-8")
    assert codes(path) == []

    write(tmp_path)
    assert codes(path) == ["lint-accepted-unused"]


def test_a_parameter_that_another_pack_reads_is_used(tmp_path: Path) -> None:
    shared = "pack: shared\ntitle: {en: Shared, zh: 共用}\nversion: 1.0.0\nparameters:\n"
    shared += "  most: {type: int, value: 3}\n"
    (tmp_path / "shared.yaml").write_text(shared, encoding="utf-8")
    own = write(
        tmp_path, PACK.replace("version: 1.0.0", "version: 1.0.0\nuses: [shared]").replace("<= 3", "<= params.most")
    )

    assert codes(tmp_path / "shared.yaml") == ["lint-parameter-unused"]
    assert lint([own, tmp_path / "shared.yaml"]) == ()


def test_a_pack_may_use_another_one_that_is_looked_at_with_it(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    shared = "pack: shared\ntitle: {en: Shared, zh: 共用}\nversion: 1.0.0\nparameters:\n  most: {type: int, value: 3}\n"
    (tmp_path / "far" / "shared.yaml").write_text(shared, encoding="utf-8")
    write(tmp_path, PACK.replace("version: 1.0.0", "version: 1.0.0\nuses: [shared]").replace("<= 3", "<= params.most"))

    assert lint(pack_paths(tmp_path)) == ()
    with pytest.raises(InvalidPolicy, match="shared"):
        lint([tmp_path / "own.yaml"])


def test_packs_are_files_folders_or_shipped_names(tmp_path: Path) -> None:
    own = write(tmp_path)

    assert pack_paths(own) == pack_paths(tmp_path) == (own,)
    assert {path.name for path in pack_paths("base")} >= {"notice.yaml", "consent.yaml"}
    assert not [path for path in pack_paths("base") if "cases" in path.name or "accepted" in path.name]
    with pytest.raises(InvalidPolicy, match="there is no pack"):
        pack_paths("nowhere")


def test_a_pack_that_does_not_load_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidPolicy):
        lint([write(tmp_path, PACK.replace("params.least", "params.most"))])


@pytest.mark.parametrize(
    ("check", "codes"),
    [
        ('consents.exists(c, c.kind == "visit" && c.given && !c.withdrawn)', ["lint-consent-standing"]),
        ('consents.filter(c, c.given).exists(c, c.kind == "visit")', ["lint-consent-standing"]),
        ('place.private && consents.exists(c, c.kind == "visit" && c.given)', ["lint-consent-standing"]),
        (
            'consents.exists(c, c.kind == "visit" && c.given && c.informed)'
            ' && consents.filter(c, c.kind == "visit").lastRun(c, c.given_at, c.given && !c.withdrawn) >= 1',
            [],
        ),
        ('consents.filter(c, c.kind == "visit").lastRun(c, c.given_at, c.given && !c.withdrawn) >= 1', []),
        ('!consents.exists(c, c.kind == "visit" && c.withdrawn)', []),
    ],
)
def test_a_consent_counts_only_while_none_was_refused_since(tmp_path: Path, check: str, codes: list[str]) -> None:
    pack = PACK.replace("      enough: people", f"      consent: '{check}'\n      enough: people", 1)

    assert codes == [each.code for each in lint([write(tmp_path, pack)])]


LAST = 'consents.filter(c, c.kind == "time").lastRun(c, c.given_at, c.given && !c.withdrawn) >= 1'


@pytest.mark.parametrize(
    ("check", "codes"),
    [
        (f'!overlapsDaily(visit.starts_at, visit.ends_at, "22:00", "08:00") || {LAST}', ["lint-excuse-in-require"]),
        (f"place.private && (plan.meet_in_public || {LAST})", ["lint-excuse-in-require"]),
        (f"!plan.enter_home || {LAST}", []),  # nothing to consent to
        (f"notices.size() == 0 || {LAST}", []),
        (f'place.kind != "home" || {LAST}', []),
        (LAST, []),
        ("place.private || plan.meet_in_public", []),
    ],
)
def test_a_consent_that_excuses_stands_in_unless(tmp_path: Path, check: str, codes: list[str]) -> None:
    pack = PACK.replace("stages: [proposed, recorded]", "stages: [proposed]", 1)
    pack = pack.replace("      enough: people", f"      consent: '{check}'\n      enough: people", 1)

    assert codes == [each.code for each in lint([write(tmp_path, pack)])]


@pytest.mark.parametrize(
    ("check", "codes"),
    [
        ('!(localDate(visit.starts_at) in [date("2026-05-01"), date("2026-10-01")])', ["lint-dates-written"]),
        ('visit.date != date("2026-05-01") && visit.date != date("2026-10-01")', ["lint-dates-written"]),
        ('visit.date >= date("2026-05-01") && visit.date <= date("2026-10-01")', []),
        ('visit.date != date("2026-05-01")', []),
        ('!isHoliday(localDate(visit.starts_at), "CN")', []),
    ],
)
def test_days_on_a_list_are_asked_of_a_calendar(tmp_path: Path, check: str, codes: list[str]) -> None:
    pack = PACK.replace("      enough: people", f"      days: '{check}'\n      enough: people", 1)

    assert codes == [each.code for each in lint([write(tmp_path, pack)])]


HOURS = """\
  night_from: {type: time_of_day, stricter: lower, value: "22:00"}
  night: {type: daily_hours, hours: forbidden, value: "22:00-08:00"}
  day: {type: daily_hours, hours: allowed, value: "08:00-20:00"}
"""


@pytest.mark.parametrize(
    ("check", "codes"),
    [
        ('!overlapsDaily(visit.starts_at, visit.ends_at, params.night_from, "08:00")', ["lint-window-ends"]),
        ("within(visit.starts_at, visit.ends_at, params.night)", ["lint-hours-reversed"]),
        ("!overlaps(visit.starts_at, visit.ends_at, params.day)", ["lint-hours-reversed"]),
        ("!overlaps(visit.starts_at, visit.ends_at, params.night)", []),
        ("within(visit.starts_at, visit.ends_at, params.day)", []),
        ('!overlapsDaily(visit.starts_at, visit.ends_at, "22:00", "08:00")', []),
    ],
)
def test_a_window_is_one_parameter_read_as_it_says(tmp_path: Path, check: str, codes: list[str]) -> None:
    pack = PACK.replace("rules:\n", HOURS + "rules:\n", 1)
    pack = pack.replace("      enough: people", f"      hours: '{check}'\n      enough: people", 1)
    problems = lint([write(tmp_path, pack)])

    assert codes == [each.code for each in problems if each.code not in ("lint-parameter-unused",)]
