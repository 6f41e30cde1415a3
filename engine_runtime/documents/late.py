"""Changing submitted documents: fields that are ``after_submit``. Formulas stand still, the rest is checked."""

from __future__ import annotations

from collections.abc import Sequence

from engine.catalog.doctypes import Doctype
from engine.kernel.convert import Input
from engine.kernel.finding import Finding
from engine.kernel.validate import validate
from engine_runtime.documents.foreign import strange_links
from engine_runtime.documents.lookups import gather
from engine_runtime.documents.naming import resolve
from engine_runtime.documents.prepare import Prepared, unbelieved
from engine_runtime.documents.reading import asking
from engine_runtime.posting.session import Session


def look_over(session: Session, doctype: Doctype, inputs: Sequence[Input]) -> list[Prepared]:
    """Submitted documents with changed fields; found is what is wrong with these fields, not with the rest."""
    resolve(session, inputs, [given.row.get("company") for given in inputs])
    gather(session, doctype, [given.row for given in inputs])
    late = {field.name for field in doctype.fields.values() if field.after_submit}
    prepared = []
    for given in inputs:
        found: list[Finding] = [
            finding
            for finding in (
                *validate(doctype, given.row, session.facts, asking(session, doctype, given.row)),
                *strange_links(session, doctype, given.row, given.before),
                *unbelieved(session, doctype, given),
            )
            if finding.path in late
        ]
        prepared.append(Prepared(given.row, [*given.findings, *found]))
    return prepared
