"""A transition or an action with many documents: each in its own transaction, with a result of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine_runtime.access.actor import Actor
from engine_runtime.access.errors import AccessError
from engine_runtime.documents import acting, moving
from engine_runtime.documents.errors import Answered, DocumentError
from engine_runtime.documents.service import Reference, concrete
from engine_runtime.posting.session import open_session


@dataclass(frozen=True, slots=True)
class Result:
    """What became of document ``id``: an ``answer``, or the ``error`` that it was refused with."""

    id: int
    answer: Any = None
    error: DocumentError | AccessError | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is kept with a job."""
        if self.error is None:
            return {"id": self.id, "ok": True, "answer": self.answer}
        found: dict[str, Any] = {
            "id": self.id, "ok": False, "code": self.error.code, "detail": self.error.detail,
        }  # fmt: skip
        if isinstance(self.error, Answered):
            found["answer"] = self.error.body
        return found


def each_for_itself(
    actor: Actor, doctype: str, name: str, ids: Sequence[int], asked: Mapping[str, Any]
) -> Iterator[Result]:
    """Take every document through the transition or action ``name``, one after the other."""
    kind = concrete(open_session(actor), doctype)
    for number in ids:
        yield _one(actor, kind.name, name in kind.actions, name, number, asked)


def _one(
    actor: Actor, doctype: str, action: bool, name: str, number: int, asked: Mapping[str, Any]
) -> Result:
    try:
        if action:
            return Result(number, acting.act(actor, doctype, Reference(number), name, asked))
        moved = moving.move(actor, doctype, Reference(number), name, asked)
    except (DocumentError, AccessError) as error:
        return Result(number, error=error)
    return Result(number, {"state": moved.row["state"], "moved": moved.moved})
