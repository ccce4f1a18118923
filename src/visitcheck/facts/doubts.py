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
        # Without a zone: a date that the start has nowhere on earth.
        "visit.date != localDate(visit.starts_at, visit.timezone) "
        '|| visit.date < localDate(visit.starts_at, "Etc/GMT+12") '
        '|| visit.date > localDate(visit.starts_at, "Pacific/Kiritimati")',
        ("visit.date", "visit.starts_at", "visit.timezone"),
        "The date of the visit is not the local date of its start.",
        "上门日期与开始时间的当地日期不一致。",
        "leave `visit.date` out where `visit.starts_at` is known",
    ),
    Doubt(
        "entry-contradicts-place",
        '(place.private || place.kind == "home") && conduct.exists(e, e.kind == "entry" && !e.private '
        "&& e.place_id == place.id)",
        ("conduct[].private", "place.private", "place.kind"),
        "An entry is said to be into no private space, yet the place is private.",
        "进入记录称并非私密空间，而该地点为私密空间。",
        "say the same of the place under `place` and in `conduct`",
    ),
    Doubt(
        "home-contradicts-private",
        'place.kind == "home" && !place.private',
        ("place.kind", "place.private"),
        "The place is said to be a home, and yet to be no private space.",
        "该地点记为住所，却又记为非私密空间。",
        "say that a home is private, or give the sort of place that was visited",
    ),
    Doubt(
        "absence-contradicts-meeting",
        'record.attitude == "absent" && met.exists(m, m.role == "debtor")',
        ("record.attitude", "met[].role"),
        "The debtor is said to have been absent, and yet to have been met.",
        "记录称债务人不在场，却又记有见到债务人。",
        "correct `record.attitude`, or leave the debtor out of `met`",
    ),
    Doubt(
        "nobody-met-contradicts-conduct",
        'met.size() == 0 && conduct.exists(e, e.kind in ["payment_taken", "threat", "insult", "disclosure", '
        '"plan_offered", "extension_offered", "asked_to_leave", "payment_demanded", "fee_requested", '
        '"pressed_to_borrow", "break_offered", "distress"] || (e.kind == "statement" && e.words.size() > 0))',
        ("met", "conduct[].kind"),
        "Nobody was met, yet words or a payment at the door are on record.",
        "记录显示未见到任何人，却又记有现场言语或收款。",
        "say in `met` who was there, or correct what is said of the door",
    ),
    Doubt(
        "spoken-with-yet-not-met",
        # Only what takes a talk: words may be shouted at somebody who is not met. Where nobody was, see above.
        'met.size() > 0 && conduct.exists(e, e.kind in ["identification", "disclosure", "plan_offered", '
        '"extension_offered", '
        '"payment_demanded", "payment_taken", "fee_requested", "pressed_to_borrow"] && !met.exists(m, m.role == e.to))',
        ("conduct[].to", "met[].role"),
        "Somebody is said to have been spoken with at the door, and is not among those met.",
        "记录称曾与某人交谈，而会见人员中并无此人。",
        "say in `met` who was there, or correct whom it was said to",
    ),
    Doubt(
        "debtor-not-concerned",
        'met.exists(m, m.role in ["debtor", "guarantor"] && !m.debt_related)',
        ("met[].role", "met[].debt_related"),
        "The debtor or a guarantor was met, and the debt is said not to concern that person.",
        "所见人员为债务人或保证人，却又记为与债务无关。",
        "correct who the person is, or whether the debt concerns them",
    ),
    Doubt(
        "guarantor-of-unguaranteed-debt",
        '!debt.guaranteed && (visit.target == "guarantor" || met.exists(m, m.role == "guarantor"))',
        ("debt.guaranteed", "visit.target", "met[].role"),
        "A guarantor is visited or was met, and nobody is said to guarantee the debt.",
        "上门对象或所见人员为保证人，而记录称该债务无保证。",
        "say that the debt is guaranteed, or correct who the person is",
    ),
    Doubt(
        "third-party-contradicts-plan",
        '!plan.contact_third_parties && visit.target in ["household_member", "colleague", "employer", "neighbour", '
        '"nominated_contact", "building_staff", "other"]',
        ("plan.contact_third_parties", "visit.target"),
        "The visit is to a third party, and the plan is said to leave third parties alone.",
        "上门对象为第三人，而上门计划称不接触第三人。",
        "say that third parties are to be approached, or correct whom the visit is to",
    ),
    Doubt(
        "notice-contradicts-place",
        'notices.exists(n, n.about == "visit" && !n.cancelled && n.place_id == place.id && n.place_kind != place.kind)',
        ("notices[].place_kind", "notices[].place_id", "place.kind"),
        "A notice names the place of the visit, and another sort of place than it is.",
        "通知所列地点即为上门地点，但所列的场所类型不同。",
        "correct what the notice says, or the sort of place",
    ),
    Doubt(
        "told-and-taken-back",
        # A visit may be called off and announced anew; what these notices tell stays so, unless another tells it anew.
        'notices.exists(n, n.about in ["outsourcing", "assignment", "privacy"] && n.cancelled '
        "&& (n.sent || n.delivered) && !notices.exists(o, o.about == n.about && !o.cancelled))",
        ("notices[].about", "notices[].cancelled"),
        "The debtor was told of something by notices that were all withdrawn.",
        "有关告知均已撤回。",
        "give the notice that stands, or correct `cancelled`",
    ),
    Doubt(
        "plan-contradicts-record",
        'record.repayment_plan in ["declined", "not_discussed"] '
        '&& conduct.exists(e, e.kind == "plan_offered" && e.accepted)',
        ("record.repayment_plan", "conduct[].accepted"),
        "The debtor is said to have declined a repayment plan or not to have talked of one, and to have accepted one.",
        "记录称借款人拒绝或未谈及还款计划，却又记有其接受还款计划。",
        "correct `record.repayment_plan`, or `accepted`",
    ),
    Doubt(
        "recording-far-longer",
        'recordings.exists(r, r.starts_at < visit.starts_at - duration("24h") '
        '|| r.ends_at > visit.ends_at + duration("24h") || r.starts_at < r.ends_at - duration("36h"))',
        ("recordings[].starts_at", "recordings[].ends_at", "visit.starts_at", "visit.ends_at"),
        "A recording is said to begin or to end more than a day away from the visit, or to last longer than any.",
        "录制的开始或结束时间与上门相差一天以上，或者时长不合常理。",
        "correct the times of the recording",
    ),
    Doubt(
        "visited-yet-not-listed",
        # In person, and from the collecting side, is a visit. Without a zone, the two are matched by half a day.
        'contacts.exists(c, c.channel == "in_person" && c.direction == "outbound" '
        '&& c.party in ["debtor", "household_member"] '
        '&& (!c.planned || c.connected || c.result in ["reached", "no_answer", "refused", "message_left", "delivered", '
        '"undelivered", "other"]) && c.at < visit.starts_at - duration("30m") && c.at >= history.visits_since '
        '&& !earlier_visits.exists(v, (c.at >= v.starts_at - duration("12h") && c.at <= v.starts_at + duration("12h")) '
        '|| (v.date >= localDate(c.at, "Etc/GMT+12") && v.date <= localDate(c.at, "Pacific/Kiritimati"))))',
        ("contacts[].channel", "contacts[].at", "earlier_visits"),
        "Somebody is said to have gone to the debtor, and the earlier visits hold no visit of that day.",
        "记录称曾当面联系债务人，而此前上门记录中没有当日的上门。",
        "give that visit among `earlier_visits`, or correct the contact",
    ),
    Doubt(
        "gap-contradicts-recording",
        # Whatever the gap's medium and times are: a recording of both, or of the whole visit, leaves no room for one.
        "recording_gaps.exists(g, recordings.exists(r, "
        "((r.starts_at <= g.starts_at && r.ends_at >= g.ends_at) "
        "|| (r.starts_at <= visit.starts_at && r.ends_at >= visit.ends_at)) "
        '&& (r.medium == g.medium || r.medium == "audio_video" || g.medium == "audio_video")))',
        ("recording_gaps[].medium", "recordings[].medium"),
        "A gap is said to lie inside a recording of the same medium that was not broken off.",
        "中断时段位于同一媒介的连续录制时段之内。",
        "give the recording as the parts before and after the gap",
    ),
    Doubt(
        "conduct-outside-the-visit",
        'conduct.exists(e, e.at < visit.starts_at - duration("5m") || e.at > visit.ends_at + duration("5m") '
        '|| e.until < visit.starts_at - duration("5m") || e.until > visit.ends_at + duration("5m")) '
        '|| met.exists(m, m.identity_confirmed_at < visit.starts_at - duration("5m") '
        '|| m.identity_confirmed_at > visit.ends_at + duration("5m") '
        '|| m.refused_at < visit.starts_at - duration("5m") || m.refused_at > visit.ends_at + duration("5m"))',
        (
            "conduct[].at",
            "conduct[].until",
            "met[].identity_confirmed_at",
            "met[].refused_at",
            "visit.starts_at",
            "visit.ends_at",
        ),
        "Something at the door is said to have happened more than 5 minutes before arrival or after departure.",
        "现场事件的时间早于到达或晚于离开五分钟以上。",
        "correct the time of the event, or of arrival and departure",
    ),
    Doubt(
        "left-before-arriving",
        'conduct.filter(e, e.kind == "departure").map(e, e.at).max() '
        '< conduct.filter(e, e.kind == "arrival").map(e, e.at).min()',
        ("conduct[].kind", "conduct[].at"),
        "Everybody is said to have left before anybody arrived.",
        "记录称所有人在有人到达之前即已离开。",
        "correct the time of arrival or of departure",
    ),
    Doubt(
        "done-by-one-not-there",
        'conduct.exists(e, (e.by_id != "" && !team.exists(m, m.id == e.by_id)) '
        "|| team.exists(m, m.id == e.by_id && !m.present))",
        ("conduct[].by_id", "team[].id", "team[].present"),
        "Something at the door is said to be done by somebody who is not on the team, or was not there.",
        "记录称现场行为系由不在上门人员之列或未到场的人实施。",
        "give everybody who went under `team`, or correct who did it",
    ),
    Doubt(
        "taken-more-than-owed",
        'conduct.exists(e, e.kind == "payment_taken" && e.amount > debt.amount)',
        ("conduct[].amount", "debt.amount"),
        "A payment is said to have been taken that is more than what is owed.",
        "记录称收取的款项多于所欠金额。",
        "correct the sum that was taken, or what is owed",
    ),
    Doubt(
        "overdue-yet-nothing-owed",
        # Zero is the one sum that is its own double.
        "debt.days_overdue > 0 && debt.amount + debt.amount == debt.amount",
        ("debt.days_overdue", "debt.amount"),
        "The debt is said to be overdue, and nothing to be owed.",
        "记录称债务已逾期，而所欠金额为零。",
        "correct what is owed, or how long the debt is overdue",
    ),
    Doubt(
        "agency-contradicts-involvement",
        # Contacts say nothing: an agency that worked on the case before may have made them.
        '!agency.involved && (agency.id != "" || agency.name != "" '
        '|| agency.mandate_from <= localDate(visit.starts_at, "Pacific/Kiritimati") '
        '|| agency.mandate_until >= localDate(visit.starts_at, "Etc/GMT+12") '
        '|| team.exists(m, m.employer == "agency" || m.agency_id != "") || conduct.exists(e, '
        'e.kind == "identification" && (e.presented_as == "agency" || e.named_principal == "agency")))',
        (
            "agency.involved",
            "agency.id",
            "agency.name",
            "agency.mandate_from",
            "agency.mandate_until",
            "team[].employer",
            "team[].agency_id",
            "conduct[].presented_as",
            "conduct[].named_principal",
        ),
        "No agency is said to be involved, yet an agency or its staff is named.",
        "记录称未委托催收机构，却又记有催收机构或其人员。",
        "say whether an agency works on this case",
    ),
    Doubt(
        "team-of-another-agency",
        # Whatever is asked of an agency is asked of `agency`: where it passed the case on, of the one whose people go.
        'team.exists(m, m.agency_id != agency.id || (m.employer in ["lender", "other"] && m.agency_id != "") '
        "|| team.exists(n, n.agency_id != m.agency_id))",
        ("team[].agency_id", "team[].employer", "agency.id"),
        "Somebody on the team is of another agency than the one that is named.",
        "上门人员所属的催收机构与所记的催收机构不一致。",
        "give under `agency` the facts of the agency whose people go, or correct whose staff they are",
    ),
    Doubt(
        "filed-before-the-visit",
        "record.filed_at < visit.starts_at || record.filed_at < visit.ends_at "
        "|| record.handed_over_at < visit.starts_at || record.handed_over_at < visit.ends_at",
        ("record.filed_at", "record.handed_over_at", "visit.starts_at", "visit.ends_at"),
        "The record of the visit was filed or handed over before the visit was over.",
        "上门记录的提交或移交时间早于上门结束时间。",
        "correct the time of filing or handing over, or of the visit",
    ),
    Doubt(
        "deleted-while-kept",
        # Told by the earliest day on earth: only a deletion before the last day of keeping, whatever the zone, is odd.
        'localDate(record.deleted_at, "Pacific/Kiritimati") < record.retained_until '
        '|| (record.deleted && localDate(visit.as_of, "Pacific/Kiritimati") < record.retained_until) '
        "|| record.deleted_at < visit.starts_at",
        ("record.deleted", "record.deleted_at", "record.retained_until"),
        "The record is said to be deleted before the last day on which it is kept, or before the visit.",
        "记录称已删除，而删除时间早于保存截止日或早于上门。",
        "correct what is said of the deletion, or until when the record is kept",
    ),
    Doubt(
        "unreachable-yet-reached",
        # Meeting the debtor on the visit is no contradiction: whoever cannot be reached otherwise is visited.
        'debtor.unreachable && contacts.exists(c, c.party == "debtor" && (c.result == "reached" || c.connected) && '
        "(c.at >= debtor.unreachable_since || (c.at < visit.starts_at && !contacts.exists(d, "
        'd.party == "debtor" && d.at > c.at && d.result in ["no_answer", "number_invalid", "undelivered"]))))',
        ("debtor.unreachable", "debtor.unreachable_since", "contacts[].at", "contacts[].result"),
        "The debtor is said to be unreachable, yet was reached and no attempt has failed since.",
        "记录称债务人失联，却又记有联系成功且此后并无联系失败。",
        "correct the contact, or say since when the debtor cannot be reached",
    ),
    Doubt(
        "answered-yet-in-vain",
        'contacts.exists(c, c.connected && c.result in ["no_answer", "number_invalid", "undelivered"])',
        ("contacts[].connected", "contacts[].result"),
        "A contact is said to have been answered, and yet to have come to nothing.",
        "同一次联系既记为接通，又记为未接通。",
        "correct `connected`, or `result`",
    ),
    Doubt(
        "time-to-avoid-without-days",
        "wishes.avoid_times.exists(t, t.weekdays.size() == 0)",
        ("wishes.avoid_times[].weekdays",),
        "A time to avoid is on no day of the week.",
        "应避开的时间未对应任何一天。",
        "name its days, or leave `weekdays` out where they are not known",
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
