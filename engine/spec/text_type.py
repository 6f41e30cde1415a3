"""The construct ``type``: a checked kind of text."""

from __future__ import annotations

from engine.spec.common import ANYWHERE, LABEL
from engine.spec.kinds import Flag, Integer, Key, ListOf, MapOf, Name, Names, Shape, Text

_MESSAGE = "'{value}' is no such number."

_PART = Shape(
    "part",
    "Some characters that mean something by themselves.",
    {
        "from": Key(
            Integer(0, 250), "The place of the first, counted from 0.", "from: 0", required=True
        ),
        "to": Key(Integer(1, 250), "The place after the last.", "to: 2", required=True),
        "options": Key(Names("option"), "What it may be.", "options: ['01', '02']"),
        "kinds": Key(Names("kind"), "Only texts of these kinds have it.", "kinds: [regular]"),
        "message": Key(
            Text(200),
            "What is said where it is none of the options; `{part}` is what stands there.",
            'message: "{part} is no State code."',
        ),
        **ANYWHERE,
    },
)

_CHECKSUM = Shape(
    "checksum",
    "The last character follows from the others: each counts by its place in the alphabet times its weight, and the "
    "last one fills the sum up to a multiple of the modulus.",
    {
        "alphabet": Key(
            Text(80),
            "The characters by the number they count as.",
            "alphabet: 0123456789",
            required=True,
        ),
        "weights": Key(
            ListOf(Integer(0, 1000)),
            "The weights, in turn, from the left.",
            "weights: [1, 3]",
            required=True,
        ),
        "modulus": Key(
            Integer(2, 1000), "What the sum is a multiple of.", "modulus: 10", required=True
        ),
        "fold": Key(
            Flag(), "A product counts as the sum of its digits, in base `modulus`.", "fold: true"
        ),
        "message": Key(Text(200), "What is said where it is wrong.", f'message: "{_MESSAGE}"'),
        **ANYWHERE,
    },
)

TYPE = Shape(
    "type",
    "A checked kind of text: what it looks like, and how it is found out that a character is mistyped. "
    "A field takes it by its name, `type: gstin`; server and browser check alike.",
    {
        "type": Key(Name("new"), "Its name, in small letters.", "type: gstin", required=True),
        "label": LABEL,
        "length": Key(Integer(1, 250), "The most characters.", "length: 15", required=True),
        "least": Key(Integer(1, 250), "The least; without it any fewer.", "least: 15"),
        "capitals": Key(
            Flag(), "Forms turn small letters into capitals as one types.", "capitals: true"
        ),
        "digits": Key(Flag(), "Telephones show the keys of figures.", "digits: true"),
        "pattern": Key(
            Text(120),
            "What the whole text has to fit, as `matches` reads it.",
            r"pattern: '[1-9]\d{5}'",
        ),
        "kinds": Key(
            MapOf(Text(120)),
            "Several patterns, tried in order; the first that fits is its kind.",
            r"kinds: {regular: '\d{8}', short: '\d{4}'}",
        ),
        "except": Key(Text(120), "A pattern that no text may fit.", r"except: '[A-Z]{5}0000[A-Z]'"),
        "parts": Key(
            MapOf(_PART),
            "Characters that mean something by themselves.",
            "parts: {state_code: {from: 0, to: 2}}",
        ),
        "checksum": Key(_CHECKSUM, "How its last character is checked."),
        "message": Key(
            Text(200),
            "What is said of a text that does not fit; `{value}` is the text.",
            f'message: "{_MESSAGE}"',
            required=True,
        ),
        "length_message": Key(
            Text(200),
            "What is said of a text that is too short or too long; `{length}` is its length.",
        ),
        "example": Key(Text(250), "A right one.", "example: 27AAPFU0939F1ZV", required=True),
        **ANYWHERE,
    },
)
