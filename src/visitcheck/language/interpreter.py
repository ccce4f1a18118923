"""The reference interpreter: the plainest reading of what a typed expression means.

Every engine is held against it. It evaluates all parts of a node, also where the first would settle the
answer, so that `watch` sees them all; only the branch of `?:` that is not taken is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, ClassVar, NamedTuple, TypeAlias, cast

from visitcheck.facts.completeness import OPEN_LISTS, WORDS
from visitcheck.facts.types import COUNT, ListOf
from visitcheck.ir.dated_values import value_on
from visitcheck.ir.looks import Looks, SeenFacts
from visitcheck.ir.nodes import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    Choose,
    Compare,
    Const,
    Distinct,
    Element,
    Exact,
    Exists,
    Expr,
    Fact,
    Field,
    Filter,
    ForAll,
    Has,
    ListCall,
    Map,
    Negate,
    Not,
    Or,
    Param,
    Possible,
    RestCount,
    Size,
    Value,
)
from visitcheck.language import operators
from visitcheck.language.functions import FUNCTIONS, LIST_FUNCTIONS
from visitcheck.truth import NO_END, Count, Truth, and_, not_, or_

Binding: TypeAlias = dict[int, object]
"""The element that each macro around a node is looking at, by binder number."""
Watch: TypeAlias = Callable[[Expr, Binding, Value], None]
Change: TypeAlias = Callable[[Expr, Binding, Value], Value]
_Evaluate: TypeAlias = Callable[[Any, Any, Binding], Any]


class Member(NamedTuple):
    """An element of a list: `held` is TRUE where it is in, UNKNOWN where it is maybe in.

    `rest` marks one that stands for any number of further elements of a list that goes on, none included.
    """

    held: Truth
    value: Any
    rest: bool = False


class Rest(NamedTuple):
    """An element of which nothing is known but that its fact `closing` (None: not even that) is none of `words`."""

    closing: str | None = None
    words: tuple[str, ...] = ()


def interpret(
    expr: Expr,
    visit: object,
    *,
    bound: Binding | None = None,
    watch: Watch | None = None,
    change: Change | None = None,
    rests: bool = True,
) -> Value:
    """The value of an expression for a visit (any object whose attributes are its groups).

    `bound` gives the elements that macros around `expr` are looking at, where it is part of one.

    A list is a tuple of its values, UNKNOWN when an element is only maybe in. `watch`, where given, is
    called for every node evaluated, operands first; the value of a filtered or mapped list is a tuple of
    `Member` there. `change`, where given, is asked for every node what to take as its value: for questions
    of the kind "and if this part had been false?". Without `rests`, lists that go on are taken as they are: so
    for what `ir.open_lists` made of a condition.
    """
    value = _Interpretation(visit, watch, change, rests=rests).value(expr, bound or {})
    return _plain_values(value)


def members(source: Expr, visit: object, *, bound: Binding | None = None) -> tuple[Member, ...] | None:
    """The elements of a list expression, each in or maybe in; None where the list is absent."""
    return _Interpretation(visit).members(source, bound or {})


class _Interpretation:
    """One visit being read."""

    _evaluators: ClassVar[Mapping[type[Expr], _Evaluate]]
    """What evaluates a node, by its type."""

    def __init__(
        self, visit: object, watch: Watch | None = None, change: Change | None = None, *, rests: bool = True
    ) -> None:
        # Where nothing is said of completeness no list goes on, and no element that is looked at is a rest.
        self._with_rests = rests and getattr(visit, "completeness", None) is not None
        self._visit = visit
        self._watch = watch
        self._change = change

    def value(self, node: Expr, binding: Binding) -> Any:
        value = self._evaluators[type(node)](self, node, binding)
        if self._change is not None:
            value = self._change(node, binding, value)
        if self._watch is not None:
            self._watch(node, binding, value)
        return value

    def _param(self, node: Param, binding: Binding) -> Any:
        return value_on(node.values, self.value(node.date, binding))

    def _field(self, node: Field, binding: Binding) -> Any:
        return _follow_path(self.value(node.record, binding), (node.name,))

    def _not(self, node: Not, binding: Binding) -> Truth:
        return not_(self.value(node.operand, binding))

    def _and(self, node: And, binding: Binding) -> Truth:
        return and_([self.value(part, binding) for part in node.parts])

    def _or(self, node: Or, binding: Binding) -> Truth:
        return or_([self.value(part, binding) for part in node.parts])

    def _choose(self, node: Choose, binding: Binding) -> Any:
        test = self.value(node.test, binding)
        return None if test is None else self.value(node.then if test else node.other, binding)

    def _arithmetic(self, node: Arithmetic, binding: Binding) -> Any:
        left, right = self._plain_value(node.left, binding), self._plain_value(node.right, binding)
        return operators.arithmetic(node.op, node.left.type, node.right.type, left, right)

    def _negate(self, node: Negate, binding: Binding) -> Any:
        return operators.negate(node.type, self.value(node.operand, binding))

    def _exact(self, node: Exact, binding: Binding) -> Any:
        count = self.value(node.operand, binding)
        return None if count is None else count.exact()

    def _call(self, node: Call, binding: Binding) -> Any:
        args = [self._plain_value(arg, binding) for arg in node.args]
        if node.function == "inParam" and (words := self._named_words(node.args[0], binding)):
            return self._is_among(words, args[1])
        return FUNCTIONS[node.function](*args)

    def _possible(self, node: Possible, binding: Binding) -> Truth:
        return self.value(node.operand, binding) is not False

    def _rest_count(self, node: RestCount, binding: Binding) -> Count:
        return Count(0, 0 if self.value(node.test, binding) is False else NO_END)

    def _exists(self, node: Exists, binding: Binding) -> Truth:
        if words := self._words_looked_for(node, binding):
            return self._is_among(words, self.value(node.source, binding))
        members = self.members(node.source, binding)
        if members is None:
            return None
        bodies = self._each(node.body, node.binder, members, binding)
        return or_([and_((member.held, body)) for member, body in zip(members, bodies, strict=True)])

    def _for_all(self, node: ForAll, binding: Binding) -> Truth:
        members = self.members(node.source, binding)
        if members is None:
            return None
        bodies = self._each(node.body, node.binder, members, binding)
        return and_([or_((not_(member.held), body)) for member, body in zip(members, bodies, strict=True)])

    def _filter(self, node: Filter, binding: Binding) -> Any:
        members = self.members(node.source, binding)
        if members is None:
            return None
        bodies = self._each(node.body, node.binder, members, binding)
        kept = [Member(and_((m.held, body)), m.value, m.rest) for m, body in zip(members, bodies, strict=True)]
        return tuple(member for member in kept if member.held is not False)

    def _map(self, node: Map, binding: Binding) -> Any:
        members = self.members(node.source, binding)
        if members is None:
            return None
        bodies = self._each(node.body, node.binder, members, binding)
        return tuple(Member(m.held, body, m.rest) for m, body in zip(members, bodies, strict=True))

    def _distinct(self, node: Distinct, binding: Binding) -> Any:
        members = self.members(node.source, binding)
        if members is None:
            return None
        return distinct_members(_without_rests(members)) + tuple(m for m in members if m.rest)

    def _size(self, node: Size, binding: Binding) -> Any:
        members = self.members(node.source, binding)
        return None if members is None else _further("add", _sized(members), members)

    def _aggregate(self, node: Aggregate, binding: Binding) -> Any:
        members = self.members(node.source, binding)
        default = None if node.default is None else self._plain_value(node.default, binding)
        return None if members is None else aggregate_members(node, members, default)

    def _list_call(self, node: ListCall, binding: Binding) -> Any:
        members = self.members(node.source, binding)
        if members is None:
            return None
        args = [self._plain_value(arg, binding) for arg in node.args]
        columns = [self._each(body, node.binder, members, binding) for body in node.bodies]
        rows = zip(*columns, strict=True) if columns else [()] * len(members)
        pairs = zip(members, rows, strict=True)
        elements = tuple((member.held, row) for member, row in pairs if not member.rest)
        function = LIST_FUNCTIONS[node.function]
        return _further(function.further, function.evaluate(elements, *args), members)

    def _fact(self, node: Fact, _: Binding) -> Any:
        """A fact; a list that goes on as members, its rests last."""
        value = _follow_path(self._visit, node.path)
        if not self._with_rests or not isinstance(node.type, ListOf) or ".".join(node.path) not in OPEN_LISTS:
            return value
        rests = self._rests(node.path)
        return value if not rests else (*(Member(True, item) for item in value or ()), *rests)

    def _rests(self, path: tuple[str, ...]) -> tuple[Member, ...]:
        """What stands for the further elements of a list that goes on: a rest for each closing fact that is named."""
        about = _follow_path(self._visit, ("completeness", *path))
        if about is None or about.complete is not False:
            return ()
        named = {fact: _follow_path(about, ("all_with", fact)) for fact in OPEN_LISTS[".".join(path)].closing}
        rests = [Rest(fact, words) for fact, words in named.items() if words is not None]
        return tuple(Member(None, rest, rest=True) for rest in rests or [Rest()])

    def _has(self, node: Has, binding: Binding) -> Truth:
        target = node.target
        if isinstance(target, Field) and isinstance(self.value(target.record, binding), Rest):
            return None
        return self.value(target, binding) is not None

    def _compare(self, node: Compare, binding: Binding) -> Truth:
        if self._with_rests and node.op in ("==", "!="):
            for asked, answer in ((node.left, node.right), (node.right, node.left)):
                words = self._named_words(asked, binding)
                if words and isinstance(answer, Const | Param):
                    equal = self._is_among(words, (self._plain_value(answer, binding),))
                    return equal if node.op == "==" else not_(equal)
        type_ = COUNT if COUNT in (node.left.type, node.right.type) else node.left.type
        left, right = self._plain_value(node.left, binding), self._plain_value(node.right, binding)
        return operators.compare(node.op, type_, left, right)

    def _named_words(self, node: Expr, binding: Binding) -> tuple[str, ...]:
        """The words that a closing fact of a rest is known not to be; none for anything else."""
        if not self._with_rests:
            return ()
        element, name = (node.record, node.name) if isinstance(node, Field) else (node, WORDS)
        rest = binding.get(element.binder) if isinstance(element, Element) else None
        return rest.words if isinstance(rest, Rest) and rest.closing == name else ()

    def _words_looked_for(self, node: Exists, binding: Binding) -> tuple[str, ...]:
        """The words that a rest's closing fact is known not to be, where `node` looks for that fact in a parameter."""
        match node:
            case Exists(source=Param(), body=Compare(op="==", left=Element(binder=node.binder), right=asked)):
                return self._named_words(asked, binding)
            case _:
                return ()

    @staticmethod
    def _is_among(named: tuple[str, ...], words: tuple[Any, ...] | None) -> Truth:
        """Whether a word of which only is known that it is no named one is among `words`."""
        return None if words is None else or_(False if word in named else None for word in words)

    def _each(self, body: Expr, binder: int, members: tuple[Member, ...], binding: Binding) -> list[Any]:
        return [_plain_values(self.value(body, {**binding, binder: member.value})) for member in members]

    def members(self, node: Expr, binding: Binding) -> tuple[Member, ...] | None:
        """The elements of a list, in or maybe in."""
        items = self.value(node, binding)
        if items is None:
            return None
        return tuple(item if isinstance(item, Member) else Member(True, item) for item in items)

    def _plain_value(self, node: Expr, binding: Binding) -> Any:
        return _plain_values(self.value(node, binding))


_Kept: TypeAlias = dict[tuple[Hashable, ...], tuple[Binding, Any]]
_CHEAP = frozenset({Const, Element, Fact, Field})
"""Nodes that take no longer to evaluate than to look up."""
_PLAIN_TYPES = frozenset({str, int, float, bool, type(None), Rest})
"""Elements that are told apart by what they are, all others by their identity."""


class CachedInterpretation(_Interpretation):
    """One visit read again and again: what is worked out once is kept, and no more is worked out than settles a truth.

    The values are the interpreter's, rests included; `watch` sees only what is evaluated. An answer is kept for the
    facts of elements that it looks at, so elements that agree in these share it. What looks at one element of one list
    is kept for good, so what is kept grows with the lists, not with their product; of what looks at more elements at
    once only the latest is. `exists` and `all` ask first what hangs on their own element alone, once for each: for
    each element of another list around them they cost no more than the elements that are left and differ.
    """

    _MOST_MIXED = 1 << 16
    """Values that look at two elements or more which are kept at a time."""

    def __init__(self, visit: object, looks: Looks | None = None, *, watch: Watch | None = None) -> None:
        super().__init__(visit, watch)
        self._looks = Looks() if looks is None else looks
        # Numbering pays where many visits are read: then equal nodes share an answer wherever they are written.
        self.key_of: Callable[[Expr], int] = id if looks is None else looks.number
        self._known: _Kept = {}
        self._mixed: _Kept = {}

    def interpret(self, expr: Expr, bound: Binding) -> Value:
        """Give the value of an expression where the macros around it look at the elements `bound`."""
        return _plain_values(self.value(expr, bound))

    def fact(self, path: tuple[str, ...]) -> Any:
        """Look up a fact as it is given, without what stands for further elements."""
        return _follow_path(self._visit, path)

    def value(self, node: Expr, binding: Binding) -> Any:
        """Evaluate a node, once for the elements that it looks at."""
        if type(node) in _CHEAP:
            return super().value(node, binding)
        kept, key = self._place("value", node, node, binding)
        answer = kept.get(key)
        if answer is None:
            # The binding is kept as well, so that no other element takes the identity that the key goes by.
            answer = kept[key] = (binding, super().value(node, binding))
        return answer[1]

    def _place(self, kind: str, node: Expr, looking: Expr, binding: Binding) -> tuple[_Kept, tuple[Hashable, ...]]:
        """Where an answer on a node is kept for the facts of elements that `looking` sees, and under which key."""
        seen = self._looks.seen_by(looking)
        if not seen:
            return self._known, (kind, self.key_of(node))
        key = (kind, self.key_of(node), *_facts_seen(seen, binding))
        if len(seen) == 1:
            return self._known, key
        if len(self._mixed) > self._MOST_MIXED:
            self._mixed.clear()
        return self._mixed, key

    def _and(self, node: And, binding: Binding) -> Truth:
        return and_(self.value(part, binding) for part in self._looks.cheapest_first(node))

    def _or(self, node: Or, binding: Binding) -> Truth:
        return or_(self.value(part, binding) for part in self._looks.cheapest_first(node))

    def _quantified(self, node: Exists | ForAll, binding: Binding) -> Truth:
        if isinstance(node, Exists) and (words := self._words_looked_for(node, binding)):
            return self._is_among(words, self.value(node.source, binding))
        candidates = self._candidates(node, binding)
        if candidates is None:
            return None
        mixed = self._looks.split_body(node).mixed
        inner, outer = (and_, or_) if isinstance(node, Exists) else (or_, and_)
        return outer(
            inner((truth, *self._bodies(mixed, node.binder, element, binding))) if mixed else truth
            for truth, element in candidates
        )

    def _bodies(self, parts: tuple[Expr, ...], binder: int, element: Any, binding: Binding) -> Iterable[Any]:
        inside = {**binding, binder: element}
        return (_plain_values(self.value(part, inside)) for part in parts)

    def _candidates(self, node: Exists | ForAll, binding: Binding) -> list[tuple[Truth, Any]] | None:
        """The elements that are not settled by what hangs on them alone, each with what that came to.

        Of elements in which the other parts of the body see no difference one stands for all.
        """
        kept, key = self._place("candidates", node, node.source, binding)
        answer = kept.get(key)
        if answer is None:
            answer = kept[key] = (binding, self._collect_candidates(node, binding))
        return cast("list[tuple[Truth, Any]] | None", answer[1])

    def _collect_candidates(self, node: Exists | ForAll, binding: Binding) -> list[tuple[Truth, Any]] | None:
        elements = self.members(node.source, binding)
        if elements is None:
            return None
        own, _, seen = self._looks.split_body(node)
        candidates: dict[tuple[Hashable, ...], tuple[Truth, Any]] = {}
        for member in elements:
            bodies = self._bodies(own, node.binder, member.value, {})
            if isinstance(node, Exists):
                truth, settled = and_((member.held, *bodies)), False
            else:
                truth, settled = or_((not_(member.held), *bodies)), True
            if truth is not settled:
                facts = _facts_seen(seen, {node.binder: member.value})
                candidates.setdefault((truth, *facts), (truth, member.value))
        return list(candidates.values())


def _facts_seen(seen: SeenFacts, binding: Binding) -> tuple[Hashable, ...]:
    """What tells elements apart for who looks at these facts of them (None: at the whole elements)."""
    keys: list[Hashable] = []
    for binder, names in seen.items():
        element: Any = binding[binder]
        if names is None or element is None or type(element) is Rest:
            keys.append(element if type(element) in _PLAIN_TYPES else id(element))
            continue
        for name in names:
            value = getattr(element, name, None)
            keys.append(value if type(value) in _PLAIN_TYPES else id(value))
    return tuple(keys)


def _without_rests(members: tuple[Member, ...]) -> tuple[Member, ...]:
    return tuple(member for member in members if not member.rest)


def _sized(members: tuple[Member, ...]) -> Count:
    given = _without_rests(members)
    return Count(sum(member.held is True for member in given), len(given))


def _further(how: str, answer: Any, members: tuple[Member, ...]) -> Any:
    """An answer about the given elements of a list, with what its rests may do to it; see `ListFunction.further`."""
    if answer is None or not any(member.rest for member in members):
        return answer
    if how == "help":
        return or_((answer, None))
    return Count(answer.low if how == "add" else 0, NO_END)


def _plain_values(value: Any) -> Any:
    """A list of members as a tuple of their values, UNKNOWN when one is maybe or a rest; anything else as it is."""
    if isinstance(value, Rest):
        return None
    if isinstance(value, tuple) and value and isinstance(value[0], Member):
        return tuple(member.value for member in value) if all(member.held for member in value) else None
    return value


def _follow_path(record: object, path: tuple[str, ...]) -> Any:
    """What a path leads to; None as soon as a link is missing."""
    for name in path:
        if record is None or isinstance(record, Rest):
            return None
        record = getattr(record, name, None)
    return record


def distinct_members(members: tuple[Member, ...]) -> tuple[Member, ...]:
    """Equal values once; see `Distinct`."""
    known: dict[Any, Truth] = {}
    for member in members:
        if member.value is not None:
            known[member.value] = or_((known.get(member.value, False), member.held))
    distinct = [Member(held, value) for value, held in known.items()]
    something_in = True in known.values()
    for member in members:
        if member.value is None:
            distinct.append(Member(None if something_in else member.held, None))
            something_in = something_in or member.held is True
    return tuple(distinct)


def aggregate_members(node: Aggregate, members: tuple[Member, ...], default: Any) -> Any:
    """`min`, `max` or `sum` of a list's elements; see `Aggregate`."""
    if any(member.held is None or member.value is None for member in members):
        return None
    if members:
        return operators.aggregate(node.kind, node.type, tuple(member.value for member in members))
    return operators.zero(node.type) if node.kind == "sum" and node.default is None else default


_Interpretation._evaluators = {
    Const: lambda _, node, __: node.value,
    Param: _Interpretation._param,
    Fact: _Interpretation._fact,
    Element: lambda _, node, binding: binding[node.binder],
    Field: _Interpretation._field,
    Has: _Interpretation._has,
    Not: _Interpretation._not,
    And: _Interpretation._and,
    Or: _Interpretation._or,
    Choose: _Interpretation._choose,
    Compare: _Interpretation._compare,
    Arithmetic: _Interpretation._arithmetic,
    Negate: _Interpretation._negate,
    Exact: _Interpretation._exact,
    Call: _Interpretation._call,
    Possible: _Interpretation._possible,
    RestCount: _Interpretation._rest_count,
    Exists: _Interpretation._exists,
    ForAll: _Interpretation._for_all,
    Filter: _Interpretation._filter,
    Map: _Interpretation._map,
    Distinct: _Interpretation._distinct,
    Size: _Interpretation._size,
    Aggregate: _Interpretation._aggregate,
    ListCall: _Interpretation._list_call,
}
CachedInterpretation._evaluators = {
    **_Interpretation._evaluators,
    And: CachedInterpretation._and,
    Or: CachedInterpretation._or,
    Exists: CachedInterpretation._quantified,
    ForAll: CachedInterpretation._quantified,
}
