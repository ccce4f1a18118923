"""Single values: from what JSON, YAML or Python hold to the inside form of `facts.types`, and back to text.

Each reader takes any value and returns the inside form, or raises `BadValue`. None of them ever sees None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal

from visitcheck.facts.limits import MAX_TEXT
from visitcheck.facts.types import DAY, HOUR, INT_MAX, MINUTE, SECOND, TIMESTAMP_MAX, TIMESTAMP_MIN, Money
from visitcheck.facts.zones import zone_names

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_from_iso = datetime.fromisoformat
_is_timestamp = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
).fullmatch
_is_date = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_is_time_of_day = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])(?::([0-5][0-9])(?:\.([0-9]{1,6}))?)?").fullmatch
_is_money = re.compile(r"(-?)(0|[1-9][0-9]{0,16})(?:\.([0-9]{1,2}))?").fullmatch
_DURATION_UNITS = {"h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1_000, "us": 1}
_is_duration = re.compile(r"-?(?:[0-9]{1,12}(?:\.[0-9]{1,6})?(?:h|ms|m|us|s))+").fullmatch
_duration_parts = re.compile(r"([0-9]+)(?:\.([0-9]+))?(h|ms|m|us|s)").findall
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_NUL_OR_SURROGATE = re.compile("[\x00\ud800-\udfff]")
_LONGEST_STAND_IN = 12

STAND_INS = frozenset(
    {"", "unknown", "not known", "n/a", "null", "undefined", "-", "--", "?", "？", "不详", "未知", "不明"}
)
"""Texts that stand for "we do not know", in lower case. Leaving the fact out says so."""


class BadValue(ValueError):
    """A value that is not of the type expected: a code, a sentence, and what would be right."""

    def __init__(self, code: str, message: str, help_: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help_


def is_stand_in(value: object) -> bool:
    """Whether a text stands for a missing value."""
    return isinstance(value, str) and len(value) <= _LONGEST_STAND_IN and value.strip().lower() in STAND_INS


def kind_of(value: object) -> str:
    """What a value is, in the words of people who write JSON or YAML."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int():
            return "a whole number"
        case float() | Decimal():
            return "a number"
        case str():
            return "a text"
        case list() | tuple():
            return "a list"
        case _ if hasattr(value, "keys"):
            return "an object"
        case datetime():
            return "a timestamp"
        case date():
            return "a date"
        case time():
            return "a time of day"
        case _:
            return "a value that JSON does not have"


def shown(value: object, longest: int = 60) -> str:
    """A value as messages show it: one line, short, printable."""
    text = value if isinstance(value, str) else str(value) if isinstance(value, int | float | Decimal) else kind_of(value)
    text = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text[: longest + 1])
    return text if len(text) <= longest else text[: longest - 1] + "…"


def wrong_type(value: object, expected: str, example: str) -> BadValue:
    """The value is not of the type that the fact has; stand-ins for a missing value get help of their own."""
    if is_stand_in(value):
        return BadValue("fact-stand-in", f"`{shown(value)}` stands for a missing value", "leave the fact out")
    return BadValue("fact-wrong-type", f"expected {expected}, found {kind_of(value)}", f"write it like {example}")


# -- times -----------------------------------------------------------------------------------------------------


def timestamp(value: object) -> int:
    """RFC 3339 text with an offset, or an aware `datetime`, as microseconds since 1970."""
    if type(value) is str and _is_timestamp(value) is not None:
        try:
            since = _from_iso(value) - _EPOCH
        except (ValueError, OverflowError):
            raise _bad_timestamp(value) from None
    elif isinstance(value, datetime):
        since = _aware(value) - _EPOCH
    else:
        raise _bad_timestamp(value)
    found = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    if not TIMESTAMP_MIN <= found <= TIMESTAMP_MAX:
        raise BadValue("fact-time-range", "the moment is outside the years 1 to 9999 in UTC")
    return found


def _aware(value: datetime) -> datetime:
    if value.utcoffset() is None:
        raise BadValue(
            "fact-timestamp-naive",
            "the timestamp has no offset from UTC",
            "give the datetime a tzinfo, like `tzinfo=ZoneInfo('Asia/Shanghai')`",
        )
    if getattr(value, "nanosecond", 0):
        raise _too_fine()
    return value


def _too_fine() -> BadValue:
    return BadValue(
        "fact-timestamp-fine", "the time is finer than a microsecond", "give at most six digits of a second"
    )


_TIMESTAMP_EXAMPLE = "`2026-01-30T10:00:00+08:00`"
_roughly = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2})(:([0-9]{2})(\.[0-9]+)?)?\s*([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
).fullmatch


def _bad_timestamp(value: object) -> BadValue:
    rough = _roughly(value) if isinstance(value, str) and not is_stand_in(value) else None
    if rough is None:
        if isinstance(value, str) and not is_stand_in(value):
            message = f"`{shown(value)}` is not a timestamp"
            return BadValue("fact-timestamp", message, f"write date, time and offset like {_TIMESTAMP_EXAMPLE}")
        return wrong_type(value, "a timestamp", _TIMESTAMP_EXAMPLE)
    day, minute, seconds, second, fraction, offset = rough.groups()
    if offset is None:
        return BadValue(
            "fact-timestamp-naive",
            f"the timestamp `{shown(value)}` has no offset from UTC",
            f"add the offset of the place, like `{day}T{minute}{(seconds or ':00')[:3]}+08:00`",
        )
    if second == "60":
        message = f"`{shown(value)}` is a leap second"
        return BadValue("fact-leap-second", message, f"write the next second, or `{day}T{minute}:59`")
    if fraction is not None and len(fraction) > len(".123456"):
        return _too_fine()
    if "T" in str(value) and seconds is not None and _is_timestamp(str(value)) is not None:
        return BadValue("fact-time-range", f"there is no day or time `{shown(value)}`")
    message = f"`{shown(value)}` is not written as RFC 3339 demands"
    return BadValue("fact-timestamp", message, f"write date, time and offset like {_TIMESTAMP_EXAMPLE}")


def timestamp_text(moment: int) -> str:
    """The RFC 3339 form, in UTC."""
    days, rest = divmod(moment, DAY)
    return f"{date_text(days)}T{time_of_day_text(rest)}Z"


def date_(value: object) -> int:
    """`2026-01-30`, or a `date`, as days since 1970."""
    if type(value) is str and _is_date(value) is not None:
        try:
            return date.fromisoformat(value).toordinal() - _EPOCH_ORDINAL
        except ValueError:
            raise BadValue("fact-time-range", f"there is no day `{value}`") from None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.toordinal() - _EPOCH_ORDINAL
    if isinstance(value, str) and not is_stand_in(value):
        message = f"`{shown(value)}` is not a date"
        raise BadValue("fact-date", message, "write year, month and day like `2026-01-30`")
    raise wrong_type(value, "a date", "`2026-01-30`")


def date_text(days: int) -> str:
    """`2026-01-30`."""
    return date.fromordinal(days + _EPOCH_ORDINAL).isoformat()


def time_of_day(value: object) -> int:
    """`22:00`, `22:00:30` or `24:00`, or a `time` without a zone, as microseconds since midnight."""
    if isinstance(value, str) and (found := _is_time_of_day(value)) is not None:
        hours, minutes, seconds, fraction = found.groups()
        total = int(hours) * HOUR + int(minutes) * MINUTE + int(seconds or 0) * SECOND
        total += int((fraction or "0").ljust(6, "0"))
        if total <= DAY:
            return total
    elif isinstance(value, time) and value.tzinfo is None:
        return value.hour * HOUR + value.minute * MINUTE + value.second * SECOND + value.microsecond
    if isinstance(value, str | time) and not is_stand_in(value):
        message = f"`{shown(value)}` is not a local time of day"
        raise BadValue("fact-time-of-day", message, "write hours and minutes like `22:00`, at most `24:00`")
    raise wrong_type(value, "a time of day", '`"22:00"`')


def time_of_day_text(since_midnight: int) -> str:
    """`22:00:00`, with microseconds only where there are any."""
    seconds, micro = divmod(since_midnight, SECOND)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{micro:06}" if micro else text


def duration(value: object) -> int:
    """`36h`, `90m`, `1h30m` or `5.5s`, as microseconds."""
    if isinstance(value, str) and len(value) <= MAX_TEXT and _is_duration(value) is not None:
        total = 0
        for whole, fraction, unit in _duration_parts(value):
            size = _DURATION_UNITS[unit]
            micro, rest = divmod(int(fraction or 0) * size, 10 ** len(fraction))
            if rest:
                raise BadValue("fact-timestamp-fine", "the duration is finer than a microsecond")
            total += int(whole) * size + micro
        if total <= INT_MAX:
            return -total if value[0] == "-" else total
    if isinstance(value, str) and not is_stand_in(value):
        raise BadValue("fact-duration", f"`{shown(value)}` is not a duration", "write it like `36h` or `1h30m`")
    raise wrong_type(value, "a duration", "`36h`")


def duration_text(length: int) -> str:
    """Hours, minutes and seconds, like `1h30m0s`."""
    sign, length = ("-", -length) if length < 0 else ("", length)
    seconds, micro = divmod(length, SECOND)
    fraction = f".{micro:06}" if micro else ""
    return f"{sign}{seconds // 3600}h{seconds // 60 % 60}m{seconds % 60}{fraction}s"


# -- numbers and money ----------------------------------------------------------------------------------------


def double(value: object) -> float:
    """A finite number."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        try:
            found = float(value)
        except (OverflowError, ValueError):
            found = float("inf")
        if found - found != 0:
            raise BadValue("fact-not-finite", "the number is not finite")
        return found
    raise wrong_type(value, "a number", "`1.5`")


def minor_units(value: object) -> int:
    """An exact sum in hundredths: text like `1234.50`, or a number with at most two decimals."""
    if isinstance(value, str):
        found = _is_money(value)
        if found is not None:
            sign, whole, cents = found.groups()
            return _in_64_bits(int(f"{sign}{whole}{(cents or '').ljust(2, '0')}"))
        if re.fullmatch(r"-?[0-9]+\.[0-9]{3,}", value):
            raise _too_many_decimals(value)
        if not is_stand_in(value):
            message = f"`{shown(value)}` is not a sum of money"
            raise BadValue("fact-money", message, 'write digits and a decimal point only, like `"1234.50"`')
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _hundredths(value)
    raise wrong_type(value, "a sum of money", '`"1234.50"`')


def _hundredths(value: float | Decimal) -> int:
    if isinstance(value, int):
        return _in_64_bits(value * 100)
    # A float stands for the shortest decimal that reads back as it: 12.3 is 12.30, not 12.30000000000000071.
    exact = Decimal(repr(float(value))) if isinstance(value, float) else value
    if not exact.is_finite():
        raise BadValue("fact-not-finite", "the sum is not a finite number")
    if exact.is_zero():
        return 0
    sign, digits, exponent = exact.normalize().as_tuple() if len(exact.as_tuple().digits) <= 28 else exact.as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 - finite, as tested above
    if exponent < -2:
        raise _too_many_decimals(exact)
    if exact.adjusted() > 20:
        return _in_64_bits(INT_MAX + 1)
    minor = int("".join(map(str, digits))) * 10 ** (exponent + 2)
    return _in_64_bits(-minor if sign else minor)


def _in_64_bits(minor: int) -> int:
    if not -INT_MAX - 1 <= minor <= INT_MAX:
        raise BadValue("fact-range", "the sum is too large: hundredths must fit in 64 bits")
    return minor


def _too_many_decimals(value: object) -> BadValue:
    message = f"`{shown(value)}` has more than two decimals"
    return BadValue("fact-money-decimals", message, "give hundredths at most, like `1234.50`")


def money_text(money: Money) -> str:
    """The sum with two decimals, without its currency."""
    sign = "-" if money.minor < 0 else ""
    return f"{sign}{abs(money.minor) // 100}.{abs(money.minor) % 100:02}"


# -- text -----------------------------------------------------------------------------------------------------


def text_reader(
    *, longest: int = MAX_TEXT, control: bool = True, pattern: str | None = None, example: str = "", spoken: bool = False
) -> Callable[[object], str]:
    """A reader of text: its length in characters, whether control characters may stand in it, its pattern.

    `spoken` text is a quotation, in which a word like "unknown" is no stand-in.
    """
    forbidden = _NUL_OR_SURROGATE if control else re.compile(_CONTROL.pattern[:-1] + "\ud800-\udfff]")
    search = forbidden.search
    matches = None if pattern is None else re.compile(pattern).fullmatch

    def read(value: object) -> str:
        if type(value) is not str:
            if not isinstance(value, str):
                raise wrong_type(value, "a text", f"`{example}`" if example else 'text in quotes, `"..."`')
            value = str.__str__(value)
        if len(value) <= _LONGEST_STAND_IN and value.lower().strip() in STAND_INS and not (spoken and value.strip()):
            message = f"`{shown(value)}` stands for a missing value" if value.strip() else "the text is empty"
            raise BadValue("fact-stand-in", message, "leave the fact out")
        if len(value) > longest:
            raise BadValue("fact-too-long", f"the text has {len(value):,} characters", f"at most {longest:,} are read")
        if not (value.isascii() and value.isprintable()) and (found := search(value)) is not None:
            raise _forbidden(found[0])
        if matches is not None and matches(value) is None:
            raise BadValue("fact-pattern", f"`{shown(value)}` is not written as it should be", f"write it like `{example}`")
        return value

    return read


def _forbidden(char: str) -> BadValue:
    if "\ud800" <= char <= "\udfff":
        return BadValue("fact-surrogate", f"the text holds half of a surrogate pair, U+{ord(char):04X}", "remove it")
    return BadValue("fact-character", f"the text holds the control character U+{ord(char):04X}", "remove it")


def zone(value: object) -> str:
    """The name of a time zone, in exact case."""
    if isinstance(value, str) and value in zone_names():
        return str.__str__(value)
    if isinstance(value, str) and not is_stand_in(value):
        message = f"there is no time zone `{shown(value)}`"
        raise BadValue("fact-zone", message, f"{_nearest_zone(value)}names are those of the IANA database, in exact case")
    raise wrong_type(value, "the name of a time zone", "`Asia/Shanghai`")


def _nearest_zone(value: str) -> str:
    from difflib import get_close_matches

    lower = {name.lower(): name for name in sorted(zone_names())}
    near = get_close_matches(value[:64].lower().replace(" ", "_"), lower, n=1, cutoff=0.8)
    return f"did you mean `{lower[near[0]]}`? " if near else ""
