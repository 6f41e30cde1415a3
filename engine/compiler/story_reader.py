"""What all who read tests need: problems, the doctypes of documents, and the fields that are named of them."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Dictionary

from engine.catalog.doctypes import Doctype
from engine.compiler.finder import Finder
from engine.compiler.known import Known
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Entry, Listing, Mapping, Node, Scalar

STANDARD = frozenset({"id", "number", "version", "stage", "company"})
"""What every document has besides its fields."""


class StoryReader(Finder):
    """Looks names up. ``problems`` fills up as it goes."""

    def __init__(self, known: Known, doctypes: Dictionary[str, Doctype]) -> None:
        super().__init__()
        self.known = known
        self.doctypes = doctypes

    def doctype(self, name: Scalar) -> Doctype | None:
        """The doctype of this name, of which there are documents; None where it was reported."""
        found = self.doctypes.get(name.text)
        declared = self.known.program.doctypes
        if found is None:
            if name.text not in declared:
                hint = did_you_mean(name.text, declared)
                self.unknown("E301", f"There is no doctype '{name.text}'.", name, hint)
            return None
        if found.abstract or found.child:
            message = f"No document of {found.name} can be made."
            hint = "Name a doctype that is like it, or has it as rows."
            self.find("E581", message, name.span, hint)
            return None
        return found

    def field(self, entry: Entry, kind: Doctype, path: str = "") -> None:
        """A field of the table at ``path`` that is named with a value, and those named in its rows."""
        target = kind.tables[path].fields.get(entry.key.text)
        if target is not None:
            if target.table is not None:
                self.rows(entry.value, kind, target.table)
        elif not self._is_told(entry.key.text, kind, path):
            self.no_field(entry.key, kind, path)

    def rows(self, node: Node, kind: Doctype, path: str) -> None:
        """The fields named in the rows of a table."""
        for row in several(node):
            if isinstance(row, Mapping):
                for entry in row.entries.values():
                    self.field(entry, kind, path)

    def no_field(self, name: Scalar, kind: Doctype, path: str) -> None:
        """Report that the table at ``path`` has no such field."""
        owner = f"{kind.name}.{path}" if path else kind.name
        hint = choices(name.text, kind.tables[path].fields)
        self.unknown("E302", f"{owner} has no field '{name.text}'.", name, hint)

    def _is_told(self, name: str, kind: Doctype, path: str) -> bool:
        """Whether everybody has it, or it was declared wrongly, which is reported."""
        draft = self.known.drafts[kind.name]
        is_lost = name in draft.tables[path].dropped or "fields" in draft.node.dropped
        return is_lost or name == "id" or (not path and name in STANDARD)


def several(node: Node) -> Iterator[Node]:
    """The items of a list, or the one that stands alone."""
    yield from node.items if isinstance(node, Listing) else (node,)
