"""Pass 12, permissions: what roles may do."""

from __future__ import annotations

from engine.catalog.doctypes import Permission
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.program import Program
from engine.compiler.reader import Reader
from engine.compiler.schema import DraftSchema
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Scalar
from engine.spec.doctype import ACTIONS

_OF_DOCUMENTS = ("submit", "issue", "cancel", "rederive")


class AccessCompiler(Reader):
    """Compiles ``allow`` of one doctype."""

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
                self.unknown("E311", message, role, hint or f"Declare it: role: {role.text}")
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
