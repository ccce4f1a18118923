-- One made-up visit a row, from the flags and times that `query.py` puts before it as `flagged`.
-- Moments are counted in microseconds and become timestamps by `moment`.
SELECT
  struct_pack(
    id := printf('V-%08d', i),
    case_id := printf('C-%07d', debtor),
    stage := 'recorded',
    purpose := ['collect', 'agree_plan', 'verify_circumstances', 'deliver_documents'][1 + draw(20) % 4],
    starts_at := moment(start),
    ends_at := if(departure_unknown, NULL, moment(finish)),
    timezone := 'Asia/Shanghai',
    requested_by_debtor := draw(21) % 100 < 4 AND NOT late_notice,
    target := 'debtor',
    as_of := moment(midnight + 31 * day())
  ) AS visit,
  struct_pack(
    id := place_id,
    kind := CASE WHEN another_place THEN ['hospital', 'school'][1 + draw(22) % 2] ELSE place_kind END,
    private := place_kind = 'home' AND NOT another_place AND NOT home_said_to_be_public,
    office_area := place_kind = 'workplace' AND NOT another_place,
    region := region.code,
    address := region.street || (1 + draw(23) % 300)::VARCHAR || '号',
    address_source := if(address_bought, 'purchased', ['contract', 'debtor'][1 + own(24) % 2]),
    address_obtained_at := moment(opened - 90 * day()),
    planned_distance_m := CASE WHEN distance_unknown THEN NULL
      WHEN far_from_the_place THEN 250 + draw(25) % 4000 ELSE draw(25) % 90 END
  ) AS place,
  [struct_pack(
      id := collector(agent, n),
      name := person(draw(30 + n)),
      employer := if(firm = 0, 'lender', 'agency'),
      agency_id := if(firm = 0, NULL, printf('A-%d', firm)),
      present := TRUE,
      authorised := TRUE,
      trained := TRUE,
      trained_on := quarter - (30 + (agent * 7 + n) % 50)::INTEGER,
      screened := TRUE,
      screened_on := DATE '2025-01-06' + (agent % 60)::INTEGER,
      confidentiality_signed := TRUE,
      authorised_until := if(authorisation_run_out, quarter - 1, DATE '2027-12-31')
    ) FOR n IN range(people)] AS team,
  struct_pack(id := lender.id, name := lender.name, kind := lender.kind, memberships := lender.memberships) AS lender,
  struct_pack(
    id := if(firm = 0, NULL, printf('A-%d', firm)),
    name := if(firm = 0, NULL, agency_name),
    involved := firm > 0,
    whitelisted := of_agency,
    whitelisted_from := if(of_agency, DATE '2025-01-01', NULL),
    whitelisted_until := if(of_agency, DATE '2027-12-31', NULL),
    mandate_from := if(of_agency, given_out, NULL),
    mandate_until := if(of_agency, DATE '2027-06-30', NULL),
    inspected_on := if(of_agency, quarter - 10 - firm::INTEGER, NULL),
    evaluated_on := if(of_agency, quarter - 20 - firm::INTEGER, NULL),
    published := of_agency,
    outsourcing_notified := of_agency,
    outsourcing_notified_at := if(of_agency, moment(opened), NULL),
    processing_contract := of_agency,
    processing_contract_until := if(of_agency, DATE '2027-12-31', NULL),
    impact_assessed := of_agency,
    impact_assessed_on := if(of_agency, DATE '2025-02-10' + firm::INTEGER, NULL),
    subcontracted := NOT of_agency,
    shares_debt := NOT of_agency,
    private_devices_approved := NOT of_agency,
    violations_on_record := agency_in_violation AND of_agency
  ) AS agency,
  struct_pack(
    id := printf('D-%07d', debtor),
    name := person(own(30)),
    age_band := CASE WHEN own(31) % 12 = 0 THEN '60_or_over' ELSE '18_to_59' END,
    capacity := 'full',
    deceased := FALSE,
    vulnerable := debtor_vulnerable,
    vulnerabilities := if(debtor_vulnerable, ['illness'], []::VARCHAR[]),
    represented := debtor_represented,
    represented_since := if(debtor_represented, moment(start - 5 * day()), NULL),
    student := FALSE,
    unreachable := FALSE
  ) AS debtor,
  CASE WHEN absent AND NOT absent_yet_met THEN [] ELSE [struct_pack(
      id := 'm1',
      role := 'debtor',
      debt_related := TRUE,
      identity_confirmed := CASE WHEN identity_unknown THEN NULL ELSE NOT identity_not_confirmed END,
      identity_confirmed_at := if(identity_unknown OR identity_not_confirmed, NULL, moment(start + 90 * second())),
      under_14 := FALSE,
      refused := FALSE
    )] END AS met,
  struct_pack(
    id := printf('B-%07d', debtor),
    product := CASE lender.kind WHEN 'bank' THEN if(own(40) % 2 = 0, 'credit_card', 'personal_consumer_loan')
      WHEN 'consumer_finance' THEN 'personal_consumer_loan' ELSE 'micro_loan' END,
    online := own(41) % 3 = 0,
    facilitated := own(42) % 6 = 0,
    currency := 'CNY',
    amount := ((100000 + draw(43) % 6000000)::DECIMAL(18, 2) / 100)::DECIMAL(18, 2),
    days_overdue := if(days_overdue_unknown, NULL, 5 + draw(44) % 355),
    disputed := debt_disputed,
    disputed_at := if(debt_disputed, moment(start - 6 * day()), NULL),
    lawful := TRUE,
    assigned := FALSE,
    guaranteed := own(46) % 12 = 0
  ) AS debt,
  [struct_pack(
      item := item,
      matched := NOT (item = 'amount' AND amount_not_matched),
      at := moment(start - 3 * day() - (draw(47) % 20) * hour()),
      source := 'core_system'
    ) FOR item IN ['name', 'contact', 'amount', 'days_overdue', 'address']] AS verification,
  CASE WHEN preparation_unknown THEN NULL ELSE struct_pack(
    finances_reviewed := NOT finances_not_reviewed,
    finances_reviewed_at := if(finances_not_reviewed, NULL, moment(start - 2 * day() - (draw(48) % 6) * hour())),
    documents := if(documents_incomplete, ['loan_contract', 'identification'],
      ['loan_contract', 'account_statement', 'contact_record', 'authorisation_letter', 'identification']),
    emergency_plan := NOT no_emergency_plan,
    emergency_contact := if(no_emergency_plan, NULL, '值班主管 400-000-0000')
  ) END AS preparation,
  CASE WHEN contacts_unknown THEN NULL ELSE list_concat(
    [struct_pack(
      at := moment(start - contact_day(n, too_many_contacts) * day() - (n * 37 + draw(49) % 30) * minute()),
      channel := if(n % 3 = 2, 'sms', 'phone'),
      direction := 'outbound',
      number := printf('138%08d', own(32) % 100000000),
      party := 'debtor',
      kind := if(n % 3 = 2, 'informative', 'interactive'),
      result := if(n % 3 = 2, 'delivered', 'no_answer'),
      connected := CASE WHEN n % 3 = 2 THEN NULL ELSE FALSE END,
      "by" := if(firm = 0, 'lender', 'agency'),
      planned := FALSE,
      debt_disclosed := FALSE
    ) FOR n IN range(CASE WHEN too_few_attempts THEN 1 WHEN too_many_contacts THEN 8
      ELSE 3 + (draw(50) % 4)::BIGINT END)],
    CASE WHEN told_somebody_by_phone THEN [struct_pack(
      at := moment(start - 4 * day()),
      channel := 'phone',
      direction := 'outbound',
      number := '13900000000',
      party := 'household_member',
      kind := 'interactive',
      result := 'reached',
      connected := TRUE,
      "by" := if(firm = 0, 'lender', 'agency'),
      planned := FALSE,
      debt_disclosed := TRUE
    )] ELSE [] END) END AS contacts,
  CASE WHEN notices_unknown THEN NULL ELSE list_filter([
    struct_pack(
      about := 'visit',
      sent := TRUE,
      sent_at := moment(notice_at - 6 * second()),
      channel := if(draw(51) % 4 = 0, 'phone', 'sms'),
      "to" := 'debtor',
      delivered := TRUE,
      delivered_at := moment(notice_at),
      starts_at := moment(planned),
      ends_at := moment(planned + hour()),
      place_id := if(notice_of_another_place, place_id || '-2', place_id),
      cancelled := FALSE
    ), struct_pack(
      about := 'privacy',
      sent := TRUE,
      sent_at := moment(opened - 60 * day() - minute()),
      channel := 'app_message',
      "to" := 'debtor',
      delivered := TRUE,
      delivered_at := moment(opened - 60 * day()),
      starts_at := NULL,
      ends_at := NULL,
      place_id := NULL,
      cancelled := FALSE
    )], lambda one: if(one.about = 'visit', NOT no_notice, NOT no_privacy_notice)) END AS notices,
  struct_pack(
    agreed := appointed,
    agreed_at := if(appointed, moment(notice_at + minute()), NULL),
    starts_at := if(appointed, moment(planned - 5 * minute()), NULL),
    ends_at := if(appointed, moment(planned + 5 * hour()), NULL),
    place_id := if(appointed, place_id, NULL),
    cancelled := if(appointed, FALSE, NULL)
  ) AS appointment,
  CASE WHEN entered THEN [struct_pack(
      kind := kind,
      "by" := 'debtor',
      given := TRUE,
      given_at := moment(start + minute()),
      method := 'recorded_call',
      informed := TRUE,
      withdrawn := FALSE,
      valid_from := moment(start),
      valid_until := moment(start + 12 * hour()),
      place_id := place_id,
      evidence_id := printf('E-%08d-%s', i, kind)
    ) FOR kind IN ['entry', 'filming']] ELSE [] END AS consents,
  struct_pack(
    avoid_times := []::STRUCT(weekdays BIGINT[], from_time VARCHAR, until_time VARCHAR)[],
    places_refused := []::VARCHAR[],
    cease_requested := cease_requested,
    cease_requested_at := if(cease_requested, moment(start - 8 * day()), NULL),
    no_contact_order := FALSE,
    authority_stopped := FALSE,
    moratorium := FALSE
  ) AS wishes,
  CASE WHEN conduct_unknown THEN NULL ELSE list_transform(
    list_filter([
      {k: 'arrival', after: 0, said: NULL::VARCHAR, does: TRUE},
      {k: 'identification', after: 60, said: '1', does: NOT absent AND NOT no_credentials},
      {k: 'identification', after: 61, said: '2',
        does: NOT absent AND NOT no_credentials AND NOT one_without_credentials AND people > 1},
      {k: 'identification', after: 62, said: '3', does: NOT absent AND NOT no_credentials AND people > 2},
      {k: 'recording_announced', after: 70, said: NULL, does: NOT not_recorded AND NOT recording_not_announced},
      {k: 'impersonation', after: 80, said: '我们是法院的。', does: impersonation},
      {k: 'entry', after: 120, said: NULL, does: entered OR entered_without_consent},
      {k: 'disclosure', after: 180, said: '您的贷款已经逾期，这是欠款明细。', does: NOT absent},
      {k: 'statement', after: 240, said: if(rude_words, rude, polite), does: NOT absent OR nobody_met_yet_spoken},
      {k: 'plan_offered', after: 300, said: NULL, does: NOT absent AND NOT no_plan_offered},
      {k: 'threat', after: 320, said: rude, does: threat},
      {k: 'insult', after: 325, said: rude, does: insult},
      {k: 'violence', after: 330, said: NULL, does: violence},
      {k: 'obstruction', after: 335, said: NULL, does: obstruction},
      {k: 'following', after: 340, said: NULL, does: followed},
      {k: 'property_taken', after: 345, said: NULL, does: property_taken},
      {k: 'false_statement', after: 350, said: '明天就会上门扣押。', does: false_statement},
      {k: 'distress', after: 355, said: NULL, does: no_break_offered},
      {k: 'payment_taken', after: 360, said: NULL, does: cash_taken},
      {k: 'posting', after: 400, said: NULL, does: notice_posted},
      {k: 'asked_to_leave', after: 420, said: '请你们离开。', does: stayed_when_asked_to_leave},
      {k: 'departure', after: NULL, said: NULL, does: TRUE}], lambda one: one.does),
    lambda one: struct_pack(
      kind := one.k,
      at := moment(CASE WHEN one.k = 'departure' THEN finish WHEN one.k = 'statement' AND spoken_after_departure
        THEN finish + 50 * minute() ELSE start + one.after * second() END),
      until := CASE WHEN one.k = 'entry' THEN moment(finish - minute()) END,
      by_id := CASE WHEN one.k = 'identification' THEN collector(agent, one.said::BIGINT - 1)
        WHEN one.k NOT IN ('arrival', 'departure', 'distress', 'asked_to_leave') THEN collector(agent, 0) END,
      "to" := CASE WHEN one.k = 'disclosure' AND disclosed_to_a_neighbour THEN 'neighbour'
        WHEN one.k IN ('disclosure', 'statement', 'threat', 'insult', 'identification', 'plan_offered', 'payment_taken')
        THEN 'debtor' END,
      words := if(one.k = 'identification', NULL, one.said),
      place_id := CASE WHEN one.k = 'entry' THEN place_id END,
      private := CASE WHEN one.k = 'entry' THEN TRUE END,
      office_area := CASE WHEN one.k = 'entry' THEN FALSE END,
      invited := CASE WHEN one.k = 'entry' THEN NOT entered_without_consent END,
      documents_shown := CASE WHEN one.k = 'identification'
        THEN ['identification', 'authorisation_letter', 'loan_information'] END,
      named_principal := CASE WHEN one.k = 'identification' THEN 'lender' END,
      presented_as := CASE WHEN one.k = 'identification' THEN if(firm = 0, 'lender', 'agency')
        WHEN one.k = 'impersonation' THEN 'state_body' END,
      topic := CASE WHEN one.k = 'disclosure' THEN 'debt_amount' END,
      public := CASE WHEN one.k = 'disclosure' THEN disclosed_in_public WHEN one.k = 'posting' THEN TRUE END,
      currency := CASE WHEN one.k = 'payment_taken' THEN 'CNY' END,
      amount := CASE WHEN one.k = 'payment_taken' THEN 500.00::DECIMAL(18, 2) END,
      payment_channel := CASE WHEN one.k = 'payment_taken' THEN 'cash' END,
      sealed := CASE WHEN one.k = 'posting' THEN FALSE END,
      material := CASE WHEN one.k = 'posting' THEN 'collection_letter' END,
      letter_states := CASE WHEN one.k = 'posting' THEN ['debtor_name', 'balance'] END,
      accepted := CASE WHEN one.k = 'plan_offered' THEN draw(56) % 3 = 0 END
    )) END AS conduct,
  CASE WHEN recordings_unknown THEN NULL WHEN not_recorded THEN [] ELSE [struct_pack(
      id := 'r' || part::VARCHAR,
      medium := 'audio_video',
      starts_at := moment(if(part = 1, start - minute(), start + 400 * second())),
      ends_at := moment(if(recording_interrupted AND part = 1, start + 200 * second(), finish + minute())),
      announced := NOT recording_not_announced,
      device_owner := if(firm = 0, 'lender', 'agency')
    ) FOR part IN range(1, if(recording_interrupted, 3, 2))] END AS recordings,
  CASE WHEN recordings_unknown THEN NULL ELSE []::STRUCT(starts_at TIMESTAMPTZ, ends_at TIMESTAMPTZ, reason VARCHAR)[] END
    AS recording_gaps,
  struct_pack(
    filed := CASE WHEN filing_unknown THEN NULL ELSE NOT not_filed END,
    filed_at := CASE WHEN filing_unknown OR not_filed THEN NULL
      WHEN filed_before_the_visit THEN moment(start - 30 * minute())
      WHEN filed_late THEN moment(finish + 25 * hour() + (draw(54) % 200) * hour())
      ELSE moment(finish + 20 * minute() + (draw(54) % 1200) * minute()) END,
    attitude := if(absent OR absent_yet_met, 'absent', ['cooperative', 'neutral', 'reluctant', 'hostile'][1 + draw(55) % 4]),
    repayment_plan := if(absent, 'not_discussed', ['agreed', 'under_discussion', 'declined'][1 + draw(56) % 3]),
    difficulties_recorded := NOT record_incomplete AND NOT absent,
    difficulties := if(record_incomplete OR absent, NULL, '失业'),
    summary := if(absent, '借款人不在家。', '已与借款人当面沟通。'),
    retained_until := DATE '1970-01-01' + (start // day() + 2000)::INTEGER,
    handed_over := TRUE,
    handed_over_at := moment(finish + 23 * hour()),
    deleted := FALSE
  ) AS record,
  struct_pack(found := FALSE) AS evasion,
  struct_pack(
    contacts_since := moment(opened - 30 * day()),
    visits_since := moment(opened - 30 * day()),
    complaints_since := moment(opened - 30 * day())
  ) AS history,
  CASE WHEN complaint_open THEN [struct_pack(
      id := printf('Q-%08d', i),
      at := moment(start - 9 * day()),
      about := 'conduct',
      resolved := FALSE,
      resolved_at := NULL::TIMESTAMPTZ
    )] ELSE [] END AS complaints,
  CASE WHEN contacts_go_on OR conduct_goes_on OR recordings_go_on THEN struct_pack(
    contacts := if(contacts_go_on AND NOT contacts_unknown, {complete: FALSE}, NULL),
    conduct := if(conduct_goes_on AND NOT conduct_unknown, {complete: FALSE}, NULL),
    recordings := if(recordings_go_on AND NOT recordings_unknown, {complete: FALSE}, NULL)
  ) END AS completeness
FROM flagged
