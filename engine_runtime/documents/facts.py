"""The facts a document stands on from its submit: stored with it, so that it stays a closed world."""

from __future__ import annotations

from typing import Any

from engine.catalog.doctypes import Doctype
from engine.kernel.rows import Row, rows_at
from engine_runtime.documents.lookups import targets_of
from engine_runtime.posting.post import COMPANY
from engine_runtime.posting.session import Session

Frozen = dict[str, dict[str, Any]]

EXPLAINED = ""
"""Under what no doctype is called: path → why a rule set answered as it did."""
WHY = "$why"
"""The key of a row in hand under which its explanations go along until it is stored."""


def frozen(session: Session, doctype: Doctype, document: Row) -> Frozen:
    """Doctype name → id → field → value of every record that ``document`` reads over a link.

    Values are typed; written as JSON, decimals and dates become text. Under ``EXPLAINED``: the explanations.
    """
    wanted: dict[str, set[int]] = {}
    for (path, name), targets in doctype.facts.links.items():
        for row in rows_at(document, path):
            if row[name] is not None:
                for target in targets:
                    wanted.setdefault(target, set()).add(row[name])
    if document.get("company") is not None:
        wanted.setdefault(COMPANY, set()).add(document["company"])
    _follow(session, doctype, wanted)
    found: Frozen = {
        name: {str(number): rows[number] for number in sorted(ids) if number in rows}
        for name, ids in wanted.items()
        if (rows := session.facts.get(name))
    }
    why = document.get(WHY)
    return {**found, EXPLAINED: dict(why)} if why else found


def explanations(facts: Frozen | None) -> dict[str, str]:
    """Why rule sets answered as they did when a document was submitted, by path; ``facts`` as they are stored."""
    return dict((facts or {}).get(EXPLAINED, {}))


def _follow(session: Session, doctype: Doctype, wanted: dict[str, set[int]]) -> None:
    """Add what the records in ``wanted`` lead to, until nothing is new."""
    fresh = [(name, number) for name, ids in wanted.items() for number in ids]
    while fresh:
        name, number = fresh.pop()
        record = session.facts.get(name, {}).get(number)
        if record is None:
            continue
        for field, (target, _) in doctype.facts.rows.get(name, {}).items():
            below = set(record.get(field) or ()) - wanted.setdefault(target, set())
            wanted[target] |= below
            fresh += [(target, row) for row in below]
        for link in doctype.facts.follow.get(name, ()):
            value = record.get(link)
            if value is None:
                continue
            for target in targets_of(session, name, link):
                if value not in wanted.setdefault(target, set()):
                    wanted[target].add(value)
                    fresh.append((target, value))
