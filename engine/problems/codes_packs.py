"""E17x: packs, what they stand on and what they may change. E18x: checked kinds of text."""

from __future__ import annotations

from types import MappingProxyType

from engine.problems.code import Code

_BASE = "pack: base\nversion: 1.0.0\n---\ndoctype: Item\nfields:\n  name: {type: text}\n---\n"

CODES = MappingProxyType(
    {
        "E170": Code(
            "Required pack missing",
            "A project holds every pack that one of its packs requires, or one that `provides` that name.",
            'pack: crates\nversion: 1.0.0\nrequires: {base: ">=1.0"}\n',
        ),
        "E171": Code(
            "Another version is required",
            "The pack that is here is older or newer than the range in `requires` allows.",
            'pack: base\nversion: 0.9.0\n---\npack: crates\nversion: 1.0.0\nrequires: {base: ">=1.0,<2"}\n',
        ),
        "E172": Code(
            "Packs require one another",
            "What is required is applied first, so a pack cannot, over others, require itself.",
            'pack: base\nversion: 1.0.0\nrequires: {crates: "*"}\n---\n'
            'pack: crates\nversion: 1.0.0\nrequires: {base: "*"}\n',
        ),
        "E173": Code(
            "Not a version",
            "A version is three numbers, as in 1.4.0; a range is comparisons, as in `>=1.0,<2`, a version that "
            "stands for itself and later ones below the next first number, or `*`.",
            "pack: base\nversion: '1.0'\n",
        ),
        "E174": Code(
            "Not required",
            "A pack names only what it, or a pack that it requires, declares: else it breaks where that pack is not.",
            _BASE + "pack: crates\nversion: 1.0.0\n---\n"
            "doctype: Crate\nfields:\n  item: {type: link, to: Item}\n",
        ),
        "E175": Code(
            "Newer than required",
            "The range in `requires` allows a version that does not have yet what is named here (its `since` says when "
            "it came).",
            "pack: base\nversion: 1.2.0\n---\n"
            "doctype: Item\nsince: '1.2'\nfields:\n  name: {type: text}\n---\n"
            'pack: crates\nversion: 1.0.0\nrequires: {base: ">=1.0"}\n---\n'
            "doctype: Crate\nfields:\n  item: {type: link, to: Item}\n",
        ),
        "E176": Code(
            "Two packs set one key",
            "Neither of the two requires the other, so neither goes before the other.",
            _BASE + 'pack: brief\nversion: 1.0.0\nrequires: {base: "1.0"}\n---\n'
            "overlay: {doctype: Item}\nfields: {name: {length: 20}}\n---\n"
            'pack: chatty\nversion: 1.0.0\nrequires: {base: "1.0"}\n---\n'
            "overlay: {doctype: Item}\nfields: {name: {length: 250}}\n",
        ),
        "E177": Code(
            "Provided twice",
            "One pack at a time provides a name: two charts of accounts, or the rules of two countries, "
            "do not go together.",
            "pack: north\nversion: 1.0.0\nprovides: [localisation]\n---\n"
            "pack: south\nversion: 1.0.0\nprovides: [localisation]\n",
        ),
        "E180": Code(
            "Not a pattern",
            "A pattern is the small part of regular expressions that `matches` takes: signs, `[A-Z0-9]`, `\\d`, "
            "`?`, `{2,4}`, `( | )`.",
            "type: serial\nlength: 8\npattern: 'S[0-9'\nmessage: \"No serial.\"\nexample: S1\n",
        ),
        "E181": Code(
            "The example is wrong",
            "The example of a type does not pass its own checks, so one of the two is mistyped.",
            "type: serial\nlength: 8\npattern: 'S\\d{7}'\nmessage: No serial number.\nexample: S12345\n",
        ),
        "E182": Code(
            "Data file that cannot be read",
            "A file under `data` of a pack is CSV whose first line names fields, or a YAML list of mappings from "
            "fields to texts; in UTF-8, in the folder of the pack or below.",
            "",
        ),
        "E183": Code(
            "Not a value of its field",
            "A column of a data file is a field that people may fill in, and every cell is read as one they would "
            "type: of the type of the field, within its length and bounds, one of its options; a condition is true or "
            "false.",
            "",
        ),
        "E184": Code(
            "Record twice",
            "Two records of a data file have the same key (`key` of the file, else the business key), so the second "
            "would overwrite the first.",
            "",
        ),
        "E185": Code(
            "Link to a record that is not there",
            "A data file links to a key that neither the pack nor one that it requires brings. It is looked at where "
            "packs bring records of that kind; it is a warning where people have a say in those records (policy "
            "`default` or `sample`), because they may make it.",
            "",
        ),
        "E186": Code(
            "Deprecated",
            "What is named here should not be used any more; `deprecated` says what takes its place. It is a warning: "
            "the pack works, and is published.",
            "doctype: Item\nfields:\n"
            "  price: {type: decimal, deprecated: Read `rate`.}\n"
            "  rate:  {type: decimal}\n"
            "  twice: {type: decimal, formula: price * 2}\n",
        ),
        "E187": Code(
            "Newer than its own pack",
            "`since` is the version of the pack that brought a thing, so it cannot be later than the pack's.",
            "pack: base\nversion: 1.0.0\n---\ndoctype: Item\nsince: '1.2'\nfields:\n  name: {type: text}\n",
        ),
        "E178": Code(
            "Records that nothing tells apart",
            "What a pack brings is found again at its next version by the business key, or by the fields in `key`.",
            "pack: base\nversion: 1.0.0\n"
            "data: {rates: {doctype: Rate, file: data/rates.csv, policy: owned}}\n---\n"
            "doctype: Rate\nfields:\n  percent: {type: percent}\n",
        ),
    }
)
