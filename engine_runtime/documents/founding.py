"""Who makes a company works in it from then on: else nobody could enter it."""

from __future__ import annotations

from collections.abc import Sequence

from engine.catalog.doctypes import Doctype
from engine.kernel.rows import Row
from engine_runtime.access.joining import all_roles, join
from engine_runtime.posting.post import COMPANY
from engine_runtime.posting.session import Session


def join_founder(session: Session, doctype: Doctype, rows: Sequence[Row]) -> None:
    """Make the actor a member of the companies just made, with the roles of the company in hand.

    A superuser gets every role. The engine itself joins none.
    """
    actor = session.actor
    if doctype.name != COMPANY or actor.system or not actor.user_id:
        return
    roles = all_roles() if actor.superuser else actor.roles_here() & all_roles()
    for row in rows:
        join(actor.user_id, row["id"], roles)
