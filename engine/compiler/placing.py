"""``after``: where a field, a step or a section of the form stands among those beside it.

``placed`` puts entries in order and says nothing; ``check_places`` looks at what has come out of all
merging and tells which ``after`` leads nowhere. What a later pack or a doctype that is ``like`` this
one takes away may still be named by those that were there before: they stand where they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import replace

from engine.compiler import view
from engine.compiler.change import former_names
from engine.problems.problem import Problem
from engine.problems.render import way_text
from engine.problems.suggest import choices
from engine.source.nodes import Construct, Entry, Mapping, Node, Scalar

_WHAT = {"fields": "field", "calculate": "step", "layout": "section"}
"""Keys of a doctype whose entries say ``after``, and what those are."""


def now_called(name: str, entries: Dictionary[str, Entry]) -> str:
    """The key of the entry that was once called ``name``; ``name`` itself if there is none."""
    for present, entry in entries.items():
        node = entry.value
        if isinstance(node, Mapping) and name in (former.text for former in former_names(node)):
            return present
    return name


def placed(entries: dict[str, Entry]) -> dict[str, Entry]:
    """Entries in order, those that say ``after`` moved behind what they name, where it is there.

    Several that stand after the same one keep their order; what goes in a circle stays where it is.
    """
    leads = _leads(entries)
    if not leads:
        return entries
    behind: dict[str, list[str]] = {}
    for name, lead in leads.items():
        behind.setdefault(lead, []).append(name)
    order: list[str] = []
    for name in entries:
        waiting = [name] if name not in leads else []
        while waiting:
            order.append(waiting.pop())
            waiting += reversed(behind.get(order[-1], ()))
    circling = entries.keys() - set(order)
    return {name: entries[name] for name in (*order, *(n for n in entries if n in circling))}


def in_place(doctype: Mapping) -> Mapping:
    """A doctype that is merged over nothing, its parts in order."""
    parts = {key: doctype.entries[key] for key in _WHAT if key in doctype.entries}
    entries = {key: replace(entry, value=_ordered(entry.value)) for key, entry in parts.items()}
    return replace(doctype, entries={**doctype.entries, **entries})


def over(base: Mapping, more: Mapping) -> Mapping:
    """The fields of a row type with those given inline at the table behind them."""
    entries = placed({**base.entries, **more.entries})
    return Mapping(entries, more.span, base.dropped | more.dropped)


def check_places(
    constructs: Iterable[Construct], gone: Dictionary[str, Collection[str]]
) -> list[Problem]:
    """What is wrong with ``after`` in doctypes as they came out of all merging.

    ``gone``: names that something was taken away under, by doctype.
    """
    doctypes = {c.name: c for c in constructs if c.kind == "doctype" and not c.broken}
    problems: list[Problem] = []
    for name, construct in doctypes.items():
        checker = _Checker(doctypes, gone.get(name, ()), problems)
        for key, what in _WHAT.items():
            part = view.mapping(construct.node, key)
            if part is not None:
                checker.check(part, {}, what)
    return problems


class _Checker:
    def __init__(
        self,
        doctypes: Dictionary[str, Construct],
        gone: Collection[str],
        problems: list[Problem],
    ) -> None:
        self._doctypes = doctypes
        self._gone = gone
        self._problems = problems

    def check(self, part: Mapping, beside: Dictionary[str, Entry], what: str) -> None:
        """All that stands in ``part``, and in the tables in it; ``beside`` is there too."""
        for entry in part.entries.values():
            if isinstance(entry.value, Mapping) and "fields" in entry.value.entries:
                self._table(entry.value, what)
        leads = _leads(part.entries, beside)
        for name, after in _said(part.entries):
            if name in leads:
                continue
            if after.text not in part.dropped and after.text not in self._gone:
                others = [other for other in (*beside, *part.entries) if other != name]
                hint = choices(after.text, others) or "Leave it out: what is new comes last."
                message = f"There is no {what} '{after.text}' here that '{name}' could stand after."
                missing = after.text if what == "field" else ""
                self._problems.append(Problem("E315", message, after.span, hint, missing=missing))
        for circle in _circles(leads):
            self._circle(circle, part.entries, what)

    def _table(self, node: Mapping, what: str) -> None:
        """The fields given inline at a table, beside those of its row type."""
        fields = view.mapping(node, "fields")
        of = self._doctypes.get(view.text(node, "of") or "")
        base = view.mapping(of.node, "fields") if of is not None else None
        if fields is not None and (of is not None or "of" not in node.entries):
            self.check(fields, base.entries if base is not None else {}, what)

    def _circle(self, circle: tuple[str, ...], entries: Dictionary[str, Entry], what: str) -> None:
        after = _after(entries[circle[0]])
        assert after is not None, "only what stands after something goes in a circle"
        path = way_text((*circle, circle[0]))
        message = f"These stand after one another in a circle: {path}."
        if len(circle) == 1:
            message = f"'{circle[0]}' cannot stand after itself."
        self._problems.append(Problem("E315", message, after.span, f"Name another {what}."))


def _ordered(node: Node) -> Node:
    if not isinstance(node, Mapping):
        return node
    entries = node.entries
    for name, entry in node.entries.items():
        value = entry.value
        if isinstance(value, Mapping) and "fields" in value.entries:
            inner = value.entries["fields"]
            inner = replace(inner, value=_ordered(inner.value))
            value = replace(value, entries={**value.entries, "fields": inner})
            entries = {**entries, name: replace(entry, value=value)}
    ordered = placed(entries)
    return node if ordered is node.entries else replace(node, entries=ordered)


def _after(entry: Entry) -> Scalar | None:
    return view.scalar(entry.value, "after") if isinstance(entry.value, Mapping) else None


def _leads(
    entries: Dictionary[str, Entry], beside: Dictionary[str, Entry] | None = None
) -> dict[str, str]:
    """What of ``entries`` stands after which, by name, where that is there or ``beside``."""
    found: dict[str, str] = {}
    for name, after in _said(entries):
        for known in (entries, beside or {}):
            lead = after.text if after.text in known else now_called(after.text, known)
            if lead in known:
                found[name] = lead
                break
    return found


def _said(entries: Dictionary[str, Entry]) -> list[tuple[str, Scalar]]:
    """(name, what it is to stand after) of those that say it: few do, and all are asked at every merge."""
    found: list[tuple[str, Scalar]] = []
    for name, entry in entries.items():
        value = entry.value
        if isinstance(value, Mapping) and "after" in value.entries:
            after = view.scalar(value, "after")
            if after is not None:
                found.append((name, after))
    return found


def _circles(leads: Dictionary[str, str]) -> list[tuple[str, ...]]:
    """Each circle once, from its first name on."""
    found: list[tuple[str, ...]] = []
    done: set[str] = set()
    for name in leads:
        way: dict[str, None] = {}
        while name in leads and name not in way and name not in done:
            way[name] = None
            name = leads[name]
        if name in way:
            circle = list(way)
            found.append(tuple(circle[circle.index(name) :]))
        done |= way.keys()
    return found
