"""``GET /api/reports`` and ``GET /api/reports/<key>``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from engine.catalog.whole import Catalog
from engine_runtime.access.gate import may_read_report
from engine_runtime.api.present import Titles, link_json, plain_value, target_keys
from engine_runtime.api.problems import ParameterRefused
from engine_runtime.api.shell import Shell, actor_of_request, catalog_now, only_parameters
from engine_runtime.reports.columns import Column
from engine_runtime.reports.run import Answer, Drill, run


class ReportsView(Shell):
    """The reports that the actor may read."""

    def get(self, request: Request) -> Response:
        only_parameters(request, ())
        actor = actor_of_request(request)
        reports = [r for r in catalog_now(request).reports.values() if may_read_report(actor, r)]
        return Response(
            {"rows": [{"key": r.key, "label": r.label, "module": r.module} for r in reports]}
        )


class ReportView(Shell):
    """One report; its parameters are query parameters."""

    def get(self, request: Request, key: str) -> Response:
        given: dict[str, str] = {}
        for name, values in request.query_params.lists():
            if len(values) != 1:
                raise ParameterRefused(
                    name, f'The parameter "{name}" is given {len(values)} times.'
                )
            given[name] = str(values[0])
        return Response(
            answer_json(catalog_now(request), run(actor_of_request(request), key, given))
        )


def answer_json(catalog: Catalog, answer: Answer) -> dict[str, Any]:
    """The answer as REST shows it."""
    rows = [
        _row(catalog, answer, row, types, drill)
        for row, types, drill in zip(answer.rows, answer.types, answer.drills, strict=True)
    ]
    return {
        "report": answer.report.key,
        "label": answer.report.label,
        "asked": _asked(catalog, answer),
        "columns": [_column(catalog, c) for c in answer.columns],
        "rows": rows,
        "totals": _plain(answer.totals),
        "opening": _plain(answer.opening),
        "closing": _plain(answer.closing),
    }


def _plain(cells: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if cells is None else {name: plain_value(v) for name, v in cells.items()}


def _column(catalog: Catalog, column: Column) -> dict[str, Any]:
    targets = [catalog.doctypes[n] for n in column.link if n in catalog.doctypes]
    return {
        "name": column.name,
        "label": column.label,
        "type": column.type,
        "scale": column.scale,
        "total": column.total,
        "link": [{"doctype": d.key, "route": d.api} for d in targets],
    }


def _row(
    catalog: Catalog,
    answer: Answer,
    row: Mapping[str, Any],
    types: Mapping[str, str | None],
    drill: Drill | None,
) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for column in answer.columns:
        value = row[column.name]
        if column.type == "link":
            key = types.get(column.name)
            several = len(column.link) != 1
            shown[column.name] = link_json(value, (key,) if key else (), answer.titles, several)
        else:
            shown[column.name] = plain_value(value)
    if drill is not None:
        shown["_drill"] = _drill(catalog, drill)
    return shown


def _drill(catalog: Catalog, drill: Drill) -> dict[str, Any]:
    if drill.report is not None:
        params = {name: plain_value(v) for name, v in (drill.params or {}).items()}
        return {"report": drill.report, "params": params}
    assert drill.doctype is not None
    return {"route": catalog.doctypes[drill.doctype].api, "id": drill.id}


def _asked(catalog: Catalog, answer: Answer) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    titles: Titles = answer.titles
    for ask in answer.report.ask.values():
        value = answer.asked.get(ask.name)
        if ask.type == "link":
            keys = target_keys(catalog, ask.link)
            shown[ask.name] = link_json(value, keys, titles, len(ask.link) > 1)
        else:
            shown[ask.name] = plain_value(value)
    return shown
