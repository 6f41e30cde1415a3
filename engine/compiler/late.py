"""Fields that change after a posting was written: what reads them gets the difference, where it can be worked out.

A field that a transition asks for is written by it: postings of that very transition may read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import Ledger, Posting
from engine.catalog.workflow import entering
from engine.compiler.facts import of_posting
from engine.expr.program import Expr, Template
from engine.problems.problem import Problem
from engine.source.nodes import Mapping as Node


def late_fields(doctype: Doctype) -> frozenset[str]:
    """The ``after_submit`` fields that postings read."""
    always = {field.name for field in doctype.fields.values() if field.after_submit}
    return frozenset(
        name
        for posting in (doctype.posts.values() if always else ())
        for _, name in _own_reads(doctype, posting)
        if name in always
    )


def late_reads(doctype: Doctype, ledgers: Mapping[str, Ledger]) -> list[Problem]:
    """A problem per posting that reads what may change, and cannot be worked out again."""
    always = {field.name for field in doctype.fields.values() if field.after_submit}
    asked = _asked_late(doctype)
    found: list[Problem] = []
    for posting in doctype.posts.values() if always or asked else ():
        late = {name for name, ways in asked.items() if ways - {posting.on}}
        reason = _not_again(doctype, posting, ledgers)
        late |= always if reason else set()
        first = next(((e, name) for e, name in _own_reads(doctype, posting) if name in late), None)
        if first is not None:
            why = reason or "another transition writes it"
            message = f"'{posting.key}' reads '{first[1]}', which may change after it was written, and {why}."
            hint = "Keep what is posted in a field that nothing changes any more."
            found.append(Problem("E550", message, first[0].span, hint))
    return found


def changed_in_place(doctype: Doctype, ledgers: Mapping[str, Ledger], node: Node) -> list[Problem]:
    """What a doctype that is changed in place posts has to be posted again."""
    if doctype.amend == "none" or doctype.abstract:
        return []
    span = node.entries["amend"].value.span if "amend" in node.entries else doctype.span
    if not doctype.submittable:
        message = f"{doctype.name} is never submitted, so it is changed without amending."
        return [Problem("E593", message, span, "Take 'amend' out, or add submittable: true.")]
    for posting in doctype.posts.values() if doctype.amend == "in_place" else ():
        reason = _not_again(doctype, posting, ledgers)
        if reason:
            message = f"{doctype.name} cannot be changed in place: of '{posting.key}', {reason}."
            return [Problem("E593", message, span, "Take amend: new.")]
    return []


def _own_reads(doctype: Doctype, posting: Posting) -> Iterator[tuple[Expr | Template, str]]:
    """(expression, field of the head) of everything that a posting reads of its own document."""
    for expression in of_posting(posting):
        for read in sorted(expression.reads, key=lambda one: one.field):
            record = read.record
            if record.own and (record.doctype, record.path) == (doctype.name, ""):
                yield expression, read.field


def _not_again(doctype: Doctype, posting: Posting, ledgers: Mapping[str, Ledger]) -> str:
    """Why the difference of a posting cannot be worked out; empty where it can."""
    if posting.on not in ("submit", *entering(doctype.workflow)):
        return f"'{posting.on}' writes it, and not the submit"
    keys = {
        "date": posting.date, "reverse_on": posting.reverse_on, "cost_of": posting.cost_of,
        "corrects": posting.corrects, "undo": posting.undo or None,
    }  # fmt: skip
    key = next((name for name, said in keys.items() if said is not None), None)
    if key is not None:
        return f"it has '{key}'"
    goods = next((one for one in _reached(posting.ledger, ledgers) if one.of_goods), None)
    if goods is not None:
        return f"{goods.name} carries goods at a cost, which waits for reposting"
    return ""


def _reached(name: str, ledgers: Mapping[str, Ledger]) -> list[Ledger]:
    """The ledger of that name, and those that it posts into; none where it has problems of its own."""
    found: dict[str, Ledger] = {}
    waiting = [name]
    while waiting:
        ledger = ledgers.get(waiting.pop())
        if ledger is not None and ledger.name not in found:
            found[ledger.name] = ledger
            waiting += [post.ledger for post in ledger.posts.values()]
    return list(found.values())


def _asked_late(doctype: Doctype) -> dict[str, set[str]]:
    """Field → the transitions after submit that ask for it and write it."""
    workflow, found = doctype.workflow, dict[str, set[str]]()
    for way in workflow.transitions.values():
        if all(workflow.states[name].stage == "draft" for name in way.sources):
            continue
        for name in way.written:
            found.setdefault(name, set()).add(way.name)
    return found
