"""What rule sets and limits are given: typed names, and how they are bound where they are used.

A given is a value type, a doctype (or several), a child doctype (one row of that kind) or a child
doctype in brackets (the rows of a table of that kind).
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from typing import cast

from engine.catalog.fields import FieldType
from engine.catalog.rules import Given
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.reader import Reader, own_record
from engine.compiler.schema import DraftSchema, link_type, plain_type
from engine.compiler.targets import Targets
from engine.expr.program import Expr
from engine.expr.scope import Scope
from engine.expr.types import Money, Record, Rows, Type
from engine.problems.problem import Span
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Listing, Mapping, Node, Scalar
from engine.spec.common import VALUE_TYPES


@dataclass(slots=True)
class Givens:
    """Names with what they are, and with their types in expressions."""

    given: dict[str, Given]
    types: dict[str, Type]


def read_givens(reader: Reader, targets: Targets, node: Mapping) -> Givens:
    """The keys ``given`` and ``optional`` of a construct."""
    optional = set(view.texts(node, "optional"))
    found = Givens({}, {})
    for name, value in view.entries(node, "given"):
        given = _given(reader, targets, name, value, optional=name.text in optional)
        found.given[name.text] = given
        found.types[name.text] = given_type(given)
    for name in view.names(node, "optional"):
        if name.text not in found.given:
            hint = did_you_mean(name.text, found.given)
            reader.unknown("E405", f"'{name.text}' is not given.", name, hint)
    return found


def _given(reader: Reader, targets: Targets, name: Scalar, value: Node, *, optional: bool) -> Given:
    kinds = view.scalars(value)
    if len(kinds) == 1 and kinds[0].text in VALUE_TYPES:
        if kinds[0].text == "json":
            message = "Json has no type that a decision could rely on."
            reader.find("E460", message, kinds[0].span, "Give the values that are read.")
        return Given(name.text, cast("FieldType", kinds[0].text), (), optional)
    if len(kinds) == 1 and kinds[0].text in targets.text_types:
        return Given(name.text, "text", (), optional)
    rows = [kind for kind in kinds if kind.text in targets.children]
    if rows:
        if len(kinds) > 1:
            message = f"'{name.text}' is rows of one kind, not of several."
            reader.find("E460", message, kinds[1].span, f"{name.text}: [{rows[0].text}]")
        if isinstance(value, Listing):
            return Given(name.text, "table", (rows[0].text,), optional)
        return Given(name.text, "link", (rows[0].text,), optional, row=True)
    links: list[str] = []
    for kind in kinds:
        resolved, problem = targets.resolve(kind, others=VALUE_TYPES)
        if problem is not None:
            reader.problems.append(problem)
        links += resolved
    return Given(name.text, "link", tuple(dict.fromkeys(links)), optional)


def given_type(given: Given) -> Type:
    """The type of a given in expressions."""
    if given.type == "table":
        return Rows(Record(given.link[0], own=True))
    if given.row:
        return Record(given.link[0], own=True)
    if given.type == "link":
        return link_type(given.link)
    return Money() if given.type == "money" else plain_type(given.type)


@dataclass(frozen=True, slots=True)
class Around:
    """Where givens are looked for by name: the row, the document, the document's date."""

    draft: DoctypeDraft
    path: str = ""
    row: Record | None = None
    """What is gone through, where that is no row of ``path``."""

    def source(self, schema: DraftSchema, name: str) -> str | None:
        """The expression that a name stands for here; None where nothing is called so."""
        own = self.row
        if own is None and self.path:
            own = own_record(self.draft, self.path)
        if own is not None and schema.field(own, name) is not None:
            return f"row.{name}"
        if schema.field(own_record(self.draft), name) is not None:
            return name
        if name == self.draft.key:
            return "this"
        return self.draft.date if name == "date" else None


@dataclass(frozen=True, slots=True)
class Binding:
    """``who`` is given, seen from ``around`` in ``scope``; ``span``: where that is asked for.

    ``can_say``: whether there is a key ``with`` that binds what is not found by name.
    """

    who: str
    given: Dictionary[str, Given]
    around: Around
    scope: Scope
    span: Span
    can_say: bool = True


def bind_givens(reader: Reader, binding: Binding, said: Mapping | None = None) -> dict[str, Expr]:
    """Each given by ``said`` (the key ``with``), else by its name around.

    A given that is not at hand is reported, an optional one is left out.
    """
    told = dict(_told(reader, binding, said))
    found: dict[str, Expr] = {}
    for name, given in binding.given.items():
        rows = given.type == "table" or given.row
        type_ = None if rows else given_type(given)
        if name in told:
            place = told[name].span
            expression = reader.expression(told[name], binding.scope, type_)
        else:
            source = binding.around.source(reader.schema, name)
            if source is None:
                if not given.optional:
                    message = (
                        f"{binding.who} must be given '{name}', and nothing here is called so."
                    )
                    hint = f"with: {{{name}: …}}" if binding.can_say else "Use names of its fields."
                    reader.find("E405", message, binding.span, hint, missing=name)
                continue
            place = binding.span
            expression = reader.source(source, place, binding.scope, type_)
        if expression is None:
            continue
        if rows and not reader.schema.takes_rows(given_type(given), expression.type):
            reader.misfit(given_type(given), expression.type, place)
            continue
        found[name] = expression
    return found


def _told(reader: Reader, binding: Binding, said: Mapping | None) -> list[tuple[str, Scalar]]:
    found: list[tuple[str, Scalar]] = []
    for entry in said.entries.values() if said is not None else ():
        if entry.key.text not in binding.given:
            hint = choices(entry.key.text, binding.given)
            message = f"{binding.who} is not given '{entry.key.text}'."
            reader.unknown("E405", message, entry.key, hint)
        elif isinstance(entry.value, Scalar):
            found.append((entry.key.text, entry.value))
    return found
