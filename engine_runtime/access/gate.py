"""The one gate: role × doctype × action, used by every channel.

Reading inside a company is scoped by ``documents.read`` (``company_id = actor.company_id``); this file
answers only whether the actor may do such a thing at all.
"""

from __future__ import annotations

from engine.catalog.doctypes import Doctype
from engine.catalog.reports import Report
from engine.catalog.whole import Catalog
from engine_runtime.access.actor import Actor
from engine_runtime.access.errors import Forbidden

ACTIONS = (
    "read", "write", "create", "delete", "submit", "issue", "cancel", "rederive", "report", "export",
)  # fmt: skip


def allowed(actor: Actor, action: str, doctype: Doctype) -> bool:
    """True if one of the actor's roles in the company in hand may ``action`` documents of ``doctype``."""
    if actor.unrestricted:
        return True
    roles = actor.roles_here()
    return any(p.role in roles and action in p.can for p in doctype.allow.values())


def require(actor: Actor, action: str, doctype: Doctype) -> None:
    """Pass, or raise ``Forbidden``."""
    if not allowed(actor, action, doctype):
        raise Forbidden(doctype.label, action)


def actions(actor: Actor, doctype: Doctype) -> list[str]:
    """What the actor may do with ``doctype``, in the order of ``ACTIONS``."""
    return [action for action in ACTIONS if allowed(actor, action, doctype)]


def may_read_report(actor: Actor, report: Report) -> bool:
    """True if one of the actor's roles is among those the report allows; one without is for all of a company."""
    if actor.unrestricted:
        return True
    if report.allow is None:
        return actor.company_id is not None
    return bool(report.allow & actor.roles_here())


def require_report(actor: Actor, report: Report) -> None:
    """Pass, or raise ``Forbidden``."""
    if not may_read_report(actor, report):
        raise Forbidden(report.label, "read")


def may_read_ledger(actor: Actor, catalog: Catalog, ledger: str) -> bool:
    """True if the actor, who may read a document, may see what it wrote into ``ledger`` (its name).

    Where reports on the ledger are kept from them all, so are its entries: a seller sees what an invoice did to
    stock and receivables, and not what the goods had cost. A ledger that no report is on is kept from nobody.
    """
    if actor.unrestricted:
        return True
    over = [report for report in catalog.reports.values() if report.ledger == ledger]
    return not over or any(may_read_report(actor, report) for report in over)
