"""Moments, days, times of day and durations: from text or Python values to numbers, and back."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from visitcheck.facts.limits import MAX_TEXT
from visitcheck.facts.scalars import BadValueError, is_stand_in, shown, wrong_type
from visitcheck.facts.types import (
    DAY,
    EPOCH,
    EPOCH_ORDINAL,
    HOUR,
    INT_MAX,
    MINUTE,
    SECOND,
    TIMESTAMP_MAX,
    TIMESTAMP_MIN,
)

# Every offset that RFC 3339 allows, in microseconds ahead of UTC.
_OFFSETS = {
    "Z": 0,
    **{
        f"{sign}{hours:02}:{minutes:02}": (1 if sign == "+" else -1) * (hours * HOUR + minutes * MINUTE)
        for sign in "+-"
        for hours in range(24)
        for minutes in range(60)
    },
}
_MINUTES = {f"T{hour:02}:{minute:02}": hour * HOUR + minute * MINUTE for hour in range(24) for minute in range(60)}
_SECONDS = {f":{second:02}": second * SECOND for second in range(60)}
_from_iso = datetime.fromisoformat
_is_timestamp = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
).fullmatch
_is_date = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_is_time_of_day = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])(?::([0-5][0-9])(?:\.([0-9]{1,6}))?)?").fullmatch
_DURATION_UNITS = {"h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1_000, "us": 1}
_is_duration = re.compile(r"-?(?:[0-9]{1,12}(?:\.[0-9]{1,6})?(?:h|ms|m|us|s))+").fullmatch
_duration_parts = re.compile(r"([0-9]+)(?:\.([0-9]+))?(h|ms|m|us|s)").findall


class _Days(dict[str, int]):
    """Midnights by day, like `2026-01-30`, in microseconds since 1970, kept: the same days come again."""

    def __missing__(self, day: str) -> int:
        if _is_date(day) is None:
            raise KeyError(day)
        try:
            midnight = (date.fromisoformat(day).toordinal() - EPOCH_ORDINAL) * DAY
        except ValueError:
            raise KeyError(day) from None
        if len(self) >= _MOST_DAYS:
            self.clear()
        self[day] = midnight
        return midnight


_MOST_DAYS = 5_000
_days = _Days()


def read_timestamp(value: object) -> int:
    """RFC 3339 text with an offset, or an aware `datetime`, as microseconds since 1970."""
    if type(value) is str:
        try:
            moment = _days[value[:10]] + _MINUTES[value[10:16]] + _SECONDS[value[16:19]] - _OFFSETS[value[19:]]
        except KeyError:
            moment = _read_unusual_timestamp(value)
    elif isinstance(value, datetime):
        moment = _microseconds_since_epoch(_require_offset(value))
    else:
        raise _bad_timestamp(value)
    if TIMESTAMP_MIN <= moment <= TIMESTAMP_MAX:
        return moment
    raise BadValueError("fact-time-range", "the moment is outside the years 1 to 9999 in UTC")


def _read_unusual_timestamp(value: str) -> int:
    if _is_timestamp(value) is None:
        raise _bad_timestamp(value)
    try:
        return _microseconds_since_epoch(_from_iso(value))
    except ValueError:
        raise _bad_timestamp(value) from None


def _microseconds_since_epoch(moment: datetime) -> int:
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _require_offset(value: datetime) -> datetime:
    if value.utcoffset() is None:
        raise BadValueError(
            "fact-timestamp-naive",
            "the timestamp has no offset from UTC",
            "give the datetime a tzinfo, like `tzinfo=ZoneInfo('Asia/Shanghai')`",
        )
    if getattr(value, "nanosecond", 0):
        raise _too_fine()
    return value


def _too_fine() -> BadValueError:
    return BadValueError(
        "fact-timestamp-fine", "the time is finer than a microsecond", "give at most six digits of a second"
    )


_TIMESTAMP_EXAMPLE = "`2026-01-30T10:00:00+08:00`"
_roughly = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2})(:([0-9]{2})(\.[0-9]+)?)?"
    r"\s*([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
).fullmatch


def _bad_timestamp(value: object) -> BadValueError:
    rough = _roughly(value) if isinstance(value, str) and not is_stand_in(value) else None
    if rough is None:
        if isinstance(value, str) and not is_stand_in(value):
            message = f"`{shown(value)}` is not a timestamp"
            return BadValueError("fact-timestamp", message, f"write date, time and offset like {_TIMESTAMP_EXAMPLE}")
        return wrong_type(value, "a timestamp", _TIMESTAMP_EXAMPLE)
    day, minute, seconds, second, fraction, offset = rough.groups()
    if offset is None:
        return BadValueError(
            "fact-timestamp-naive",
            f"the timestamp `{shown(value)}` has no offset from UTC",
            f"add the offset of the place, like `{day}T{minute}{(seconds or ':00')[:3]}+08:00`",
        )
    if second == "60":
        message = f"`{shown(value)}` is a leap second"
        return BadValueError("fact-leap-second", message, f"write the next second, or `{day}T{minute}:59`")
    if fraction is not None and len(fraction) > len(".123456"):
        return _too_fine()
    if "T" in str(value) and seconds is not None and _is_timestamp(str(value)) is not None:
        return BadValueError("fact-time-range", f"there is no day or time `{shown(value)}`")
    message = f"`{shown(value)}` is not written as RFC 3339 demands"
    return BadValueError("fact-timestamp", message, f"write date, time and offset like {_TIMESTAMP_EXAMPLE}")


def timestamp_text(moment: int) -> str:
    """The RFC 3339 form, in UTC."""
    days, rest = divmod(moment, DAY)
    return f"{date_text(days)}T{time_of_day_text(rest)}Z"


def read_date(value: object) -> int:
    """`2026-01-30`, or a `date`, as days since 1970."""
    if type(value) is str and _is_date(value) is not None:
        try:
            return date.fromisoformat(value).toordinal() - EPOCH_ORDINAL
        except ValueError:
            raise BadValueError("fact-time-range", f"there is no day `{value}`") from None
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.toordinal() - EPOCH_ORDINAL
    if isinstance(value, str) and not is_stand_in(value):
        message = f"`{shown(value)}` is not a date"
        raise BadValueError("fact-date", message, "write year, month and day like `2026-01-30`")
    raise wrong_type(value, "a date", "`2026-01-30`")


def date_text(days: int) -> str:
    """`2026-01-30`."""
    return date.fromordinal(days + EPOCH_ORDINAL).isoformat()


def read_time_of_day(value: object) -> int:
    """`22:00`, `22:00:30` or `24:00`, or a `time` without a zone, as microseconds since midnight."""
    if isinstance(value, str) and (parts := _is_time_of_day(value)) is not None:
        hours, minutes, seconds, fraction = parts.groups()
        total = int(hours) * HOUR + int(minutes) * MINUTE + int(seconds or 0) * SECOND
        total += int((fraction or "0").ljust(6, "0"))
        if total <= DAY:
            return total
    elif isinstance(value, time) and value.tzinfo is None:
        return value.hour * HOUR + value.minute * MINUTE + value.second * SECOND + value.microsecond
    if isinstance(value, str | time) and not is_stand_in(value):
        message = f"`{shown(value)}` is not a local time of day"
        raise BadValueError("fact-time-of-day", message, "write hours and minutes like `22:00`, at most `24:00`")
    raise wrong_type(value, "a time of day", '`"22:00"`')


def time_of_day_text(since_midnight: int) -> str:
    """`22:00:00`, with microseconds only where there are any."""
    seconds, micro = divmod(since_midnight, SECOND)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{micro:06}" if micro else text


def read_duration(value: object) -> int:
    """`36h`, `90m`, `1h30m` or `5.5s`, as microseconds."""
    if isinstance(value, str) and len(value) <= MAX_TEXT and _is_duration(value) is not None:
        total = 0
        for whole, fraction, unit in _duration_parts(value):
            size = _DURATION_UNITS[unit]
            micro, rest = divmod(int(fraction or 0) * size, 10 ** len(fraction))
            if rest:
                raise BadValueError("fact-timestamp-fine", "the duration is finer than a microsecond")
            total += int(whole) * size + micro
        if total <= INT_MAX:
            return -total if value[0] == "-" else total
    if isinstance(value, str) and not is_stand_in(value):
        raise BadValueError("fact-duration", f"`{shown(value)}` is not a duration", "write it like `36h` or `1h30m`")
    raise wrong_type(value, "a duration", "`36h`")


def duration_text(length: int) -> str:
    """Hours, minutes and seconds, like `1h30m0s`."""
    sign, length = ("-", -length) if length < 0 else ("", length)
    seconds, micro = divmod(length, SECOND)
    fraction = f".{micro:06}" if micro else ""
    return f"{sign}{seconds // 3600}h{seconds // 60 % 60}m{seconds % 60}{fraction}s"
