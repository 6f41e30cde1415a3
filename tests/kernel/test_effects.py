"""What effects ask for, as the good program ``flow`` says them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.kernel.effects import GoWanted, MakeWanted, SendWanted, SetWanted, wanted
from tests.kernel.programs import document
from tests.language.programs import compile_text, good

PARTIES = {
    "Party": {
        7: {"id": 7, "code": "A", "represents": None},
        8: {"id": 8, "code": "B", "represents": 2},
    }
}


def asked(transition: str, **fields: Any) -> list[Any]:
    """The requests of an Order with ``fields`` at ``transition``."""
    catalog = compile_text(good("flow")).catalog
    assert catalog is not None
    row = document(catalog, "Order", {"party": 7, **fields})
    stored = [{"id": 31, "order": 1}, {"id": 32, "order": 1}]
    frame = {"this": row, "facts": PARTIES, "read": lambda question: stored}
    return wanted(catalog.doctypes["Order"].on[transition], frame)


def test_a_document_per_row_for_which_when_holds() -> None:
    rows = [
        {"what": "Chair", "quantity": Decimal(2), "advance": Decimal(10)},
        {"what": "Nothing", "quantity": Decimal(0)},
        {"what": "Unknown", "quantity": None},
        {"what": "Table", "quantity": Decimal(1)},
    ]
    made = [r for r in asked("submit", items=rows) if isinstance(r, MakeWanted)]
    assert [(m.effect.doctype, m.values["about"]) for m in made] == [
        ("Task", "Chair"),
        ("Task", "Table"),
    ]
    assert made[0].values["amount"] == Decimal(10)
    assert made[0].effect.submit
    assert made[0].company is None
    assert made[0].source is not None
    assert made[0].source["party"] == 7


def test_another_company_is_asked_for_once() -> None:
    (there,) = [r for r in asked("submit", party=8) if isinstance(r, MakeWanted)]
    assert (there.effect.doctype, there.company) == ("Order", 2)
    assert there.once == "Order.theirs@1:1"
    assert not [r for r in asked("submit", party=7) if isinstance(r, MakeWanted)]


def test_own_fields_are_set_and_mail_is_sent() -> None:
    found = asked("submit", mail="a@b.in")
    (mark,) = [r for r in found if isinstance(r, SetWanted)]
    assert (mark.own, mark.values) == (True, {"seen": True})
    (mail,) = [r for r in found if isinstance(r, SendWanted)]
    assert (mail.effect.name, mail.values["address"]) == ("Order Confirmed", "a@b.in")
    assert not [r for r in found if isinstance(r, GoWanted)]


def test_records_that_a_source_finds_go() -> None:
    unmark, undo = asked("cancel")
    assert unmark.values == {"seen": False}
    assert isinstance(undo, GoWanted)
    assert (undo.effect.doctype, undo.effect.transition, undo.ids) == ("Task", "cancel", (31, 32))
