"""Fields that change after submit: until postings can be corrected by their difference, none may read them."""

from __future__ import annotations

from engine.catalog.doctypes import Doctype
from engine.compiler.facts import of_posting
from engine.problems.problem import Problem


def late_reads(doctype: Doctype) -> list[Problem]:
    """A problem per posting that reads a field which may change after it was written."""
    late = {field.name for field in doctype.fields.values() if field.after_submit}
    found: list[Problem] = []
    for posting in doctype.posts.values() if late else ():
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
                hint = "Take after_submit out, or keep what is posted in another field."
                found.append(Problem("E550", message, expression.span, hint))
    return found
