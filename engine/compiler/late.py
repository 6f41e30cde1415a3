"""Fields that change after a posting was written: no posting may read them.

A field that a transition asks for is written by it: postings of that very transition may read it.
"""

from __future__ import annotations

from engine.catalog.doctypes import Doctype
from engine.compiler.facts import of_posting
from engine.problems.problem import Problem


def late_reads(doctype: Doctype) -> list[Problem]:
    """A problem per posting that reads a field which may change after it was written."""
    always = {field.name for field in doctype.fields.values() if field.after_submit}
    asked = _asked_late(doctype)
    found: list[Problem] = []
    for posting in doctype.posts.values() if always or asked else ():
        late = always | {name for name, ways in asked.items() if ways - {posting.on}}
        for expression in of_posting(posting):
            names = sorted(
                read.field
                for read in expression.reads
                if read.field in late
                and read.record.own
                and (read.record.doctype, read.record.path) == (doctype.name, "")
            )
            if names:
                message = (
                    f"'{posting.key}' reads '{names[0]}', which may change after it was written."
                )
                hint = "Keep what is posted in a field that nothing changes any more."
                found.append(Problem("E550", message, expression.span, hint))
    return found


def _asked_late(doctype: Doctype) -> dict[str, set[str]]:
    """Field → the transitions after submit that ask for it and write it."""
    workflow, found = doctype.workflow, dict[str, set[str]]()
    for way in workflow.transitions.values():
        if all(workflow.states[name].stage == "draft" for name in way.sources):
            continue
        for name in way.written:
            found.setdefault(name, set()).add(way.name)
    return found
