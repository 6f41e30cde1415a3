"""Declared answers: JSON objects whose values are literals, expressions, lists over rows, or further objects."""

from __future__ import annotations

from engine.catalog.actions import AnswerObject, AnswerRows, AnswerValue
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.reader import Reader, own_record
from engine.compiler.schema import DraftSchema
from engine.expr.types import Type
from engine.problems.suggest import choices
from engine.source.nodes import Mapping, Node, Scalar

_LIST_KEYS = ("each", "where", "give")


class AnswerCompiler(Reader):
    """Compiles the answers of one doctype."""

    def __init__(self, schema: DraftSchema, draft: DoctypeDraft) -> None:
        super().__init__(schema)
        self._draft = draft

    def answer(self, node: Node | None, names: dict[str, Type]) -> AnswerObject | None:
        """The object; ``names``: what its expressions see (``this`` is the document)."""
        return self._object(node, names) if isinstance(node, Mapping) else None

    def _object(self, node: Mapping, names: dict[str, Type]) -> AnswerObject:
        parts: dict[str, AnswerValue | AnswerRows | AnswerObject] = {}
        for name, entry in node.entries.items():
            part = self._part(entry.value, names)
            if part is not None:
                parts[name] = part
        return AnswerObject(parts)

    def _part(
        self, node: Node, names: dict[str, Type]
    ) -> AnswerValue | AnswerRows | AnswerObject | None:
        if isinstance(node, Scalar):
            literal, expression = self.value(node, self.scope(names, balances=True))
            if expression is None:
                return None if literal is None else AnswerValue(_constant(node))
            return AnswerValue(None, expression)
        if not isinstance(node, Mapping):
            return None
        if any(key in node.entries for key in _LIST_KEYS):
            return self._rows(node, names)
        return self._object(node, names)

    def _rows(self, node: Mapping, names: dict[str, Type]) -> AnswerRows | None:
        others = [entry for name, entry in node.entries.items() if name not in _LIST_KEYS]
        each, give = view.scalar(node, "each"), view.mapping(node, "give")
        if others or each is None or give is None:
            if not node.dropped:
                span = others[0].key.span if others else node.span
                message = "A list of an answer has 'each' and 'give', and beside them only 'where'."
                self.find("E574", message, span, "{each: items, give: {quantity: =row.quantity}}")
            return None
        if each.text not in self._draft.tables or not each.text:
            known = [path for path in self._draft.tables if path]
            message = f"{self._draft.name} has no table '{each.text}'."
            hint = choices(each.text, known)
            self.unknown("E308", message, each, hint, self._draft.first_unknown(each.text))
            return None
        inner = {**names, "row": own_record(self._draft, each.text)}
        where = self.condition(view.scalar(node, "where"), self.scope(inner, balances=True))
        return AnswerRows(each.text, self._object(give, inner), where)


def _constant(node: Scalar) -> str | int | bool:
    """A literal as JSON has it: whole numbers and true/false are themselves, what is quoted is text."""
    text = node.text
    if node.quoted:
        return text
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isdigit() and len(text) < 16 and str(int(text)) == text else text
