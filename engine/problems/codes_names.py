"""E3xx: names and what they lead to."""

from __future__ import annotations

from types import MappingProxyType

from engine.problems.code import Code

CODES = MappingProxyType(
    {
        "E301": Code(
            "Unknown doctype",
            "No pack declares it. Names of doctypes are written as they are declared, in words.",
            "doctype: Customer\nfields:\n  name: {type: text}\n---\n"
            "doctype: Bill\nfields:\n  customer: {type: link, to: Custmer}\n",
        ),
        "E302": Code(
            "Unknown field",
            "The doctype or table has no field of this name.",
            "doctype: Bill\ndate: posting_dat\nfields:\n  posting_date: {type: date}\n",
        ),
        "E303": Code(
            "Like itself",
            "`like` takes over another doctype; it cannot lead back to where it began.",
            "doctype: Bill\nlike: Receipt\n---\ndoctype: Receipt\nlike: Bill\n",
        ),
        "E304": Code(
            "Does not go together",
            "A key belongs to other types of fields, or two keys exclude one another.",
            "doctype: Bill\nfields:\n  total: {type: money, options: [low, high]}\n",
        ),
        "E305": Code(
            "Nothing to point to",
            "A link points to records that exist by themselves: neither rows of others nor an abstract doctype "
            "that nothing is like.",
            "doctype: Line\nchild: true\nfields:\n  rate: {type: rate}\n---\n"
            "doctype: Bill\nfields:\n  line: {type: link, to: Line}\n",
        ),
        "E306": Code(
            "A table inside itself",
            "Rows may have tables, but no row type may have a table of itself, at any depth. Use a link.",
            "doctype: Line\nchild: true\nfields:\n  lines: {type: table, of: Line}\n",
        ),
        "E307": Code(
            "Unknown rule set",
            "No pack declares rules of this name.",
            "doctype: Bill\nfields:\n  rate: {type: rate}\n"
            "calculate:\n  price: {rules: Selling Prise, set: {rate: answer.rate}}\n",
        ),
        "E308": Code(
            "Unknown table",
            "`each`, `over`, `into` and `from` name a table of the doctype: `items`, `items.taxes`.",
            "doctype: Bill\nfields:\n  total: {type: money}\n"
            "validate:\n  rate: {each: itms, check: row.rate > 0, message: Take a rate.}\n",
        ),
        "E309": Code(
            "Unknown ledger",
            "No pack declares a ledger of this name.",
            "ledger: Stock\ndimensions: {item: {type: text}}\nmeasures: {quantity: {type: quantity}}\n---\n"
            "doctype: Issue\nsubmittable: true\ndate: on_date\nfields:\n  on_date: {type: date}\n"
            "posts:\n  out: {ledger: Stok, set: {item: \"'x'\", quantity: 1}}\n",
        ),
        "E310": Code(
            "Unknown dimension or measure",
            "The ledger has no dimension, detail or measure of this name.",
            "ledger: Stock\ndimensions: {item: {type: text}}\nmeasures: {quantity: {type: quantity}}\n"
            "limits: {floor: {by: [itm], measure: quantity, min: 0}}\n",
        ),
        "E311": Code(
            "Unknown role",
            "Permissions go to roles that are declared with `role:`.",
            "role: Accountant\n---\ndoctype: Bill\nfields:\n  total: {type: money}\n"
            "allow:\n  Acountant: {can: [read]}\n",
        ),
        "E312": Code(
            "Unknown report or page",
            "A menu names doctypes and reports, `drill` a report, as they are declared.",
            "doctype: Bill\nfields:\n  total: {type: money}\n---\nmenu: Sales\nitems: [Bil]\n",
        ),
        "E313": Code(
            "A name that is too long",
            "Databases keep 63 characters of a name; tables and columns are named after doctypes and fields.",
            "doctype: Bill\nfields:\n  the_name_of_this_field_is_much_longer_than_any_database_keeps: {type: date}\n",
        ),
        "E314": Code(
            "Nothing there to change",
            "`remove` takes away what the other doctype has; it has nothing of this name.",
            "doctype: Bill\nfields:\n  total: {type: money}\n---\n"
            "doctype: Receipt\nlike: Bill\nfields:\n  totl: remove\n",
        ),
        "E315": Code(
            "Nothing to stand after",
            "`after` names a field, step or section beside it: one that is there, not itself, and not one that "
            "stands after it in turn.",
            "doctype: Bill\nfields:\n  total: {type: money, after: custmer}\n  customer: {type: text}\n",
        ),
        "E316": Code(
            "Too many tables",
            "Tables stand in tables at most four levels deep, and a document has at most a hundred of them, those in "
            "its row types included.",
            "doctype: Bill\nfields:\n  a: {type: table, fields: {b: {type: table, fields: {c: {type: table, fields: "
            "{d: {type: table, fields: {e: {type: table, fields: {x: {type: text}}}}}}}}}}}\n",
        ),
    }
)
