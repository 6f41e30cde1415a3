"""Pass 7, postings of doctypes and ledgers: what is written, complete, in order, without circles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import replace

from engine.catalog.ledgers import SUBMIT, Dimension, Ledger, Posting
from engine.catalog.sources import PostedSource, RowSource
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.effects import transitions_of
from engine.compiler.ledgers import LedgerDraft
from engine.compiler.posting_keys import PostingKeys
from engine.compiler.posting_order import postings_in_order
from engine.compiler.program import Program
from engine.compiler.reader import Reader, own_record
from engine.compiler.schema import ENTRY, POSTED, POSTINGS, DraftSchema
from engine.compiler.sources import SourceCompiler
from engine.expr.program import Expr
from engine.expr.scope import Scope
from engine.expr.types import ANY, DATE, Record, Rows, Type
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Mapping, Scalar
from engine.spec.posting import POSTING

_POSTED = "posted."
CANCEL = "cancel"
_UNDO_KEYS = frozenset({"undo", "on", "date", "when", "help", "since", "deprecated"})


class PostingCompiler(Reader):
    """Compiles the postings of one doctype or ledger. ``broken``: names of ledgers that are known and damaged."""

    def __init__(
        self,
        schema: DraftSchema,
        ledgers: Dictionary[str, LedgerDraft],
        broken: frozenset[str],
        program: Program,
    ) -> None:
        super().__init__(schema)
        self._program = program
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
        spans = {name: entry.key.span for name, entry in posts.entries.items()}
        ordered, problems = postings_in_order(found, spans)
        self.problems += problems
        return ordered

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
            not view.flag(draft.node, "submittable")
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
            known["line"] = self._line(draft, nodes, node)
            record = self.schema.add_record(name, known)
            fields[key] = Rows(record) if ledger in self._ledgers else ANY
        self.schema.add_record(POSTINGS + draft.name, fields)

    def _line(self, draft: DoctypeDraft, nodes: dict[str, Mapping], node: Mapping) -> Type:
        """The row an entry came from; through ``posted.<key>`` that posting's row."""
        seen: set[str] = set()
        each = view.text(node, "each")
        while each is not None and each.startswith(_POSTED):
            key = each.removeprefix(_POSTED)
            if key in seen or key not in nodes:
                return ANY
            seen.add(key)
            each = view.text(nodes[key], "each")
        return own_record(draft, each) if each is not None and each in draft.tables else ANY

    def _doctype_posting(
        self, draft: DoctypeDraft, key: Scalar, node: Mapping, compiled: Dictionary[str, Ledger]
    ) -> Posting | None:
        names: dict[str, Type] = {
            "this": own_record(draft),
            "posted": Record(POSTINGS + draft.name, own=True),
        }
        on = self._transition(draft, view.scalar(node, "on"))
        if "undo" in node.entries:
            return self._undo(draft, key, node, on)
        each: RowSource | None = None
        after: list[str] = []
        if "each" in node.dropped:
            return None
        if "each" in node.entries:
            sources = SourceCompiler(self.schema, draft, self._broken)
            bound = sources.rows_of(node.get("each"), names)
            self.problems += sources.problems
            if bound is None:
                return None
            each, names = bound.source, dict(bound.names)
            after += [each.key] if isinstance(each, PostedSource) else []
        posting = self._posting(key, node, names, compiled, after, draft.name, each, rules=True)
        return replace(posting, on=on) if posting is not None else None

    def _transition(self, draft: DoctypeDraft, on: Scalar | None) -> str:
        """The transition that writes a posting; one that the doctype does not have is reported."""
        if on is None:
            return SUBMIT
        known = transitions_of(draft, self._program)
        if on.text not in known and known:
            message = f"{draft.name} has no transition '{on.text}'."
            self.find("E521", message, on.span, choices(on.text, known))
        elif on.text == CANCEL:
            message = "Cancelling takes back what the document wrote; it writes nothing of its own."
            self.find("E521", message, on.span, "Name the transition that brings it about.")
        return on.text

    def _undo(self, draft: DoctypeDraft, key: Scalar, node: Mapping, on: str) -> Posting | None:
        """A posting that takes back what others wrote."""
        names: dict[str, Type] = {"this": own_record(draft)}
        scope = self.scope(names)
        for name, entry in node.entries.items():
            if name not in _UNDO_KEYS:
                message = f"'undo' takes back what was written, so '{name}' says nothing here."
                self.find("E520", message, entry.key.span, f"Take '{name}' away.")
                return None
        nodes = {k.text: n for k, n in view.maps(draft.node, "posts")}
        undone: list[str] = []
        for name_ in view.names(node, "undo"):
            other = nodes.get(name_.text)
            if other is None:
                posts = view.mapping(draft.node, "posts")
                if posts is not None and name_.text not in posts.dropped:
                    hint = did_you_mean(name_.text, nodes)
                    message = f"This doctype has no posting '{name_.text}'."
                    self.find("E504", message, name_.span, hint)
            elif "undo" in other.entries or (view.text(other, "on") or SUBMIT) == on:
                message = f"'{name_.text}' is written by the same transition, or takes back itself."
                hint = "Undo at a later transition: on: bounce."
                self.find("E523", message, name_.span, hint)
            else:
                undone.append(name_.text)
        return Posting(
            key=key.text,
            ledger="",
            set={},
            on=on,
            undo=tuple(undone),
            when=self.condition(view.scalar(node, "when"), scope),
            date=self.expression(view.scalar(node, "date"), scope, DATE),
            help=view.text(node, "help") or "",
        )

    # --- of a ledger ---------------------------------------------------------------------------

    def of_ledger(
        self, draft: LedgerDraft, compiled: Dictionary[str, Ledger]
    ) -> dict[str, Posting]:
        """The postings that every entry of a ledger writes."""
        found: dict[str, Posting] = {}
        names: dict[str, Type] = {"this": Record(ENTRY + draft.name, own=True)}
        for key, node in view.maps(draft.node, "posts"):
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
        each: RowSource | None = None,
        *,
        rules: bool = False,
    ) -> Posting | None:
        ledger = self._ledger(key, node)
        if ledger is None:
            return None
        resolved = compiled[ledger.name]
        scope = self.scope(names, balances=True, rules=rules)
        posting = Posting(
            key=key.text,
            ledger=ledger.name,
            set=self._set(ledger, node, scope),
            each=each,
            when=self.condition(view.scalar(node, "when"), scope),
            help=view.text(node, "help") or "",
        )
        keys = PostingKeys(self.schema, node, key, resolved)
        posting = keys.filled(posting, scope)
        self.problems += keys.problems
        if not keys.problems:
            self._complete(resolved, key, node)
        posted = sorted({*after, *_posted_reads(posting.expressions(), owner)})
        return replace(posting, reads_posted=tuple(posted))

    def _ledger(self, key: Scalar, node: Mapping) -> LedgerDraft | None:
        """The ledger that is written; one that is not said or not known is reported."""
        for name in ("ledger", "set"):
            if name not in node.entries and name not in node.dropped:
                message = f"This posting lacks the key '{name}'."
                self.find("E114", message, key.span, f"For example: {POSTING.keys[name].example}")
                return None
        name_ = view.scalar(node, "ledger")
        if name_ is None:
            return None
        ledger = self._ledgers.get(name_.text)
        if ledger is None and name_.text not in self._broken:
            hint = did_you_mean(name_.text, self._ledgers)
            self.unknown("E309", f"There is no ledger '{name_.text}'.", name_, hint)
        return ledger

    def _set(self, ledger: LedgerDraft, node: Mapping, around: Scope) -> dict[str, Expr]:
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
            scope = replace(around, bound=dict(bound))
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
        self.unknown("E310", message, name, hint)

    def _complete(self, ledger: Ledger, key: Scalar, node: Mapping) -> None:
        """Required dimensions and at least one measure must be given."""
        set_ = view.mapping(node, "set")
        if set_ is None:
            return
        given = set_.entries.keys() | set_.dropped
        if not given <= {*ledger.dimensions, *ledger.details, *ledger.measures}:
            return  # a name that is told may be the one that is missing
        if "corrects" in node.entries:
            given |= ledger.dimensions.keys()  # they come along with what is corrected
        for dimension in (*ledger.dimensions.values(), *ledger.details.values()):
            if _is_missing(dimension, given):
                message = f"The posting '{key.text}' gives no '{dimension.name}', which {ledger.name} requires."
                self.find("E501", message, key.span, f"set: {{{dimension.name}: …}}")
        counted = {"into", "rest"} & (node.entries.keys() | node.dropped)
        if (
            not given & ledger.measures.keys()
            and not counted
            and not any(name not in ledger.dimensions for name in set_.dropped)
        ):
            message = f"The posting '{key.text}' gives no measure of {ledger.name}."
            hint = "It counts " + ", ".join(ledger.measures) + "."
            self.find("E505", message, key.span, hint)


def _is_missing(dimension: Dimension, given: set[str]) -> bool:
    return (
        dimension.required and dimension.default_expression is None and dimension.name not in given
    )


def _posted_reads(expressions: Iterable[Expr], owner: str) -> Iterator[str]:
    for expression in expressions:
        for read in expression.reads:
            if read.record.doctype == POSTINGS + owner:
                yield read.field
