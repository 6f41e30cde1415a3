"""A transition or an action with many documents: each in its own transaction, with a result of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.catalog.doctypes import Doctype
from engine_runtime.access.actor import Actor
from engine_runtime.access.errors import AccessError
from engine_runtime.documents import acting, moving
from engine_runtime.documents.errors import Answered, DocumentError, LimitExceeded
from engine_runtime.documents.service import Reference, concrete
from engine_runtime.documents.standing import waiting_json
from engine_runtime.posting.session import open_session


@dataclass(frozen=True, slots=True)
class Result:
    """What became of document ``id``: an ``answer``, or the ``error`` that it was refused with.

    ``waits``: it was noted, and other consents are missing.
    """

    id: int
    answer: Any = None
    error: DocumentError | AccessError | None = None
    waits: bool = False

    @property
    def declared(self) -> Any:
        """What metadata declares to be answered to the refusal; None where it declares nothing."""
        if isinstance(self.error, Answered):
            return self.error.body
        return self.error.answer if isinstance(self.error, LimitExceeded) else None

    @property
    def moved(self) -> list[dict[str, Any]]:
        """Where limits sent the document in place of what was asked."""
        error = self.error.__cause__ if isinstance(self.error, Answered) else self.error
        found = error.moved if isinstance(error, LimitExceeded) else ()
        return [each.as_json() for each in found]

    def as_json(self) -> dict[str, Any]:
        """As it is kept with a job."""
        if self.error is None:
            return {"id": self.id, "ok": True, "answer": self.answer}
        found: dict[str, Any] = {
            "id": self.id, "ok": False, "code": self.error.code, "detail": self.error.detail,
        }  # fmt: skip
        problems = getattr(self.error, "problems", ())
        if problems:
            names = ("code", "path", "message", "hint", "action")
            found["problems"] = [{name: getattr(p, name) for name in names} for p in problems]
        if self.declared is not None:
            found["answer"] = self.declared
        if self.moved:
            found["moved"] = self.moved
        return found


def each_for_itself(
    actor: Actor, doctype: str, name: str, ids: Sequence[int], asked: Mapping[str, Any]
) -> Iterator[Result]:
    """Take every document through the transition or action ``name``, one after the other."""
    kind = concrete(open_session(actor), doctype)
    for number in ids:
        yield _one(actor, kind, name, number, asked)


def _one(actor: Actor, kind: Doctype, name: str, number: int, asked: Mapping[str, Any]) -> Result:
    reference, given, reason = Reference(number), dict(asked), ""
    try:
        if name in kind.actions:
            return Result(number, acting.act(actor, kind.name, reference, name, asked))
        if not kind.workflow.declared:
            reason = str(given.pop("reason", "") or "")
        moved = moving.move(actor, kind.name, reference, name, given, reason=reason)
    except (DocumentError, AccessError) as error:
        return Result(number, error=error)
    waiting = waiting_json(moved.waiting)
    answer = {"state": moved.row["state"], "moved": moved.moved, "waiting": waiting}
    return Result(number, answer, waits=not moved.moved)
