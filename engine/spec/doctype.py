"""The construct ``doctype``."""

from __future__ import annotations

from engine.spec.actions import ACTIONS as ACTIONS_OF
from engine.spec.change import REMOVED, RENAMED_FROM
from engine.spec.common import ANYWHERE, CHECK_ACTION, LABEL, LET, MODULE, WHEN
from engine.spec.fields import FIELDS
from engine.spec.flow import FROM, ON
from engine.spec.kinds import (
    Choice,
    Either,
    Expression,
    Flag,
    Integer,
    Key,
    ListOf,
    MapOf,
    Name,
    Names,
    Shape,
    Template,
    Text,
    unbuilt,
)
from engine.spec.posting import POSTS
from engine.spec.steps import CALCULATE
from engine.spec.test import TESTS

ACTIONS = (
    "read", "write", "create", "delete", "submit", "issue", "cancel", "rederive", "report", "export",
)  # fmt: skip
"""What a role may do; ``issue``: bring documents with the number of their till; ``rederive``: bring what is submitted
under today's rules and masters."""

_SERIES = Shape(
    "series",
    "One series of numbers. The first whose `when` holds is taken.",
    {
        "when": WHEN,
        "text": Key(
            Template(),
            "The number; `{counter:5}` is where the counter goes, five digits wide.",
            "text: 'SI{fiscal_year(posting_date):2526}/{counter:5}'",
            required=True,
        ),
        **ANYWHERE,
    },
)

_NUMBER = Shape(
    "number",
    "How documents are numbered.",
    {
        "on": Key(Choice(("submit", "create")), "When the number is taken.", "on: submit"),
        "gapless": Key(Flag(), "No number is ever left out.", "gapless: true"),
        "max_length": Key(Integer(1, 60), "The longest number allowed.", "max_length: 16"),
        "by": Key(
            ListOf(Expression("any")),
            "A counter of its own for each of these.",
            "by: [company, branch.code]",
        ),
        "reset": Key(
            Choice(("fiscal_year", "never")), "When the counter starts again.", "reset: fiscal_year"
        ),
        "series": Key(
            MapOf(_SERIES),
            "The series, by key.",
            "series: {bill: {text: 'B{counter:6}'}}",
            required=True,
        ),
        "issued_by": Key(
            Name("field"),
            "The link to what also gives numbers by itself, out of reach of the server: a till. It counts by itself "
            "(`by` names it too). A document may then come with its number when it is submitted; it has happened "
            "already, and limits with `if_done` do not refuse it. Who brings one needs the right `issue`.",
            "issued_by: till",
        ),
        **ANYWHERE,
    },
)

_CHECK = Shape(
    "check",
    "What must hold before a document is saved.",
    {
        "check": Key(
            Expression("condition", ("document", "row", "old")),
            "Must hold; null passes.",
            "check: total > 0",
            required=True,
        ),
        "message": Key(
            Template(("document", "row", "old")),
            "What the person reads, with the way out.",
            "message: 'Line {row.index}: take a price up to {row.mrp}.'",
            required=True,
        ),
        "each": Key(Name("table"), "Once per row of this table.", "each: items"),
        "when": WHEN,
        "action": Key(
            CHECK_ACTION,
            "refuse (unless said), warn, or confirm: a person has to say that they go on knowingly.",
            "action: warn",
        ),
        "fields": Key(Names("field path"), "The fields that are marked.", "fields: [items.rate]"),
        **ANYWHERE,
    },
)

_PROOF = Shape(
    "proof",
    "What must hold once the document is posted, in the books as they then stand.",
    {
        "check": Key(
            Expression("condition", ("document",)),
            "Must hold; null passes. Balances are those with this document.",
            "check: balance(general.debit, account=opening_account) == 0",
            required=True,
        ),
        "message": Key(
            Template(("document",)),
            "What the person reads, with the way out.",
            "message: 'The opening differs by {balance(general.debit, account=opening_account)}.'",
            required=True,
        ),
        "when": WHEN,
        **ANYWHERE,
    },
)

_ALLOW = Shape(
    "permission",
    "What a role may do with the doctype.",
    {
        "can": Key(
            Names("action"),
            "Of: " + ", ".join(ACTIONS) + ". `issue`: bring documents that come with their number.",
            "can: [read, write, create]",
            required=True,
        ),
        "where": unbuilt("Only these records."),
        "fields": unbuilt("Classes of fields."),
        **ANYWHERE,
    },
)

_ROWS = Names("field rows", single=True)

_SECTION = Shape(
    "section",
    "A part of the form.",
    {
        "show": Key(
            _ROWS,
            "Fields, line by line; `|` sets fields side by side.",
            "show: [customer, date | due]",
            required=True,
        ),
        "after": Key(Text(), "It stands after the section of this title.", "after: Items"),
        "visible_if": Key(Expression("condition"), "Shown only where this holds."),
        **ANYWHERE,
    },
)

_NAME = Shape(
    "name",
    "What a record is called in the business.",
    {
        "by": Key(Name("field"), "The field that is its unique key.", "by: code", required=True),
        "series": Key(Template(), "Fills an empty key from a counter.", "series: 'C-{counter:5}'"),
        **ANYWHERE,
    },
)

DOCTYPE = Shape(
    "doctype",
    "A record or document: its fields, what is worked out, what is checked, what it writes into ledgers, "
    "who may do what, and how it looks.",
    {
        "doctype": Key(Name("new"), "Its name, in words.", "doctype: Sales Invoice", required=True),
        "like": Key(
            Name("doctype"),
            "Takes over another doctype; what stands here is merged in by key.",
            "like: Trade Document",
        ),
        "abstract": Key(
            Flag(), "Only there for others to be `like`; has no table.", "abstract: true"
        ),
        "child": Key(Flag(), "Its records are rows of others only.", "child: true"),
        "label": LABEL,
        "plural": Key(
            Text(140), "The label of many; without it the English plural.", "plural: Bills"
        ),
        "module": MODULE,
        "api": Key(
            Name("route"), "Its address under /api/; without it the plural.", "api: sales/invoices"
        ),
        "company": Key(
            Choice(("required", "shared", "none"), unbuilt=("chosen",)),
            "required: each record belongs to a company; shared: all companies use it; none: no company at all.",
            "company: required",
        ),
        "name": Key(_NAME, "Its business key.", "name: {by: code, series: 'C-{counter:5}'}"),
        "title": Key(
            Template(), "How a record is called in lists and links.", "title: '{customer.name}'"
        ),
        "search": Key(
            Names("field path"), "Fields a search looks through.", "search: [code, name]"
        ),
        "list": Key(
            Names("field path"),
            "Columns of the list.",
            "list: [posting_date, customer, grand_total]",
        ),
        "tree": Key(
            Name("field"),
            "The link to its own doctype that makes it a tree.",
            "tree: parent_account",
        ),
        "date": Key(Name("field"), "The date of its entries.", "date: posting_date"),
        "money": Key(
            Shape(
                "money",
                "The currency of its amounts.",
                {
                    "currency": Key(
                        Name("field"),
                        "The link to the currency.",
                        "currency: currency",
                        required=True,
                    ),
                    "rate": Key(
                        Name("field"),
                        "The exchange rate to company currency.",
                        "rate: exchange_rate",
                        required=True,
                    ),
                },
            ),
            "Its amounts are in a currency of its own.",
            "money: {currency: currency, rate: exchange_rate}",
        ),
        "submittable": Key(
            Flag(), "It is submitted, and from then on stands still.", "submittable: true"
        ),
        "amend": Key(
            Choice(("none", "in_place", "new")),
            "How a submitted document is changed: not at all; in a new version, whose postings get the difference; "
            "or by cancelling it and making another with a new number.",
            "amend: new",
        ),
        "number": Key(_NUMBER, "How it is numbered."),
        "fields": FIELDS,
        "calculate": CALCULATE,
        "validate": Key(MapOf(_CHECK), "What must hold."),
        "posts": POSTS,
        "from": FROM,
        "allow": Key(
            MapOf(_ALLOW, keys="role"),
            "Who may do what.",
            "allow: {Sales User: {can: [read, write]}}",
        ),
        "layout": Key(
            MapOf(Either((_ROWS, _SECTION)), keys="title"),
            "The form: title: [fields]; `|` sets fields side by side.",
            "layout: {Who: [customer, date | due_date], Items: [items]}",
        ),
        "workflow": Key(
            Name("workflow"),
            "The workflow it goes through; without one: draft, submitted, cancelled.",
            "workflow: Purchase Order Approval",
        ),
        "on": ON,
        "actions": ACTIONS_OF,
        "tests": TESTS,
        "let": LET,
        "proof": Key(
            MapOf(_PROOF),
            "What must hold after posting; else nothing is posted.",
            "proof: {ties: {check: 'balance(general.debit, account=opening) == 0', message: It does not tie.}}",
        ),
        "renamed_from": RENAMED_FROM,
        "removed": REMOVED,
        **ANYWHERE,
    },
)
