"""One view for the documents of every doctype: routes come from the live catalog, work is done by ``documents``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import DatabaseError
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response

from engine_runtime.access.actor import Actor
from engine_runtime.active.catalog import refresh
from engine_runtime.api import headers, moves, routes
from engine_runtime.api.aliases import former_keys, uses_former_names
from engine_runtime.api.differences import difference_json
from engine_runtime.api.effects import effects_json, preview_json
from engine_runtime.api.errors import problem_json
from engine_runtime.api.explaining import explained_json
from engine_runtime.api.listing import PARAMETERS, list_query, page_rows
from engine_runtime.api.moves import standing_json
from engine_runtime.api.problems import MalformedBody, ParameterRefused, VersionMissing
from engine_runtime.api.shell import (
    Shell,
    actor_of_request,
    catalog_now,
    only_parameters,
    outdated,
)
from engine_runtime.documents import (
    acting,
    explaining,
    moving,
    read,
    rederiving,
    replacing,
    service,
)
from engine_runtime.documents.effects import effects
from engine_runtime.documents.listing import list_rows
from engine_runtime.documents.making import new
from engine_runtime.documents.many import each_for_itself
from engine_runtime.documents.previewing import preview
from engine_runtime.documents.standing import history, standing, waiting_json
from engine_runtime.documents.together import together
from engine_runtime.jobs.work import enqueue

MOST_DOCUMENTS = 500
MOST_SOURCES = 200
"""How many documents one may be made of."""

METHODS: Mapping[routes.Action, Mapping[str, str]] = {
    "list": {"GET": "list_documents", "POST": "create"},
    "one": {"GET": "get_one", "PATCH": "change", "DELETE": "remove"},
    "new": {"GET": "make"},
    "preview": {"POST": "work_out"},
    "submit": {"POST": "submit"},
    "cancel": {"POST": "cancel"},
    "amend": {"POST": "amend"},
    "effects": {"GET": "list_effects"},
    "moves": {"GET": "list_moves"},
    "together": {"POST": "list_moves_together"},
    "history": {"GET": "list_history"},
    "explain": {"GET": "explain"},
    "rederive": {"GET": "look", "POST": "rederive"},
    "go": {"POST": "go"},
    "act": {"POST": "act", "PUT": "act"},
    "many": {"POST": "many"},
}
"""What an address does per method; the names are methods of ``DocumentsView``."""


class DocumentsView(Shell):
    """``/api/<route>…`` for whatever the catalog declares."""

    def get(self, request: Request, path: str) -> Response:
        return self._answer(request, path)

    def post(self, request: Request, path: str) -> Response:
        return self._answer(request, path)

    def patch(self, request: Request, path: str) -> Response:
        return self._answer(request, path)

    def delete(self, request: Request, path: str) -> Response:
        return self._answer(request, path)

    def put(self, request: Request, path: str) -> Response:
        """Not offered, but an unknown address is still 404 and a known one names its methods."""
        return self._answer(request, path)

    def _answer(self, request: Request, path: str) -> Response:
        found = routes.match(catalog_now(request), path)
        methods = METHODS[found.action]
        self.headers["Allow"] = ", ".join(methods)
        name = methods.get("GET" if request.method == "HEAD" else str(request.method))
        if name is None:
            raise MethodNotAllowed(str(request.method))
        answer: Response = getattr(self, name)(request, actor_of_request(request), found)
        if found.deprecated or uses_former_names(found.place.doctype, request):
            answer.headers["Deprecation"] = "true"
        return answer

    # --- reading -----------------------------------------------------------------------------

    def list_documents(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        query = list_query(only_parameters(request, PARAMETERS))
        page = list_rows(actor, at.place.doctype.name, query)
        return Response({"rows": page_rows(catalog_now(request), page), "next": page.next})

    def get_one(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        only_parameters(request, ())
        documents = read.get(actor, at.place.doctype.name, [_id(at)])
        row = documents.rows[0]
        tag = headers.etag(row["version"])
        if headers.not_modified(request, tag):
            return Response(status=304, headers={"ETag": tag})
        return Response(at.place.presenter.document(row, documents.titles), headers={"ETag": tag})

    def list_effects(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        only_parameters(request, ())
        found = effects(actor, at.place.doctype.name, _id(at))
        shown = effects_json(catalog_now(request), found.ledgers, found.titles)
        return Response({"ledgers": shown, "withheld": found.withheld})

    def make(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        source = _source(request, only_parameters(request, ("from",)).get("from"))
        made = new(actor, at.place.doctype.name, source)
        shown = [at.place.presenter.document(row, made.titles) for row in made.rows]
        several = source is not None and len(source[1]) > 1
        return Response({"rows": shown} if several else shown[0])

    # --- writing -----------------------------------------------------------------------------

    def create(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        submit = _flag(only_parameters(request, ("submit",)), "submit")
        body = request.data
        documents = _documents(body)
        rows = service.create(
            actor,
            at.place.doctype.name,
            documents,
            submit=submit,
            idempotency_key=headers.idempotency_key(request),
        )
        shown = self._shown(actor, at, rows)
        if isinstance(body, list):
            return Response(shown, status=201)
        return self._one(at, shown, 201)

    def change(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        only_parameters(request, ())
        body = _object(request.data)
        version = headers.version_of(request, body)
        if version is None:
            raise VersionMissing
        changes = {**body, "id": _same_id(at, body), "version": version}
        rows = service.save(actor, at.place.doctype.name, [changes])
        return self._one(at, self._shown(actor, at, rows), 200)

    def remove(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        only_parameters(request, ())
        reference = service.Reference(_id(at), headers.if_match(request))
        service.delete(actor, at.place.doctype.name, [reference])
        return Response(status=204)

    def submit(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        only_parameters(request, ())
        body = _known(_object(request.data), ("version", "issued"))
        reference = service.Reference(_id(at), headers.version_of(request, body))
        key, issued = headers.idempotency_key(request), [body.get("issued")]
        rows = service.submit(
            actor, at.place.doctype.name, [reference], issued=issued, idempotency_key=key
        )
        return self._one(at, self._shown(actor, at, rows), 200)

    def cancel(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        only_parameters(request, ())
        body = _known(_object(request.data), ("version", "reason"))
        reference = service.Reference(_id(at), headers.version_of(request, body))
        rows = service.cancel(actor, at.place.doctype.name, [reference], reason=_reason(body))
        return self._one(at, self._shown(actor, at, rows), 200)

    def amend(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        """201 with the draft that takes the place of the document."""
        only_parameters(request, ())
        body = _known(_object(request.data), ("version", "reason"))
        reference = service.Reference(_id(at), headers.version_of(request, body))
        key = headers.idempotency_key(request)
        row = replacing.amend(
            actor, at.place.doctype.name, reference, reason=_reason(body), idempotency_key=key
        )
        return self._one(at, self._shown(actor, at, [row]), 201)

    def list_moves(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        only_parameters(request, ())
        return Response(standing_json(standing(actor, at.place.doctype.name, _id(at))))

    def list_moves_together(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        """What can be done with several documents; nothing is changed."""
        only_parameters(request, ())
        ids, more = moves.many(_object(request.data))
        _known(more, ())
        return Response(moves.together_json(together(actor, at.place.doctype.name, ids)))

    def list_history(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        only_parameters(request, ())
        return Response({"history": history(actor, at.place.doctype.name, _id(at))})

    def explain(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        place = only_parameters(request, ("field",)).get("field", "")
        found = explaining.explain(actor, at.place.doctype.name, _id(at), place)
        return Response(explained_json(catalog_now(request), found))

    def look(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        """What rederiving would come to."""
        only_parameters(request, ())
        found = rederiving.look(actor, at.place.doctype.name, _id(at))
        problems = [problem_json(each) for each in found.problems]
        return Response({**difference_json(found), "problems": problems})

    def rederive(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        only_parameters(request, ())
        body = _known(_object(request.data), ("version", "seen", "reason"))
        version, seen = headers.version_of(request, body), body.get("seen")
        if version is None:
            raise VersionMissing
        if not isinstance(seen, str):
            raise MalformedBody(
                '"seen" is the text that looking at the difference (GET) has given.'
            )
        reference = service.Reference(_id(at), version)
        doctype = at.place.doctype.name
        done = rederiving.rederive(actor, doctype, reference, seen, reason=_reason(body))
        shown = self._shown(actor, at, [done.row])
        shown[0]["rederived"] = done.is_changed
        return self._one(at, shown, 200)

    def go(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        """A transition: 200 with the document; 202 where the consent is noted and others are missing."""
        only_parameters(request, ())
        asked, _ = moves.split(_object(request.data))
        reference = service.Reference(_id(at), headers.version_of(request, _object(request.data)))
        moved = moving.move(actor, at.place.doctype.name, reference, at.name, asked)
        shown = self._shown(actor, at, [moved.row])
        shown[0]["moved"] = moved.moved
        shown[0]["waiting"] = waiting_json(moved.waiting)
        return self._one(at, shown, 200 if moved.moved else 202)

    def act(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        only_parameters(request, ())
        action = at.place.doctype.actions[at.name]
        if str(request.method).lower() != action.method:
            self.headers["Allow"] = action.method.upper()
            raise MethodNotAllowed(str(request.method))
        asked, _ = moves.split(_object(request.data))
        reference = service.Reference(_id(at), headers.version_of(request, _object(request.data)))
        key = headers.idempotency_key(request)
        doctype = at.place.doctype.name
        if action.later:
            job = enqueue(actor, doctype, at.name, [_id(at)], asked)
            return Response(job.as_json(), status=202, headers={"Location": job.address})
        answer = acting.act(actor, doctype, reference, at.name, asked, idempotency_key=key)
        return Response(answer)

    def many(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        """A transition or action with many documents, each for itself; in the background where it says so."""
        only_parameters(request, ())
        ids, asked = moves.many(_object(request.data))
        kind = at.place.doctype
        action = kind.actions.get(at.name)
        if action is not None and action.later:
            job = enqueue(actor, kind.name, at.name, ids, asked)
            return Response(job.as_json(), status=202, headers={"Location": job.address})
        done = each_for_itself(actor, kind.name, at.name, ids, asked)
        return Response({"results": [moves.result_json(result) for result in done]})

    def work_out(self, request: Request, actor: Actor, at: routes.Match) -> Response:
        place = only_parameters(request, ("field",)).get("field")
        body = request.data
        found = preview(actor, at.place.doctype.name, _documents(body), explain=place)
        catalog = catalog_now(request)
        answers = [
            {
                "document": at.place.presenter.document(p.document, p.titles),
                "entries": preview_json(catalog, p.entries, p.titles),
                "withheld": p.withheld,
                "problems": [problem_json(f) for f in p.problems],
                "explanations": p.explanations,
                "facts": p.facts,
            }
            | ({"explained": explained_json(catalog, p.explained)} if p.explained else {})
            for p in found
        ]
        return Response(answers if isinstance(body, list) else answers[0])

    # --- showing -----------------------------------------------------------------------------

    def _shown(
        self, actor: Actor, at: routes.Match, rows: Sequence[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        self.written = True
        try:
            titles = read.written(actor, at.place.doctype, rows)
        except DatabaseError as error:
            if not outdated(error, actor.catalog):
                raise
            return _shown_anew(actor, at, [row["id"] for row in rows])
        return [at.place.presenter.document(row, titles) for row in rows]

    def _one(self, at: routes.Match, shown: list[dict[str, Any]], status: int) -> Response:
        document = shown[0]
        found = {"ETag": headers.etag(document["version"])}
        if status == 201:
            found["Location"] = f"/api/{at.place.doctype.api}/{document['id']}"
        return Response(document, status=status, headers=found)


def _shown_anew(actor: Actor, at: routes.Match, ids: Sequence[int]) -> list[dict[str, Any]]:
    """What was written by the catalog of before, as the present one shows it."""
    live = refresh()
    key = at.place.doctype.key
    name = live.catalog.by_key.get(key) or former_keys(live.catalog)[key]
    documents = read.get(replace(actor, catalog=live.version), name, ids)
    presenter = routes.places(live.catalog)[live.catalog.doctypes[name].api].presenter
    return [presenter.document(row, documents.titles) for row in documents.rows]


def _id(at: routes.Match) -> int:
    assert at.id is not None
    return at.id


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise MalformedBody("The body is one JSON object here.")
    return body


def _known(body: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    unknown = [name for name in body if name not in names]
    if unknown:
        known = ", ".join(f'"{name}"' for name in names)
        raise MalformedBody(f'"{unknown[0][:80]}" is not known here. The body may hold {known}.')
    return body


def _reason(body: Mapping[str, Any]) -> str:
    reason = body.get("reason") or ""
    if not isinstance(reason, str):
        raise MalformedBody('"reason" is a text.')
    return reason


def _documents(body: Any) -> list[dict[str, Any]]:
    documents = body if isinstance(body, list) else [body]
    if not documents or not all(isinstance(d, dict) for d in documents):
        raise MalformedBody("The body is a document (a JSON object) or a list of documents.")
    if len(documents) > MOST_DOCUMENTS:
        raise MalformedBody(f"One request takes at most {MOST_DOCUMENTS} documents.")
    return documents


def _same_id(at: routes.Match, body: Mapping[str, Any]) -> int:
    if body.get("id", at.id) != at.id:
        raise MalformedBody('"id" in the body is not the id of the address.')
    return _id(at)


def _flag(parameters: Mapping[str, str], name: str) -> bool:
    text = parameters.get(name, "false")
    if text not in ("true", "false"):
        raise ParameterRefused(name, f'"{name}" is true or false.')
    return text == "true"


def _source(request: Request, text: str | None) -> tuple[str, list[int]] | None:
    """``sales/orders/7`` or ``sales/orders/7,8`` → (doctype name, [7, 8])."""
    if text is None:
        return None
    first, *more = text.split(",")
    found = routes.match(catalog_now(request), first)
    if found.action != "one" or found.id is None:
        raise ParameterRefused("from", f'"{text[:80]}" is no document. Write <route>/<id>.')
    ids = [found.id, *(_number(part, text) for part in more)]
    if len(ids) > MOST_SOURCES or len(set(ids)) != len(ids):
        raise ParameterRefused("from", f"Name at most {MOST_SOURCES} documents, each once.")
    return found.place.doctype.name, ids


def _number(part: str, text: str) -> int:
    if not part.isascii() or not part.isdecimal() or len(part) > 18:
        raise ParameterRefused("from", f'"{text[:80]}": write <route>/<id>,<id>.')
    return int(part)
