package visit

import rego.v1

failed contains "notice" if not notice_ok

failed contains "consent" if not consent_given

failed contains "consent" if withdrawn

failed contains "hours" if not hours_ok

failed contains "place" if not input.place in {"residence", "workplace", "public"}

failed contains "team" if not input.team_size >= 2

failed contains "identity" if not input.identity_verified

failed contains "threat" if {
	some a in input.actions
	a.kind == "threat"
}

failed contains "disclosure" if {
	some a in input.actions
	a.kind == "disclosure"
	a.party == "third_party"
}

failed contains "frequency" if contacts > 2

failed contains "filed" if not filed_ok

failed contains "recording" if not input.recording_on

failed contains "debt" if not debt_ok

notice_ok if {
	some a in input.actions
	a.kind == "notice"
	a.channel in {"phone", "sms"}
	a.at <= input.start - 86400
}

consent_given if {
	some a in input.actions
	a.kind == "consent"
	a.at <= input.start
}

withdrawn if {
	some a in input.actions
	a.kind == "consent_withdrawn"
	a.at <= input.end
}

hours_ok if {
	input.minute_of_day >= 480
	input.minute_of_day < 1200
}

contacts := count([1 |
	some a in input.actions
	a.kind == "contact"
	a.at >= input.start - 604800
	a.at < input.start
])

filed_ok if {
	input.filed_at != null
	input.filed_at <= input.end + 86400
}

debt_ok if {
	input.amount_minor > 0
	input.days_overdue >= 1
}
