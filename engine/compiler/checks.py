"""Pass 10, checks: ``validate`` of a doctype, and of the rows that it has tables of.

A check of a child doctype runs once per row of every table of that type; bare names in it are
fields of the row.
"""

from __future__ import annotations

from typing import Literal, cast

from engine.catalog.calculation import Check
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft, TableDraft
from engine.compiler.reader import Reader, own_record
from engine.compiler.schema import DraftSchema
from engine.expr.nodes import Under
from engine.expr.scope import Scope
from engine.expr.types import Type
from engine.expr.walk import holds, reads_name
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Mapping, Scalar


class CheckCompiler(Reader):
    """Compiles the checks of one doctype."""

    def __init__(self, schema: DraftSchema, draft: DoctypeDraft) -> None:
        super().__init__(schema)
        self._draft = draft

    def run(self) -> dict[str, Check]:
        """Checks by key; those of a child table have its path before their key: ``items.discount``."""
        found: dict[str, Check] = {}
        for key, node in view.maps(self._draft.node, "validate"):
            check = self._of_head(key, node)
            if check is not None:
                found[key.text] = check
        for table in self._draft.tables.values():
            if table.path:
                found |= self._of_rows(table)
        return found

    def proof(self) -> dict[str, Check]:
        """What must hold once the document is posted: checks that may ask the books."""
        node = view.mapping(self._draft.node, "proof")
        if node is None:
            return {}
        if not self._draft.submittable and "submittable" not in self._draft.node.dropped:
            span = self._draft.node.entries["proof"].key.span
            message = f"A proof is made when documents are posted, and {self._draft.name} never is."
            self.find("E588", message, span, "Add submittable: true, or use 'validate'.")
            return {}
        scope = self.scope({"this": own_record(self._draft)}, balances=True, rules=True)
        found: dict[str, Check] = {}
        for key, part in view.maps(self._draft.node, "proof"):
            check = self._check(key.text, part, scope, None, ())
            if check is not None and not self._asks_below(check, part):
                found[key.text] = check
        return found

    def _asks_below(self, check: Check, node: Mapping) -> bool:
        """``under()`` among what is not written yet is not answered; that is said, not guessed."""
        trees = [part.tree for part in (check.when, check.check, check.message) if part is not None]
        if not any(holds(tree, Under) for tree in trees):
            return False
        span = node.entries["check"].value.span
        message = "A proof sees what is not stored yet, where under() is not answered."
        self.find("E588", message, span, "Name the records: party=group.members.")
        return True

    def _of_head(self, key: Scalar, node: Mapping) -> Check | None:
        names: dict[str, Type] = {"this": own_record(self._draft), "old": own_record(self._draft)}
        each = view.scalar(node, "each")
        if each is not None:
            if each.text not in self._draft.tables or not each.text:
                self._no_table(each)
                return None
            names["row"] = own_record(self._draft, each.text)
        fields = tuple(n.text for n in view.names(node, "fields") if self._is_path(n, ""))
        scope = self.scope(names, rules=True)
        return self._check(key.text, node, scope, each.text if each else None, fields)

    def _of_rows(self, table: TableDraft) -> dict[str, Check]:
        row_type = self.schema.draft(table.row_type)
        if row_type is None or row_type.broken:
            return {}
        found: dict[str, Check] = {}
        names: dict[str, Type] = {
            "row": own_record(self._draft, table.path),
            "old": own_record(self._draft),
        }
        scope = self.scope(names, bare="row", rules=True)
        for key, node in view.maps(row_type.node, "validate"):
            name = f"{table.path}.{key.text}"
            fields = tuple(
                f"{table.path}.{n.text}"
                for n in view.names(node, "fields")
                if self._is_path(n, table.path)
            )
            if "each" in node.entries:
                span = node.entries["each"].key.span
                self.find(
                    "E508",
                    "Checks of rows are made once per row already.",
                    span,
                    "Take 'each' away.",
                )
                continue
            check = self._check(name, node, scope, table.path, fields)
            if check is not None:
                found[name] = check
        return found

    def _check(
        self, key: str, node: Mapping, scope: Scope, each: str | None, fields: tuple[str, ...]
    ) -> Check | None:
        when = self.condition(view.scalar(node, "when"), scope)
        check = self.condition(view.scalar(node, "check"), scope)
        message = self.template(view.scalar(node, "message"), scope)
        if check is None or message is None:
            return None
        action = cast("Literal['refuse', 'warn', 'confirm']", view.text(node, "action") or "refuse")
        trees = [part.tree for part in (when, check, message) if part is not None]
        reads_old = any(reads_name(tree, "old") for tree in trees)
        return Check(key, check, message, each, when, action, fields, reads_old)

    def _no_table(self, each: Scalar) -> None:
        parent, _, name = each.text.rpartition(".")
        table = self._draft.tables.get(parent)
        if table is not None and name not in table.dropped:
            known = [path for path in self._draft.tables if path]
            message = f"{self._draft.name} has no table '{each.text}'."
            hint = choices(each.text, known)
            self.unknown("E308", message, each, hint, self._draft.first_unknown(each.text))

    def _is_path(self, name: Scalar, below: str) -> bool:
        """Whether ``items.rate`` is a field of a table of this doctype; reported if not."""
        path, _, field = f"{below}.{name.text}".strip(".").rpartition(".")
        table = self._draft.tables.get(path)
        if table is not None and (field in table.fields or field in self._draft.standard):
            return True
        if table is None or field not in table.dropped:
            known = table.fields if table is not None else self._draft.tables
            hint = did_you_mean(field if table is not None else path, known)
            message = f"{self._draft.name} has no field '{name.text}'."
            whole = f"{below}.{name.text}".strip(".")
            self.unknown("E302", message, name, hint, self._draft.first_unknown(whole))
        return False
