"""Who may do something: roles, expressions that give people, and what must hold."""

from __future__ import annotations

from engine.catalog.workflow import Condition, People
from engine.compiler import view
from engine.compiler.known import Known
from engine.compiler.reader import Reader
from engine.expr.program import Expr
from engine.expr.scope import Scope
from engine.expr.types import TEXT, Any, ListOf, Null, Record, Text, Type, records_of
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Mapping, Scalar
from engine.spec.workflow import WATCHERS

LOGIN = "login"
"""The field in which a record that stands for a person keeps the log-in name."""


class PeopleReader(Reader):
    """Reads roles, people and conditions of one doctype."""

    def __init__(self, known: Known) -> None:
        super().__init__(known.schema)
        self.known = known

    def people(self, node: Mapping, scope: Scope, right: str) -> People:
        """``role``, ``who``, ``not`` and ``stand_in`` of a transition or action."""
        who = self.who(view.scalar(node, "who"), scope)
        return People(
            right=right,
            roles=self.roles(node),
            who=who[0] if who is not None else None,
            barred=tuple(name.text for name in view.names(node, "not") if self._barred(name)),
            stand_in=view.flag(node, "stand_in"),
        )

    def roles(self, node: Mapping) -> tuple[str, ...]:
        """The roles under ``role``; unknown ones are reported."""
        return tuple(name.text for name in view.names(node, "role") if self._role(name))

    def _role(self, name: Scalar) -> bool:
        roles = self.known.program.roles
        if name.text in roles:
            return True
        hint = did_you_mean(name.text, roles)
        message = f"There is no role '{name.text}'."
        self.unknown("E311", message, name, hint or f"Declare it: role: {name.text}")
        return False

    def _barred(self, name: Scalar) -> bool:
        if name.text in WATCHERS:
            return True
        message = f"'{name.text}' cannot stand under 'not'."
        self.find("E113", message, name.span, choices(name.text, WATCHERS))
        return False

    # --- who -------------------------------------------------------------------------------------

    def who(self, node: Scalar | None, scope: Scope) -> tuple[Expr, Expr] | None:
        """(names, as written) of an expression that gives people: records are taken by their field ``login``."""
        said = self.expression(node, scope)
        if node is None or said is None:
            return None
        return self._named(node, said, scope)

    def _named(self, node: Scalar, said: Expr, scope: Scope) -> tuple[Expr, Expr] | None:
        inner = said.type.of if isinstance(said.type, ListOf) else said.type
        if isinstance(inner, (Text, Any, Null)):
            return said, said
        records = records_of(inner)
        lacking = [r for r in records if not self._has_login(r)]
        if not records or lacking:
            what = f"{lacking[0].key} has no field '{LOGIN}'" if lacking else "this is no person"
            message = f"'{node.text}' does not give people: {what}."
            hint = f"Give log-in names, or records with a text field '{LOGIN}'."
            self.find("E569", message, node.span, hint)
            return None
        path = (
            node.text if node.text.replace(".", "").replace("_", "").isalnum() else f"({node.text})"
        )
        names = self.source(f"{path}.{LOGIN}", node.span, scope)
        return (names, said) if names is not None else None

    def _has_login(self, record: Record) -> bool:
        found: Type | None = self.schema.field(record, LOGIN)
        return found == TEXT or isinstance(found, Any)

    # --- what must hold --------------------------------------------------------------------------

    def conditions(self, node: Mapping, scope: Scope) -> dict[str, Condition]:
        """The conditions under ``check``, by key."""
        found: dict[str, Condition] = {}
        for key, part in view.maps(node, "check"):
            check = self.condition(view.scalar(part, "check"), scope)
            message = self.template(view.scalar(part, "message"), scope)
            when = self.condition(view.scalar(part, "when"), scope)
            if check is not None and message is not None:
                found[key.text] = Condition(key.text, check, message, when)
        return found
