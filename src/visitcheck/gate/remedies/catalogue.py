"""The things that can be done, in words: what each asks for, by when, and which value of a fact it stands for."""

from __future__ import annotations

from visitcheck.facts.types import TIMESTAMP
from visitcheck.gate.messages import say_value
from visitcheck.policy.model import LANGUAGES, Language, Text


def _t(en: str, zh: str) -> Text:
    return Text(en=en, zh=zh)


PROMISES: tuple[tuple[str, object, Text], ...] = (
    ("carry_documents", True, _t("Carry the authorisation and the loan documents.", "上门时携带授权书和借款资料。")),
    ("show_identification", True, _t("Show identification on arrival.", "到达后出示证件。")),
    ("name_employer", True, _t("Say whose staff you are and on whose behalf you come.", "说明所属单位和受谁委托。")),
    ("offer_plan", True, _t("Be ready to offer a repayment plan.", "准备提出还款方案。")),
    ("leave_when_asked", True, _t("Leave as soon as you are asked to.", "被要求离开时立即离开。")),
    (
        "respectful_conduct",
        True,
        _t("Instruct the team to stay respectful, without any threat.", "要求全程文明，不作任何威胁。"),
    ),
    ("keep_private", True, _t("Keep the debt private from others.", "不向他人透露债务。")),
    (
        "contact_third_parties",
        False,
        _t("Do not speak with people who are not party to the debt.", "不与债务无关的人交谈。"),
    ),
    (
        "enter_home",
        False,
        _t("Do not enter the home: talk at the door or elsewhere.", "不进入住所，在门口或其他地点沟通。"),
    ),
    ("meet_in_public", True, _t("Offer to meet in a public place.", "提出在公共场所会面。")),
    ("record_audio", True, _t("Record sound from arrival to departure.", "从到达到离开全程录音。")),
    ("record_video", True, _t("Record video from arrival to departure.", "从到达到离开全程录像。")),
    ("record_video", False, _t("Leave the camera off.", "不录像。")),
    ("official_dress", False, _t("Wear nothing that looks like an authority's dress.", "不穿着类似执法人员的服装。")),
    (
        "private_devices",
        False,
        _t("Use no private devices to record or to store data.", "不使用私人设备录制或保存资料。"),
    ),
    ("take_payment", False, _t("Take no payment at the door.", "不在现场收款。")),
    ("leave_material", False, _t("Leave no written material.", "不留置书面材料。")),
    ("emergency_plan", True, _t("Carry the emergency plan and know it.", "随身携带并熟悉应急预案。")),
    (
        "letter_states",
        (
            "debtor_name",
            "balance",
            "reason_and_legal_basis",
            "debtor_rights",
            "how_to_check",
            "how_to_dispute",
            "lender_contact",
            "official_seal",
        ),
        _t(
            "Let the letter state name, balance, reason and legal basis, the borrower's rights, how to check and "
            "dispute the debt and whom to contact, under the lender's seal.",
            "催收函须载明姓名、欠款余额、催收事由和法律依据、债务人权利、查询和异议渠道、联系方式，并加盖公章。",
        ),
    ),
)
"""Promises by the name of the fact below `plan`, with the value that protects."""

TARGET = _t("Make the visit to the borrower.", "上门对象改为借款人本人。")
FINANCES = _t("Review the borrower's finances.", "了解借款人的财务状况。")
EMERGENCY_PLAN = _t("Draw up a plan for emergencies.", "制定应急预案。")
EMERGENCY_CONTACT = _t("Name whom the team calls in an emergency.", "确定紧急联系人及其电话。")
DOCUMENTS: dict[str, Text] = {
    "loan_contract": _t("Add the loan contract to the visit file.", "备齐借款合同。"),
    "account_statement": _t("Add an account statement to the visit file.", "备齐对账单。"),
    "repayment_record": _t("Add the repayment record to the visit file.", "备齐还款记录。"),
    "contact_record": _t("Add the record of contacts to the visit file.", "备齐联系记录。"),
    "authorisation_letter": _t("Add the letter of authorisation to the visit file.", "备齐授权书。"),
    "identification": _t("Add the team's identification to the visit file.", "备齐外访人员证件。"),
}
VERIFICATIONS: dict[str, Text] = {
    "name": _t("Check the borrower's name again; it has to match.", "重新核对借款人姓名，且须一致。"),
    "contact": _t(
        "Check the borrower's contact data again; they have to match.",
        "重新核对借款人联系方式，且须一致。",
    ),
    "amount": _t("Settle the amount owed and check it again; it has to match.", "核清欠款金额并重新核对，且须一致。"),
    "days_overdue": _t("Check the days overdue again; they have to match.", "重新核对逾期天数，且须一致。"),
    "address": _t("Check the address again; it has to match.", "重新核对地址，且须一致。"),
}
_VISIT_BY = {
    "sms": _t("Tell the borrower of this time and place by SMS.", "以短信将本次上门的时间和地点告知借款人。"),
    "phone": _t("Tell the borrower of this time and place by phone.", "以电话将本次上门的时间和地点告知借款人。"),
    "letter": _t("Tell the borrower of this time and place by letter.", "以信函将本次上门的时间和地点告知借款人。"),
}
NOTICES: dict[tuple[str, str], Text] = {
    **{("visit", channel): what for channel, what in _VISIT_BY.items()},
    ("privacy", "sms"): _t("Tell the borrower how personal data are handled.", "告知借款人个人信息处理事项。"),
    ("outsourcing", "sms"): _t("Tell the borrower that an agency collects the debt.", "告知借款人已委托第三方催收。"),
    ("assignment", "sms"): _t("Tell the borrower that the debt was assigned.", "告知借款人债权已转让。"),
    ("recording", "sms"): _t("Tell the borrower that the visit is recorded.", "告知借款人上门过程将录音录像。"),
}
NOTIFIED: dict[tuple[str, str], Text] = {
    ("agency", "outsourcing_notified"): NOTICES["outsourcing", "sms"],
    ("debt", "assignment_notified"): NOTICES["assignment", "sms"],
}
AGREEMENT = _t("Agree this time and place with the borrower.", "与借款人就本次上门的时间和地点达成一致。")
CONSENTS: dict[tuple[str, str], Text] = {
    ("entry", "debtor"): _t(
        "Obtain the borrower's informed, written consent to enter.", "取得借款人知情的书面同意进入住所。"
    ),
    ("filming", "debtor"): _t(
        "Obtain the borrower's informed, written consent to filming.", "取得借款人知情的书面同意拍摄。"
    ),
    ("time", "debtor"): _t("Obtain the borrower's written consent to this time.", "取得借款人对该时间的书面同意。"),
    ("visit", "debtor"): _t("Obtain the borrower's written consent to the visit.", "取得借款人对上门的书面同意。"),
    ("workplace", "debtor"): _t(
        "Obtain the borrower's written consent to a visit at work.", "取得借款人对到工作单位外访的书面同意。"
    ),
    ("workplace", "employer"): _t("Obtain the employer's written consent.", "取得工作单位的书面同意。"),
    ("frequency", "debtor"): _t(
        "Obtain the borrower's written consent to more contacts.", "取得借款人对增加联系次数的书面同意。"
    ),
    ("third_party_disclosure", "debtor"): _t(
        "Obtain the borrower's written consent to speak with others.", "取得借款人对向他人说明债务的书面同意。"
    ),
    ("data_transfer", "debtor"): _t(
        "Obtain the borrower's written consent to the transfer of data.", "取得借款人对提供个人信息的书面同意。"
    ),
    ("guardian", "guardian"): _t("Obtain the guardian's written consent.", "取得监护人的书面同意。"),
}
"""Consents by kind and who gives them."""
PLACES: dict[str, Text] = {
    "public_place": _t("Meet in a public place.", "改在公共场所会面。"),
    "lender_office": _t("Meet at the lender's office.", "改在贷款机构营业场所会面。"),
}
MORE_PEOPLE = (1, 2, 3)
FEWER_PEOPLE = (1, 2, 3)

_CHANNELS: dict[str, Text] = {
    "sms": Text(en="by SMS", zh="以短信"),
    "phone": Text(en="by phone", zh="以电话"),
    "letter": Text(en="by letter", zh="以信函"),
}


def more_people_text(number: int) -> Text:
    """Ask for further collectors who may go."""
    people = "1 more collector" if number == 1 else f"{number} more collectors"
    return _t(f"Send {people}, trained, screened and authorised.", f"增派 {number} 名经培训、审查并获授权的外访人员。")


def fewer_people_text(number: int) -> Text:
    """Ask for collectors to stay away."""
    people = "1 collector" if number == 1 else f"{number} collectors"
    return _t(f"Leave out {people}.", f"减少 {number} 名外访人员。")


def replacement_text(who: str) -> Text:
    """Ask for another collector in somebody's place."""
    return _t(
        f"Send somebody else in the place of {who}: trained, screened and authorised.",
        f"由另一名经培训、审查并获授权的外访人员替换 {who}。",
    )


def notice_text(channel: str, start: int, by: int, zone: str | None) -> Text:
    """Ask for a notice of the visit at `start`, which must have reached the borrower at `by`."""
    how = _CHANNELS[channel]
    return Text(
        en=(
            f"Tell the borrower {how.en} of the visit at {_say_moment(start, 'en', zone)} and of its place; "
            f"the notice must have arrived by {_say_moment(by, 'en', zone)}."
        ),
        zh=(
            f"{how.zh}将 {_say_moment(start, 'zh', zone)} 的上门时间和地点告知借款人，"
            f"最迟须于 {_say_moment(by, 'zh', zone)} 送达。"
        ),
    )


def agreement_text(start: int, by: int, zone: str | None) -> Text:
    """Ask for a new agreement with the borrower on the visit at `start`, made by `by`."""
    return Text(
        en=f"Agree the new time, {_say_moment(start, 'en', zone)}, with the borrower by {_say_moment(by, 'en', zone)}.",
        zh=f"最迟于 {_say_moment(by, 'zh', zone)} 与借款人重新约定上门时间：{_say_moment(start, 'zh', zone)}。",
    )


def add_moment(what: Text, by: int | None, start: int | None, zone: str | None) -> Text:
    """Say by when something is to be done."""
    if by is None:
        return what
    if by == start:
        return Text(en=f"{what.en} Before the visit begins.", zh=f"{what.zh}须在上门开始前完成。")
    en, zh = (_say_moment(by, lang, zone) for lang in LANGUAGES)
    return Text(en=f"{what.en} By {en}.", zh=f"{what.zh}最迟于 {zh} 完成。")


def _say_moment(moment: int, lang: Language, zone: str | None) -> str:
    return say_value(moment, TIMESTAMP, lang, zone)
