"""The codes of problems that reading a file of rule cases may find."""

from visitcheck.errors import register_codes

register_codes(
    {
        "case-unreadable": "A file of cases cannot be read from disk, or is not UTF-8. "
        "Check its name and its encoding.",
        "case-form": "A part of a case file is not of the form expected there, "
        "such as a list where a mapping belongs. The help says what belongs there.",
        "case-key": "A key is not one of those that may stand at this place. "
        "Use the nearest one, which the help names.",
        "case-missing": "A key that a case file needs is missing. Add it.",
        "case-base": "`from` names a base that the file does not have, or bases that build on each other "
        "in a ring. "
        "Name one of the bases under `base:`.",
        "case-twice": "Two cases have the same note. Give each case a note of its own: it is its name.",
        "case-path": "A path of `set`, `add` or `remove` leads nowhere. "
        "Write paths as `notices[0].sent_at`; list positions count from 0 and must exist.",
        "case-rule": "`expect` names a rule that the policy does not have. "
        "Write the rule's id alone for rules of the file's own pack, else `pack/rule`.",
        "case-status": "The word is not a status of a rule, or not an outcome of a visit. "
        "Use one of the words that the help lists.",
        "case-stage": "The visit of a case does not say its stage. "
        "Give `visit.stage` as `proposed` or `recorded` in its base.",
    }
)
