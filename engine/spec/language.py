"""All constructs of the language, in the order of the reference."""

from __future__ import annotations

from types import MappingProxyType

from engine.spec.doctype import DOCTYPE
from engine.spec.kinds import Key, Name, Shape
from engine.spec.ledger import LEDGER
from engine.spec.limit import LIMIT
from engine.spec.pack import OVERLAY, OVERLAY_TARGET, PACK
from engine.spec.report import MENU, REPORT, ROLE
from engine.spec.rules import RULES
from engine.spec.schedule import SCHEDULE
from engine.spec.test import TEST
from engine.spec.text_type import TYPE
from engine.spec.workflow import WORKFLOW

CONSTRUCTS = MappingProxyType(
    {
        "doctype": DOCTYPE,
        "ledger": LEDGER,
        "rules": RULES,
        "limit": LIMIT,
        "workflow": WORKFLOW,
        "schedule": SCHEDULE,
        "report": REPORT,
        "role": ROLE,
        "menu": MENU,
        "pack": PACK,
        "type": TYPE,
        "overlay": OVERLAY,
        "test": TEST,
    }
)
"""First key of a document → its shape."""

NOT_CHANGED = frozenset({"pack", "overlay"})
"""What no overlay changes."""


def _target(kind: str) -> Key:
    return Key(Name(kind), f"The {kind} that is changed.", f"overlay: {{{kind}: …}}")


# What an overlay may change are the other constructs; the shapes are tied to one another here, once.
OVERLAY_TARGET.keys.update({kind: _target(kind) for kind in CONSTRUCTS if kind not in NOT_CHANGED})


def _changes(kind: str, shape: Shape) -> Shape:
    keys = {name: key for name, key in shape.keys.items() if name not in (kind, "like")}
    return Shape("overlay", shape.help, {**OVERLAY.keys, **keys})


OVERLAYS = MappingProxyType(
    {kind: _changes(kind, CONSTRUCTS[kind]) for kind in OVERLAY_TARGET.keys}
)
"""Kind of construct → what an overlay of one may say."""

UNBUILT_CONSTRUCTS = MappingProxyType(
    {
        "dashboard": "dashboards",
        "print": "prints",
        "export": "exports",
        "import": "imports",
        "notification": "notifications",
        "connector": "connectors",
    }
)
"""What the language has and this version does not carry out yet: first key → what it is about."""

REMOVE = "remove"
"""In place of a value, takes the key of the doctype that is `like`d (or overlaid) away."""
