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
    requested_by_debtor := draw(21) % 100 < 4,
    target := 'debtor'
  ) AS visit,
  struct_pack(
    id := place_id,
    kind := CASE WHEN another_place THEN ['hospital', 'school', 'other'][1 + draw(22) % 3] ELSE place_kind END,
    private := CASE WHEN another_place THEN NULL ELSE place_kind = 'home' END,
    office_area := CASE WHEN another_place THEN NULL ELSE place_kind = 'workplace' END,
    region := region.code,
    address := region.street || (1 + draw(23) % 300)::VARCHAR || '号',
    address_source := ['contract', 'debtor', 'debtor_authorised', 'public_record'][1 + draw(24) % 4],
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
      trained_on := DATE '2025-03-01' + ((agent * 7 + n) % 90)::INTEGER,
      screened := TRUE,
      confidentiality_signed := TRUE
    ) FOR n IN range(CASE WHEN alone THEN 1 WHEN draw(26) % 10 = 0 THEN 3 ELSE 2 END)] AS team,
  struct_pack(id := lender.id, name := lender.name, kind := lender.kind, memberships := lender.memberships) AS lender,
  CASE WHEN firm = 0 THEN struct_pack(
      id := NULL::VARCHAR, name := NULL::VARCHAR, involved := FALSE, whitelisted := NULL::BOOLEAN,
      whitelisted_from := NULL::DATE, whitelisted_until := NULL::DATE,
      mandate_from := NULL::DATE, mandate_until := NULL::DATE, inspected_on := NULL::DATE,
      evaluated_on := NULL::DATE, published := NULL::BOOLEAN, outsourcing_notified := NULL::BOOLEAN,
      outsourcing_notified_at := NULL::TIMESTAMPTZ, processing_contract := NULL::BOOLEAN,
      processing_contract_until := NULL::DATE, subcontracted := NULL::BOOLEAN, violations_on_record := NULL::BOOLEAN)
    WHEN agency_facts_unknown THEN struct_pack(
      id := printf('A-%d', firm), name := agency_name, involved := TRUE, whitelisted := NULL,
      whitelisted_from := NULL, whitelisted_until := NULL, mandate_from := NULL, mandate_until := NULL,
      inspected_on := NULL, evaluated_on := NULL, published := NULL, outsourcing_notified := NULL,
      outsourcing_notified_at := NULL, processing_contract := NULL, processing_contract_until := NULL,
      subcontracted := NULL, violations_on_record := NULL)
    ELSE struct_pack(
      id := printf('A-%d', firm), name := agency_name, involved := TRUE, whitelisted := TRUE,
      whitelisted_from := DATE '2025-01-01', whitelisted_until := DATE '2027-12-31',
      mandate_from := DATE '2025-01-01', mandate_until := DATE '2027-06-30',
      inspected_on := DATE '2025-05-10' + firm::INTEGER, evaluated_on := DATE '2025-06-10' + firm::INTEGER,
      published := TRUE, outsourcing_notified := TRUE, outsourcing_notified_at := moment(start - 40 * day()),
      processing_contract := TRUE, processing_contract_until := DATE '2027-12-31',
      subcontracted := FALSE, violations_on_record := firm >= 8) END AS agency,
  struct_pack(
    id := printf('D-%07d', debtor),
    name := person(mixed(debtor)),
    age_band := CASE WHEN mixed(debtor + 1) % 12 = 0 THEN '60_or_over' ELSE '18_to_59' END,
    capacity := 'full',
    deceased := FALSE,
    vulnerable := mixed(debtor + 2) % 40 = 0,
    unreachable := FALSE
  ) AS debtor,
  CASE WHEN absent THEN [] ELSE [struct_pack(
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
    product := CASE lender.kind WHEN 'bank' THEN if(draw(40) % 2 = 0, 'credit_card', 'personal_consumer_loan')
      WHEN 'consumer_finance' THEN 'personal_consumer_loan' ELSE 'micro_loan' END,
    online := draw(41) % 3 = 0,
    facilitated := draw(42) % 6 = 0,
    currency := if(amount_unknown, NULL, 'CNY'),
    amount := if(amount_unknown, NULL, ((100000 + draw(43) % 6000000)::DECIMAL(18, 2) / 100)::DECIMAL(18, 2)),
    days_overdue := if(days_overdue_unknown, NULL, 5 + draw(44) % 355),
    disputed := draw(45) % 50 = 0,
    lawful := TRUE,
    assigned := FALSE,
    guaranteed := draw(46) % 12 = 0
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
      number := printf('138%08d', mixed(debtor) % 100000000),
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
  CASE WHEN notices_unknown THEN NULL WHEN no_notice THEN [] ELSE [struct_pack(
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
    )] END AS notices,
  CASE WHEN place_kind = 'public_place' OR draw(52) % 3 = 0 THEN struct_pack(
    agreed := TRUE,
    agreed_at := moment(notice_at + minute()),
    starts_at := moment(planned),
    place_id := place_id,
    cancelled := FALSE
  ) ELSE struct_pack(agreed := FALSE, agreed_at := NULL, starts_at := NULL, place_id := NULL, cancelled := NULL)
  END AS appointment,
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
      place_id := place_id
    ) FOR kind IN ['entry', 'filming']] ELSE [] END AS consents,
  struct_pack(
    avoid_times := []::STRUCT(weekdays BIGINT[], from_time VARCHAR, until_time VARCHAR)[],
    places_refused := []::VARCHAR[],
    cease_requested := FALSE,
    no_contact_order := FALSE,
    authority_stopped := FALSE,
    moratorium := FALSE
  ) AS wishes,
  CASE WHEN conduct_unknown THEN NULL ELSE list_transform(
    list_filter([
      {k: 'arrival', after: 0, said: NULL::VARCHAR, does: TRUE},
      {k: 'identification', after: 60, said: NULL, does: NOT no_credentials},
      {k: 'recording_announced', after: 70, said: NULL, does: NOT not_recorded},
      {k: 'impersonation', after: 80, said: '我们是法院的。', does: impersonation},
      {k: 'entry', after: 120, said: NULL, does: entered OR entered_without_consent},
      {k: 'disclosure', after: 180, said: '您的贷款已经逾期，这是欠款明细。', does: NOT absent OR disclosed_to_a_neighbour OR disclosed_in_public},
      {k: 'statement', after: 240, said: if(rude_words, rude, polite), does: NOT absent OR rude_words},
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
      at := moment(if(one.k = 'departure', finish, start + one.after * second())),
      until := CASE WHEN one.k = 'entry' THEN moment(finish - minute()) END,
      by_id := CASE WHEN one.k NOT IN ('arrival', 'departure', 'distress', 'asked_to_leave') THEN collector(agent, 0) END,
      "to" := CASE WHEN one.k = 'disclosure' AND disclosed_to_a_neighbour THEN 'neighbour'
        WHEN one.k IN ('disclosure', 'statement', 'threat', 'insult', 'identification') THEN 'debtor' END,
      words := one.said,
      place_id := CASE WHEN one.k = 'entry' THEN place_id END,
      private := CASE WHEN one.k = 'entry' THEN TRUE END,
      invited := CASE WHEN one.k = 'entry' THEN NOT entered_without_consent END,
      documents_shown := CASE WHEN one.k = 'identification' THEN ['identification', 'authorisation_letter'] END,
      named_principal := CASE WHEN one.k = 'identification' THEN if(firm = 0, 'lender', 'agency') END,
      topic := CASE WHEN one.k = 'disclosure' THEN 'debt_amount' END,
      public := CASE WHEN one.k = 'disclosure' THEN disclosed_in_public WHEN one.k = 'posting' THEN TRUE END,
      currency := CASE WHEN one.k = 'payment_taken' THEN 'CNY' END,
      amount := CASE WHEN one.k = 'payment_taken' THEN 500.00::DECIMAL(18, 2) END,
      payment_channel := CASE WHEN one.k = 'payment_taken' THEN 'cash' END,
      sealed := CASE WHEN one.k = 'posting' THEN FALSE END,
      accepted := CASE WHEN one.k = 'plan_offered' THEN draw(53) % 2 = 0 END
    )) END AS conduct,
  CASE WHEN recordings_unknown THEN NULL WHEN not_recorded THEN [] ELSE [struct_pack(
      id := 'r' || part::VARCHAR,
      medium := if(entered OR entered_without_consent, 'audio', 'audio_video'),
      starts_at := moment(if(part = 1, start - minute(), start + 400 * second())),
      ends_at := moment(if(recording_interrupted AND part = 1, start + 200 * second(), finish + minute())),
      announced := TRUE,
      device_owner := if(firm = 0, 'lender', 'agency')
    ) FOR part IN range(1, if(recording_interrupted, 3, 2))] END AS recordings,
  CASE WHEN recordings_unknown THEN NULL ELSE []::STRUCT(starts_at TIMESTAMPTZ, ends_at TIMESTAMPTZ, reason VARCHAR)[] END
    AS recording_gaps,
  struct_pack(
    filed := CASE WHEN filing_unknown THEN NULL ELSE NOT not_filed END,
    filed_at := CASE WHEN filing_unknown OR not_filed THEN NULL
      WHEN filed_late THEN moment(finish + 25 * hour() + (draw(54) % 200) * hour())
      ELSE moment(finish + 20 * minute() + (draw(54) % 1200) * minute()) END,
    attitude := if(absent, 'absent', ['cooperative', 'neutral', 'reluctant', 'hostile'][1 + draw(55) % 4]),
    repayment_plan := if(absent, 'not_discussed', ['agreed', 'under_discussion', 'declined'][1 + draw(56) % 3]),
    difficulties_recorded := NOT record_incomplete AND NOT absent,
    retained_until := DATE '1970-01-01' + (start // day() + 1100)::INTEGER,
    handed_over := TRUE,
    handed_over_at := moment(finish + 23 * hour())
  ) AS record,
  struct_pack(found := FALSE) AS evasion,
  struct_pack(contacts_since := moment(start - 120 * day())) AS history
FROM flagged
