"""Generated conditions as text, well typed by construction, with every operator and many functions."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

_LEAVES = {
    "bool": ["place.private", "debt.disputed", "true", "false", "has(place.kind)"],
    "int": ["debt.days_overdue", "params.max_contacts", "0", "-3", "0x1F", "9223372036854775807"],
    "double": ["1.5", "-0.0", "2.0", "1e10"],
    "string": ["place.region", "debtor.name", '"a\\n\\u4e2d\\""', "'x'", 'r"\\d"', '"""q"q"""'],
    "timestamp": ["visit.starts_at", "visit.ends_at", 'timestamp("2026-03-10T10:00:00.5+08:00")'],
    "duration": ['duration("90m")', 'duration("-1.5s")', "days(2)"],
    "date": ["visit.date", "agency.evaluated_on", 'date("2026-01-30")'],
    "time": ["localTime(visit.ends_at)", 'localTime(visit.starts_at, "UTC")'],
    "money": ["debt.amount", "params.limit"],
}
_FIELDS = {
    "bool": ["connected", "planned"],
    "string": ["number", "agency_id"],
    "timestamp": ["at"],
}
_ORDERED = ("int", "double", "string", "timestamp", "duration", "date", "time", "money")
_VALUES = {
    "int": "5",
    "string": '"b"',
    "timestamp": '"2026-03-10T10:00:00Z"',
    "date": '"2026-01-30"',
    "time": '"22:00"',
}
_KINDS = ('"home"', '"hotel"')
_TEXT_LISTS = ('["a", "b"]', "params.channels")
_ZONES = ("", '"UTC"')
_MORE_ZONES = ("", ', "Asia/Kolkata"')


class _Writer:
    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def one(self, options: Any) -> Any:
        return self._draw(st.sampled_from(list(options)))

    def write(self, type_: str, depth: int, seen: tuple[str, ...] = ()) -> str:
        if depth <= 0 or self.one(range(5)) == 0:
            fields = [f"{name}.{field}" for name in seen for field in _FIELDS.get(type_, ())]
            return self.one([*_LEAVES[type_], *fields])
        forms = getattr(self, f"{type_}_forms")(depth - 1, seen)
        return self.one(forms)()

    def choice(self, type_: str, depth: int, seen: tuple[str, ...]) -> str:
        test, then, other = (self.write(one, depth, seen) for one in ("bool", type_, type_))
        return f"(({test}) ? ({then}) : {other})"

    def around(self, text: str) -> str:
        """Brackets, which may or may not be needed."""
        return f"({text})"

    def joined(self, ops: tuple[str, ...], left: str, right: str, depth: int, seen: tuple[str, ...]) -> str:
        a, b = self.around(self.write(left, depth, seen)), self.around(self.write(right, depth, seen))
        return f"{a} {self.one(ops)} {b}"

    def bool_forms(self, depth: int, seen: tuple[str, ...]) -> list[Any]:
        return [
            lambda: self.joined(("&&", "||"), "bool", "bool", depth, seen),
            lambda: f"!({self.write('bool', depth, seen)})",
            lambda: self.compare(depth, seen),
            lambda: self.compare(depth, seen),
            lambda: self.choice("bool", depth, seen),
            lambda: f"place.kind {self.one(('==', '!='))} {self.one(_KINDS)}",
            lambda: f"({self.write('string', depth, seen)}) in {self.one(_TEXT_LISTS)}",
            lambda: f'({self.write("string", depth, seen)}).{self.one(("contains", "startsWith"))}("a")',
            lambda: self.macro(self.one(("exists", "all", "exists_one")), depth, seen),
            lambda: (
                f"{self.listed(depth, seen)}.size() {self.one(('<', '==', '>='))} ({self.write('int', depth, seen)})"
            ),
            lambda: f'overlapsDaily({self.write("timestamp", depth, seen)}, visit.ends_at, "22:00", "08:00")',
            lambda: f"knownSince(contacts, {self.write('timestamp', depth, seen)})",
            lambda: 'mentions(place.region, "threat")',
            lambda: "within(visit.starts_at, visit.ends_at, params.hours)",
            lambda: "!overlaps(visit.starts_at, visit.ends_at, params.night)",
            lambda: f'isHoliday({self.write("date", depth, seen)}, "CN")',
        ]

    def compare(self, depth: int, seen: tuple[str, ...]) -> str:
        type_ = self.one(_ORDERED)
        left = self.around(self.write(type_, depth, seen))
        right = self.around(self.write(type_, depth, seen))
        if type_ in _VALUES and self.one(range(3)) == 0:
            right = _VALUES[type_]
        return f"{left} {self.one(('<', '<=', '>', '>=', '==', '!='))} {right}"

    def macro(self, name: str, depth: int, seen: tuple[str, ...]) -> str:
        variable = f"v{len(seen)}"
        source = self.one(("contacts", self.listed(depth, seen)))
        return f"{source}.{name}({variable}, {self.write('bool', depth, (*seen, variable))})"

    def listed(self, depth: int, seen: tuple[str, ...]) -> str:
        """A list of contacts. Only the outermost may ask about the same list again, twice at most."""
        if len(seen) > 1:
            return "contacts"
        variable = f"v{len(seen)}"
        return f"contacts.filter({variable}, {self.write('bool', min(depth, 1), (*seen, variable))})"

    def mapped(self, type_: str, depth: int, seen: tuple[str, ...]) -> str:
        variable = f"v{len(seen)}"
        return f"contacts.map({variable}, {self.write(type_, depth, (*seen, variable))})"

    def int_forms(self, depth: int, seen: tuple[str, ...]) -> list[Any]:
        return [
            lambda: self.joined(("+", "-", "*", "/", "%"), "int", "int", depth, seen),
            lambda: f"-({self.write('int', depth, seen)})",
            lambda: self.choice("int", depth, seen),
            lambda: f"({self.listed(depth, seen)}.size() * 2)",
            lambda: f"({self.write('string', depth, seen)}).size()",
            lambda: f"weekday({self.write('date', depth, seen)})",
            lambda: f"({self.write('timestamp', depth, seen)}).getHours({self.one(_ZONES)})",
            lambda: f"({self.write('duration', depth, seen)}).getMinutes()",
            lambda: f"{self.mapped('int', depth, seen)}.{self.one(('min', 'max', 'sum'))}()",
            lambda: f"{self.mapped('int', depth, seen)}.max({self.write('int', depth, seen)})",
            lambda: f"daysBetween({self.write('date', depth, seen)}, visit.date)",
        ]

    def double_forms(self, depth: int, seen: tuple[str, ...]) -> list[Any]:
        return [
            lambda: self.joined(("+", "-", "*", "/"), "double", "double", depth, seen),
            lambda: f"-({self.write('double', depth, seen)})",
        ]

    def string_forms(self, depth: int, seen: tuple[str, ...]) -> list[Any]:
        return [
            lambda: self.joined(("+",), "string", "string", depth, seen),
            lambda: self.choice("string", depth, seen),
        ]

    def timestamp_forms(self, depth: int, seen: tuple[str, ...]) -> list[Any]:
        return [
            lambda: self.joined(("+", "-"), "timestamp", "duration", depth, seen),
            lambda: self.joined(("+",), "duration", "timestamp", depth, seen),
            lambda: f"{self.mapped('timestamp', depth, seen)}.min()",
            lambda: self.choice("timestamp", depth, seen),
        ]

    def duration_forms(self, depth: int, seen: tuple[str, ...]) -> list[Any]:
        return [
            lambda: self.joined(("-",), "timestamp", "timestamp", depth, seen),
            lambda: self.joined(("+", "-"), "duration", "duration", depth, seen),
            lambda: f"-({self.write('duration', depth, seen)})",
            lambda: f"days({self.write('int', depth, seen)})",
        ]

    def date_forms(self, depth: int, seen: tuple[str, ...]) -> list[Any]:
        return [
            lambda: f"localDate({self.write('timestamp', depth, seen)}{self.one(_MORE_ZONES)})",
            lambda: f"{self.one(('addDays', 'addYears'))}({self.write('date', depth, seen)}, 1)",
        ]

    def time_forms(self, depth: int, seen: tuple[str, ...]) -> list[Any]:
        return [lambda: f"localTime({self.write('timestamp', depth, seen)})"]

    def money_forms(self, depth: int, seen: tuple[str, ...]) -> list[Any]:
        return [
            lambda: self.joined(("+", "-"), "money", "money", depth, seen),
            lambda: f"-({self.write('money', depth, seen)})",
        ]


@st.composite
def condition_texts(draw: st.DrawFn, depth: int = 3) -> str:
    """Texts of conditions over `front_scope.scope()`."""
    return _Writer(draw).write("bool", depth)


TOKENS = (
    "place", "contacts", "visit", ".", "private", "kind", "at", "c", "exists", "filter", "map", "size", "has",
    "(", ")", "[", "]", "{", "}", ",", "?", ":", "&&", "||", "!", "-", "+", "*", "/", "%", "==", "<", ">=", "in",
    '"home"', "'", '"', '"""', "r", "b", "1", "2.5", "0x", "1u", "true", "null", "days", "duration", "//", "\n",
    "params", "max_contacts", "knownSince", "localDate", "lastRun", "covers", "且", "\\", "\x00", "\ud800",
)  # fmt: skip
