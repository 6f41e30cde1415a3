"""Pass 16, schedules: what is done by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Dictionary

from engine.catalog.doctypes import Doctype, FactPlan
from engine.catalog.flow import Effect, Every, Make
from engine.catalog.schedules import Schedule
from engine.catalog.sources import DoctypeSource, expressions_of
from engine.compiler import view
from engine.compiler.effects import EffectCompiler, Seen
from engine.compiler.facts import FactPlanner, of_effect
from engine.compiler.known import Known
from engine.compiler.names import key_of
from engine.compiler.reader import Reader, own_record
from engine.compiler.sources import SourceCompiler
from engine.compiler.sources_ledger import Bound
from engine.expr.program import Expr
from engine.expr.types import ANY, Type
from engine.problems.problem import Problem
from engine.source.nodes import Construct, Mapping, Scalar
from engine.spec.schedule import EVERY_FORMS

_FORM = re.compile(
    r"(?:(?P<count>[1-9]\d?) )?(?P<unit>minute|hour|day|month)s?"
    r"(?: on (?P<day>[1-9]|[12]\d|3[01]))?(?: at (?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d))?\Z"
)
_NO_FACTS = FactPlan({}, {}, {})


def compile_schedules(
    known: Known, doctypes: Dictionary[str, Doctype], planner: FactPlanner
) -> tuple[dict[str, Schedule], list[Problem]]:
    """All schedules by name."""
    found: dict[str, Schedule] = {}
    problems: list[Problem] = []
    for name, construct in known.program.schedules.items():
        if construct.broken:
            continue
        compiler = _ScheduleCompiler(known, doctypes, planner)
        schedule = compiler.run(construct)
        problems += compiler.problems
        if schedule is not None:
            found[name] = schedule
    return found, problems


class _ScheduleCompiler(Reader):
    def __init__(
        self, known: Known, doctypes: Dictionary[str, Doctype], planner: FactPlanner
    ) -> None:
        super().__init__(known.schema)
        self._known = known
        self._doctypes = doctypes
        self._planner = planner

    def run(self, construct: Construct) -> Schedule | None:
        """The schedule; None where something is wrong with it."""
        node, name = construct.node, construct.name
        every = self._every(view.scalar(node, "every"))
        bound = self._rows(node)
        if "each" in node.entries and bound is None:
            return None
        source = bound.source if bound is not None else None
        subject = source.doctype if isinstance(source, DoctypeSource) else None
        names: dict[str, Type] = dict(bound.names) if bound is not None else {}
        if "each" in node.dropped:
            names["row"] = ANY
        draft = self._known.drafts.get(subject or "")
        if draft is not None:
            names["this"] = own_record(draft)
        scope = self.scope(names, bare=None, clock=True, balances=True)
        when = self.condition(view.scalar(node, "when"), scope)
        do = self._do(node, Seen(name, names, bare=None, subject=draft, clock=True))
        if every is None or not do:
            return None
        expressions = [*_of(do), *([when] if when is not None else [])]
        expressions += expressions_of(source) if source is not None else []
        seen_as = subject or next((e.doctype for e in do if isinstance(e, Make)), "")
        seen = self._doctypes.get(seen_as)
        facts = self._planner.plan(seen, expressions) if seen is not None else _NO_FACTS
        words = view.text(node, "help") or ""
        return Schedule(
            name, key_of(name), construct.span, every, source, when, do, subject, seen_as, facts, words
        )  # fmt: skip

    def _rows(self, node: Mapping) -> Bound | None:
        compiler = SourceCompiler(self.schema, None, clock=True)
        bound = compiler.rows_of(node.get("each"), {})
        self.problems += compiler.problems
        return bound

    def _do(self, node: Mapping, seen: Seen) -> tuple[Effect, ...]:
        do = view.mapping(node, "do")
        if do is None:
            return ()
        compiler = EffectCompiler(self.schema, self._known.drafts, self._known.program)
        found = compiler.effects(do, seen)
        self.problems += compiler.problems
        return found

    def _every(self, said: Scalar | None) -> Every | None:
        if said is None:
            return None
        match = _FORM.match(said.text.strip())
        if match is None or not _makes_sense(match):
            message = f"'{said.text}' is no time at which something could be done."
            self.find("E549", message, said.span, "For example: " + ", ".join(EVERY_FORMS) + ".")
            return None
        number = {name: int(match[name] or 0) for name in ("day", "hour", "minute")}
        units = {"minute": "minute", "hour": "hour", "day": "day", "month": "month"}
        unit = units[match["unit"]]
        count = int(match["count"] or 1)
        return Every(unit, count, number["day"] or 1, number["hour"], number["minute"])  # type: ignore[arg-type]


def _makes_sense(match: re.Match[str]) -> bool:
    """A day is said of a month only, a time of day of days and months; hours and minutes divide the day."""
    unit, count = match["unit"], int(match["count"] or 1)
    if match["day"] and unit != "month":
        return False
    if match["hour"] and unit in ("minute", "hour"):
        return False
    return {"minute": 60 % count == 0, "hour": 24 % count == 0}.get(unit, count == 1)


def _of(effects: Iterable[Effect]) -> Iterator[Expr]:
    for effect in effects:
        yield from of_effect(effect)
