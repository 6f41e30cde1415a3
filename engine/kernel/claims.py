"""Links that say of which doctype their record is: it is believed, and what contradicts it is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from engine.catalog.fields import DOCUMENT, Field
from engine.catalog.former import once_called
from engine.catalog.whole import Catalog
from engine.kernel.convert import Claim, Input
from engine.kernel.finding import Finding

KindOf = Callable[[Field, int], str | None]
"""The doctype of a record that a link points to; None where no such record is known."""


def narrow(catalog: Catalog, given: Input) -> None:
    """Look for keys that come with a doctype among its records only."""
    for name in given.names:
        claimed = _called(catalog, name.claimed) if name.claimed is not None else None
        link = tuple(target for target in name.field.link if _head(target) == claimed)
        if link:
            name.field = replace(name.field, link=link)


def contradicted(catalog: Catalog, given: Input, kind_of: KindOf) -> list[Finding]:
    """A finding per link of ``given`` whose record is not of the doctype that it is said to be of."""
    found = (_contradiction(catalog, claim, kind_of) for claim in given.claims)
    return [finding for finding in found if finding is not None]


def _contradiction(catalog: Catalog, claim: Claim, kind_of: KindOf) -> Finding | None:
    field, value = claim.field, claim.row[claim.field.name]
    claimed = _called(catalog, claim.text)
    heads = list(dict.fromkeys(_head(target) for target in field.link))
    if claimed is None or (heads != [DOCUMENT] and claimed not in heads):
        known = "any document" if heads == [DOCUMENT] else " or ".join(heads)
        sentence = f"{field.label} takes {known}, not '{claim.text}'."
        return Finding("link.other_doctype", claim.path, sentence, hint=_WAY_OUT)
    kind = kind_of(field, value) if value is not None else claimed
    if kind in (claimed, None):
        return None
    # What the record really is may be nothing for who asks.
    sentence = f"{field.label}: there is no {claimed} {value}."
    return Finding("link.other_doctype", claim.path, sentence, hint=_WAY_OUT)


_WAY_OUT = "Send the doctype that the id is of, or leave 'doctype' out."


def _called(catalog: Catalog, text: str) -> str | None:
    """The name of the doctype that ``text`` is the name or key of, or was while that is still answered to."""
    name = catalog.by_key.get(text, text)
    if name in catalog.doctypes:
        return name
    former = once_called(text, catalog)
    return former.name if former is not None and former.former.answers else None


def _head(target: str) -> str:
    """The doctype of a link target; of rows the one whose rows they are."""
    return target.partition(".")[0]
