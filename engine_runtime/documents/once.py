"""What effects make at most once: a stored key per made document, unique over all transactions."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from engine.catalog.doctypes import Doctype
from engine_runtime.documents.models import MadeOnce
from engine_runtime.posting.session import Session


def claim(session: Session, key: str, doctype: Doctype) -> bool:
    """Take ``key`` in the transaction in hand; False where a document was made for it before.

    Somebody else's transaction that has just taken it is waited for. What is broken off leaves no key.
    """
    record = MadeOnce(key=key, doctype=doctype.key, document_id=0, at=session.now)
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def remember(key: str, document: int) -> None:
    """Keep which document was made for ``key``, in the transaction that took it."""
    MadeOnce.objects.filter(key=key).update(document_id=document)
