"""Change over time: former names, removed fields, renamed options, and what old rows get.

In: nodes of constructs and drafts. Out: ``Former``, ``Removed`` and the expressions of ``backfill``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Dictionary

from engine.catalog.change import FORMER_RECORD, UNRENAMED, Former, Removed
from engine.catalog.fields import child_path
from engine.catalog.fieldtypes import FieldType
from engine.compiler import view
from engine.compiler.circles import way_back
from engine.compiler.drafts import DoctypeDraft, FieldDraft, TableDraft
from engine.compiler.field_rules import LENGTHS, PRECISIONS, SCALES
from engine.compiler.names import key_of
from engine.compiler.program import Program
from engine.compiler.reader import Reader, own_record
from engine.compiler.schema import link_type, plain_type
from engine.compiler.steps import expected
from engine.compiler.targets import Targets
from engine.expr.program import Expr
from engine.expr.types import Record, Type
from engine.expr.walk import is_of_one_row
from engine.problems.problem import Problem, Span
from engine.problems.render import way_text
from engine.problems.suggest import choices
from engine.source.nodes import Construct, Mapping, Scalar

_VERSION = re.compile(r"\d{1,6}(\.\d{1,6}){0,3}\Z")


def former_names(node: Mapping) -> tuple[Scalar, ...]:
    """The former names of a construct or field, oldest first."""
    inner = view.mapping(node, "renamed_from")
    return view.names(inner, "name") if inner is not None else view.names(node, "renamed_from")


def former_of(node: Mapping, release: str | None = None) -> Former:
    """What ``node`` was called; ``release``: the version of its pack, which ends aliases."""
    names = former_names(node)
    if not names:
        return UNRENAMED
    inner = view.mapping(node, "renamed_from")
    until = view.text(inner, "until") if inner is not None else None
    answers = until is not None and (release is None or _parts(release) < _parts(until))
    texts = tuple(name.text for name in names)
    keys = tuple(key_of(text) for text in texts)
    return Former(texts, keys, until=until, answers=answers)


def release_of(construct: Construct, program: Program) -> str | None:
    """The version of the pack that ``construct`` belongs to."""
    pack = program.packs.get(construct.pack)
    return view.text(pack.node, "version") if pack is not None and not pack.broken else None


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:4])


def check_renames(program: Program) -> list[Problem]:
    """Former names of constructs and fields that cannot be right."""
    problems: list[Problem] = []
    for kind in ("doctype", "ledger", "role"):
        constructs = program.of_kind(kind)
        nodes = {name: c.node for name, c in constructs.items() if not c.broken}
        problems += _check_names(kind, nodes, constructs)
        for name, node in nodes.items():
            for key in ("fields", "dimensions", "measures"):
                parts = dict(_named(node, key))
                problems += _check_names(f"field of {name}", parts, parts)
    return problems


def _named(node: Mapping, key: str) -> Iterator[tuple[str, Mapping]]:
    for name, part in view.maps(node, key):
        yield name.text, part


def _check_names(
    what: str, nodes: Dictionary[str, Mapping], present: Iterable[str]
) -> Iterator[Problem]:
    """``nodes``: by present name, those that may say what they were called."""
    here = set(present)
    taken: dict[str, str] = {}
    for name, node in nodes.items():
        for former in former_names(node):
            if former.text in here:
                message = f"'{name}' is said to have been '{former.text}', and there is such a {what} still."
                hint = "Take out 'renamed_from', or the other one."
                yield Problem("E700", message, former.span, hint)
                continue
            other = taken.setdefault(former.text, name)
            if other != name:
                message = f"'{name}' and '{other}' are both said to have been '{former.text}'."
                hint = "The data can move to one only: fill the other by 'backfill'."
                yield Problem("E701", message, former.span, hint)
        inner = view.mapping(node, "renamed_from")
        until = view.scalar(inner, "until") if inner is not None else None
        if until is not None and not _VERSION.match(until.text):
            message = f"'{until.text}' is no version of a pack."
            yield Problem("E706", message, until.span, "until: '2.0'")


def settle_changes(
    program: Program, drafts: Dictionary[str, DoctypeDraft], targets: Targets
) -> list[Problem]:
    """Give every draft what was removed of it, and say what is wrong with former names."""
    problems = {(p.code, p.span): p for p in check_renames(program)}
    for draft in drafts.values():
        if draft.broken:
            continue
        draft.release = release_of(draft.construct, program)
        for table in draft.tables.values():
            declared = program.doctypes.get(table.row_type)
            node = draft.node if not table.path else declared.node if declared else None
            for problem in _settle_removed(node, table, targets):
                problems[problem.code, problem.span] = problem
    return list(problems.values())


def _settle_removed(node: Mapping | None, table: TableDraft, targets: Targets) -> Iterator[Problem]:
    for name, part in view.maps(node, "removed") if node is not None else ():
        if name.text in table.fields:
            message = f"'{name.text}' is removed, and it is a field of {table.row_type}."
            hint = "Take it out of 'removed': its values come back. What holds something else takes another name."
            yield Problem("E702", message, name.span, hint)
            continue
        links: list[str] = []
        for target in view.names(part, "to"):
            resolved, problem = targets.resolve(target)
            links += resolved
            if problem is not None:
                yield problem
        table.removed[name.text] = _removed(name.text, part, tuple(dict.fromkeys(links)))


def _removed(name: str, node: Mapping, link: tuple[str, ...]) -> Removed:
    type_: FieldType = view.text(node, "type") or "text"  # type: ignore[assignment]
    return Removed(
        name=name,
        type=type_,
        length=view.integer(node, "length", LENGTHS.get(type_, 0)),
        scale=view.integer(node, "scale", SCALES.get(type_, 0)),
        precision=PRECISIONS.get(type_, 0),
        link=link,
        drop=view.flag(node, "drop"),
    )


class Backfills:
    """Compiles ``backfill`` and ``renamed_options`` of one doctype."""

    def __init__(self, reader: Reader, draft: DoctypeDraft) -> None:
        self._reader = reader
        self._draft = draft
        self._records: dict[str, Record] = {}
        self._reads: dict[str, frozenset[str]] = {}
        """Path and name of a field that is filled → those of the fields it is filled from."""
        self._spans: dict[str, Span] = {}

    def _record(self, path: str) -> Record:
        if path in self._records:
            return self._records[path]
        schema, table = self._reader.schema, self._draft.tables[path]
        own = own_record(self._draft, path)
        known: dict[str, Type] = {}
        for name in schema.names(own):
            type_ = schema.field(own, name)
            if type_ is not None:
                known[name] = type_
        for field in table.removed.values():
            known[field.name] = link_type(field.link) if field.link else plain_type(field.type)
        if table.parent is not None:
            known["parent"] = self._record(table.parent)
        found = schema.add_record(f"{FORMER_RECORD}{self._draft.name}|{path}", known)
        self._records[path] = found
        return found

    def expression(
        self,
        table: TableDraft,
        field: FieldDraft,
        *,
        stored: bool,
        unstored: frozenset[tuple[str, str]],
    ) -> Expr | None:
        """The ``backfill`` of ``field``. ``unstored``: places worked out when asked."""
        node = view.scalar(field.node, "backfill")
        if node is None or field.type in ("table", "back"):
            return None
        if not stored:
            message = f"'{field.name}' has no column that could be filled."
            self._reader.find("E704", message, node.span, "Take out 'backfill'.")
            return None
        scope = self._reader.scope({"this": self._record(table.path)})
        found = self._reader.expression(node, scope, expected(field))
        if found is not None:
            self._only_stored(found, node.span, unstored)
            name = child_path(table.path, field.name)
            self._spans[name] = node.span
            self._reads[name] = frozenset(
                child_path(read.record.doctype.rpartition("|")[2], read.field)
                for read in found.reads
                if read.record.doctype.startswith(FORMER_RECORD)
            )
        return found

    def check_circles(self) -> None:
        """Find fields that are filled from one another: no old record has any of them. Once all are compiled."""
        told: set[str] = set()
        filled = {name: reads & self._reads.keys() for name, reads in self._reads.items()}
        for name, span in self._spans.items():
            circle = way_back(name, filled) if name not in told else None
            if circle is not None:
                told |= set(circle)
                shown = way_text((*circle, name))
                message = f"'{name}' is filled from itself: {shown}."
                hint = "Fill one of them from what old records have."
                self._reader.find("E707", message, span, hint)

    def _only_stored(
        self, expression: Expr, span: Span, unstored: frozenset[tuple[str, str]]
    ) -> None:
        """Rows of tables and what is worked out when asked are not at hand in a publish."""
        for read in sorted(expression.reads, key=lambda read: read.field):
            _, former, rest = read.record.doctype.partition(FORMER_RECORD)
            path = rest.rpartition("|")[2] if former else None
            if path is None:
                continue
            known = self._draft.tables[path].fields.get(read.field)
            rows = known is not None and known.type in ("table", "back")
            if rows or (path, read.field) in unstored:
                message = f"'{read.field}' is not stored with the record, so old records cannot be filled from it."
                self._reader.find("E705", message, span, "Read stored fields.")
                return
        if not is_of_one_row(expression.tree):
            message = "Rows, ledgers, rule sets, roles and look-ups are not at hand when old records are filled."
            self._reader.find("E705", message, span, "Read stored fields.")

    def options(self, field: FieldDraft) -> dict[str, str]:
        """Former option → present one."""
        present = view.texts(field.node, "options")
        found: dict[str, str] = {}
        for name, value in view.texts_of(field.node, "renamed_options"):
            if field.type != "choice":
                message = f"'{field.name}' is no choice, so it has no options."
                self._reader.find("E703", message, name.span)
            elif name.text in present:
                message = f"'{name.text}' is an option still, so it was not renamed."
                self._reader.find("E703", message, name.span, "Take out one of the two.")
            elif value.text not in present:
                message = f"'{value.text}' is no option of '{field.name}'."
                self._reader.find("E703", message, value.span, choices(value.text, present))
            found[name.text] = value.text
        return found
