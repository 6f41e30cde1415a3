"""Why a service call was refused. Nothing of a refused call is written.

None of these knows HTTP; ``engine_runtime.api`` has the one table from error to status.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine.kernel.declared_limits import TransitionRequest
from engine.kernel.finding import Finding
from engine.kernel.periods import SourceRefused

if TYPE_CHECKING:
    from engine_runtime.documents.rederiving import Difference


class DocumentError(Exception):
    """Base of all. ``code`` is stable, ``detail`` a sentence, ``problems`` name fields by path."""

    code = "document.error"

    def __init__(self, detail: str, problems: Sequence[Finding] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.problems = tuple(problems)


class InputMalformed(DocumentError):
    """The input has the wrong shape: an unknown field, a text where a number belongs."""

    code = "input.malformed"


class DocumentInvalid(DocumentError):
    """The input is well-formed, and breaks a rule of its doctype."""

    code = "document.invalid"


class TooManyRows(DocumentInvalid, SourceRefused):
    """A source of rows answers more than a document may have; where a calculation asked, it is told at its step."""


@dataclass(frozen=True, slots=True)
class Diverted:
    """A document that a limit sent another way: it stands in ``state`` now. ``limit``: the key of the limit."""

    doctype: str
    id: int
    name: str
    state: str
    label: str
    version: int
    limit: str

    @property
    def sentence(self) -> str:
        return f"{self.name} is now in the state {self.label}."

    def as_json(self) -> dict[str, Any]:
        """As one entry of ``moved``."""
        names = ("doctype", "id", "state", "label", "version")
        return {name: getattr(self, name) for name in names}


class LimitExceeded(DocumentInvalid):
    """A balance would go where it may not: stock below its floor, an open item overpaid.

    ``answer``: what the limit declares to be answered, if anything; ``moves``: where documents go instead;
    ``moved``: those that have gone there.
    """

    code = "limit.exceeded"
    answer: dict[str, Any] | None = None
    moves: tuple[TransitionRequest, ...] = ()
    moved: tuple[Diverted, ...] = ()

    def tell(self, moved: Sequence[Diverted]) -> None:
        """Say in words as well where documents have gone: who is refused must know what happened all the same."""
        self.moved = tuple(moved)
        self.detail = " ".join([self.detail, *dict.fromkeys(each.sentence for each in moved)])
        self.problems = tuple(self._told(problem) for problem in self.problems)

    def _told(self, problem: Finding) -> Finding:
        said = [each.sentence for each in self.moved if problem.code == f"limit.{each.limit}"]
        hints = [problem.hint] if problem.hint else []
        return replace(problem, hint=" ".join([*hints, *dict.fromkeys(said)]))


class ConfirmationNeeded(DocumentInvalid):
    """It is done once a person confirms it: the ``confirmation`` of each problem is sent along."""

    code = "document.confirm"


class PeriodClosed(DocumentInvalid):
    """The posting date lies in a period that is locked."""

    code = "period.closed"


class NotFound(DocumentError):
    """There is no such document, or the actor may not know of it."""

    code = "document.not_found"


class VersionConflict(DocumentError):
    """Somebody else saved the document since it was read."""

    code = "document.version"


class DifferenceMoved(DocumentError):
    """What a person has seen is not what would be done any more; ``difference`` is what would."""

    code = "document.difference"

    def __init__(self, detail: str, difference: Difference) -> None:
        super().__init__(detail)
        self.difference = difference


class StateConflict(DocumentError):
    """The document is in a state that does not allow this: submit twice, cancel a draft."""

    code = "document.state"


class Answered(DocumentError):
    """Refused, with the answer that the action declares for it: ``status`` of HTTP and ``body``."""

    code = "action.refused"

    def __init__(
        self, detail: str, problems: Sequence[Finding], status: int, body: dict[str, Any]
    ) -> None:
        super().__init__(detail, problems)
        self.status = status
        self.body = body


class NotAllowed(DocumentError):
    """It is up to somebody else: another role, another person, not the one who made it."""

    code = "document.not_allowed"


class InUse(DocumentError):
    """Other records refer to what is to be deleted or cancelled."""

    code = "document.in_use"


class IdempotencyConflict(DocumentError):
    """The idempotency key was used before with another body."""

    code = "idempotency.conflict"


class Locked(DocumentError):
    """Somebody else holds the document, or a balance that it changes, longer than one waits."""

    code = "document.locked"
