"""What a condition says of the stage a document is in, read off without running it."""

from __future__ import annotations

from engine.expr.nodes import Compare, Field, Listing, Literally, Logic, Name, Node, Within
from engine.expr.program import Expr

DRAFT = "draft"


def is_for_drafts(when: Expr | None) -> bool:
    """Whether ``when`` holds for drafts only. What says so in a roundabout way is not understood: the answer is no."""
    return when is not None and _drafts_only(when.tree)


def _drafts_only(node: Node) -> bool:
    match node:
        case Logic(operator="and", operands=operands):
            return any(_drafts_only(each) for each in operands)
        case Logic(operator="or", operands=operands):
            return all(_drafts_only(each) for each in operands)
        case Compare(operator="==", left=left, right=right):
            return (_is_stage(left) and _is_draft(right)) or (_is_draft(left) and _is_stage(right))
        case Within(item=item, values=Listing(items=items), negated=False):
            return _is_stage(item) and all(_is_draft(each) for each in items)
    return False


def _is_stage(node: Node) -> bool:
    return isinstance(node, Field) and node.name == "stage" and _is_document(node.of)


def _is_document(node: Node) -> bool:
    return isinstance(node, Name) and node.name == "this"


def _is_draft(node: Node) -> bool:
    return isinstance(node, Literally) and node.value == DRAFT
