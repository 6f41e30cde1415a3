"""Random expressions over the whole table of functions, added to what ``grammar.py`` makes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.language.expressions import oracle, oracle_functions
from tests.language.expressions.grammar import Grammar, Made, fact
from tests.language.expressions.oracle import strict

Ways = list[Callable[[str, int], Made]]

_PATTERNS = (
    ("[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]", "[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]"),
    ("[A-Za-z]+", "[A-Za-z]+"),
    (r"\\d{1,3}", "[0-9]{1,3}"),
    (".{2,6}", "(?s:.){2,6}"),
    ("(So|so).*", "(So|so)(?s:.)*"),
)  # fmt: skip
_DAY_FORMS = (
    ("yyyyMMdd", "%Y%m%d"),
    ("dd-MM-yyyy", "%d-%m-%Y"),
    ("dd/MMM/yyyy", "%d/%b/%Y"),
)
_GROUPS = ("customer.group", "customer.group.above", "customer.group.above.above")


class WholeGrammar(Grammar):
    """All kinds of expressions there are."""

    def number_ways(self) -> Ways:
        return [*super().number_ways(), self.floored, self.part_of_date, self.worked, self.between]

    def text_ways(self) -> Ways:
        return [
            *super().text_ways(), self.joined, self.trimmed, self.replaced, self.padded,
            self.in_words, self.named_year,
        ]  # fmt: skip

    def date_ways(self) -> Ways:
        return [*super().date_ways(), self.period, self.later, self.read_date]

    def boolean_ways(self) -> Ways:
        return [*super().boolean_ways(), self.matched, self.ending, self.below, self.chained]

    # --- numbers --------------------------------------------------------------------------------

    def floored(self, kind: str, depth: int) -> Made:
        a, places = self.make(kind, depth), self.random.randint(-2, 4)
        name, mode = self.random.choice((("floor", "floor"), ("ceil", "ceiling")))
        run = strict(lambda x: oracle.rounded(x, places, mode))
        return Made(f"{name}({a.text}, {places})", lambda s: run(a.of(s)))

    def part_of_date(self, kind: str, depth: int) -> Made:
        a = self.make("date", depth)
        ways: dict[str, Callable[[date], int]] = {
            "year": lambda day: day.year,
            "month": lambda day: day.month,
            "day": lambda day: day.day,
            "weekday": lambda day: day.weekday() + 1,
            "week": oracle_functions.week,
        }
        name = self.random.choice(list(ways))
        return Made(f"{name}({a.text})", lambda s: strict(ways[name])(a.of(s)))

    def between(self, kind: str, depth: int) -> Made:
        a, b = self.make("date", depth), self.make("date", depth)
        run = strict(oracle_functions.months_between)
        return Made(f"months_between({a.text}, {b.text})", lambda s: run(a.of(s), b.of(s)))

    def worked(self, kind: str, depth: int) -> Made:
        a, b = self.make("date", depth), self.make("date", depth)
        holiday = self.literal("date")
        off = self.random.choice(("sat sun", "sun", "fri sat"))
        text = f"working_days({a.text}, {b.text}, [{holiday.text}], '{off}')"

        def run(sight: Any) -> Any:
            days = strict(oracle_functions.working_days)
            return days(a.of(sight), b.of(sight), holiday.of(sight), off)

        return Made(text, run)

    # --- text -----------------------------------------------------------------------------------

    def joined(self, kind: str, depth: int) -> Made:
        a, b = self.make("text", depth), self.make("text", depth)
        run = strict(lambda x, y: x + "-" + y)
        return Made(f"concat({a.text}, '-', {b.text})", lambda s: run(a.of(s), b.of(s)))

    def trimmed(self, kind: str, depth: int) -> Made:
        a = self.make("text", depth)
        run = strict(lambda x: re.sub("^ +| +$", "", f" {x}  "))
        return Made(f"trim(concat(' ', {a.text}, '  '))", lambda s: run(a.of(s)))

    def replaced(self, kind: str, depth: int) -> Made:
        a = self.make("text", depth)
        old, new = self.random.choice(
            (("o", ""), ("a", "aa"), ("27", "xx"), ("ok", "O"), ("", "x"))
        )
        run = strict(lambda x: new.join(x.split(old)) if old else x)
        return Made(f"replace({a.text}, '{old}', '{new}')", lambda s: run(a.of(s)))

    def padded(self, kind: str, depth: int) -> Made:
        a, width = self.make("text", depth), self.random.randint(0, 18)
        mark, side = (
            self.random.choice(("0", " ", "ab", "हि")),
            self.random.choice(("left", "right")),
        )
        run = strict(lambda x: oracle_functions.padded(x, width, mark, side))
        return Made(f"pad_{side}({a.text}, {width}, '{mark}')", lambda s: run(a.of(s)))

    def in_words(self, kind: str, depth: int) -> Made:
        a = self.make("money", min(depth, 1))
        text = f"amount_in_words(round({a.text}, 2), 'Rupees', 'Paise')"
        run = strict(lambda x: oracle_functions.in_words(oracle.rounded(x, 2)))
        return Made(text, lambda s: run(a.of(s)))

    def named_year(self, kind: str, depth: int) -> Made:
        a = self.make("date", depth)
        return Made(f"text('{{}}', fiscal_year({a.text}))", lambda s: self._label(a.of(s)))

    @staticmethod
    def _label(day: date | None) -> str:
        return "" if day is None else oracle.year_label(day)

    # --- dates ----------------------------------------------------------------------------------

    def period(self, kind: str, depth: int) -> Made:
        a = self.make("date", depth)
        ways: dict[str, Callable[[date], date]] = {
            "quarter_start": lambda day: oracle_functions.quarter(day)[0],
            "quarter_end": lambda day: oracle_functions.quarter(day)[1],
            "year_end": lambda day: date(oracle.year_begin(day).year + 1, 3, 31),
        }
        name = self.random.choice(list(ways))
        return Made(f"{name}({a.text})", lambda s: strict(ways[name])(a.of(s)))

    def later(self, kind: str, depth: int) -> Made:
        a, days = self.make("date", depth), self.random.randint(-500, 500)
        run = strict(lambda day: day + timedelta(days=days))
        return Made(f"add_days({a.text}, {days})", lambda s: run(a.of(s)))

    def read_date(self, kind: str, depth: int) -> Made:
        a = self.make("date", depth)
        written, read = self.random.choice(_DAY_FORMS)
        if written != read and self.random.random() < 0.3:
            written, other = _DAY_FORMS[0][0], _DAY_FORMS[1][0]
            text = f"date_from(text('{{:{other}}}', {a.text}), '{written}')"
            return Made(text, lambda s: None)
        text = f"date_from(text('{{:{written}}}', {a.text}), '{written}')"
        return Made(text, lambda s: a.of(s))

    # --- conditions -----------------------------------------------------------------------------

    def matched(self, kind: str, depth: int) -> Made:
        a = self.make("text", depth)
        written, meant = self.random.choice(_PATTERNS)
        run = strict(lambda x: re.fullmatch(meant, x) is not None)
        return Made(f"matches({a.text}, '{written}')", lambda s: run(a.of(s)))

    def ending(self, kind: str, depth: int) -> Made:
        a, b = self.make("text", depth), self.make("text", depth)
        run = strict(lambda x, y: not y or x[-len(y) :] == y)
        return Made(f"ends_with({a.text}, {b.text})", lambda s: run(a.of(s), b.of(s)))

    def below(self, kind: str, depth: int) -> Made:
        item, node = self.random.choice(_GROUPS), self.random.choice(_GROUPS)
        text = self.random.choice((f"is_under({item}, {node})", f"({item} in under({node}))"))

        def run(sight: Any) -> Any:
            return oracle_functions.stands_under(
                sight["facts"]["Group"], self._group(sight, item), self._group(sight, node)
            )

        return Made(text, run)

    @staticmethod
    def _group(sight: Any, path: str) -> Any:
        found = fact(sight, "Customer", sight["this"]["customer"], "group")
        for _ in range(path.count("above")):
            found = fact(sight, "Group", found, "above")
        return found

    def chained(self, kind: str, depth: int) -> Made:
        a, b, c = (self.make("number", depth) for _ in range(3))
        low = strict(lambda x, y: x <= y)
        high = strict(lambda x, y: x < y)
        text = f"({a.text} <= {b.text} < {c.text})"
        return Made(text, lambda s: oracle.both(low(a.of(s), b.of(s)), high(b.of(s), c.of(s))))
