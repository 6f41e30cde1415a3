"""Pass 7, postings of doctypes and ledgers: what is written, complete, in order, without circles."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Dictionary

from engine.catalog.ledgers import Dimension, Ledger, Posting
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.ledgers import LedgerDraft
from engine.compiler.reader import Reader, own_record
from engine.compiler.schema import ENTRY, POSTED, POSTINGS, DraftSchema
from engine.expr.program import Expr
from engine.expr.scope import Scope
from engine.expr.types import ANY, Record, Rows, Type
from engine.problems.problem import Problem, Span
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Mapping, Scalar

_POSTED = "posted."


class PostingCompiler(Reader):
    """Compiles the postings of one doctype or ledger. ``broken``: names of ledgers that are known and damaged."""

    def __init__(
        self, schema: DraftSchema, ledgers: Dictionary[str, LedgerDraft], broken: frozenset[str]
    ) -> None:
        super().__init__(schema)
        self._ledgers = ledgers
        self._broken = broken

    # --- of a doctype --------------------------------------------------------------------------

    def of_doctype(
        self, draft: DoctypeDraft, compiled: Dictionary[str, Ledger]
    ) -> dict[str, Posting]:
        """The postings of a doctype, in the order that ``posted`` asks for."""
        posts = view.mapping(draft.node, "posts")
        if posts is None:
            return {}
        self._may_post(draft, posts)
        self._register(draft)
        found: dict[str, Posting] = {}
        for key, node in view.maps(draft.node, "posts"):
            posting = self._doctype_posting(draft, key, node, compiled)
            if posting is not None:
                found[key.text] = posting
        return self._in_order(found, posts)

    def _may_post(self, draft: DoctypeDraft, posts: Mapping) -> None:
        span = draft.node.entries["posts"].key.span
        if draft.child:
            self.find(
                "E508",
                "Rows of other documents write nothing by themselves.",
                span,
                "Move the postings to the document.",
            )
        elif (
            not draft.submittable
            and not draft.abstract
            and posts.entries
            and "submittable" not in draft.node.dropped
        ):
            self.find(
                "E510",
                f"{draft.name} writes into ledgers, and cannot be submitted.",
                span,
                "Add submittable: true.",
            )
        elif (
            draft.date is None
            and not draft.abstract
            and posts.entries
            and "date" not in draft.node.dropped
        ):
            self.find(
                "E511",
                f"{draft.name} writes into ledgers, and has no date for it.",
                span,
                "Add date: posting_date.",
            )

    def _register(self, draft: DoctypeDraft) -> None:
        """Tell the schema of ``posted`` and its entries, each with the ``line`` it came from."""
        fields: dict[str, Type] = {}
        nodes = {key.text: node for key, node in view.maps(draft.node, "posts")}
        for key, node in nodes.items():
            ledger = view.text(node, "ledger") or ""
            name = f"{POSTED}{draft.name}.{key}"
            entry = Record(ENTRY + ledger, own=True)
            known: dict[str, Type] = {
                field: self.schema.field(entry, field) or ANY for field in self.schema.names(entry)
            }
            known["line"] = self._line(draft, nodes, node, set())
            record = self.schema.add_record(name, known)
            fields[key] = Rows(record) if ledger in self._ledgers else ANY
        self.schema.add_record(POSTINGS + draft.name, fields)

    def _line(
        self, draft: DoctypeDraft, nodes: dict[str, Mapping], node: Mapping, seen: set[str]
    ) -> Type:
        """The row an entry came from; through ``posted.<key>`` that posting's row."""
        each = view.text(node, "each")
        if each is None:
            return ANY
        if not each.startswith(_POSTED):
            return own_record(draft, each) if each in draft.tables else ANY
        key = each[len(_POSTED) :]
        if key in seen or key not in nodes:
            return ANY
        return self._line(draft, nodes, nodes[key], seen | {key})

    def _doctype_posting(
        self, draft: DoctypeDraft, key: Scalar, node: Mapping, compiled: Dictionary[str, Ledger]
    ) -> Posting | None:
        names: dict[str, Type] = {
            "this": own_record(draft),
            "posted": Record(POSTINGS + draft.name, own=True),
        }
        each = view.scalar(node, "each")
        after: list[str] = []
        if each is not None:
            row = self._row(draft, each, after)
            if row is None:
                return None
            names["row"] = row
        return self._posting(key, node, names, compiled, after, draft.name)

    def _row(self, draft: DoctypeDraft, each: Scalar, after: list[str]) -> Type | None:
        if each.text.startswith(_POSTED):
            key = each.text[len(_POSTED) :]
            rows = self.schema.field(Record(POSTINGS + draft.name, own=True), key)
            if rows is None:
                posts = view.mapping(draft.node, "posts")
                if posts is not None and key not in posts.dropped:
                    hint = did_you_mean(key, posts.entries)
                    self.find("E504", f"This doctype has no posting '{key}'.", each.span, hint)
                return None
            after.append(key)
            return rows.of if isinstance(rows, Rows) else ANY
        if each.text not in draft.tables or not each.text:
            parent, _, name = each.text.rpartition(".")
            table = draft.tables.get(parent)
            if table is not None and name not in table.dropped:
                known = [path for path in draft.tables if path]
                message = f"{draft.name} has no table '{each.text}'."
                self.find("E308", message, each.span, choices(each.text, known))
            return None
        return own_record(draft, each.text)

    # --- of a ledger ---------------------------------------------------------------------------

    def of_ledger(
        self, draft: LedgerDraft, compiled: Dictionary[str, Ledger]
    ) -> dict[str, Posting]:
        """The postings that every entry of a ledger writes."""
        found: dict[str, Posting] = {}
        names: dict[str, Type] = {"this": Record(ENTRY + draft.name, own=True)}
        for key, node in view.maps(draft.node, "posts"):
            if "each" in node.entries:
                span = node.entries["each"].key.span
                self.find("E508", "An entry has no rows to go through.", span, "Take 'each' away.")
                continue
            posting = self._posting(key, node, names, compiled, [], draft.name)
            if posting is not None:
                found[key.text] = posting
        return found

    # --- both ----------------------------------------------------------------------------------

    def _posting(
        self,
        key: Scalar,
        node: Mapping,
        names: dict[str, Type],
        compiled: Dictionary[str, Ledger],
        after: list[str],
        owner: str,
    ) -> Posting | None:
        ledger_name = view.scalar(node, "ledger")
        if ledger_name is None:
            return None
        ledger = self._ledgers.get(ledger_name.text)
        if ledger is None:
            if ledger_name.text not in self._broken:
                hint = did_you_mean(ledger_name.text, self._ledgers)
                self.find(
                    "E309", f"There is no ledger '{ledger_name.text}'.", ledger_name.span, hint
                )
            return None
        scope = self.scope(names)
        when = self.condition(view.scalar(node, "when"), scope)
        set_ = self._set(ledger, node, names)
        self._complete(compiled[ledger.name], key, node)
        expressions = [*set_.values(), *([when] if when is not None else [])]
        posted = sorted({*after, *_posted_reads(expressions, owner)})
        return Posting(
            key=key.text,
            ledger=ledger.name,
            set=set_,
            each=view.text(node, "each"),
            when=when,
            reads_posted=tuple(posted),
            help=view.text(node, "help") or "",
        )

    def _set(self, ledger: LedgerDraft, node: Mapping, names: dict[str, Type]) -> dict[str, Expr]:
        """What is written, dimensions first: ``role()`` binds what it is given to those that need no role."""
        values = {name.text: (name, value) for name, value in view.texts_of(node, "set")}
        found: dict[str, Expr] = {}
        bound: dict[str, Expr] = {}
        for name, (place, value) in sorted(
            values.items(), key=lambda item: "role(" in item[1][1].text
        ):
            if name not in ledger.types:
                self._unknown(ledger, place)
                continue
            scope: Scope = self.scope(names, bound=dict(bound))
            expression = self.expression(value, scope, ledger.types[name])
            if expression is not None:
                found[name] = expression
                if name in ledger.dimensions:
                    bound[name] = expression
        return {name: found[name] for name in values if name in found}

    def _unknown(self, ledger: LedgerDraft, name: Scalar) -> None:
        parts = [view.mapping(ledger.node, key) for key in ("dimensions", "details", "measures")]
        if any(part is not None and name.text in part.dropped for part in parts):
            return
        hint = choices(name.text, ledger.settable)
        message = f"The ledger {ledger.name} has no dimension and no measure '{name.text}'."
        self.find("E310", message, name.span, hint)

    def _complete(self, ledger: Ledger, key: Scalar, node: Mapping) -> None:
        """Required dimensions and at least one measure must be given."""
        set_ = view.mapping(node, "set")
        if set_ is None:
            return
        given = set_.entries.keys() | set_.dropped
        for dimension in (*ledger.dimensions.values(), *ledger.details.values()):
            if _is_missing(dimension, given):
                message = f"The posting '{key.text}' gives no '{dimension.name}', which {ledger.name} requires."
                self.find("E501", message, key.span, f"set: {{{dimension.name}: …}}")
        if not given & ledger.measures.keys() and not any(
            name not in ledger.dimensions for name in set_.dropped
        ):
            unknown = given - ledger.dimensions.keys() - ledger.details.keys()
            if not unknown:
                message = f"The posting '{key.text}' gives no measure of {ledger.name}."
                self.find(
                    "E505", message, key.span, "It counts " + ", ".join(ledger.measures) + "."
                )

    def _in_order(self, postings: dict[str, Posting], posts: Mapping) -> dict[str, Posting]:
        order: dict[str, Posting] = {}
        reported: set[str] = set()

        def visit(key: str, above: tuple[str, ...]) -> None:
            if key in order or key not in postings or key in reported:
                return
            if key in above:
                circle = above[above.index(key) :]
                reported.update(circle)
                span = posts.entries[circle[0]].key.span
                self._circle(circle, span)
                return
            for before in postings[key].reads_posted:
                visit(before, (*above, key))
            order[key] = postings[key]

        for key in postings:
            visit(key, ())
        return order

    def _circle(self, circle: tuple[str, ...], span: Span) -> None:
        path = " → ".join((*circle, circle[0]))
        self.find(
            "E503",
            f"These postings wait for one another: {path}.",
            span,
            "One of them must not read 'posted'.",
        )


def _is_missing(dimension: Dimension, given: set[str]) -> bool:
    return (
        dimension.required and dimension.default_expression is None and dimension.name not in given
    )


def _posted_reads(expressions: list[Expr], owner: str) -> Iterator[str]:
    for expression in expressions:
        for read in expression.reads:
            if read.record.doctype == POSTINGS + owner:
                yield read.field


def check_ledger_circles(
    ledgers: Dictionary[str, Ledger], spans: Dictionary[str, Span]
) -> list[Problem]:
    """Ledgers whose postings lead back to themselves: an entry would never end."""
    problems: list[Problem] = []
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            circle = above[above.index(name) :]
            if not done & set(circle):
                path = " → ".join((*circle, name))
                message = f"These ledgers post into one another: {path}."
                problems.append(Problem("E512", message, spans[circle[0]]))
            done.update(circle)
            return
        if name in done or name not in ledgers:
            return
        for posting in ledgers[name].posts.values():
            visit(posting.ledger, (*above, name))
        done.add(name)

    for name in ledgers:
        visit(name, ())
    return problems
