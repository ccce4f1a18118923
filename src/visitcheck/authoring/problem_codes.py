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
        "lint-text-same": "Both languages of a text are the same. Translate it.",
        "lint-text-not-chinese": "A Chinese text has no Chinese characters. Translate it.",
        "lint-text-not-english": "An English text has Chinese characters. Translate them.",
        "lint-text-punctuation": "A Chinese text has half-width punctuation beside Chinese characters, or an English "
        "one full-width punctuation, or a sentence does not end as one. Write each language with its own.",
        "lint-text-space": "A space stands between Chinese characters, mostly where a folded YAML text goes on in the "
        "next line. Write the text on one line.",
        "lint-text-unfinished": "A text still says that something is to be written.",
        "lint-placeholders-differ": "One language of a message shows a value that the other does not show.",
        "lint-number-written": "A message spells out the value of a parameter that its rule reads. "
        "Show the parameter, so that the message stays true when the value changes.",
        "lint-let-unused": "Neither a condition nor a message uses a name under `let`.",
        "lint-no-citation": "A rule does not say what asks for it. Cite the law, or the lender's own instrument.",
        "lint-draft-denies": "A rule may deny, and all that it cites is a draft. Lower it to `review` or `note`.",
        "lint-before-in-force": "A rule is in force before anything that it cites. Say under `effective` from when on.",
        "lint-parameter-weak": "A rule may deny by a parameter whose citations are all read as `weak`.",
        "lint-parameter-unused": "No rule reads a parameter.",
        "lint-parameter-gap": "A rule is in force on a day on which a parameter that it reads has no value; "
        "it stays undecided then.",
        "lint-never-applies": "The conditions under which a rule applies contradict each other.",
        "lint-never-fails": "No check of a rule can ever be FALSE, so the rule is never violated.",
        "lint-never-excuses": "The conditions of an exception contradict each other.",
        "lint-condition-twice": "A condition is written twice where once says as much.",
        "lint-rule-twice": "Two rules of a pack ask the same of the same visits.",
        "lint-known-since": "A condition holds when a list of the past has few entries or none. Such a list may be "
        "cut: ask with `knownSince` that it is complete from the start of the window on.",
        "lint-window-ends": "A window has one parameter for its beginning and one for its end. Make it one parameter "
        "of type `daily_hours`, so that an override can say whether it is stricter.",
        "lint-hours-reversed": "A check asks `within` of forbidden hours, or `overlaps` of allowed ones: overrides are "
        "compared by what the hours are for, and would be taken for their opposite.",
        "lint-consent-standing": "A rule counts a consent, and does not ask whether another of its kind was refused or "
        "withdrawn since. Add `consents.filter(..).lastRun(..) >= 1`, the recipe in `docs/language.md`.",
        "lint-excuse-in-require": "A check holds where something is so, or where somebody consented. A consent that "
        "excuses belongs in `unless`, with its own citation: where only it is open, the rule is then suspected.",
        "lint-dates-written": "A condition compares one date with a list of days. Ask `isHoliday` of a calendar, which "
        "is undecided in years that its table does not cover.",
        "lint-cel-accessor": "A condition takes a timestamp apart with an accessor that counts as CEL does. "
        "Functions like `localTime`, `localDate` and `weekday` say what they give.",
        "lint-list-nested": "A macro goes over a list inside a macro over the same list, which takes quadratic time.",
        "lint-no-cases": "A pack has rules and no file of cases beside it.",
        "lint-case-missing": "No case expects a rule to have a status that it can have.",
        "lint-accepted-unused": "The file of what a pack accepts lists a remark that there is not. Take it out.",
    }
)
