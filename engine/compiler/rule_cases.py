"""Cases of a rule set and the tax lines they give; what can be proven never to answer is refused."""

from __future__ import annotations

from decimal import Decimal

from engine.catalog.rules import Case, TaxLine
from engine.compiler import view
from engine.compiler.givens import Givens
from engine.compiler.reader import Reader
from engine.expr.compile import constant
from engine.expr.nodes import Logic, Node
from engine.expr.program import Expr
from engine.expr.scope import Scope
from engine.expr.types import DECIMAL
from engine.problems.suggest import choices, did_you_mean, nearest
from engine.source.nodes import Listing, Mapping, Scalar

_LINE_KEYS = ("rate", "amount", "base", "round", "help", "since", "deprecated")
_FIRST, _LAST = "0000-00-00", "9999-99-99"
"""Before and after every date, as texts compare."""


def literal_or_expression(reader: Reader, node: Scalar, scope: Scope) -> Expr | None:
    """A value under ``give``: numbers, true and false are what they look like unless quoted."""
    text, expression = reader.value(node, scope)
    if text is None:
        return expression
    if node.quoted or not isinstance(text, str):
        return constant(text, node.span)
    if text in ("true", "false"):
        return constant(text == "true", node.span)
    if text == "null":
        return constant(None, node.span)
    if text.removeprefix("-").replace(".", "", 1).isdecimal():
        return constant(Decimal(text), node.span)
    return constant(text, node.span)


class CaseCompiler:
    """Compiles ``cases`` and ``lines`` of one rule set; problems go to ``reader``."""

    def __init__(self, reader: Reader, node: Mapping, asked: Givens, scope: Scope) -> None:
        self._reader = reader
        self._node = node
        self._asked = asked
        self._scope = scope

    def lines(self) -> dict[str, TaxLine]:
        """The components that cases may give."""
        reader, scope = self._reader, self._scope
        found: dict[str, TaxLine] = {}
        for name, node in view.maps(self._node, "lines"):
            base = view.scalar(node, "base")
            if base is not None and base.text not in self._asked.given:
                hint = did_you_mean(base.text, self._asked.given)
                reader.unknown("E405", f"'{base.text}' is not given.", base, hint)
            said = node.entries.keys() | node.dropped
            if not any(nearest(key, ("rate", "amount")) for key in said):
                message = "A line has a 'rate' or an 'amount'."
                reader.find("E114", message, name.span, "rate: percent")
            give = {
                key: value
                for key, entry in node.entries.items()
                if key not in _LINE_KEYS and isinstance(entry.value, Scalar)
                if (value := reader.expression(entry.value, scope)) is not None
            }
            found[name.text] = TaxLine(
                key=name.text,
                rate=reader.expression(view.scalar(node, "rate"), scope, DECIMAL),
                amount=reader.expression(view.scalar(node, "amount"), scope, DECIMAL),
                round=view.integer(node, "round", 2),
                give=give,
            )
        return found

    def cases(self, *, first: bool) -> dict[str, Case]:
        """The cases in order. ``first``: only one answers, so what is behind a wider one never does."""
        found: dict[str, Case] = {}
        for name, node in view.maps(self._node, "cases"):
            case = self._case(name.text, node)
            # Where a part of a case was dropped nobody knows when it holds.
            known = not {"when", "valid"} & node.dropped
            known = known and (case.when is not None or "when" not in node.entries)
            if first and known:
                self._reached(case, list(found.values()), name)
            if known:
                found[name.text] = case
        return found

    def _case(self, key: str, node: Mapping) -> Case:
        reader, scope = self._reader, self._scope
        valid = self._valid(node)
        when = reader.condition(view.scalar(node, "when"), scope)
        give = node.get("give")
        if isinstance(give, Mapping):
            values = {
                name.text: value
                for name, part in view.texts_of(node, "give")
                if (value := literal_or_expression(reader, part, scope)) is not None
            }
            return Case(key, when, (), values, valid)
        known = {name.text for name, _ in view.maps(self._node, "lines")}
        names: list[str] = []
        for name in view.names(node, "give"):
            if name.text in known:
                names.append(name.text)
            else:
                message = f"There is no line '{name.text}' in this rule set."
                reader.unknown("E410", message, name, choices(name.text, known))
        return Case(key, when, tuple(names), {}, valid)

    def _valid(self, node: Mapping) -> tuple[str | None, str | None]:
        valid = node.get("valid")
        if not isinstance(valid, Listing):
            return (None, None)
        given = self._asked.given.get("date")
        if given is None or given.type != "date":
            message = "A case with dates needs the given 'date' to compare with."
            span = node.entries["valid"].key.span
            self._reader.find("E405", message, span, "given: {date: date, …}")
        ends = [None if s.text in ("-", "") else s.text for s in view.scalars(valid)]
        return ends[0], ends[1] if len(ends) > 1 else None

    # --- what never answers ----------------------------------------------------------------------

    def _reached(self, case: Case, before: list[Case], name: Scalar) -> None:
        parts = _parts(case)
        for other in before:
            if not _parts(other) <= parts:
                continue
            if _covers(other.valid, case.valid):
                self._unreached(case, other, name)
                return
            if _parts(other) == parts and _meet(other.valid, case.valid):
                days = _common(other.valid, case.valid)
                message = (
                    f"{days} both '{other.key}' and '{case.key}' hold; only the first answers."
                )
                hint = "Let one end before the other begins."
                self._reader.find("E465", message, name.span, hint)
                return

    def _unreached(self, case: Case, other: Case, name: Scalar) -> None:
        always = other.when is None and other.valid == (None, None)
        why = "always holds" if always else "holds whenever this does"
        message = f"The case '{case.key}' is never reached: '{other.key}' before it {why}."
        hint = (
            "Give the earlier case a condition, or move it to the end."
            if always
            else "Move it before that case."
        )
        self._reader.find("E411", message, name.span, hint)


def _parts(case: Case) -> frozenset[Node]:
    """The conditions that must all hold, told apart by what they say."""
    if case.when is None:
        return frozenset()
    tree = case.when.tree
    if isinstance(tree, Logic) and tree.operator == "and":
        return frozenset(tree.operands)
    return frozenset((tree,))


_Dates = tuple[str | None, str | None]


def _covers(wide: _Dates, narrow: _Dates) -> bool:
    return (wide[0] or _FIRST) <= (narrow[0] or _FIRST) and (narrow[1] or _LAST) <= (
        wide[1] or _LAST
    )


def _meet(a: _Dates, b: _Dates) -> bool:
    return (a[0] or _FIRST) <= (b[1] or _LAST) and (b[0] or _FIRST) <= (a[1] or _LAST)


def _common(a: _Dates, b: _Dates) -> str:
    """The days that both have, in words."""
    start = max(a[0] or _FIRST, b[0] or _FIRST)
    end = min(a[1] or _LAST, b[1] or _LAST)
    if start == _FIRST:
        return f"Until {end}"
    return f"From {start} on" if end == _LAST else f"From {start} to {end}"
