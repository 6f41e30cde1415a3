"""What the passes over single doctypes need of the rest of the program."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass

from engine.catalog.ledgers import Ledger
from engine.catalog.rules import RuleSet
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.ledgers import LedgerDraft
from engine.compiler.program import Program
from engine.compiler.schema import DraftSchema
from engine.compiler.targets import Targets


@dataclass(slots=True)
class Known:
    """What is known of all the program when its doctypes are compiled one by one."""

    program: Program
    schema: DraftSchema
    drafts: Dictionary[str, DoctypeDraft]
    rules: Dictionary[str, RuleSet]
    ledger_drafts: Dictionary[str, LedgerDraft]
    ledgers: Dictionary[str, Ledger]
    targets: Targets

    @property
    def broken_ledgers(self) -> frozenset[str]:
        """Ledgers that are declared in a file that is broken."""
        return frozenset(self.program.ledgers.keys() - self.ledger_drafts.keys())
