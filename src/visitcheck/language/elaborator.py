"""From the syntax tree to the typed expression: names are looked up, types checked, zones put in.

`Elaborator` goes down the tree and elaborates the parts of a node before the node. What type a node has once its parts
have theirs, and what is wrong where it has none, is in `operator_types`, `call_types` and `macro_types`; these never
go down the tree themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from visitcheck.facts.types import TIMESTAMP, ListOf, Record, Type
from visitcheck.ir.nodes import And, ArithmeticOp, CompareOp, Const, Element, Expr, Fact, Field, Has, Or, Param
from visitcheck.ir.walk import walk
from visitcheck.language import call_types, macro_types, operator_types
from visitcheck.language import syntax as s
from visitcheck.language.coerce import require_truth, require_type, require_value
from visitcheck.language.condition_text import ConditionText
from visitcheck.language.functions import FUNCTIONS, INTERNAL_FUNCTIONS, LIST_FUNCTIONS, ListFunction
from visitcheck.language.macro_types import AGGREGATES, ListQuestion
from visitcheck.language.scope import PARAMETERS, Scope, describe
from visitcheck.suggest import did_you_mean


@dataclass(frozen=True, slots=True)
class _Variable:
    """A macro's variable: a provisional binder number, and the element's type (None: the list had a problem)."""

    number: int
    type: Type | None


class Elaborator:
    """One elaboration: what the names mean, the variables of the macros around, and the text for reports."""

    def __init__(self, text: ConditionText, scope: Scope) -> None:
        self._text = text
        self._scope = scope
        self._variables: dict[str, _Variable] = {}
        self._last_provisional = 0

    def elaborate(self, tree: s.Tree) -> Expr | None:
        """The typed expression of a part of the tree, or None after its problems were reported."""
        match tree:
            case s.Literal():
                return operator_types.literal(self._text, tree)
            case s.Name():
                return self._name(tree)
            case s.Access():
                return self._access(tree)
            case s.Invoke():
                return self._invoke(tree)
            case s.Prefix():
                return self._prefix(tree)
            case s.Binary():
                return self._member(tree) if tree.op == "in" else self._binary(tree)
            case s.Logic():
                return self._logic(tree)
            case s.Conditional():
                return self._conditional(tree)
            case s.ListLiteral():
                return self._list_literal(tree)
            case s.LeftOut():
                part = s.LEFT_OUT_PARTS[tree.part]
                self._text.report("left-out", f"conditions do not have {part.name}", part.instead, tree)
                return None

    def _value(self, tree: s.Tree) -> Expr | None:
        """The expression of a part that must be a single value."""
        return require_value(self._text, self.elaborate(tree), tree)

    # Names

    def _name(self, tree: s.Name) -> Expr | None:
        name, scope = tree.name, self._scope
        if name in self._variables:
            variable = self._variables[name]
            if variable.type is None:
                return None
            return Element(variable.number, variable.type, origin=self._text.origin(tree))
        if name in scope.lets:
            return self._let(tree)
        if name == PARAMETERS:
            known = ", ".join(f"`{PARAMETERS}.{param}`" for param in list(scope.params)[:8])
            help_ = f"name one: {known}" if known else None
            self._text.report("not-a-value", "`params` holds the parameters", help_, tree)
            return None
        if name in scope.facts.fields:
            return Fact((name,), scope.facts.fields[name], origin=self._text.origin(tree))
        help_ = did_you_mean(name, [*self._variables, *scope.names()], _groups_help(scope.facts, name))
        self._text.report("no-such-name", f"there is no `{name}` here", help_, tree)
        return None

    def _let(self, tree: s.Name) -> Expr | None:
        expr = self._scope.lets[tree.name]
        if expr is not None and not self._scope.allow_has and any(isinstance(node, Has) for node in walk(expr)):
            self._text.report(
                "has-in-rule",
                f"the `let` `{tree.name}` uses `has()`, which may not decide a rule that denies or reviews",
                "ask for the fact that states it, and let `on_unknown` decide where that is missing",
                tree,
            )
            return None
        return expr

    def _access(self, tree: s.Access) -> Expr | None:
        base = tree.record
        if isinstance(base, s.Name) and base.name == PARAMETERS and base.name not in self._variables:
            return self._param(tree)
        record = self.elaborate(base)
        if record is None:
            return None
        written = self._text.excerpt(base)
        if not isinstance(record.type, Record):
            help_ = None
            if isinstance(record.type, ListOf):
                help_ = f"ask about its elements, like `{written}.exists(x, x.{tree.name} == ...)`"
            message = f"`{written}` is {describe(record.type)} and has no fields"
            self._text.report("no-such-field", message, help_, tree.name_span)
            return None
        type_ = record.type.fields.get(tree.name)
        if type_ is None:
            help_ = did_you_mean(tree.name, record.type.fields)
            self._text.report("no-such-field", f"`{written}` has no field `{tree.name}`", help_, tree.name_span)
            return None
        if isinstance(record, Fact):
            return Fact((*record.path, tree.name), type_, origin=self._text.origin(tree))
        return Field(record, tree.name, type_, origin=self._text.origin(tree))

    def _param(self, tree: s.Access) -> Expr | None:
        param = self._scope.params.get(tree.name)
        if param is None:
            help_ = did_you_mean(tree.name, self._scope.params, "declare it under `parameters`")
            self._text.report("no-such-parameter", f"there is no parameter `{tree.name}`", help_, tree.name_span)
            return None
        return Param(tree.name, param.type, param.values, self._scope.date, origin=self._text.origin(tree))

    # Operators

    def _logic(self, tree: s.Logic) -> Expr | None:
        what = f"each part of `{tree.op}`"
        parts = _all_or_none([require_truth(self._text, self.elaborate(part), part, what) for part in tree.parts])
        if parts is None:
            return None
        return (And if tree.op == "&&" else Or)(tuple(parts), origin=self._text.origin(tree))

    def _conditional(self, tree: s.Conditional) -> Expr | None:
        test = require_truth(self._text, self.elaborate(tree.test), tree.test, "what comes before `?`")
        then = operator_types.require_branch(self._text, self.elaborate(tree.then), tree.then)
        other = operator_types.require_branch(self._text, self.elaborate(tree.other), tree.other)
        if test is None or then is None or other is None:
            return None
        return operator_types.conditional(self._text, test, then, other, tree)

    def _binary(self, tree: s.Binary) -> Expr | None:
        left, right = self.elaborate(tree.left), self.elaborate(tree.right)
        if tree.op not in ("==", "!=") or not operator_types.are_value_lists(left, right):
            left = require_value(self._text, left, tree.left)
            right = require_value(self._text, right, tree.right)
        if left is None or right is None:
            return None
        if tree.op in operator_types.RELATIONS:
            return operator_types.compare(self._text, cast("CompareOp", tree.op), left, right, tree)
        return operator_types.arithmetic(self._text, cast("ArithmeticOp", tree.op), left, right, tree)

    def _member(self, tree: s.Binary) -> Expr | None:
        """`x in list`: the OR of `==` over constants, or `exists` over any other list."""
        item = self._value(tree.left)
        if isinstance(tree.right, s.ListLiteral):
            if not tree.right.items:
                self._text.report("list-empty", "nothing is in an empty list", "name at least one constant", tree.right)
                return None
            constants = self._constants(tree.right)
            if item is None or constants is None:
                return None
            return operator_types.any_equal(self._text, item, constants, tree.right.items, tree)
        source = self.elaborate(tree.right)
        if item is None or source is None:
            return None
        return operator_types.member_of(self._text, item, source, tree)

    def _prefix(self, tree: s.Prefix) -> Expr | None:
        if tree.op == "-" and isinstance(tree.operand, s.Literal) and tree.operand.kind in ("int", "double"):
            return operator_types.negative_literal(self._text, tree.operand, tree)
        operand = self._value(tree.operand)
        return None if operand is None else operator_types.prefix(self._text, operand, tree)

    def _list_literal(self, tree: s.ListLiteral) -> Expr | None:
        if not tree.items:
            message = "an empty list has no type and holds nothing"
            self._text.report("list-empty", message, "name at least one constant", tree)
            return None
        constants = self._constants(tree)
        return None if constants is None else operator_types.constant_list(self._text, constants, tree)

    def _constants(self, tree: s.ListLiteral) -> list[Const] | None:
        """The elements of a list literal, each of which must be a constant."""
        constants = [operator_types.require_constant(self._text, self._value(item), item) for item in tree.items]
        return cast("list[Const] | None", _all_or_none(constants))

    # Calls

    def _invoke(self, tree: s.Invoke) -> Expr | None:
        """`name(args)` or `receiver.name(args)`."""
        if tree.receiver is None and tree.name in s.LEFT_OUT_FUNCTIONS:
            part = s.LEFT_OUT_PARTS[s.LEFT_OUT_FUNCTIONS[tree.name]]
            message = f"`{tree.name}()` is left out: conditions do not have {part.name}"
            self._text.report("left-out", message, part.instead, tree)
            return None
        if tree.receiver is None and tree.name == "has":
            return self._has(tree)
        if tree.receiver is None and tree.name == "knownSince":
            return self._known_since(tree)
        if macro_types.is_list_question(tree):
            return self._list_question(tree)
        function = FUNCTIONS.get(tree.name)
        if tree.name in ("size", "contains") and (function is None or _subject(tree) is not None):
            return self._list_or_text_call(tree)
        if function is None or tree.name in INTERNAL_FUNCTIONS:
            call_types.report_unknown_function(self._text, tree)
            return None
        written = [*([tree.receiver] if tree.receiver is not None else []), *tree.args]
        args = [(self.elaborate(arg), arg) for arg in written]
        return call_types.call(self._text, self._scope, tree, function, args)

    def _list_or_text_call(self, tree: s.Invoke) -> Expr | None:
        """`size` and `contains`, which mean one thing on a text and another on a list."""
        subject = cast("s.Tree", _subject(tree))
        expr = self.elaborate(subject)
        rest = [(self.elaborate(arg), arg) for arg in (tree.args if tree.receiver is not None else ())]
        if expr is None:
            return None
        if isinstance(expr.type, ListOf):
            if tree.name == "size":
                return self._list_question(tree, expr)
            self._text.report("no-such-function", "a list has no `contains`", "write `x in list`", tree.name_span)
            return None
        return call_types.call(self._text, self._scope, tree, FUNCTIONS[tree.name], [(expr, subject), *rest])

    def _known_since(self, tree: s.Invoke) -> Expr | None:
        if len(tree.args) != 2:
            message = "`knownSince` takes a history and a timestamp"
            self._text.report("wrong-arguments", message, call_types.KNOWN_SINCE_FORM, tree)
            return None
        listed, at = tree.args
        moment = require_type(self._text, self._value(at), TIMESTAMP, at, "argument 2 of `knownSince`")
        name = listed.name if isinstance(listed, s.Name) and listed.name not in self._variables else ""
        return call_types.known_since(self._text, self._scope, tree, name, moment)

    def _has(self, tree: s.Invoke) -> Expr | None:
        if len(tree.args) != 1:
            self._text.report("wrong-arguments", "`has` takes one fact", "its form is `has(fact)`", tree)
            return None
        (argument,) = tree.args
        if not isinstance(argument, s.Access | s.Name):
            message = "`has` takes a fact or a field"
            self._text.report("has-needs-fact", message, "its form is `has(group.fact)`", argument)
            return None
        target = self.elaborate(argument)
        if target is None:
            return None
        if not isinstance(target, Fact | Field) or (isinstance(argument, s.Name) and argument.name in self._scope.lets):
            message = f"`has` takes a fact or a field, and `{self._text.excerpt(argument)}` is none"
            self._text.report("has-needs-fact", message, "its form is `has(group.fact)`", argument)
            return None
        if self._scope.allow_has:
            return Has(target, origin=self._text.origin(tree))
        record = self.elaborate(argument.record) if isinstance(argument, s.Access) else None
        self._text.report(
            "has-in-rule",
            "`has()` turns a missing fact into FALSE, which may not decide a rule that denies or reviews",
            call_types.stated_fact_help(self._text, argument, target, record),
            tree,
        )
        return None

    # What is asked of lists

    def _list_question(self, tree: s.Invoke, source: Expr | None = None) -> Expr | None:
        """A macro, aggregate or list function; `source` is the list where it has been elaborated already."""
        if tree.receiver is None and not tree.args:
            macro_types.report_wrong_form(self._text, tree)
            return None
        at = tree.receiver if tree.receiver is not None else tree.args[0]
        args = tree.args if tree.receiver is not None else tree.args[1:]
        if source is None:
            source = self.elaborate(at)
        if source is not None and not isinstance(source.type, ListOf):
            help_ = f"the form is `{macro_types.form_of(tree.name)}`"
            message = f"`{self._text.excerpt(at)}` is {describe(source.type)}, not a list"
            self._text.report("not-a-list", message, help_, at)
            source = None
            if tree.name in AGGREGATES:
                return None
        question = ListQuestion(tree, source, args)
        if tree.name in LIST_FUNCTIONS:
            return self._list_function(question, LIST_FUNCTIONS[tree.name])
        return self._aggregate(question) if tree.name in AGGREGATES else self._macro(question)

    def _macro(self, question: ListQuestion) -> Expr | None:
        name = question.tree.name
        if len(question.args) != 2 and not (name == "map" and len(question.args) == 3):
            macro_types.report_wrong_form(self._text, question.tree)
            return None
        trees = question.args[1:]
        elaborated = self._bodies(question, trees)
        if elaborated is None:
            return None
        bodies, provisional = elaborated
        return macro_types.macro(self._text, question, list(zip(bodies, trees, strict=True)), provisional)

    def _aggregate(self, question: ListQuestion) -> Expr | None:
        if len(question.args) > (1 if question.tree.name in ("min", "max") else 0):
            macro_types.report_wrong_form(self._text, question.tree)
            return None
        defaults = _all_or_none([self._value(arg) for arg in question.args])
        if question.source is None or defaults is None:
            return None
        return macro_types.aggregate(self._text, question, question.source, defaults[0] if defaults else None)

    def _list_function(self, question: ListQuestion, function: ListFunction) -> Expr | None:
        extra = len(question.args) - 1 - len(function.bodies) - len(function.args)
        if extra < 0 or (extra and not function.repeat):
            macro_types.report_wrong_form(self._text, question.tree)
            return None
        last = 1 + len(function.bodies) + extra
        body_trees, arg_trees = question.args[1:last], question.args[last:]
        elaborated = self._bodies(question, body_trees)
        args = [
            require_type(
                self._text, self.elaborate(arg), wanted, arg, f"argument {last + place + 1} of `{function.name}`"
            )
            for place, (arg, wanted) in enumerate(zip(arg_trees, function.args, strict=True))
        ]
        if elaborated is None:
            return None
        bodies, provisional = elaborated
        pairs = list(zip(bodies, body_trees, strict=True))
        return macro_types.list_call(self._text, question, function, pairs, args, provisional)

    def _bodies(self, question: ListQuestion, trees: tuple[s.Tree, ...]) -> tuple[list[Expr | None], int] | None:
        """The bodies elaborated with the element bound, and the provisional binder number."""
        name = self._fresh_variable(question.args[0])
        if name is None:
            return None
        item = None if question.source is None else cast("ListOf", question.source.type).item
        with self._bind(name, item) as provisional:
            return [self.elaborate(tree) for tree in trees], provisional

    def _fresh_variable(self, tree: s.Tree) -> str | None:
        """The name that a macro's first argument gives to the element; it must mean nothing else."""
        if not isinstance(tree, s.Name):
            message, help_ = "the first argument is a name for the element", "like `c` in `exists(c, ...)`"
            self._text.report("binding-needed", message, help_, tree)
            return None
        taken = "an outer macro's variable" if tree.name in self._variables else self._scope.meaning(tree.name)
        if taken is not None:
            message = f"`{tree.name}` is already the name of {taken}"
            self._text.report("name-taken", message, "choose another name", tree)
            return None
        return tree.name

    @contextmanager
    def _bind(self, name: str, type_: Type | None) -> Iterator[int]:
        """Make `name` a macro variable while the block runs, and give its provisional binder number.

        The number is below zero, so that it never meets a final one; `macro_types` replaces it when the bodies,
        on which the final number depends, are done.
        """
        self._last_provisional -= 1
        number = self._last_provisional
        self._variables[name] = _Variable(number, type_)
        try:
            yield number
        finally:
            del self._variables[name]


def _all_or_none(exprs: Sequence[Expr | None]) -> list[Expr] | None:
    """The expressions, or None where one of them had a problem."""
    whole = [expr for expr in exprs if expr is not None]
    return whole if len(whole) == len(exprs) else None


def _subject(tree: s.Invoke) -> s.Tree | None:
    """What `size` or `contains` is asked of, in either form."""
    if tree.receiver is not None:
        return tree.receiver
    return tree.args[0] if len(tree.args) == 1 and tree.name == "size" else None


def _groups_help(facts: Record, name: str) -> str | None:
    """Help for a field named without its group."""
    groups = [group for group, type_ in facts.fields.items() if isinstance(type_, Record) and name in type_.fields]
    if groups:
        return "did you mean " + " or ".join(f"`{group}.{name}`" for group in groups[:3]) + "?"
    return None
