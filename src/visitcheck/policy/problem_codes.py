"""The codes of problems found in packs, alone and where they meet."""

from visitcheck.errors import register_codes

register_codes(
    {
        "no-such-policy": "No shipped policy, pack, file or folder has this name.",
        "unreadable-file": "The file cannot be read as UTF-8 text.",
        "empty-file": "The file holds no pack. A pack is a mapping that begins with `pack:`.",
        "both-languages": "A text shown to people needs both `zh` and `en`.",
        "bad-placeholder": "A `{...}` in a message does not close, is empty, or cannot be shown as text. "
        "Write `{{` and `}}` for braces.",
        "no-such-pack": "A pack named under `uses` or `overrides` is neither loaded nor shipped.",
        "pack-shadows-shipped": "A file has the id of a shipped pack and says something else, so it would take its "
        "place unseen. Choose another id, or allow it with `--allow-shadow ID` (`load_policy(..., allow_shadow=...)`).",
        "pack-twice": "Two files define the same pack id. Load one of them.",
        "ring-of-uses": "Packs use each other in a ring. Cut one of the `uses`.",
        "rule-twice": "A pack defines the same rule id twice.",
        "no-such-instrument": "No instrument of the pack, or `pack/key` of a used pack, has this name.",
        "no-such-type": "A parameter or fact is declared with a type that does not exist.",
        "parameter-values": "A parameter has either `value` or a list of `values`, and at least one.",
        "parameter-overlap": "Two values of a parameter hold on the same day.",
        "wrong-value-type": "A parameter's value cannot be read as its type.",
        "parameter-direction": "`hours: allowed` or `forbidden` goes with `daily_hours` and `weekly_hours`, which need "
        "it; `stricter` goes with numbers, moments, dates and sums.",
        "impossible-hours": "Hours of a parameter that say nothing: none at all, or every hour of the week allowed.",
        "empty-period": "A period ends before it starts. `until` is the first day no longer in force.",
        "no-such-fact": "No fact has this path.",
        "dated-by-type": "`dated_by` must name a timestamp or a date of the visit.",
        "fact-too-late": "A rule for proposed visits reads a fact known only at the door or afterwards. "
        "Make it a rule for recorded visits, or ask for the promise under `plan`.",
        "reading-too-weak": "A rule that may deny needs a citation read as `text`, `press` or `own`. "
        "Lower the effect to `review`, or read the source.",
        "own-reading": "`reading: own` is for the lender's own instruments (`force: own`).",
        "lexicon-denies": "A rule that uses `mentions` can only review or note: words alone deny nothing.",
        "override-target": "An override names exactly one of `parameter`, `rule` and `never_collected`, "
        "in a pack that this one uses.",
        "override-twice": "Two packs that do not use each other override the same thing.",
        "override-loosens": "The override loosens another pack. Say so with `relaxes: true`.",
        "override-refused": "A rule that cites law or regulation cannot be loosened.",
        "fact-taken": "Two packs declare the same extra fact differently.",
    }
)
