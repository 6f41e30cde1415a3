"""E58x: tests of packs."""

from __future__ import annotations

from types import MappingProxyType

from engine.problems.code import Code

_ITEM = "doctype: Item\nfields:\n  code: {type: text}\n---\n"

CODES = MappingProxyType(
    {
        "E581": Code(
            "A test that cannot be carried out",
            "A test has records, and steps of which each says one thing that happens.",
            _ITEM + "test: Soap\nsteps:\n  one: {given: {code: SOAP}}\n",
        ),
        "E582": Code(
            "Neither a ledger nor a field",
            "`then` names ledgers, fields of the document, or what a step results in.",
            _ITEM + "test: Soap\nsteps:\n  one: {make: Item, then: {cod: SOAP}}\n",
        ),
        "E583": Code(
            "A name that the test does not know, or knows twice",
            "Records and steps have one name each, and a step names only what came before it.",
            _ITEM + "test: Soap\nsteps:\n  one: {expect: two, then: {code: SOAP}}\n",
        ),
        "E590": Code(
            "A limit that there is none of",
            "Under `pass` stand keys of limits, each with what the limit asks of those who go beyond it.",
            _ITEM + "test: Soap\nsteps:\n  one: {make: Item, pass: {credit: {reason: A friend}}}\n",
        ),
    }
)
