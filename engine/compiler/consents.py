"""The consents that a transition needs: from rows, from people, from roles, or from a rule set."""

from __future__ import annotations

from typing import Literal, cast

from engine.catalog.rules import RuleSet
from engine.catalog.workflow import Need
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.known import Known
from engine.compiler.people import PeopleReader
from engine.compiler.reader import own_record
from engine.compiler.schema import ANSWER, link_type, plain_type
from engine.expr.program import Expr
from engine.expr.scope import Scope
from engine.expr.types import INTEGER, TEXT, Any, OneOf, Record, Type, records_of
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Mapping, Scalar

_KINDS = ("who", "role", "rules")


class NeedCompiler(PeopleReader):
    """Compiles ``needs`` of the transitions of one doctype."""

    def __init__(self, draft: DoctypeDraft, known: Known) -> None:
        super().__init__(known)
        self._draft = draft
        self._people: dict[Record, None] = {}

    def late(self) -> Type:
        """What ``who`` is in a timer: the records that stand for the people asked, else a name."""
        records = tuple(self._people)
        if not records:
            return TEXT
        return records[0] if len(records) == 1 else OneOf(records)

    def needs(self, node: Mapping, names: dict[str, Type]) -> dict[str, Need]:
        """The consents under ``needs``, by key. ``names``: what the transition's expressions see."""
        found: dict[str, Need] = {}
        for key, part in view.maps(node, "needs"):
            need = self._need(key, part, names)
            if need is not None:
                found[key.text] = need
        return found

    def _need(self, key: Scalar, node: Mapping, names: dict[str, Type]) -> Need | None:
        if not self._kind(key, node):
            return None
        each = view.scalar(node, "each")
        scope = self.scope(names)
        inner = scope
        if each is not None:
            if not self._table(each):
                return None
            inner = self.scope({**names, "row": own_record(self._draft, each.text)})
        who = self.who(view.scalar(node, "who"), inner)
        if who is not None:
            self._people |= dict.fromkeys(records_of(who[1].type))
        rules = self._rules(node)
        return Need(
            key=key.text,
            each=each.text if each is not None else None,
            who=who[0] if who is not None else None,
            person=who[1] if who is not None and records_of(who[1].type) else None,
            roles=self.roles(node),
            count=self._count(node, scope),
            sees=cast("Literal['own lines', 'all']", view.text(node, "sees") or "all"),
            rules=rules.name if rules is not None else None,
            given=self._bind(rules, node, scope) if rules is not None else {},
            when=self.condition(view.scalar(node, "when"), scope),
        )

    def _kind(self, key: Scalar, node: Mapping) -> bool:
        said = [name for name in _KINDS if name in node.entries]
        if len(said) != 1:
            if not node.dropped & {*_KINDS}:
                message = f"'{key.text}' says who consents by exactly one of: {', '.join(_KINDS)}."
                self.find("E568", message, key.span, "For example: role: Director")
            return False
        for name, other in (("each", "who"), ("sees", "each"), ("with", "rules")):
            if name in node.entries and other not in node.entries and other not in node.dropped:
                message = f"'{name}' needs '{other}'."
                self.find(
                    "E568", message, node.entries[name].key.span, f"Add '{other}', or take it out."
                )
                return False
        if "count" in node.entries and ("rules" in node.entries or "each" in node.entries):
            message = "'count' does not go with this: the rows or the rules say how many."
            self.find("E568", message, node.entries["count"].key.span, "Take it out.")
            return False
        return True

    def _table(self, each: Scalar) -> bool:
        if each.text in self._draft.tables and each.text:
            return True
        known = [path for path in self._draft.tables if path]
        message = f"{self._draft.name} has no table '{each.text}'."
        hint = choices(each.text, known)
        self.unknown("E308", message, each, hint, self._draft.first_unknown(each.text))
        return False

    def _count(self, node: Mapping, scope: Scope) -> Expr | None:
        said = view.scalar(node, "count")
        if said is None:
            return None
        if said.text.startswith("="):
            return self.value(said, scope, INTEGER)[1]
        if not said.text.isdigit() or not 1 <= int(said.text) <= 99:
            message = (
                f"'count' is a whole number from 1 to 99, or an expression; not '{said.text}'."
            )
            self.find("E113", message, said.span)
            return None
        return self.source(said.text, said.span, scope, INTEGER)

    # --- rules -----------------------------------------------------------------------------------

    def _rules(self, node: Mapping) -> RuleSet | None:
        name = view.scalar(node, "rules")
        if name is None:
            return None
        found = self.known.rules.get(name.text)
        if found is None:
            if name.text not in self.known.program.rules:
                hint = did_you_mean(name.text, self.known.program.rules)
                self.unknown("E307", f"There is no rule set '{name.text}'.", name, hint)
            return None
        answer = Record(ANSWER + found.name, own=True)
        gives = {n: self.schema.field(answer, n) for n in ("role", "who", "count")}
        wrong = [
            n
            for n in ("role", "who")
            if gives[n] not in (None, TEXT) and not isinstance(gives[n], Any)
        ]
        if (gives["role"] is None and gives["who"] is None) or wrong:
            message = f"{found.name} does not answer who consents."
            hint = "It gives `role` or `who` (texts), and `count`."
            self.find("E568", message, name.span, hint)
            return None
        return found

    def _bind(self, rules: RuleSet, node: Mapping, scope: Scope) -> dict[str, Expr]:
        """Each given by ``with``, else by its name on the document, or as the document's date."""
        said = {name.text: (name, value) for name, value in view.texts_of(node, "with")}
        for name, (place, _) in said.items():
            if name not in rules.given:
                hint = choices(name, rules.given)
                self.unknown("E405", f"{rules.name} is not given '{name}'.", place, hint)
        found: dict[str, Expr] = {}
        for name, given in rules.given.items():
            type_ = link_type(given.link) if given.type == "link" else plain_type(given.type)
            expression = self._given(
                rules, name, given.optional, said.get(name), (node, scope, type_)
            )
            if expression is not None:
                found[name] = expression
        return found

    def _given(
        self,
        rules: RuleSet,
        name: str,
        optional: bool,
        said: tuple[Scalar, Scalar] | None,
        place: tuple[Mapping, Scope, Type],
    ) -> Expr | None:
        node, scope, type_ = place
        if said is not None:
            return self.expression(said[1], scope, type_)
        span = node.entries["rules"].value.span
        if self.schema.field(own_record(self._draft), name) is not None:
            return self.source(name, span, scope, type_)
        if name == "date" and self._draft.date is not None:
            return self.source(self._draft.date, span, scope, type_)
        if not optional:
            message = f"{rules.name} must be given '{name}', and nothing here is called so."
            self.find("E405", message, span, f"with: {{{name}: …}}", missing=name)
        return None
