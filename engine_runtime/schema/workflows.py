"""Documents that stand where a catalog to be published knows no state: counted, and a reason to refuse it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection

from engine.plan.workflows import LostState


def stranded(lost: Sequence[LostState], present: Mapping[str, str] | None = None) -> list[str]:
    """A sentence per state in which documents stand, with how many and the way out.

    ``present``: former table → what it is called now, once tables are renamed.
    """
    found: list[str] = []
    for state in lost:
        table = connection.ops.quote_name((present or {}).get(state.table, state.table))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE state = %s", [state.state])  # noqa: S608 - a name only
            [(count,)] = cursor.fetchall()
        if count:
            found.append(
                f"{count:,} documents of {state.doctype} stand in the state '{state.state}', "
                f"which is no more. {state.way_out}"
            )
    return found
