"""Problem codes of the command line."""

from visitcheck.errors import register_codes

register_codes(
    {
        "input-unreadable": (
            "The file cannot be read: it does not exist, is a folder, or may not be opened. Mend the path or the "
            "permissions; `-` reads standard input."
        ),
        "usage": (
            "The command line cannot be carried out: an option or argument is not known or misses a value, a package "
            "is not installed, or an engine failed. With `--format json` this is said as JSON."
        ),
        "demo-unwritable": "The folder of `visitcheck demo` cannot be written. Name another with `-o`.",
        "rule-unknown": (
            "The policy has no rule of this id, or several rules end in it. Give the full id, `pack/rule`; "
            "`visitcheck rules list` shows them all."
        ),
        "fact-unknown": (
            "No visit has a fact of this path. Write it as `contacts[].at` or `contacts.at`; `visitcheck schema visit` "
            "lists all facts."
        ),
        "rule-not-in-sql": (
            "A rule says something that the database has no words for, so the policy cannot be printed as its SQL. "
            "Choose the other `--dialect`, or leave the rule to the native engine."
        ),
        "rule-other-stage": (
            "The rule is for visits of the other stage, so it has no tree on this one. Ask about a visit of the stage "
            "that `visitcheck rules show` names."
        ),
    }
)
