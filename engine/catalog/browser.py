"""The part of the catalog that a browser may see: what forms, lists and reports are drawn from.

Nothing about cost, postings or permissions of others is in it. Public: ``client_catalog``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from engine.catalog.calculation import DistributeStep, FormulaStep, Step, writes_of
from engine.catalog.doctypes import Doctype, Section
from engine.catalog.fields import DOCUMENT, Field, Table
from engine.catalog.flow import MakeFrom
from engine.catalog.graph import Graph, Stage
from engine.catalog.reports import Ask, Report, ReportColumn
from engine.catalog.text_types import TextType
from engine.catalog.whole import Catalog, MenuItem
from engine.catalog.workflow import State
from engine.expr.program import Expr, Template
from engine.expr.types import records_of


def client_catalog(catalog: Catalog) -> dict[str, Any]:
    """A JSON-ready catalog of all doctypes, reports and menus.

    What a user may not see is taken out of it by the API, which also fills in ``can``.
    """
    shown = {d.name: d for d in catalog.doctypes.values() if not d.abstract and not d.child}
    return {
        "digest": catalog.digest,
        "digit_groups": [int(size) for size in catalog.country.digit_groups.split(",") if size],
        "menu": _menu(catalog, shown),
        "doctypes": {d.key: _doctype(catalog, d) for d in shown.values()},
        "reports": {r.key: _report(catalog, r) for r in catalog.reports.values()},
        "limits": _passable(catalog),
    }


def _passable(catalog: Catalog) -> dict[str, Any]:
    """Key → limits that some people may go beyond: their roles, and what they are asked."""
    limits = [each for d in catalog.doctypes.values() for each in d.limits.values()]
    return {
        limit.key: {
            "label": limit.name,
            "roles": list(limit.passing.roles),
            "ask": _asked(catalog, limit.passing.ask),
        }
        for limit in limits
        if limit.passing is not None
    }


def _asked(catalog: Catalog, ask: Doctype | None) -> dict[str, Any] | None:
    """The form of a question; None where nothing is asked."""
    return (
        {path: _table(catalog, table, ask) for path, table in ask.tables.items()} if ask else None
    )


def _menu(catalog: Catalog, doctypes: Mapping[str, Doctype]) -> dict[str, list[dict[str, str]]]:
    return {
        title: [line for item in items if (line := _item(catalog, item, doctypes)) is not None]
        for title, items in catalog.menu.items()
    }


def _item(
    catalog: Catalog, item: MenuItem, doctypes: Mapping[str, Doctype]
) -> dict[str, str] | None:
    if item.kind == "report":
        return {"label": item.label, "kind": "report", "target": catalog.reports[item.target].key}
    doctype = doctypes.get(item.target)
    return {"label": item.label, "kind": "doctype", "target": doctype.api} if doctype else None


# --- doctypes ------------------------------------------------------------------------------------


def _doctype(catalog: Catalog, doctype: Doctype) -> dict[str, Any]:
    return {
        "name": doctype.name,
        "key": doctype.key,
        "former": list(doctype.former.keys) if doctype.former.answers else [],
        "label": doctype.label,
        "plural": doctype.plural,
        "route": doctype.api,
        "module": doctype.module,
        "help": doctype.help,
        "child": doctype.child,
        "submittable": doctype.submittable,
        "amend": doctype.amend,
        "company": doctype.company,
        "title_field": doctype.title_field,
        "name_by": doctype.name_by,
        "search": list(doctype.search),
        "list_fields": list(doctype.list_fields),
        "date": doctype.date,
        "currency": doctype.currency,
        "tree": doctype.tree,
        "can": [],
        "tables": {path: _table(catalog, table, doctype) for path, table in doctype.tables.items()},
        "steps": [_stage(stage) for stage in Graph(doctype).stages],
        "layout": [_section(section) for section in doctype.layout],
        "make_from": _make_from(catalog, doctype.make_from.values()),
        "states": {
            s.name: {"label": s.label, "stage": s.stage, "colour": s.colour, "edit": _edit(s)}
            for s in doctype.workflow.states.values()
        }
        if doctype.submittable
        else {},
        "transitions": {
            t.name: _way(catalog, t.label, t.ask, t.confirm)
            | {"sources": list(t.sources), "to": t.to}
            for t in doctype.workflow.transitions.values()
            if doctype.submittable and not t.system and t.auto is None
        },
        "actions": {
            a.name: _way(catalog, a.label, a.ask, a.confirm)
            | {
                "route": a.route,
                "method": a.method,
                "bulk": a.bulk,
                "later": a.later,
                "when": tree(a.when),
            }
            for a in doctype.actions.values()
        },
    }


def _edit(state: State) -> list[str] | None:
    """The fields that may be changed there; None for all."""
    return None if state.edit is None else sorted(state.edit)


def _way(
    catalog: Catalog, label: str, ask: Doctype | None, confirm: Template | None
) -> dict[str, Any]:
    """A button: what it is called, what it asks first, and for which answers."""
    return {
        "label": label,
        "confirm": tree(confirm),
        "ask": _asked(catalog, ask),
    }


def _make_from(catalog: Catalog, made: Iterable[MakeFrom]) -> list[dict[str, str]]:
    """The documents it is made out of; what is made of balances is there in a new one."""
    sources = (catalog.doctypes[each.source] for each in made if not each.of_ledger)
    return [{"source": source.key, "route": source.api} for source in sources]


def _table(catalog: Catalog, table: Table, doctype: Doctype) -> dict[str, Any]:
    return {
        "row_type": table.row_type,
        "parent": table.parent,
        "generated": table.generated,
        "minimum_rows": table.minimum_rows,
        "maximum_rows": table.maximum_rows,
        "fields": {
            name: _field(catalog, field)
            | {
                "default_reads": _default_reads(table, field),
                "part_of": _part_of(doctype, table, name),
            }
            for name, field in table.fields.items()
        },
    }


def _part_of(doctype: Doctype, table: Table, name: str) -> list[str]:
    """The links of which one, filled in, makes the field a part of the row that it leads to."""
    return sorted(
        mapping.line
        for mapping in doctype.make_from.values()
        if mapping.into == table.path and name in mapping.prorate and mapping.line is not None
    )


def _default_reads(table: Table, field: Field) -> list[str]:
    """The fields of the same row that its default is taken from, straight or by other defaults: with them it may
    change.
    """
    found: set[str] = set()
    wanted = [field]
    while wanted:
        expression = wanted.pop().default_expression
        reads = expression.reads if expression is not None else ()
        own = {r.field for r in reads if r.record.own and r.record.path == table.path}
        more = sorted((own & table.fields.keys()) - found)
        found.update(more)
        wanted += [table.fields[name] for name in more]
    return sorted(found)


def _field(catalog: Catalog, field: Field) -> dict[str, Any]:
    return {
        "type": field.type,
        "label": field.label,
        "help": field.help,
        "required": field.required,
        "scale": field.scale,
        "length": field.length,
        "form": _form(field.form),
        "minimum": field.minimum,
        "maximum": field.maximum,
        "options": list(field.options),
        "link": links(catalog, field.link),
        "table": field.table,
        "money_in": field.money_in,
        "read_only": field.writer != "person" and not field.editable,
        "generated": field.generated,
        "editable": field.editable,
        "stored": field.stored,
        "after_submit": field.after_submit,
        "default": field.default,
        "visible_if": tree(field.visible_if),
        "required_if": tree(field.required_if),
        "read_only_if": tree(field.read_only_if),
        "formula": tree(field.formula),
    }


def _form(form: TextType | None) -> dict[str, Any] | None:
    """What the browser needs to check a text as the server does."""
    if form is None:
        return None
    found = asdict(form)
    return {
        name: value for name, value in found.items() if name not in ("help", "label", "example")
    }


def links(catalog: Catalog, targets: Sequence[str]) -> list[dict[str, str]]:
    """The doctypes a link may point to; for a link to any document those that are submitted."""
    if tuple(targets) == (DOCUMENT,):
        found = [
            d for d in catalog.doctypes.values() if d.submittable and not d.abstract and not d.child
        ]
    else:
        found = [catalog.doctypes[t] for t in targets if t in catalog.doctypes]
    return [{"doctype": d.key, "route": d.api, "label": d.label} for d in found]


def tree(expression: Expr | Template | None) -> Any:
    """The expression for the browser's evaluator; None where there is none or only the server can run it.

    What reads facts runs in the browser once the server has sent them.
    """
    return expression.to_json() if expression is not None else None


def _stage(stage: Stage) -> dict[str, Any]:
    """A step, the table that it goes through, and what it reads: [table, field, whether only near its rows]."""
    reads = [[read.path, read.field, read.near] for read in stage.reads]
    return {**_step(stage.step), "each": stage.path, "reads": reads}


def _step(step: Step) -> dict[str, Any]:
    """Formulas and distributions run in the browser where they can; the rest is asked of the server."""
    if isinstance(step, FormulaStep):
        formula = tree(step.formula)
        if formula is not None:
            return {
                "kind": "formula", "path": step.path, "field": step.field,
                "expression": formula, "editable": step.editable,
            }  # fmt: skip
        return {"kind": "server", "writes": [[step.path, step.field]]}
    if isinstance(step, DistributeStep):
        said = {
            "amount": step.amount, "weight": step.weight, "where": step.where, "when": step.when,
        }  # fmt: skip
        trees = {name: tree(expression) for name, expression in said.items()}
        if all((said[name] is None) == (trees[name] is None) for name in said):
            return {
                "kind": "distribute", "over": step.over, "into": step.into,
                "method": step.method, **trees,
            }  # fmt: skip
    return {"kind": "server", "writes": [[path, name] for path, name in writes_of(step)]}


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "show": [list(row) for row in section.show],
        "visible_if": tree(section.visible_if),
    }


# --- reports -------------------------------------------------------------------------------------


def _report(catalog: Catalog, report: Report) -> dict[str, Any]:
    return {
        "name": report.name,
        "label": report.label,
        "module": report.module,
        "help": report.help,
        "by": list(report.by),
        "group": list(report.group),
        "ask": {name: _ask(catalog, ask) for name, ask in report.ask.items()},
        "columns": [_column(catalog, column) for column in report.columns.values()],
        "drill": catalog.reports[report.drill].key if report.drill else None,
    }


def _ask(catalog: Catalog, ask: Ask) -> dict[str, Any]:
    return {
        "type": ask.type,
        "label": ask.label,
        "required": ask.required,
        "link": links(catalog, ask.link),
        "default": ask.default,
        "default_expression": tree(ask.default_expression),
    }


def _column(catalog: Catalog, column: ReportColumn) -> dict[str, Any]:
    type_ = column.formula.type
    targets = [record.doctype for record in records_of(type_)]
    return {
        "name": column.name,
        "label": column.label,
        "type": column.type,
        "scale": column.scale,
        "link": links(catalog, targets),
        "total": column.total,
    }
