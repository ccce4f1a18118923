"""The codes of problems that a visit, or a register, may have."""

from visitcheck.errors import register_codes

register_codes(
    {
        "visit-not-an-object": "A visit is an object (a mapping) of groups of facts. "
        'Give one, like `{"visit": {"id": "v1"}}`.',
        "input-empty": "The input holds no visit (or no case file was found), so nothing was judged. That is an error "
        "and no success: a pipeline that lost its input must not look clean. `--allow-empty` accepts it in an audit.",
        "visit-encoding": "The bytes are not UTF-8 text. Save the file as UTF-8.",
        "visit-too-deep": "Objects or lists are nested more deeply than any visit needs. "
        "Send the facts of the visit only.",
        "visit-too-large": "The visit has more characters or values than the limit. "
        "Send only what belongs to this visit, or shorten its histories and say so in `history`.",
        "visit-too-many-problems": "There are more problems than are reported at once. "
        "Mend those listed, then check again.",
        "json-syntax": "The text is not well-formed JSON. The place given is where the reader gave up.",
        "json-duplicate-key": "The same key is given twice in one JSON object. Keep one of them.",
        "json-number": "A number is written with more digits than are read, or is `NaN` or `Infinity`, "
        "which JSON "
        "does not have. Leave a number that is not known out.",
        "fact-unknown-name": "No group or fact has this name. Use the nearest known name, see "
        "`docs/facts.md`; "
        "facts of your own are declared by a pack and stand under `extra`.",
        "fact-wrong-type": "The value is not of the type that the fact has, like a text where a number is "
        "expected. "
        "Nothing is converted silently.",
        "fact-stand-in": "A word like `unknown` or `n/a`, or an empty text, stands for a missing value. "
        "Leave the fact out: a missing fact is unknown.",
        "fact-unknown-word": "The fact has a closed set of words, and this is none of them. Use one of those listed.",
        "fact-null-element": "A list holds `null`. Leave the element out; "
        "a list that is not complete is left out as a whole.",
        "fact-timestamp": "The value is no RFC 3339 timestamp. Write date, `T`, time with seconds, and "
        "the offset "
        "from UTC: `2026-01-30T10:00:00+08:00`.",
        "fact-timestamp-naive": "The timestamp has no offset from UTC, so it names no moment. "
        "Add the offset of the place, like `+08:00`.",
        "fact-timestamp-fine": "The time is finer than a microsecond. Give at most six digits of a second.",
        "fact-leap-second": "Leap seconds have no place in the calendar used here. Write the second after it.",
        "fact-time-range": "There is no such day or time of day, or it is outside the years 1 to 9999.",
        "fact-date": "The value is no date. Write year, month and day: `2026-01-30`.",
        "fact-time-of-day": "The value is no local time of day. Write hours and minutes, like `22:00`; "
        "`24:00` is allowed as an end only.",
        "fact-duration": "The value is no duration. Write it like `36h` or `1h30m`.",
        "fact-zone": "There is no time zone of this name. Use a name of the IANA database in exact case, "
        "like `Asia/Shanghai`.",
        "fact-range": "The number is outside the range that the fact has.",
        "fact-not-finite": "The number is not finite. Leave a number that is not known out.",
        "fact-money": 'The value is no sum of money. Write digits and a decimal point, like `"1234.50"`.',
        "fact-money-decimals": "The sum has more than two decimals. Give hundredths at most.",
        "fact-currency-missing": "A sum of money has no currency beside it. Add `currency`, like `CNY`.",
        "fact-pattern": "The text is not written as this fact demands. Follow the example given.",
        "fact-too-long": "The text is longer than the limit. Shorten it.",
        "fact-too-many": "The list has more elements than the limit. Shorten it, and say so in `history`.",
        "fact-character": "The text holds a character that it may not hold, like U+0000 or, in an id, a "
        "line break. Remove it.",
        "fact-surrogate": "The text holds half of a surrogate pair, which is no character. Remove it.",
        "fact-order": "Two times are in the wrong order, like an end before its start. Correct one of them.",
        "fact-state-time": "A state is false, yet the time at which it became true is given. "
        "Leave the time out, or set the state to true.",
        "fact-after-as-of": "Something that has happened is later than `visit.as_of`, the moment of judging. "
        "Leave out what has not happened yet, or mark a contact as `planned`.",
        "fact-same-times": "A span of time has the same start and end, which could mean nothing or the "
        "whole day. "
        "For the whole day write `00:00` and `24:00`.",
        "fact-wrong-kind": "The fact belongs to another kind of event. Leave it out, or record another event.",
        "fact-nothing-named": "`all_with` under `completeness` is given and names no fact. Name the words of a closing "
        "fact of that list, like `{kind: [threat]}`, or leave `all_with` out: the list goes on then.",
        "fact-duplicate-id": "Two elements of a list have the same id. Give each its own.",
        "fact-list-not-given": "`completeness` says of a list that it is complete, and the list is not given. "
        "Give it, empty where there is nothing, or leave it out of `completeness`.",
        "register-contradiction": "The visit and the register say different things about the same fact. "
        "Correct one of them, or leave the fact out of the visit. A proposal is refused; a recorded visit is judged by "
        "the register, and never allowed.",
        "not-registered": "Registers are given, and none holds the lender, agency or collector that the visit names. "
        "Give the id under which the register holds them, or add them to it. The visit is judged and "
        "never allowed, or refused where `require_registered` asks for that.",
        "history-contradiction": "A record calls its `earlier_visits` complete, and the audited visits hold more of "
        "the same debtor. Both are used. Give every earlier visit, or say in `completeness` that the list goes on.",
        "register-id": "An entry of a register has another `id` than the one it is filed under. Leave `id` out.",
        "date-contradicts-start": "`visit.date` is not the local date of `visit.starts_at`. Leave the date out "
        "where the start is known. A proposal with such a doubt is refused; a recorded visit is judged, never allowed.",
        "entry-contradicts-place": "An entry in `conduct` and `place` disagree on whether the same place is private. "
        "Say the same in both.",
        "nobody-met-contradicts-conduct": "`met` says that nobody was met, and `conduct` has words or a payment at the "
        "door. Say in `met` who was there, or correct `conduct`.",
        "gap-contradicts-recording": "A gap in the recording lies inside a recording of the same medium. Give the "
        "recording as the parts before and after the gap.",
        "conduct-outside-the-visit": "Something at the door happened more than 5 minutes before `visit.starts_at` or "
        "after `visit.ends_at`. Correct the time of the event, or of arrival and departure.",
        "left-before-arriving": "The last `departure` in `conduct` is earlier than the first `arrival`. Correct the "
        "time of one of them.",
        "done-by-one-not-there": "`conduct[].by_id` names somebody whom `team` does not hold, or with `present` false. "
        "Give everybody who went under `team`, or correct who did it.",
        "taken-more-than-owed": "A `payment_taken` is more than `debt.amount`. Correct one of them.",
        "overdue-yet-nothing-owed": "`debt.amount` is zero, and `debt.days_overdue` is not. Correct one of them.",
        "agency-contradicts-involvement": "`agency.involved` is false, and an agency or its staff is named. Say "
        "whether an agency works on this case.",
        "filed-before-the-visit": "The record was filed or handed over before the visit was over. Correct the time of "
        "filing or handing over, or of the visit.",
        "home-contradicts-private": "The place is a home and said to be no private space. Say that it is private, or "
        "give the sort of place that was visited.",
        "absence-contradicts-meeting": "`record.attitude` says that the debtor was absent, and `met` holds the debtor. "
        "Correct one of them.",
        "unreachable-yet-reached": "`debtor.unreachable` is true, yet a contact reached the debtor and no attempt has "
        "failed since. Correct the contact, or say since when the debtor cannot be reached.",
        "answered-yet-in-vain": "A contact is both `connected` and in vain, like `no_answer`. Correct one of them.",
        "team-of-another-agency": "`team[].agency_id` and `agency.id` differ, two on the team are of different "
        "agencies, or staff who are no agency's name one. Give under `agency` the facts of the agency whose people go.",
        "deleted-while-kept": "`record.deleted` is true, or `record.deleted_at` earlier, while `record.retained_until` "
        "is still to come; or the deletion is before the visit. Correct one of them.",
        "spoken-with-yet-not-met": "`conduct` says that something was said or offered to, or taken from, somebody whom "
        "`met` does not hold. Add the person to `met`, or correct `to`.",
        "debtor-not-concerned": "`met` holds the debtor or a guarantor with `debt_related` false. Correct the role, or "
        "`debt_related`.",
        "guarantor-of-unguaranteed-debt": "`debt.guaranteed` is false, and a guarantor is visited or was met. Correct "
        "one of them.",
        "third-party-contradicts-plan": "`plan.contact_third_parties` is false, and `visit.target` is a third party. "
        "Correct one of them.",
        "notice-contradicts-place": "A notice of the visit names `place.id`, and with `place_kind` another sort of "
        "place than `place.kind`. Correct one of them.",
        "told-and-taken-back": "All notices on outsourcing, an assignment or personal data are `cancelled`. Give the "
        "notice that stands, or correct `cancelled`.",
        "plan-contradicts-record": "`record.repayment_plan` says that no plan was agreed, and a plan that was offered "
        "is `accepted`. Correct one of them.",
        "recording-far-longer": "A recording begins or ends more than a day away from the visit, or lasts more than 36 "
        "hours. Correct its times.",
        "visited-yet-not-listed": "A contact in person from the collecting side, since `history.visits_since`, is a "
        "visit, and `earlier_visits` hold none of that day. Add it there, or correct the contact.",
        "time-to-avoid-without-days": "A time to avoid has an empty list of weekdays. Name its days, or leave "
        "`weekdays` out where they are not known.",
    }
)
