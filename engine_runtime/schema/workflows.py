"""Documents that stand where a catalog to be published knows no such state: they move, or are a reason to refuse it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.apps import apps
from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from engine.plan.workflows import LostState, MovedState


def stranded(lost: Sequence[LostState], present: Mapping[str, str] | None = None) -> list[str]:
    """A sentence per state in which documents stand, with how many and the way out.

    ``present``: former table → what it is called now, once tables are renamed.
    """
    found: list[str] = []
    for state in lost:
        table = connection.ops.quote_name((present or {}).get(state.table, state.table))
        with connection.cursor() as cursor:
            sql = f"SELECT count(*) FROM {table} WHERE state = %s AND stage = %s"  # noqa: S608 - a name only
            cursor.execute(sql, [state.state, state.stage])
            [(count,)] = cursor.fetchall()
        if count:
            found.append(
                f"{count:,} documents of {state.doctype} stand in the state '{state.state}', "
                f"which {state.why}. {state.way_out}"
            )
    return found


def carry_over(editor: BaseDatabaseSchemaEditor, moved: Sequence[MovedState]) -> None:
    """Documents that stand in states which are no more stand in those that are said instead, and so do their tasks."""
    tasks = editor.quote_name(apps.get_model("workflow", "Task")._meta.db_table)
    for one in moved:
        table = editor.quote_name(one.table)
        # Tasks keep since when they wait: who was late with them before is late with them after.
        editor.execute(
            f"UPDATE {tasks} SET state = %s WHERE state = %s AND document_id IN"  # noqa: S608 - names only
            f" (SELECT id FROM {table} WHERE state = %s AND stage = %s)",
            [one.to, one.state, one.state, one.stage],
        )
        editor.execute(
            f"UPDATE {table} SET state = %s WHERE state = %s AND stage = %s",  # noqa: S608 - a name only
            [one.to, one.state, one.stage],
        )
