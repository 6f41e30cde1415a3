"""E520–E539: the keys of postings, and of ledgers that carry values and lots."""

from __future__ import annotations

from types import MappingProxyType

from engine.problems.code import Code

_BOOK = (
    "rules: Roles\ngiven: {account: text}\nroles: {difference: [account]}\n---\n"
    "ledger: General\ndouble_entry: {debit: debit, credit: credit}\n"
    "dimensions: {account: {type: text, required: true}}\n"
    "measures: {debit: {type: money}, credit: {type: money}}\n---\n"
)
_DOCUMENT = (
    "doctype: Voucher\nsubmittable: true\ndate: on_date\n"
    "fields: {on_date: {type: date}, account: {type: text}, total: {type: money}}\n"
)
_POINTS = (
    "ledger: Points\ndimensions: {customer: {type: text}}\n"
    "measures: {points: {type: integer}, value: {type: money, in: company}}\n"
    "lots: {by: [customer], residue: role(difference), expires: date + days(30)}\n"
    "posts: {liability: {ledger: General, set: {account: customer, credit: value}}}\n"
)

CODES = MappingProxyType(
    {
        "E520": Code(
            "These keys of a posting do not go together",
            "`distribute` takes `each`, `weight` and `into`; `at_most` a `rest`; `undo` stands alone; `cost_of` and "
            "`corrects` need a ledger that carries a cost, `worth` and `rate` one that keeps a worth, `rest` one "
            "that balances.",
            _BOOK + _DOCUMENT + "posts:\n"
            "  one: {ledger: General, at_most: 1, set: {account: account, debit: total, credit: total}}\n",
        ),
        "E521": Code(
            "No such transition",
            "A posting is written at a transition of its document: `submit`, or one of its workflow. Cancelling "
            "takes back what was written and writes nothing of its own.",
            _BOOK + _DOCUMENT + "posts:\n"
            "  one: {ledger: General, on: clear, set: {account: account, debit: total, credit: total}}\n",
        ),
        "E522": Code(
            "A rest of any size",
            "What takes whatever is missing hides every mistake. Bound it with `at_most`, or put it on the role of "
            "an account meant for it: `difference: [rounding, exchange_difference]` beside the roles.",
            _BOOK + _DOCUMENT + "posts:\n"
            "  one:  {ledger: General, set: {account: account, debit: total}}\n"
            "  left: {ledger: General, rest: worth, set: {account: role(difference)}}\n",
        ),
        "E523": Code(
            "Nothing to undo yet",
            "`undo` names postings that an earlier transition wrote; what the same transition writes is not "
            "written, and an `undo` is not undone.",
            _BOOK + _DOCUMENT + "posts:\n"
            "  one: {ledger: General, set: {account: account, debit: total, credit: total}}\n"
            "  two: {undo: [one]}\n",
        ),
        "E524": Code(
            "Lots that are all one",
            "An entry towards zero is split over lots, so something beside `by` must tell them apart: another "
            "dimension, or the day on which they expire.",
            "ledger: Points\ndimensions: {customer: {type: text}}\nmeasures: {points: {type: integer}}\n"
            "lots: {by: [customer]}\n",
        ),
        "E525": Code(
            "Said and worked out",
            "A measure has one writer: `set`, or the key that works it out. `corrects` changes the value that "
            "`set` says, and moves no quantity.",
            _BOOK + _DOCUMENT + "posts:\n"
            "  one:  {ledger: General, set: {account: account, debit: total}}\n"
            "  left: {ledger: General, rest: worth, at_most: 1, set: {account: account, credit: total}}\n",
        ),
        "E526": Code(
            "What expires, and its account",
            "What is left of a lot when it expires goes out of the books as well where its ledger posts into one that "
            "balances: `residue` is the account of the other side. Where nothing expires, or nothing reaches such a "
            "ledger, there is nothing to take.",
            _BOOK + _POINTS.replace("residue: role(difference), ", ""),
        ),
        "E527": Code(
            "Lots that cannot expire",
            "What goes by itself goes as it came in, in company currency. A ledger that balances has no other side for "
            "it, and what is carried at a cost or in several currencies is written off by a document, for which "
            "somebody answers.",
            _BOOK + _POINTS.replace("lots:", "currency: true\nlots:"),
        ),
        "E588": Code(
            "Nothing to prove",
            "`proof` says what must hold in the books once a document is posted: the document is one that is posted, "
            "and what is asked can be answered with what it is about to write.",
            "doctype: Note\nfields: {text: {type: text}}\n"
            "proof: {one: {check: text == 'a', message: It is not a.}}\n",
        ),
        "E587": Code(
            "An amount in another currency, and nothing says what it is worth",
            "An entry has one currency. Money in neither the document's currency nor the company's brings its own; "
            "the document's rate is not its rate, so the posting says `rate` or `worth`, unless it settles what its "
            "ledger carries at a worth.",
            _BOOK.replace("double_entry", "currency: true\ndouble_entry")
            + "doctype: Currency\ncompany: none\nname: {by: code}\nfields: {code: {type: text, required: true}}\n---\n"
            + _DOCUMENT.replace(
                "total: {type: money}",
                "paid_in: {type: link, to: Currency}, total: {type: money, in: paid_in}",
            )
            + "posts:\n  one: {ledger: General, set: {account: account, debit: total, credit: total}}\n",
        ),
    }
)
