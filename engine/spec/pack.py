"""The construct ``pack``: what a set of constructs is called, stands on and brings along."""

from __future__ import annotations

from engine.spec.common import ANYWHERE, LABEL
from engine.spec.kinds import Choice, Key, MapOf, Name, Names, Shape, Text

_DATA = Shape(
    "data file",
    "Records that come with the pack, in a file of the pack: CSV, or a list of mappings in YAML.",
    {
        "doctype": Key(Name("doctype"), "What they are.", "doctype: Unit", required=True),
        "file": Key(
            Text(200),
            "The file, from the folder of the pack.",
            "file: data/units.csv",
            required=True,
        ),
        "policy": Key(
            Choice(("owned", "default", "sample")),
            "Who has the last word when the pack is upgraded. `owned`: the pack, for the fields it brings. "
            "`default`: whoever changed the record since. `sample`: only demos and tests load it.",
            "policy: owned",
            required=True,
        ),
        "key": Key(
            Names("field", single=True, empty=False),
            "The fields that tell one record from another; without it the business key.",
            "key: code",
        ),
        "per": Key(
            Choice(("database", "company")),
            "Once for all, or for every company when it is founded. Without it once for all.",
            "per: company",
        ),
        **ANYWHERE,
    },
)

_FISCAL_YEAR = Shape(
    "fiscal year",
    "The year that books and numbers go by.",
    {
        "starts": Key(
            Text(5),
            "Its first day, month and day. Only the first of a month.",
            "starts: 04-01",
            required=True,
        ),
        **ANYWHERE,
    },
)

PACK = Shape(
    "pack",
    "A versioned set of constructs: those in its folder and below. It may name only what it, or a pack that it "
    "requires, declares.",
    {
        "pack": Key(Name("new"), "Its name.", "pack: base", required=True),
        "version": Key(
            Text(40), "Its version: major.minor.patch.", "version: 1.0.0", required=True
        ),
        "label": LABEL,
        "title": Key(Text(200), "What it is called.", "title: Trade"),
        "licence": Key(Text(80), "Its licence.", "licence: Apache-2.0"),
        "author": Key(Text(200), "Who answers for it.", "author: Crates and Co."),
        "languages": Key(
            Names("language"),
            "The languages that its labels are written in, by their codes in ISO 639, with a country where it matters.",
            "languages: [en, hi]",
        ),
        "scope": Key(
            Choice(("base", "country", "industry", "partner", "customer")),
            "Which layer it is.",
            "scope: country",
        ),
        "requires": Key(
            MapOf(Text(80), keys="pack"),
            "Packs it stands on, each with a range of versions; `engine` is this engine. "
            "`1.4` means that and later ones below 2, `*` any.",
            'requires: {base: ">=1.0,<2"}',
        ),
        "provides": Key(
            Names("pack"),
            "Names under which others may require it; one pack at a time provides a name.",
            "provides: [localisation]",
        ),
        "fiscal_year": Key(
            _FISCAL_YEAR,
            "The fiscal year of its country; without one the calendar year.",
            "fiscal_year: {starts: 04-01}",
        ),
        "time_zone": Key(
            Text(60),
            "The clock of its businesses, by its IANA name; without one UTC.",
            "time_zone: Europe/Berlin",
        ),
        "large_numbers": Key(
            MapOf(Text(20), keys="word"),
            "Words for large numbers, as amounts in words name them; without any million, billion and trillion.",
            "large_numbers: {Myriad: 10000}",
        ),
        "digit_groups": Key(
            Text(20),
            "How many digits of a number stand together where people read it, from the right; the last goes on. "
            "Without it 3; `none` for none.",
            "digit_groups: 3, 2",
        ),
        "company": Key(
            MapOf(Text(140), keys="field"),
            "What a new company has unless it says otherwise.",
            "company: {currency: EUR}",
        ),
        "data": Key(
            MapOf(_DATA),
            "Records it brings, in the order in which they need one another.",
            "data: {units: {doctype: Unit, file: data/units.csv, policy: owned}}",
        ),
        **ANYWHERE,
    },
)

OVERLAY_TARGET = Shape("overlay target", "What is changed: one construct, by its kind and name.")
"""Its keys are the kinds of constructs; ``language`` fills them in."""

OVERLAY = Shape(
    "overlay",
    "Changes a construct of this pack or of one that it requires: merged by key, to any depth. Below `overlay` "
    "stand the keys of what is changed: what is named replaces; `remove` takes away; `{add: […], remove: […]}` "
    "changes a list of names; `after` places a new key. A field given with its `type` is a field of its own; "
    "without one it changes the field that is there.",
    {
        "overlay": Key(
            OVERLAY_TARGET, "What it changes.", "overlay: {doctype: Sales Invoice}", required=True
        )
    },
)
