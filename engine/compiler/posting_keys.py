"""The further keys of one posting: what goes with what, and with which ledgers."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, cast

from engine.catalog.ledgers import Ledger, Posting
from engine.compiler import view
from engine.compiler.reader import Reader
from engine.compiler.schema import DraftSchema
from engine.expr.compile import currency_expression
from engine.expr.nodes import Role
from engine.expr.program import Expr
from engine.expr.scope import Scope
from engine.expr.types import ANY, DATE, DECIMAL, Money, Type, describe, is_open, records_of
from engine.problems.suggest import choices
from engine.source.nodes import Mapping, Scalar

_TOGETHER: dict[str, tuple[str, ...]] = {
    "distribute": ("each", "weight", "into"), "weight": ("distribute",), "into": ("distribute",),
    "at_most": ("rest",),
}  # fmt: skip
"""Key → those that it needs."""

_APART: dict[str, tuple[str, ...]] = {
    "rest": ("each", "distribute", "worth", "rate", "cost_of", "corrects"),
    "worth": ("rate", "distribute"), "rate": ("distribute",), "cost_of": ("corrects",),
    "corrects": ("reverse_on", "distribute"),
}  # fmt: skip
"""Key → those that it does not go with."""


class PostingKeys(Reader):
    """Compiles what hangs on a posting besides ``ledger``, ``each``, ``when`` and ``set``."""

    def __init__(self, schema: DraftSchema, node: Mapping, key: Scalar, ledger: Ledger) -> None:
        super().__init__(schema)
        self._node = node
        self._key = key
        self._ledger = ledger

    def filled(self, posting: Posting, scope: Scope) -> Posting:
        """``posting`` with its further keys; what is wrong with them goes to ``problems``."""
        if not self._go_together():
            return posting
        if not self._fits_the_ledger():
            return posting
        self._not_set_too()
        company = Money("company")
        found = replace(
            posting,
            date=self._read("date", scope, DATE),
            rate=self._read("rate", scope, DECIMAL),
            worth=self._read("worth", scope, company),
            cost_of=self._row("cost_of", scope),
            corrects=self._row("corrects", scope),
            weight=self._read("weight", scope, DECIMAL),
            reverse_on=self._read("reverse_on", scope, DATE),
            at_most=self._read("at_most", scope, Money()),
            rest=cast(Literal["worth", "amount"] | None, view.text(self._node, "rest")),
        )
        found = self._shared(found, scope)
        self._bounded(found)
        return self._in_its_currency(found, scope)

    def _read(self, key: str, scope: Scope, expects: Type) -> Expr | None:
        return self.expression(view.scalar(self._node, key), scope, expects)

    def _row(self, key: str, scope: Scope) -> Expr | None:
        """A link to a row of another document."""
        node = view.scalar(self._node, key)
        found = self.expression(node, scope)
        if found is None or node is None or is_open(found.type):
            return found
        if records_of(found.type):
            return found
        self.find(
            "E520", f"'{key}' is a row of another document, and this is none.", node.span,
            f"{key}: row.original",
        )  # fmt: skip
        return None

    def _in_its_currency(self, posting: Posting, scope: Scope) -> Posting:
        """Amounts bring their currency; one that is not the document's has no rate in it either."""
        own = {
            name: expression
            for name, expression in posting.set.items()
            if name in self._ledger.measures and _is_apart(expression.type)
        }
        if not self._ledger.currency or not own:
            return posting
        name, expression = next(iter(own.items()))
        span = expression.span
        if len({each.type for each in own.values()}) > 1:
            message = "These amounts are in two currencies, and an entry has one."
            self.find("E587", message, span, "Write a posting for each of them.")
            return posting
        currency = currency_expression(expression, scope)
        if currency is None:
            message = f"It cannot be told in which currency '{name}' is."
            self.find("E587", message, span, "Set a field that says it: in: paid_in.")
            return posting
        valuation = self._ledger.valuation
        is_carried = valuation is not None and valuation.worth
        if posting.rate is None and posting.worth is None and not is_carried:
            message = (
                f"'{name}' is {describe(expression.type)}, for which the document has no rate, and "
                f"{self._ledger.name} carries no worth that it could leave at."
            )
            self.find("E587", message, span, "Add 'rate' or 'worth' to the posting.")
        return replace(posting, currency=currency)

    # --- what goes with what -------------------------------------------------------------------

    def _go_together(self) -> bool:
        keys = self._node.entries.keys() | self._node.dropped
        for key, entry in self._node.entries.items():
            for other in _TOGETHER.get(key, ()):
                if other not in keys:
                    self.find(
                        "E520", f"'{key}' needs '{other}'.", entry.key.span, f"Add '{other}'."
                    )
                    return False
            for other in _APART.get(key, ()):
                if other in self._node.entries:
                    span = self._node.entries[other].key.span
                    self.find("E520", f"'{other}' does not go with '{key}'.", span, "Keep one.")
                    return False
        return True

    def _fits_the_ledger(self) -> bool:
        """Keys that only some ledgers take."""
        ledger = self._ledger
        valued = ledger.of_goods
        wrong = {
            "rest": (ledger.double_entry is None, "balances nothing: it has no 'double_entry'"),
            "worth": (not self._has_worth(), "keeps no worth beside an amount"),
            "rate": (not self._has_worth(), "keeps no worth beside an amount"),
            "cost_of": (not valued, "carries no cost of goods"),
            "corrects": (not valued, "carries no cost of goods"),
        }
        for key, (refused, why) in wrong.items():
            if refused and key in self._node.entries:
                span = self._node.entries[key].key.span
                self.find("E520", f"'{key}' says nothing: the ledger {ledger.name} {why}.", span)
                return False
        return True

    def _has_worth(self) -> bool:
        money = (m.money_in == "document" for m in self._ledger.measures.values())
        return self._ledger.currency and any(money)

    def _not_set_too(self) -> None:
        """A measure that a key works out is not also said under `set`."""
        ledger, valuation = self._ledger, self._ledger.valuation
        taken: dict[str, tuple[str, ...]] = {"rest": ledger.double_entry or ()}
        if valuation is not None:
            taken |= {"cost_of": (valuation.of,), "corrects": (valuation.per,)}
        into = view.text(self._node, "into")
        if into is not None:
            taken["into"] = (into,)
        for key, measures in taken.items():
            for name, _ in view.entries(self._node, "set") if key in self._node.entries else ():
                if name.text in measures:
                    message = (
                        f"'{name.text}' is worked out by '{key}' and said under 'set' as well."
                    )
                    self.find("E525", message, name.span, "Keep one.")
        self._corrects_a_value()

    def _corrects_a_value(self) -> None:
        valuation = self._ledger.valuation
        set_ = view.mapping(self._node, "set")
        if valuation is None or set_ is None or "corrects" not in self._node.entries:
            return
        if valuation.of not in set_.entries and valuation.of not in set_.dropped:
            span = self._node.entries["corrects"].key.span
            message = f"'corrects' changes '{valuation.of}', and 'set' does not say it."
            self.find("E525", message, span, f"set: {{{valuation.of}: …}}")

    # --- shares --------------------------------------------------------------------------------

    def _shared(self, posting: Posting, scope: Scope) -> Posting:
        into = view.scalar(self._node, "into")
        if into is None:
            return posting
        measure = self._ledger.measures.get(into.text)
        if measure is None:
            hint = choices(into.text, self._ledger.measures)
            message = f"The ledger {self._ledger.name} has no measure '{into.text}'."
            self.unknown("E310", message, into, hint)
            return posting
        document = replace(
            scope, names={name: kind for name, kind in scope.names.items() if name != "row"}
        )
        amount = self._read("distribute", document, Money() if measure.type == "money" else ANY)
        return replace(posting, distribute=amount, into=into.text)

    # --- rests ---------------------------------------------------------------------------------

    def _bounded(self, posting: Posting) -> None:
        """A rest without a bound hides any mistake: only accounts meant for differences may take one."""
        if posting.rest is None or "at_most" in self._node.entries:
            return
        account = next((posting.set[n] for n in self._ledger.dimensions if n in posting.set), None)
        tree = account.tree if account is not None else None
        if isinstance(tree, Role) and tree.chosen is None:
            if all(chain.role in self.schema.differences for chain in tree.chains):
                return
        elif account is None:
            return
        span = self._node.entries["rest"].key.span
        self.find(
            "E522",
            "A rest may take any mistake along: say how large it may be, or name the role of its account "
            "under 'difference' of the roles.",
            span,
            "at_most: 1",
        )


def _is_apart(type_: Type) -> bool:
    """Whether it is money in a currency that is neither the document's nor the company's."""
    return isinstance(type_, Money) and type_.currency not in ("", "company", "document")
