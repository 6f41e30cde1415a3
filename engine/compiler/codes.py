"""All problem codes: those of sources and meaning, and those of expressions with an example each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.expr import codes as expressions
from engine.problems import codes as others
from engine.problems.code import Code


def _bill(formula: str, fields: str = "", kind: str = "money") -> str:
    """A doctype with one formula."""
    more = "".join(f"  {line}\n" for line in fields.splitlines())
    return f'doctype: Bill\nfields:\n  paid: {{type: money}}\n{more}  due: {{type: {kind}, formula: "{formula}"}}\n'


_TWO_CURRENCIES = (
    "doctype: Currency\nfields:\n  code: {type: text}\n---\n"
    "doctype: Bill\nmoney: {currency: currency, rate: rate}\nfields:\n"
    "  currency: {type: link, to: Currency}\n  rate: {type: rate}\n  total: {type: money}\n"
    "  fee: {type: money, in: company}\n  due: {type: money, formula: total + fee}\n"
)

_LEDGER = (
    "ledger: Stock\ndimensions: {item: {type: text}}\nmeasures: {quantity: {type: quantity}}\n---\n"
)

_EXAMPLES = {
    "E201": _bill("paid +"),
    "E202": _bill("[x for x in paid]"),
    "E203": _bill("piad * 2"),
    "E204": "doctype: Customer\nfields:\n  limit: {type: money}\n---\n"
    + _bill("customer.limt", "customer: {type: link, to: Customer}"),
    "E205": _bill("paid + 'x'"),
    "E206": _bill("rond(paid, 0)"),
    "E207": _bill("round(paid, 0, 1)"),
    "E208": _bill("(" * 50 + "paid" + ")" * 50),
    "E209": _TWO_CURRENCIES,
    "E210": _bill("today", kind="date"),
    "E211": _LEDGER + "doctype: Issue\nfields:\n  item: {type: text}\n"
    'validate: {enough: {check: "balance(stock.quantity, item=item) > 0", message: Nothing is left.}}\n',
    "E212": _LEDGER + "doctype: Issue\nfields:\n  item: {type: text}\n"
    '  left: {type: quantity, formula: "balance(stock.quantty, item=item)"}\n',
    "E213": "ledger: Book\ndimensions: {account: {type: text}}\nmeasures: {amount: {type: money}}\n"
    "posts: {}\n---\n"
    "doctype: Bill\nsubmittable: true\ndate: on_date\nfields:\n  on_date: {type: date}\n  total: {type: money}\n"
    "posts: {one: {ledger: Book, set: {account: role(incom), amount: total}}}\n",
}


_LET = "rules: Fee\ngiven: {paid: money}\nlet: {%s}\ncases: {only: {give: {fee: =half}}}\n"
_PAID_IN = (
    "doctype: Currency\nfields:\n  code: {type: text}\n---\n"
    "doctype: Bill\nfields:\n  paid_in: {type: link, to: Currency}\n"
    "  paid: {type: money, in: %s}\n  due: {type: money, in: company, formula: %s}\n"
)
_EXAMPLES |= {
    "E239": "doctype: Unit\nfields:\n  code: {type: text}\n---\n"
    "doctype: Item\nfields:\n  stock_unit: {type: link, to: Unit}\n---\n"
    "doctype: Count\nfields:\n  item: {type: link, to: Item}\n"
    "  found: {type: quantity, unit: item.stock_unit}\n  due: {type: quantity, unit: item}\n",
    "E234": "doctype: Currency\nfields:\n  code: {type: text}\n---\n"
    + _bill(
        "convert(paid, other, at=due_on)", "other: {type: link, to: Currency}\ndue_on: {type: date}"
    ),
    "E236": _LET
    % ", ".join(
        ["n0: paid + paid"]
        + [f"n{n}: n{n - 1} + n{n - 1}" for n in range(1, 10)]
        + ["half: n9 + n9"]
    ),
    "E250": _bill("ｐａｉｄ * 2"),
    "E238": _bill("1 if find(acount, 'A') is null else 2"),
    "E237": "doctype: Bill\nfields:\n  items: {type: table, fields: {paid: {type: money}}}\n"
    "  due: {type: integer, formula: count(a for a in items if exists(b for b in items if "
    "exists(c for c in items if exists(d for d in items if d.paid > a.paid))))}\n",
    "E235": "doctype: Group\nfields:\n  name: {type: text}\n---\n"
    + _bill("1 if group in under(group) else 0", "group: {type: link, to: Group}"),
    "E232": _PAID_IN % ("paid_in", "paid.worth"),
    "E233": _PAID_IN % ("payed_in", "paid * 2"),
    "E230": _LET % "half: paid / 2, paid: half * 2",
    "E231": _LET % "half: twice / 4, twice: half * 2",
}


def _with_examples() -> dict[str, Code]:
    return {
        code: Code(title, explanation, _EXAMPLES.get(code, ""))
        for code, (title, explanation) in expressions.CODES.items()
    }


CODES: Mapping[str, Code] = MappingProxyType(
    dict(sorted({**others.CODES, **_with_examples()}.items()))
)
"""Code → what it means, in order."""
