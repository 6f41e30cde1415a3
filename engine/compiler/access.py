"""Pass 12, permissions: what roles may do, and how documents are made out of others."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary

from engine.catalog.doctypes import Permission
from engine.catalog.flow import MakeFrom
from engine.compiler import view
from engine.compiler.calculation import expected
from engine.compiler.drafts import DoctypeDraft, TableDraft
from engine.compiler.program import Program
from engine.compiler.reader import Reader, own_record
from engine.compiler.schema import DraftSchema
from engine.expr.program import Expr
from engine.expr.types import DECIMAL, Type
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Mapping, Scalar
from engine.spec.doctype import ACTIONS

_OF_DOCUMENTS = ("submit", "cancel")


class AccessCompiler(Reader):
    """Compiles ``allow`` and ``from`` of one doctype."""

    def __init__(self, schema: DraftSchema, draft: DoctypeDraft, program: Program) -> None:
        super().__init__(schema)
        self._draft = draft
        self._program = program

    def allow(self) -> dict[str, Permission]:
        """Permissions by role."""
        found: dict[str, Permission] = {}
        for role, node in view.maps(self._draft.node, "allow"):
            if role.text not in self._program.roles:
                hint = did_you_mean(role.text, self._program.roles)
                message = f"There is no role '{role.text}'."
                self.find("E311", message, role.span, hint or f"Declare it: role: {role.text}")
                continue
            can = [name for name in view.names(node, "can") if self._action(name)]
            found[role.text] = Permission(role.text, frozenset(name.text for name in can))
        return found

    def _action(self, name: Scalar) -> bool:
        if name.text not in ACTIONS:
            self.find(
                "E602",
                f"'{name.text}' is nothing that a role can do.",
                name.span,
                choices(name.text, ACTIONS),
            )
            return False
        if name.text in _OF_DOCUMENTS and not self._draft.submittable and not self._draft.abstract:
            if "submittable" not in self._draft.node.dropped:
                message = f"'{name.text}' is for doctypes that are submitted, and {self._draft.name} is not."
                self.find("E602", message, name.span, "Take it out, or add submittable: true.")
            return False
        return True

    # --- made out of others --------------------------------------------------------------------

    def make_from(self, drafts: Dictionary[str, DoctypeDraft]) -> dict[str, MakeFrom]:
        """How the doctype is made, by source."""
        found: dict[str, MakeFrom] = {}
        for name, node in view.maps(self._draft.node, "from"):
            source = drafts.get(name.text)
            if source is None:
                hint = did_you_mean(name.text, drafts)
                self.find("E301", f"There is no doctype '{name.text}'.", name.span, hint)
            elif not source.broken:
                made = self._from(source, node)
                if made is not None:
                    found[name.text] = made
        return found

    def _from(self, source: DoctypeDraft, node: Mapping) -> MakeFrom | None:
        each, into = view.scalar(node, "each"), view.scalar(node, "into")
        names: dict[str, Type] = {"this": own_record(source)}
        target = self._draft.tables.get("")
        if each is not None:
            if not self._table(source, each):
                return None
            names["row"] = own_record(source, each.text)
            target = self._target(into or each)
        elif into is not None:
            self.find(
                "E604", "'into' needs 'each': the rows that are taken.", into.span, "each: items"
            )
        if target is None:
            return None
        scope = self.scope(names, balances=True)
        set_: dict[str, Expr] = {}
        for name, value in view.texts_of(node, "set"):
            field = target.fields.get(name.text)
            if field is None:
                self._no_field(target, name)
                continue
            expression = self.expression(value, scope, expected(field))
            if expression is not None:
                set_[name.text] = expression
        copied = tuple(n.text for n in view.names(node, "copy") if self._copies(source, n))
        quantity = self.expression(view.scalar(node, "quantity"), scope, DECIMAL)
        return MakeFrom(
            source.name, each.text if each else None, target.path or None, quantity, set_, copied
        )

    def _table(self, source: DoctypeDraft, each: Scalar) -> bool:
        if each.text in source.tables and each.text:
            return True
        known = [path for path in source.tables if path]
        self.find(
            "E308",
            f"{source.name} has no table '{each.text}'.",
            each.span,
            choices(each.text, known),
        )
        return False

    def _target(self, name: Scalar) -> TableDraft | None:
        table = self._draft.tables.get(name.text)
        if table is None and name.text not in self._draft.tables[""].dropped:
            known = [path for path in self._draft.tables if path]
            message = f"{self._draft.name} has no table '{name.text}' to take the rows."
            self.find("E308", message, name.span, choices(name.text, known) or "into: …")
        return table

    def _no_field(self, target: TableDraft, name: Scalar) -> None:
        if name.text not in target.dropped:
            hint = did_you_mean(name.text, target.fields)
            self.find("E302", f"{target.row_type} has no field '{name.text}'.", name.span, hint)

    def _copies(self, source: DoctypeDraft, name: Scalar) -> bool:
        """Whether a field to copy is there on both sides, in one type."""
        here, there = self._draft.tables[""], source.tables[""]
        for table, owner in ((here, self._draft.name), (there, source.name)):
            if name.text not in table.fields:
                if name.text not in table.dropped:
                    hint = did_you_mean(name.text, table.fields)
                    self.find(
                        "E302", f"{owner} has no field '{name.text}' to copy.", name.span, hint
                    )
                return False
        if here.fields[name.text].type != there.fields[name.text].type:
            kinds = f"{there.fields[name.text].type} there and {here.fields[name.text].type} here"
            self.find(
                "E604", f"'{name.text}' is {kinds}.", name.span, "Use 'set' with an expression."
            )
            return False
        return True
