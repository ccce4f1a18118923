"""What one pack brings to its rules: instruments, parameters, lexicons, facts; read before any condition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from visitcheck.documents import YamlScalar
from visitcheck.documents.parts import Part
from visitcheck.errors import Problem
from visitcheck.facts.types import MONEY, WINDOWS, ListOf, Type, Word
from visitcheck.facts.visit import Extra
from visitcheck.facts.vocabulary import FACTS, FactInfo
from visitcheck.facts.zones import zone_help, zone_names
from visitcheck.language.lexicon import fold_words
from visitcheck.policy.model import Citation, Instrument, Parameter, Text
from visitcheck.policy.values import read_date, read_dated_values, read_text, read_type
from visitcheck.suggest import did_you_mean

BINDING_FORCES = frozenset({"law", "judicial", "regulation"})
"""Forces that an exception of the lender's own, or an override, cannot loosen."""
_V = TypeVar("_V")
_NO_TEXT = Text("", "")


@dataclass
class PackContext:
    """A pack being read. `broken` names parameters and lexicons that were declared, but not readably."""

    id: str
    file: str
    part: Part
    problems: list[Problem]
    used: tuple[PackContext, ...]
    timezone: str | None = None
    instruments: dict[str, Instrument] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    lexicons: dict[str, tuple[str, ...]] = field(default_factory=dict)
    facts: dict[str, FactInfo] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def read(self) -> None:
        """Reads all but the rules and overrides."""
        self.timezone = self._timezone()
        for key, part in self.part.named_parts("instruments"):
            self.instruments[key.text] = self._instrument(key.text, part)
        self.facts = dict(self._facts())
        for key, part in self.part.named_parts("lexicons"):
            self._lexicon(key, part)
        for key, part in self.part.named_parts("parameters"):
            parameter = self._parameter(key, part)
            if parameter is None:
                self.broken.add(key.text)
            else:
                self.parameters[key.text] = parameter

    def everyone(self) -> Iterable[PackContext]:
        """The pack itself, then all that it uses, directly or not."""
        packs = {self.id: self}
        pending = list(self.used)
        while pending:
            pack = pending.pop(0)
            if pack.id not in packs:
                packs[pack.id] = pack
                pending.extend(pack.used)
        return packs.values()

    def _timezone(self) -> str | None:
        zone = self.part.scalar("timezone")
        if zone is None or zone.text in zone_names():
            return None if zone is None else zone.text
        message = f"there is no time zone `{zone.text}`"
        self.problems.append(Problem("wrong-word", message, zone_help(zone.text), zone.place()))
        return "UTC"

    def _instrument(self, key: str, part: Part) -> Instrument:
        in_force = part.scalar("in_force")
        return Instrument(
            id=f"{self.id}/{key}",
            title=read_text(part.part("title")) or _NO_TEXT,
            issuer=part.text("issuer"),
            number=part.text("number"),
            issued=read_date(part.scalar("issued"), self.problems),
            in_force="assumed"
            if in_force is not None and in_force.text == "assumed"
            else read_date(in_force, self.problems),
            force=part.text("force") or "own",  # type: ignore[arg-type]
            url=part.text("url"),
        )

    def _lexicon(self, key: YamlScalar, part: Part) -> None:
        words = [word for language in ("zh", "en") for word in part.scalars(language)]
        folded: set[str] = set()
        for word in words:
            try:
                folded.update(fold_words([word.text]))
            except ValueError as error:
                self.problems.append(Problem("empty-text", str(error), "leave it out", word.place()))
        if folded:
            self.lexicons[key.text] = tuple(sorted(folded))
        else:
            self.broken.add(key.text)

    def _facts(self) -> Iterable[tuple[str, FactInfo]]:
        for key, part in self.part.named_parts("facts"):
            if hasattr(Extra, key.text):
                # A model with a field of that name would mistake the one for the other.
                message = f"`{key.text}` is already the name of what every record of facts has"
                self.problems.append(Problem("name-taken", message, "choose another name", key.place()))
                self.broken.add(key.text)
                continue
            type_ = self._fact_type(key, part)
            if type_ is None:
                self.broken.add(key.text)
                continue
            known = part.text("known") or "before"
            about = (read_text(part.part("description")) or _NO_TEXT).en
            yield key.text, FactInfo(f"extra.{key.text}", type_, known, about, part.text("unit"))  # type: ignore[arg-type]

    def _fact_type(self, key: YamlScalar, part: Part) -> Type | None:
        name = part.scalar("type")
        if name is None:
            return None
        words = tuple(word.text for word in part.scalars("words"))
        word = Word(f"extra.{key.text}", words) if words else None
        if name.text.replace(" ", "") in ("word", "list<word>") and word is not None:
            return word if name.text == "word" else ListOf(word)
        if word is not None or name.text == "word":
            message = "`words` and the type `word` go together"
            self.problems.append(Problem("no-such-type", message, "write `type: word`, `words: [...]`", name.place()))
            return None
        type_ = read_type(name.text, FACTS, name.place(), self.problems)
        if (type_.item if isinstance(type_, ListOf) else type_) in (MONEY, *WINDOWS):
            message = f"a declared fact cannot be of type `{name.text}`"
            self.problems.append(Problem("no-such-type", message, "write an `int` and say its unit", name.place()))
            return None
        return type_

    def _parameter(self, key: YamlScalar, part: Part) -> Parameter | None:
        name = part.scalar("type")
        type_ = None if name is None else read_type(name.text, FACTS, name.place(), self.problems)
        cites = list(self.citations(part))
        cites += [cite for entry in part.parts("values") for cite in self.citations(entry)]
        stricter, hours = part.text("stricter"), part.text("hours")
        if type_ is None or not self._is_direction_fit(key, part, type_):
            return None
        values = read_dated_values(part, type_, self.problems, hours)
        if values is None:
            return None
        return Parameter(
            id=f"{self.id}/{key.text}",
            type=type_,
            stricter=stricter,  # type: ignore[arg-type]
            hours=hours,  # type: ignore[arg-type]
            values=values,
            cites=tuple(dict.fromkeys(cites)),
            description=read_text(part.part("description")),
            place=key.place(),
        )

    def _is_direction_fit(self, key: YamlScalar, part: Part, type_: Type) -> bool:
        """Report a parameter of hours that does not say what they are for, or another one that does."""
        hours, stricter = part.scalar("hours"), part.scalar("stricter")
        if type_ in WINDOWS and hours is None:
            message = f"`{key.text}` does not say whether its hours are `allowed` or `forbidden`"
            self.problems.append(Problem("parameter-direction", message, "write `hours: forbidden`", key.place()))
        elif type_ in WINDOWS and stricter is not None:
            message, help_ = f"`stricter` says nothing of `{type_}`", "leave it out: `hours` says what is stricter"
            self.problems.append(Problem("parameter-direction", message, help_, stricter.place()))
        elif type_ not in WINDOWS and hours is not None:
            help_ = "leave it out, or make the parameter `daily_hours` or `weekly_hours`"
            message = f"`hours` says nothing of `{type_}`"
            self.problems.append(Problem("parameter-direction", message, help_, hours.place()))
        else:
            return True
        return False

    def citations(self, part: Part, key: str = "cites") -> tuple[Citation, ...]:
        """The citations listed at `key`, without those that name no instrument."""
        citations = (self._citation(each) for each in part.parts(key))
        return tuple(each for each in citations if each is not None)

    def _citation(self, part: Part) -> Citation | None:
        named, reading = part.scalar("instrument"), part.scalar("reading")
        if named is None or reading is None:
            return None
        instrument = self._cited(named)
        if instrument is None:
            return None
        if reading.text == "own" and instrument.force != "own":
            message = f"`{named.text}` is no own instrument, so its reading cannot be `own`"
            help_ = "say how the text was read: `text`, `press` or `weak`"
            self.problems.append(Problem("own-reading", message, help_, reading.place()))
            return None
        return Citation(instrument, part.text("article"), reading.text, read_text(part.part("note")))  # type: ignore[arg-type]

    def _cited(self, named: YamlScalar) -> Instrument | None:
        known = {
            key if pack is self else f"{pack.id}/{key}": instrument
            for pack in self.everyone()
            for key, instrument in pack.instruments.items()
        } | {f"{self.id}/{key}": instrument for key, instrument in self.instruments.items()}
        instrument_named = known.get(named.text)
        if instrument_named is None:
            message = f"there is no instrument `{named.text}`"
            self.problems.append(Problem("no-such-instrument", message, did_you_mean(named.text, known), named.place()))
        return instrument_named

    def in_scope(self) -> tuple[dict[str, Parameter], dict[str, tuple[str, ...]]]:
        """Parameters and lexicons by the names that this pack's rules may use.

        Its own come first; those of used packs follow where only one of them has the name.
        """
        parameters = _unambiguous(self.parameters, [pack.parameters for pack in self.everyone()])
        return parameters, _unambiguous(self.lexicons, [pack.lexicons for pack in self.everyone()])


def _unambiguous(own: Mapping[str, _V], others: list[dict[str, _V]]) -> dict[str, _V]:
    counted: dict[str, list[_V]] = {}
    for table in others:
        for name, value in table.items():
            counted.setdefault(name, []).append(value)
    return {name: values[0] for name, values in counted.items() if len(values) == 1} | dict(own)
