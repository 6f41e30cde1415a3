"""E58x: tests of packs."""

from __future__ import annotations

from types import MappingProxyType

from engine.problems.code import Code

_ITEM = "doctype: Item\nfields:\n  code: {type: text}\n---\n"

CODES = MappingProxyType(
    {
        "E581": Code(
            "A test that cannot be carried out",
            "A test has records, and steps of which each says one thing that happens. What `then` says is looked at: "
            "a refused step leaves nothing behind but `refused`, `at` and `answer`; a line of a ledger has what the "
            "ledger has; a schedule has no document of its own.",
            _ITEM + "test: Soap\nsteps:\n  one: {given: {code: SOAP}}\n",
        ),
        "E582": Code(
            "Neither a ledger nor a field",
            "`then` names ledgers, fields of the document that the step is about, or what a step results in; "
            "`balances` names ledgers.",
            _ITEM + "test: Soap\nsteps:\n  one: {make: Item, then: {cod: SOAP}}\n",
        ),
        "E583": Code(
            "A name that the test does not know, or knows twice",
            "Records and steps have one name each, and a step names only what came before it. A company is a record of "
            "the doctype Company, of this test or one that it is `with`; a schedule is one that a pack declares.",
            _ITEM + "test: Soap\nsteps:\n  one: {expect: two, then: {code: SOAP}}\n",
        ),
        "E590": Code(
            "A limit that there is none of",
            "Under `pass` stand keys of limits, each with what the limit asks of those who go beyond it.",
            _ITEM + "test: Soap\nsteps:\n  one: {make: Item, pass: {credit: {reason: A friend}}}\n",
        ),
    }
)
