"""Pass 11, numbering: series of numbers, and whether they keep within their length."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from typing import Literal, cast

from engine.catalog.doctypes import ISSUED, Doctype, Numbering, Series
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.finish import is_textual
from engine.compiler.reader import Reader, own_record
from engine.compiler.schema import DraftSchema
from engine.expr.program import Expr, Frame, Template, TemplateHole
from engine.expr.scope import Scope
from engine.expr.types import DATE, FiscalYearType, Record
from engine.expr.walk import every
from engine.problems.problem import Problem, Span
from engine.source.nodes import Mapping, Scalar

COUNTER = "\x00"
_COUNTER = re.compile(r"\{\s*counter\s*(?::\s*(\d{1,2}))?\s*\}")
_LONGEST = 60
_YEAR_LONG = len("2026-27")


class NumberingCompiler(Reader):
    """Compiles the numbering and the business key of one doctype."""

    def __init__(self, schema: DraftSchema, draft: DoctypeDraft) -> None:
        super().__init__(schema)
        self._draft = draft

    def numbering(self) -> Numbering | None:
        """The key ``number``."""
        node = view.mapping(self._draft.node, "number")
        if node is None:
            return None
        scope = self.scope({"this": own_record(self._draft)})
        longest = view.integer(node, "max_length", _LONGEST)
        on = cast("Literal['submit', 'create']", view.text(node, "on") or self._usual())
        if (
            on == "submit"
            and not self._draft.submittable
            and "submittable" not in self._draft.node.dropped
        ):
            place = view.scalar(node, "on")
            span = place.span if place else self._draft.node.entries["number"].key.span
            self.find("E510", f"{self._draft.name} is numbered on submit, and cannot be submitted.", span,
                      "Add submittable: true, or number it on: create.")  # fmt: skip
        series: dict[str, Series] = {}
        for key, part in view.maps(node, "series"):
            found = self._series(key, part, scope, longest)
            if found is not None:
                series[key.text] = found
        by = tuple(
            e for e in (self.expression(n, scope) for n in view.names(node, "by")) if e is not None
        )
        reset = cast("Literal['fiscal_year', 'never']", view.text(node, "reset") or "never")
        if reset == "fiscal_year" and self._draft.date is None and not self._draft.abstract:
            place = view.scalar(node, "reset")
            message = f"{self._draft.name} has no date that tells its fiscal year."
            self.find("E511", message, place.span if place else None, "Add date: posting_date.")
        self._told_apart(node, by, reset, series)
        issuer = self._issuer(node, on, by)
        month = self.schema.country.first_month
        gapless = view.flag(node, "gapless")
        return Numbering(on, gapless, longest, by, reset, series, month, issuer)

    def _issuer(self, node: Mapping, on: str, by: Sequence[Expr]) -> str | None:
        """The field under ``issued_by``, where documents may come with a number; what stands against it is reported."""
        place = view.scalar(node, "issued_by")
        if place is None:
            return None
        name, draft = place.text, self._draft
        fields = draft.tables[""].fields if draft.tables else {}
        if name not in fields:
            return None  # Reported where names are.
        if on != "submit":
            message = f"{draft.name} is numbered when it is made; a number comes along when it is submitted."
            self.find("E516", message, place.span, "on: submit")
        if not any(e.source.strip() == name for e in by) and "by" not in node.dropped:
            message = (
                f"Each {name} gives its own numbers, and counts by itself: 'by' does not have it."
            )
            others = ", ".join(["company", name] if not by else [*(e.source for e in by), name])
            self.find("E516", message, place.span, f"by: [{others}]")
        if ISSUED in fields:
            message = f"A {draft.name} says '{ISSUED}' where it comes with its number, so no field is called so."
            self.find(
                "E516", message, fields[ISSUED].span, "Call it 'issued_on', or what else it is."
            )
        return name

    def _told_apart(
        self, node: Mapping, by: Sequence[Expr], reset: str, series: Dictionary[str, Series]
    ) -> None:
        """Two counters never give one number: what parts them, or starts them again, stands in the text.

        The company need not: numbers are of a company.
        """
        parting = [re.match(r"\w+", e.source) for e in by if e.source != "company"]
        roots = [found.group() for found in parting if found is not None]
        first: dict[str, str] = {}
        texts = {key.text: view.scalar(part, "text") for key, part in view.maps(node, "series")}
        for key, one in series.items():
            place = texts[key]
            assert place is not None
            holes = [p.expression for p in one.text.parts if not isinstance(p, str)]
            lacking = [r for r in roots if not any(re.search(rf"\b{r}\b", e.source) for e in holes)]
            if reset == "fiscal_year" and not any(_tells_year(e) for e in holes):
                lacking.append("the fiscal year")
            other = first.setdefault(place.text, key)
            if lacking:
                what = " and ".join(lacking)
                message = f"These numbers come twice: counters are told apart by {what}, their text is not."
                hint = "text: 'B{branch.code}{fiscal_year(posting_date):2526}/{counter:5}'"
                self.find("E515", message, place.span, hint)
            elif other != key:
                message = f"'{other}' and '{key}' count by themselves, and give the same numbers."
                self.find("E515", message, place.span, "Let the texts differ by a letter.")

    def _usual(self) -> str:
        return "submit" if self._draft.submittable else "create"

    def name_series(self) -> Series | None:
        """The key ``name: {series}``."""
        node = view.mapping(self._draft.node, "name")
        text = view.scalar(node, "series") if node is not None else None
        if node is None or text is None:
            return None
        by = (
            self._draft.tables[""].fields.get(view.text(node, "by") or "")
            if self._draft.tables
            else None
        )
        longest = by.length if by is not None and by.length else _LONGEST
        return self._text(
            Scalar("name", text.span), text, self.scope({"this": own_record(self._draft)}), longest
        )

    def _series(self, key: Scalar, node: Mapping, scope: Scope, longest: int) -> Series | None:
        text = view.scalar(node, "text")
        if text is None:
            return None
        when = self.condition(view.scalar(node, "when"), scope)
        found = self._text(key, text, scope, longest)
        if found is None:
            return None
        return Series(found.key, found.text, found.counter_width, when)

    def _text(self, key: Scalar, text: Scalar, scope: Scope, longest: int) -> Series | None:
        """The template with its counter taken out, and its width."""
        counters = list(_COUNTER.finditer(text.text))
        if len(counters) != 1:
            what = "has no counter" if not counters else "has several counters"
            self.find(
                "E509",
                f"The number {what}.",
                text.span,
                "Write {counter:5} once: a counter five digits wide.",
            )
            return None
        counter = counters[0]
        width = int(counter.group(1) or 1)
        # The counter stands in the template as a text of its own length, so that columns stay right.
        filler = COUNTER * (counter.end() - counter.start())
        source = text.text[: counter.start()] + filler + text.text[counter.end() :]
        template = self.template(Scalar(source, text.span, text.quoted), scope, people=False)
        if template is None:
            return None
        least, most = self._lengths(template, width)
        self._check_length(text.span, least, most, longest)
        return Series(key.text, _with_one_counter(template), width)

    def _check_length(self, span: Span, least: int, most: int, longest: int) -> None:
        if least > longest:
            message = f"These numbers have at least {least} characters; {longest} are allowed."
            self.find("E507", message, span, "Shorten the text or the counter.")
        elif most > longest:
            message = f"With the fields in them, these numbers have up to {most} characters; {longest} are allowed."
            self.find(
                "E507", message, span, "Shorten the text, or give the field a smaller 'length'."
            )

    def _lengths(self, template: Template, width: int) -> tuple[int, int]:
        """(least, most) characters of a number, as far as it can be told."""
        least = most = width
        for part in template.parts:
            if isinstance(part, str):
                length = len(part.replace(COUNTER, ""))
                least, most = least + length, most + length
            else:
                low, high = self._hole(part)
                least, most = least + low, most + high
        return least, most

    def _hole(self, hole: TemplateHole) -> tuple[int, int]:
        expression = hole.expression
        if isinstance(expression.type, FiscalYearType):
            length = len(hole.format) or _YEAR_LONG
            return length, length
        longest = self._field_length(expression)
        return (1, longest) if longest else (0, 0)

    def _field_length(self, expression: Expr) -> int:
        """The length of the text field that a hole shows, 0 where it shows something else."""
        name = expression.source.rpartition(".")[2].strip()
        for read in expression.reads:
            if read.field == name:
                record = Record(read.record.doctype, read.record.path)
                field = self.schema.field_draft(record, name)
                if field is not None and is_textual(field.type):
                    return field.length
        return 0


def passed_through(doctype: Doctype, node: Mapping) -> list[Problem]:
    """What has happened already is submitted; it does not wait for people, so no workflow goes with ``issued_by``."""
    number = view.mapping(node, "number")
    place = view.scalar(number, "issued_by") if number is not None else None
    if place is None or doctype.number is None or not doctype.workflow.declared:
        return []
    message = (
        f"A {doctype.name} that comes with its number has happened already, and is submitted; "
        f"here it goes through the workflow '{doctype.workflow.name}'."
    )
    hint = "Take 'issued_by' out, or let a document of another doctype be approved."
    return [Problem("E516", message, place.span, hint)]


def _tells_year(hole: Expr) -> bool:
    """Whether a hole shows the fiscal year, or a date, or something made of one."""
    return any(
        node.type == DATE or isinstance(node.type, FiscalYearType) for node in every(hole.tree)
    )


def _with_one_counter(template: Template) -> Template:
    """The template with the single character that stands for the counter."""
    run = template.run
    many = re.compile(COUNTER + "+")
    parts = tuple(
        many.sub(COUNTER, part) if isinstance(part, str) else part for part in template.parts
    )

    def shortened(frame: Frame) -> str:
        return many.sub(COUNTER, run(frame))

    return Template(
        template.source,
        template.span,
        template.tree,
        parts,
        template.reads,
        shortened,
        template.balances,
    )
