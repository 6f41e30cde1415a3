"""All constructs of the language, in the order of the reference."""

from __future__ import annotations

from types import MappingProxyType

from engine.spec.doctype import DOCTYPE, OVERLAY
from engine.spec.ledger import LEDGER
from engine.spec.report import MENU, PACK, REPORT, ROLE
from engine.spec.rules import RULES
from engine.spec.test import TEST
from engine.spec.workflow import WORKFLOW

CONSTRUCTS = MappingProxyType(
    {
        "doctype": DOCTYPE,
        "ledger": LEDGER,
        "rules": RULES,
        "workflow": WORKFLOW,
        "report": REPORT,
        "role": ROLE,
        "menu": MENU,
        "pack": PACK,
        "overlay": OVERLAY,
        "test": TEST,
    }
)
"""First key of a document → its shape."""

UNBUILT_CONSTRUCTS = MappingProxyType(
    {
        "limit": "limits over several ledgers",
        "dashboard": "dashboards",
        "print": "prints",
        "export": "exports",
        "import": "imports",
        "notification": "notifications",
        "schedule": "schedules",
        "connector": "connectors",
        "type": "checked kinds of text",
    }
)
"""What the language has and this version does not carry out yet: first key → what it is about."""

REMOVE = "remove"
"""In place of a value, takes the key of the doctype that is `like`d (or overlaid) away."""
