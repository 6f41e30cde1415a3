"""The same request twice is one request: keys, what was asked under them, and the answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from django.db import IntegrityError, transaction

from engine_runtime.documents.errors import IdempotencyConflict, InputMalformed
from engine_runtime.documents.models import IdempotencyKey
from engine_runtime.posting.session import Session

LONGEST = 200


def claim(session: Session, key: str, action: str, body: Mapping[str, Any]) -> Any:
    """Take ``key`` for this request inside its transaction; what it answered before, if it was made.

    Two requests with one key at once: the second waits for the first and then gets its answer.
    Raises IdempotencyConflict where the key stands for another request.
    """
    if not key or len(key) > LONGEST:
        raise InputMalformed(f"An idempotency key has 1 to {LONGEST} characters.")
    digest = _digest(action, body)
    record = IdempotencyKey(
        id=session.gateway.ids(1)[0],
        company_id=session.actor.company_id,
        actor=session.actor.user_id,
        key=key,
        body_hash=digest,
        answer=[],
        created_at=session.now,
    )
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError:
        known = IdempotencyKey.objects.get(actor=session.actor.user_id, key=key)
        if known.body_hash != digest:
            raise IdempotencyConflict(
                f"The idempotency key '{key}' was used for another request. Take a new one."
            ) from None
        return known.answer
    return None


def remember(session: Session, key: str, answer: Any) -> None:
    """Keep what the request answered (ids, or any JSON), in its transaction."""
    keys = IdempotencyKey.objects.filter(actor=session.actor.user_id, key=key)
    keys.update(answer=answer)


def _digest(action: str, body: Mapping[str, Any]) -> str:
    text = orjson.dumps(
        [action, body], default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
    )
    return hashlib.sha256(text).hexdigest()
