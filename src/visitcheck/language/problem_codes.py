"""The codes of problems found in conditions; `docs/errors.md` is made from these sentences."""

from visitcheck.errors import register_codes

register_codes(
    {
        "unexpected-text": "The condition does not follow the grammar at this point. "
        "The message says what may be written here.",
        "text-not-closed": "A text constant has no closing quote. Close it, or use triple quotes.",
        "bad-escape": "A backslash in a text constant starts no escape that CEL knows. "
        "Write `\\\\` for a backslash, or put `r` before the opening quote.",
        "number-range": "A number does not fit: ints have 64 bits, doubles are finite.",
        "reserved-word": "CEL keeps this word for itself. Choose another name.",
        "condition-too-long": "The condition has too many characters. Split it into several checks.",
        "condition-too-deep": "Brackets and operators are nested too deeply. Name inner parts with `let`.",
        "condition-too-large": "With its `let` parts put in, the condition is too large. Split it.",
        "left-out": "This part of CEL is left out of conditions. The help names what to write instead.",
        "no-such-name": "No group of facts, `let`, macro variable or parameter has this name.",
        "no-such-field": "The record has no field of this name.",
        "no-such-parameter": "The pack declares no parameter of this name.",
        "no-such-function": "No function, method or macro has this name.",
        "no-such-word": "The closed set does not hold this word, so nothing could be equal to it.",
        "no-such-lexicon": "The pack declares no lexicon of this name.",
        "no-such-zone": "There is no time zone of this name. Zones are written like `Asia/Shanghai`.",
        "no-such-calendar": "There is no holiday calendar of this name.",
        "name-taken": "A name has one meaning: a `let`, macro variable or declared fact may not hide another name.",
        "type-mismatch": "The types on both sides of an operator, or of a function's argument, do not fit.",
        "not-ordered": "Values of this type are equal or different, but neither is less than the other.",
        "expected-type": "The whole condition, or a macro's body, has another type than its place asks for.",
        "text-not-readable": "A text constant stands for a value of another type and cannot be read as one.",
        "wrong-arguments": "The function, method or macro takes other arguments. The help shows its form.",
        "not-a-value": "A group, record or list is given where a single value is needed.",
        "not-a-list": "A macro or list function is asked of something that is not a list.",
        "list-empty": "Nothing is in an empty list. Name at least one constant.",
        "constant-needed": "This must be a constant, because it is prepared when the policy is loaded.",
        "bad-pattern": "The pattern of `matches` is outside the subset that all engines read alike.",
        "has-in-rule": "`has()` turns a missing fact into FALSE, so a rule that denies or reviews may not "
        "use it. Ask for the fact that states it, and let `on_unknown` decide where that is missing.",
        "has-needs-fact": "`has()` takes a fact or a field of a record, nothing else.",
        "list-nested": "Macros over one list are nested three deep, which takes cubic time. "
        "Use `maxPerGroup`, `lastRun` or `covers`.",
        "binding-needed": "A macro's first argument is a fresh name for the element, like `exists(c, ...)`.",
        "no-such-value-type": "A type given to `evaluate` as text is none. The help shows how to write one.",
        "wrong-value": "A value given to `evaluate` does not have the type stated for it.",
    }
)
