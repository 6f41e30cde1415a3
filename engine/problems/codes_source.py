"""E1xx: what is wrong with a source before anything is known of its meaning."""

from __future__ import annotations

from types import MappingProxyType

from engine.problems.code import Code

CODES = MappingProxyType(
    {
        "E101": Code(
            "This is not YAML",
            "The file cannot be read as YAML from here on. The other files are checked all the same, and what "
            "this file declares stays known by name, so that one mistake is one problem.",
            "doctype: Bill\nfields: {total: {type: money}\n",
        ),
        "E102": Code(
            "A tab",
            "Editors show tabs in different widths, and YAML forbids them where it matters. Indent with blanks.",
            "doctype: Bill\nfields:\n\ttotal: {type: money}\n",
        ),
        "E103": Code(
            "A key is given twice",
            "YAML would keep the last one silently, and so would two overlays of one pack. Keep one of the two.",
            "doctype: Bill\nfields:\n  total: {type: money}\n  total: {type: rate}\n",
        ),
        "E104": Code(
            "Anchors and aliases are not used",
            "`&name` and `*name` repeat a part of a file unseen. Use `like`, which another pack can read and change.",
            "doctype: Bill\nfields:\n  total: &amount {type: money}\n",
        ),
        "E105": Code(
            "Tags are not used",
            "`!!int` and the like give a value a YAML type. Every value is text here; the language knows its type.",
            "doctype: Bill\nfields:\n  total: {type: money, default: !!int 3}\n",
        ),
        "E106": Code(
            "A document is a mapping",
            "Every document is keys and values, and the first key says what it declares.",
            "- doctype: Bill\n- doctype: Receipt\n",
        ),
        "E107": Code(
            "A key without a value",
            "Mostly an expression inside {…} that is not quoted: YAML ends it at the comma. Quote it.",
            "doctype: Bill\nfields:\n  paid: {type: money}\n  due: {type: money, formula: max(paid, 0)}\n",
        ),
        "E108": Code(
            "Unknown construct",
            "The first key of a document names the kind of what it declares: doctype, ledger, rules, report, role, "
            "menu, pack, overlay.",
            "doctpe: Bill\nfields:\n  total: {type: money}\n",
        ),
        "E109": Code(
            "A construct that is not built yet",
            "The language has it, this version does not carry it out. It is refused, never ignored.",
            "dashboard: Sales\n",
        ),
        "E110": Code(
            "Unknown key",
            "The reference lists the keys of every construct: `python -m engine docs`.",
            "doctype: Bill\nfields:\n  total: {type: money, requird: true}\n",
        ),
        "E111": Code(
            "Known, not built yet",
            "The language has this key or value, this version does not carry it out. It is refused, never ignored.",
            "doctype: Bill\nfields:\n  total: {type: money, class: confidential}\n",
        ),
        "E112": Code(
            "Another form is wanted",
            "A text, a list or a mapping stands where one of the others belongs.",
            "doctype: Bill\nfields: [total]\n",
        ),
        "E113": Code(
            "A value that the key does not take",
            "A flag is `true` or `false`; numbers, dates and words of a choice are checked one by one.",
            "doctype: Bill\nfields:\n  total: {type: mony}\n",
        ),
        "E114": Code(
            "A key is missing",
            "The construct is not complete without it, also counting what it takes over by `like`.",
            "doctype: Bill\nfields:\n  kind: {type: choice}\n",
        ),
        "E115": Code(
            "Declared twice",
            "Two constructs, roles or addresses have the same name or the same key. To change a doctype of "
            "another pack, write an overlay.",
            "role: Accountant\n---\nrole: Accountant\n",
        ),
        "E116": Code(
            "Not a key",
            "Keys that the author chooses are lower case letters, digits and underscores, a letter first.",
            "doctype: Bill\nfields:\n  Due Date: {type: date}\n",
        ),
        "E117": Code(
            "A name that is taken",
            "Standard fields, Python's keywords and the words that expressions are given cannot name a field: "
            "they could never be read. Nor can a column be called as one that PostgreSQL has itself, or documents "
            "have an address that the system has (`/api/tasks`).",
            "doctype: Bill\nfields:\n  class: {type: text}\n",
        ),
        "E120": Code(
            "The file cannot be read",
            "It is not there, may not be opened, is no plain file, or is not UTF-8 text; or a folder has no file "
            "that ends in .yaml or .yml, or none that declares anything.",
            "",
        ),
        "E122": Code(
            "A control character",
            "An escape in double quotes (`\\0`, `\\x07`) brings a character that no database keeps or no screen shows.",
            'doctype: Bill\nhelp: "What is\\0owed"\nfields:\n  total: {type: money}\n',
        ),
        "E121": Code(
            "Nested too deeply",
            "No construct needs so many levels; the file was damaged or made to do harm.",
            "doctype: Bill\nfields: " + "[" * 45 + "x" + "]" * 45 + "\n",
        ),
    }
)
