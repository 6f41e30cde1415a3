"""A choice is compared with its options only: anything else would never hold, and nobody would see it."""

from __future__ import annotations

import ast

from engine.expr.context import Context
from engine.expr.nodes import Field, Listing, Literally, Node
from engine.problems.suggest import choices


def check_options(context: Context, choice: Node, words: Node, place: ast.expr) -> None:
    """Report texts in ``words`` (one, or a list) that are no option of the field ``choice``."""
    if not isinstance(choice, Field):
        return
    schema = context.scope.schema
    each = [schema.options(record, choice.name) for record in choice.records]
    options = {option for found in each for option in found}
    if not options or (choice.name in ("state", "stage") and not all(each)):
        return
    written = words.items if isinstance(words, Listing) else (words,)
    texts = [word.value for word in written if isinstance(word, Literally)]
    for text in texts:
        if isinstance(text, str) and text not in options:
            message = f"'{text}' is none of the options of {choice.name}."
            context.fail("E214", place, message, choices(text, sorted(options)))
