"""Doubts: facts of one visit that cannot well be true together, as conditions of the language.

A constraint (`facts.constraints`) is about the form of one record, and what breaks it is refused. A doubt is about
facts of different records, or a fact and the zone or a register: a proposal that contradicts itself is refused, a
recorded visit is judged all the same, but never allowed while a doubt stands. A doubt takes nothing back: breaches stay
breaches. Each is worded so that an honest record raises none.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Doubt:
    """Facts that contradict each other where `condition` is TRUE; `facts` names them, `en` and `zh` say it."""

    code: str
    condition: str
    facts: tuple[str, ...]
    en: str
    zh: str
    help: str
    contradiction: str | None = None
    """The kind of `contradictions[]` that it is about, where it is: then those are named."""
    refuses_proposals: bool = True
    """Whether a proposal with it is refused. One that is not is judged, and never allowed, as a recorded visit is."""


DOUBTS: tuple[Doubt, ...] = (
    Doubt(
        "date-contradicts-start",
        "visit.date != localDate(visit.starts_at, visit.timezone)",
        ("visit.date", "visit.starts_at", "visit.timezone"),
        "The date of the visit is not the local date of its start.",
        "上门日期与开始时间的当地日期不一致。",
        "leave `visit.date` out where `visit.starts_at` is known",
    ),
    Doubt(
        "entry-contradicts-place",
        'place.private && conduct.exists(e, e.kind == "entry" && e.place_id == place.id && !e.private)',
        ("conduct[].private", "place.private"),
        "An entry is said to be into no private space, yet the place is private.",
        "进入记录称并非私密空间，而该地点为私密空间。",
        "say the same of the place under `place` and in `conduct`",
    ),
    Doubt(
        "nobody-met-contradicts-conduct",
        'met.size() == 0 && conduct.exists(e, e.kind in ["payment_taken", "threat", "insult", "disclosure", '
        '"plan_offered", "extension_offered", "asked_to_leave"] || (e.kind == "statement" && e.words.size() > 0))',
        ("met", "conduct[].kind"),
        "Nobody was met, yet words or a payment at the door are on record.",
        "记录显示未见到任何人，却又记有现场言语或收款。",
        "say in `met` who was there, or correct what is said of the door",
    ),
    Doubt(
        "gap-contradicts-recording",
        "recording_gaps.exists(g, recordings.exists(r, r.starts_at < g.starts_at && r.ends_at > g.ends_at && "
        '(r.medium == g.medium || (r.medium == "audio_video" && g.medium in ["audio", "video"]))))',
        ("recording_gaps[].medium", "recordings[].medium"),
        "A gap is said to lie inside a recording of the same medium that was not broken off.",
        "中断时段位于同一媒介的连续录制时段之内。",
        "give the recording as the parts before and after the gap",
    ),
    Doubt(
        "conduct-outside-the-visit",
        'conduct.exists(e, e.at < visit.starts_at - duration("5m") || e.at > visit.ends_at + duration("5m"))',
        ("conduct[].at", "visit.starts_at", "visit.ends_at"),
        "Something at the door is said to have happened more than 5 minutes before arrival or after departure.",
        "现场事件的时间早于到达或晚于离开五分钟以上。",
        "correct the time of the event, or of arrival and departure",
    ),
    Doubt(
        "agency-contradicts-involvement",
        '!agency.involved && (agency.id != "" || team.exists(m, m.employer == "agency" && m.present))',
        ("agency.involved", "agency.id", "team[].employer"),
        "No agency is said to be involved, yet an agency or its staff is named.",
        "记录称未委托催收机构，却又记有催收机构或其人员。",
        "say whether an agency works on this case",
    ),
    Doubt(
        "filed-before-the-visit",
        "record.filed && record.filed_at < visit.starts_at",
        ("record.filed_at", "visit.starts_at"),
        "The record of the visit was filed before the visit began.",
        "上门记录的提交时间早于上门开始时间。",
        "correct the time of filing, or of the visit",
    ),
    Doubt(
        "register-contradiction",
        'contradictions.exists(c, c.kind == "register_differs")',
        ("contradictions[].path",),
        "The visit and the register say different things.",
        "上门记录与登记信息不一致。",
        "correct one of them, or leave the fact out of the visit",
        contradiction="register_differs",
    ),
    Doubt(
        "not-registered",
        'contradictions.exists(c, c.kind == "not_registered")',
        ("contradictions[].path",),
        "No register holds the lender, agency or collector that is named.",
        "登记信息中没有所列的贷款机构、催收机构或催收人员。",
        "give the id under which the register holds them, or add them to the register",
        contradiction="not_registered",
        refuses_proposals=False,  # nothing contradicts anything; `require_registered` refuses it
    ),
    Doubt(
        "history-contradiction",
        'contradictions.exists(c, c.kind == "history_lacks")',
        ("contradictions[].path",),
        "The record calls its earlier visits complete, yet the audited visits hold more.",
        "记录称此前上门记录完整，但审计数据中另有上门记录。",
        "give every earlier visit, or say in `completeness` that the list goes on",
        contradiction="history_lacks",
    ),
)
"""Every doubt about one visit; the codes are problem codes, too."""
