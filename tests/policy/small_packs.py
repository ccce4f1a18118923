"""Small packs for tests, as text."""

RULE = """\
  - id: {id}
    title: {{en: R, zh: 规}}
    stages: {stages}
    require: {{c: "{require}"}}
    effect: {effect}
    message: {{en: M, zh: 信}}
    cites: [{{instrument: {instrument}, reading: {reading}}}]
"""


def rule(
    rule_id: str = "r",
    *,
    require: str = "place.private",
    effect: str = "review",
    stages: str = "[proposed, recorded]",
    instrument: str = "own",
    reading: str = "own",
    more: str = "",
) -> str:
    """A rule with one check; `more` is added as further keys, indented by four spaces."""
    written = RULE.format(
        id=rule_id, require=require, effect=effect, stages=stages, instrument=instrument, reading=reading
    )
    return written + "".join(f"    {line}\n" for line in more.splitlines())


def pack(pack_id: str, *rules: str, more: str = "") -> str:
    """A pack with two instruments, `own` and `law`; `more` is added at the top level."""
    return (
        f"pack: {pack_id}\n"
        "title: {en: P, zh: 包}\n"
        "version: 1.0.0\n"
        "instruments:\n"
        "  own: {title: {en: O, zh: 自}, force: own}\n"
        "  law: {title: {en: L, zh: 法}, force: law}\n"
        + more
        + ("\n" if more and not more.endswith("\n") else "")
        + ("rules:\n" if rules else "")
        + "".join(rules)
    )
