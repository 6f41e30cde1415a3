"""What the database itself refuses: changing the past, and a journal that does not balance.

SQLite has no statement-level triggers: there append-only is checked row by row, and double entry by the engine alone.
"""

from __future__ import annotations

import hashlib

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from engine.plan.spec import TableSpec

_NAME = 63
"""Longest identifier of PostgreSQL."""

APPEND_ONLY = "bahi_append_only"
DOUBLE_ENTRY = "bahi_double_entry"

_REFUSE = """
CREATE OR REPLACE FUNCTION bahi_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION 'Rows of "%" are never changed or deleted. Write an entry that reverses or corrects.', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $body$
"""

_BALANCE = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    wrong record;
BEGIN
    SELECT origin_id, date, sum({debit}) AS debit, sum({credit}) AS credit INTO wrong
        FROM written GROUP BY origin_id, date HAVING sum({debit}) <> sum({credit}) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'Entries of document % on % do not balance in "%": debit %, credit %.',
            wrong.origin_id, wrong.date, TG_TABLE_NAME, wrong.debit, wrong.credit
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $body$
"""


def create(editor: BaseDatabaseSchemaEditor, table: TableSpec) -> None:
    """Give ``table`` the triggers that its spec asks for, unless it has them."""
    existing = _existing(editor.connection, table.name)
    if table.append_only:
        append_only(editor, table.name)
    if (
        table.double_entry
        and editor.connection.vendor == "postgresql"
        and DOUBLE_ENTRY not in existing
    ):
        _double_entry(editor, table.name, table.double_entry)


def append_only(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Make the database refuse to change or delete rows of ``table``, unless it does so already."""
    if editor.connection.vendor != "postgresql":
        _append_only_by_row(editor, table)
    elif APPEND_ONLY not in _existing(editor.connection, table):
        _run(editor, _REFUSE)
        _run(
            editor,
            f"CREATE TRIGGER {APPEND_ONLY} BEFORE UPDATE OR DELETE OR TRUNCATE ON {editor.quote_name(table)}"
            " FOR EACH STATEMENT EXECUTE FUNCTION bahi_refuse_change()",
        )


def drop(editor: BaseDatabaseSchemaEditor, table: str) -> bool:
    """Take all triggers of this room off ``table``, so that it can be altered; `create` puts them back.

    Whether there were any.
    """
    postgresql = editor.connection.vendor == "postgresql"
    existing = _existing(editor.connection, table)
    for name in existing:
        on = f" ON {editor.quote_name(table)}" if postgresql else ""
        _run(editor, f"DROP TRIGGER {editor.quote_name(name)}{on}")
    return bool(existing)


def _append_only_by_row(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    for event in ("UPDATE", "DELETE"):
        name = editor.quote_name(f"{APPEND_ONLY}_{event.lower()}__{table}")
        text = f'Rows of "{table}" are never changed or deleted. Write an entry that reverses or corrects.'
        _run(
            editor,
            f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON {editor.quote_name(table)}"
            f" BEGIN SELECT RAISE(ABORT, '{text}'); END",
        )


def _double_entry(editor: BaseDatabaseSchemaEditor, table: str, sides: tuple[str, str]) -> None:
    function = editor.quote_name(_function_name(table))
    debit, credit = (editor.quote_name(side) for side in sides)
    _run(editor, _BALANCE.format(function=function, debit=debit, credit=credit))
    _run(
        editor,
        f"CREATE TRIGGER {DOUBLE_ENTRY} AFTER INSERT ON {editor.quote_name(table)} REFERENCING NEW TABLE AS written"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
    )


def _function_name(table: str) -> str:
    """A function per table: plpgsql then keeps one plan, and needs no dynamic statement."""
    name = f"{DOUBLE_ENTRY}__{table}"
    if len(name) <= _NAME:
        return name
    return name[: _NAME - 9] + "_" + hashlib.sha256(table.encode()).hexdigest()[:8]


def _existing(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """Names of the triggers of this room on ``table``."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal"
                " AND tgname LIKE 'bahi\\_%%'",
                [connection.ops.quote_name(table)],
            )
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s"
                " AND name LIKE 'bahi!_%%' ESCAPE '!'",
                [table],
            )
        return [row[0] for row in cursor.fetchall()]


def _run(editor: BaseDatabaseSchemaEditor, sql: str) -> None:
    # params=None: the text goes to the database as it is, percent signs and all.
    editor.execute(sql, None)
