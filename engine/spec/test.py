"""The construct ``test`` and the key ``tests`` of doctypes: stories that a pack carries with it (C30)."""

from __future__ import annotations

from engine.spec.common import ANYWHERE
from engine.spec.kinds import Data, Key, MapOf, Name, Names, Shape, Text

_THEN = Key(
    Data(),
    "What must be so afterwards. A ledger: the lines that this document wrote, each `[first dimension, measures …]` "
    "or `{dimension: …, measure: …}` (also details, `<measure>.worth`, `rule`, `origin`, `line`, `currency`, `date`, "
    "`meant_for`), or `balances`; a field: its value (rows as a list); `warned`: the codes of what is warned of; "
    "`made`: per doctype the documents that came of it, each with fields and ledgers like `then`; `balances`: per "
    "ledger what stands there in all, by dimensions; `answer`: what an action, or a limit that refuses, answers; "
    "`tasks`: the consents it waits for, each `{need: …, person: …}` or `{need: …, role: …}`, and the limits that it "
    "passed because it had happened already, each `{limit: …, role: …}` (also `ledger`, `key`, `measured`, `allowed`, "
    "`person`); `consents`: those given "
    "to it, `{need: …, person: …, by: …}`. `refused`, `at`: the codes and places of what is found where nothing is "
    "done, beside which only `answer` stands. Without `refused` the step may not be refused.",
    "then: {grand_total: 1180, General: [[receivable, 1180, 0], [income, 0, 1000], [igst, 0, 180]]}",
)
_GIVEN = Key(
    Data(),
    "The fields that a person fills in. A link takes the name of a record or step of this test, a row by its path "
    "(`sold.items.1`), or a business key.",
    "given: {customer: punjab, items: [{item: repair, quantity: 10, rate: 100}]}",
)
_DO = Key(
    Text(60),
    "What is done with it: save (unless said), submit, or another transition.",
    "do: submit",
)
_ISSUED = Key(
    Text(60),
    "The number with which it comes where it is submitted: its till has given it already.",
    "issued: T1-2627/000005",
)
_TODAY = Key(Text(10), "The day it happens on.", "today: 2026-04-10")
_WITH = Key(
    Names("test", single=True, empty=False),
    "Tests whose records and steps come first.",
    "with: Shop",
)
_STEP = Shape(
    "test step",
    "One thing that happens. Exactly one of `make`, `change`, `rederive`, `go`, `action`, `schedule`, `expire`, "
    "`close` and `expect` says what.",
    {
        "make": Key(Name("doctype"), "A document is made.", "make: Sales Invoice"),
        "from": Key(
            Names("step", single=True, empty=False),
            "It is made out of the documents of these steps, or out of the balances of a ledger.",
            "from: ordered",
        ),
        "given": _GIVEN,
        "do": _DO,
        "issued": _ISSUED,
        "change": Key(Name("step"), "The document of this step is changed.", "change: sold"),
        "rederive": Key(
            Name("step"),
            "The submitted document of this step is brought under what rules and masters say by now.",
            "rederive: sold",
        ),
        "go": Key(Text(60), "A transition of the document `of` a step.", "go: cancel"),
        "action": Key(Text(60), "An action of the document `of` a step.", "action: record_payment"),
        "of": Key(
            Name("step"), "The step whose document it is, or what that step made: `sold.payment`.",
            "of: sold",
        ),
        "ask": Key(Data(), "What is asked of the person.", "ask: {payment_amount: 100}"),
        "schedule": Key(
            Name("schedule"), "A schedule runs.", "schedule: Bill Subscriptions"
        ),
        "expire": Key(
            Name("ledger"),
            "A day has come: what is left of the lots of this ledger whose last day was before `today` is taken out, "
            "in every company. A ledger under `then` is then what was written there for all documents.",
            "expire: Points",
        ),
        "expect": Key(
            Name("step"), "Nothing happens; the document of this step is looked at again.",
            "expect: sold",
        ),
        "close": Key(
            Text(60), "An area of the books (or `all`) is closed `until` a day, that day included.",
            "close: accounts",
        ),
        "until": Key(Text(10), "The last closed day.", "until: 2026-07-31"),
        "today": _TODAY,
        "by": Key(Text(140), "The person who does it.", "by: meera"),
        "roles": Key(
            Names("role", single=True, empty=False),
            "The roles of that person; without it, may do everything.",
            "roles: [Sales User]",
        ),
        "stands_in_for": Key(
            Names("person", single=True, empty=False),
            "People in whose place that person may act on this day; they have the roles in which they acted before.",
            "stands_in_for: [ravi]"
        ),
        "pass": Key(
            MapOf(MapOf(Data(), keys="field"), keys="limit"),
            "Limits that the person goes beyond knowingly, by key, each with what it asks.",
            "pass: {customer_credit: {reason: An old friend}}",
        ),
        "confirm": Key(
            Names("problem code", single=True, empty=False),
            "The codes of what the person is asked to confirm, and does: they then only warn.",
            "confirm: limit.large_job",
        ),
        "company": Key(
            Text(140),
            "The company it happens in, by the name of a record of Company in this test or one that it is `with`.",
            "company: delhi",
        ),
        "then": _THEN,
        **ANYWHERE,
    },
)  # fmt: skip

TEST = Shape(
    "test",
    "A business story: records, steps, and what must be so after each of them. Run by `python -m engine test`, "
    "and before a pack is published. One without any `then` that another test is `with` only sets the scene: it is "
    "played with that. Every other test is played by itself, and no step of it may be refused unless `then` says so.",
    {
        "test": Key(Name("new"), "Its name, in words.", "test: Partial return", required=True),
        "with": _WITH,
        "today": _TODAY,
        "company": Key(
            Text(140),
            "The company it happens in, by the name of a record of Company in this test or one that it is `with`; else "
            "the first.",
            "company: main",
        ),
        "records": Key(
            Data(),
            "The records there are: doctype: {name in this test: {field: value}}, in the order they are made.",
            "records: {Customer: {punjab: {name: Punjab Traders}}}",
        ),
        "steps": Key(MapOf(_STEP), "What happens, in order.", "steps: {sold: {make: Sales Invoice}}"),
        **ANYWHERE,
    },
)  # fmt: skip

TESTS = Key(
    MapOf(
        Shape(
            "doctype test",
            "One document and what must come of it.",
            {
                "with": _WITH,
                "today": _TODAY,
                "given": _GIVEN,
                "do": _DO,
                "issued": _ISSUED,
                "then": _THEN,
                **ANYWHERE,
            },
        )
    ),
    "Tests of the doctype: a document each.",
    "tests: {interstate: {with: Shop, given: {customer: punjab}, do: submit, then: {General: balances}}}",
)
