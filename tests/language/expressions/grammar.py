"""Random well-typed expressions, each with a function that tells its result by ``oracle.py``.

A ``Made`` is text and meaning together: ``of(row)`` gets the rows in sight (``this`` and the row
variables) and the facts, as a dict.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.language.expressions import oracle
from tests.language.expressions.oracle import strict

Sight = dict[str, Any]


@dataclass(frozen=True)
class Made:
    text: str
    of: Callable[[Sight], Any]


ORDER_FIELDS = {
    "money": ("amount", "discount"),
    "quantity": ("quantity",),
    "number": ("rate", "percent", "pieces", "factor"),
    "text": ("code", "note"),
    "date": ("posting_date", "due"),
    "boolean": ("urgent", "paid"),
}
LINE_FIELDS = {
    "money": ("amount",),
    "quantity": ("quantity",),
    "number": ("rate", "weight", "index"),
    "text": ("name",),
    "date": ("day",),
    "boolean": ("stocked",),
}
TAX_FIELDS = {
    "money": ("amount",),
    "number": ("percent", "index"),
    "text": ("label",),
    "boolean": ("collected",),
}
CUSTOMER_FACTS = {"text": "name", "date": "since", "boolean": "active"}
ITEM_FACTS = {"text": "name", "number": "price", "boolean": "stocked"}
TIES = ("0.005", "0.015", "2.5", "3.5", "0.5", "1.005")


def fact(sight: Sight, doctype: str, id_: Any, name: str) -> Any:
    return sight["facts"][doctype].get(id_, {}).get(name)


class Grammar:
    """Makes expressions; ``variables`` are the row variables in sight, with their fields."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.variables: list[tuple[str, dict[str, tuple[str, ...]]]] = []
        self.count = 0

    def make(self, kind: str, depth: int) -> Made:
        choices = getattr(self, f"{kind}_ways")()
        if depth <= 0 or self.random.random() < 0.12:
            return self.leaf(kind)
        return self.random.choice(choices)(kind, depth - 1)

    # --- leaves ---------------------------------------------------------------------------------

    def leaf(self, kind: str) -> Made:
        chance = self.random.random()
        if chance < 0.22:
            return self.literal(kind)
        if chance < 0.34:
            found = self.over_a_link(kind)
            if found is not None:
                return found
        return self.field(kind)

    def field(self, kind: str) -> Made:
        places = [("this", ORDER_FIELDS), *self.variables, *self.variables]
        holder, fields = self.random.choice(places)
        if kind not in fields:
            holder, fields = "this", ORDER_FIELDS
        name = self.random.choice(fields[kind])
        bare = holder == "this" and self.random.random() < 0.8
        return Made(name if bare else f"{holder}.{name}", lambda sight: sight[holder][name])

    def over_a_link(self, kind: str) -> Made | None:
        if kind == "number" and self.random.random() < 0.5:
            return Made("customer.group.factor", self._group_factor)
        lines = [name for name, fields in self.variables if fields is LINE_FIELDS]
        if lines and kind in ITEM_FACTS:
            line, name = lines[-1], ITEM_FACTS[kind]
            return Made(f"{line}.item.{name}", lambda s: fact(s, "Item", s[line]["item"], name))
        if kind not in CUSTOMER_FACTS:
            return None
        name = CUSTOMER_FACTS[kind]
        return Made(f"customer.{name}", lambda s: fact(s, "Customer", s["this"]["customer"], name))

    @staticmethod
    def _group_factor(sight: Sight) -> Any:
        group = fact(sight, "Customer", sight["this"]["customer"], "group")
        return fact(sight, "Group", group, "factor")

    def literal(self, kind: str) -> Made:
        if kind == "text":
            value = self.random.choice(("Soap", "27", "", "ok", "हि"))
            return Made(repr(value), lambda sight: value)
        if kind == "boolean":
            truth = self.random.random() < 0.5
            return Made("true" if truth else "false", lambda sight: truth)
        if kind == "date":
            day = date(2020, 1, 31) + timedelta(days=self.random.randint(0, 3000))
            return Made(f"date({day.year}, {day.month}, {day.day})", lambda sight: day)
        text = self.random.choice((*TIES, str(self.random.randint(0, 50)), "0.25", "100"))
        number = Decimal(text)
        if kind == "number":
            return Made(text, lambda sight: number)
        return self.field(kind)

    # --- ways -----------------------------------------------------------------------------------

    def number_ways(self) -> list[Callable[[str, int], Made]]:
        return [
            self.sum_or_difference, self.sum_or_difference, self.times_number, self.share,
            self.divided, self.ratio, self.price_times_quantity, self.rounded, self.choice,
            self.coalesced, self.negated, self.least_or_greatest, self.counted, self.measured,
            self.aggregated, self.absolute,
        ]  # fmt: skip

    def money_ways(self) -> list[Callable[[str, int], Made]]:
        return [
            self.sum_or_difference, self.sum_or_difference, self.scaled, self.divided,
            self.rounded, self.choice, self.coalesced, self.negated, self.least_or_greatest,
            self.aggregated, self.aggregated, self.absolute,
        ]  # fmt: skip

    def quantity_ways(self) -> list[Callable[[str, int], Made]]:
        return [
            self.sum_or_difference, self.divided, self.rounded, self.choice, self.coalesced,
            self.negated, self.aggregated,
        ]  # fmt: skip

    def text_ways(self) -> list[Callable[[str, int], Made]]:
        return [self.cased, self.sliced, self.composed, self.composed, self.choice,
                self.coalesced, self.year_text]  # fmt: skip

    def date_ways(self) -> list[Callable[[str, int], Made]]:
        return [self.moved, self.moved, self.months, self.bound, self.choice, self.coalesced,
                self.least_or_greatest]  # fmt: skip

    def boolean_ways(self) -> list[Callable[[str, int], Made]]:
        return [
            self.compared, self.compared, self.compared, self.logical, self.logical, self.denied,
            self.within, self.null_test, self.text_test, self.there, self.choice,
        ]  # fmt: skip

    # --- arithmetic -----------------------------------------------------------------------------

    def sum_or_difference(self, kind: str, depth: int) -> Made:
        a, b = self.make(kind, depth), self.make(kind, depth)
        if self.random.random() < 0.5:
            run = strict(lambda x, y: x + y)
            return Made(f"({a.text} + {b.text})", lambda s: run(a.of(s), b.of(s)))
        less = strict(lambda x, y: x - y)
        return Made(f"({a.text} - {b.text})", lambda s: less(a.of(s), b.of(s)))

    def times_number(self, kind: str, depth: int) -> Made:
        a, b = self.make("number", depth), self.make("number", depth)
        run = strict(lambda x, y: x * y)
        return Made(f"({a.text} * {b.text})", lambda s: run(a.of(s), b.of(s)))

    def scaled(self, kind: str, depth: int) -> Made:
        a, b = self.make(kind, depth), self.make("number", depth)
        run = strict(lambda x, y: x * y)
        return Made(f"({a.text} * {b.text})", lambda s: run(a.of(s), b.of(s)))

    def price_times_quantity(self, kind: str, depth: int) -> Made:
        a = self.make("quantity", depth)
        run = strict(lambda x, y: x * y)
        return Made(f"({a.text} * rate)", lambda s: run(a.of(s), s["this"]["rate"]))

    def share(self, kind: str, depth: int) -> Made:
        a = self.make("number", depth)
        run = strict(lambda x, y: oracle.quotient(x * y, 100))
        return Made(f"({a.text} * percent / 100)", lambda s: run(a.of(s), s["this"]["percent"]))

    def divided(self, kind: str, depth: int) -> Made:
        a, b = self.make(kind, depth), self.make("number", depth)
        run = strict(oracle.quotient)
        return Made(f"({a.text} / {b.text})", lambda s: run(a.of(s), b.of(s)))

    def ratio(self, kind: str, depth: int) -> Made:
        of = self.random.choice(("money", "quantity"))
        a, b = self.make(of, depth), self.make(of, depth)
        run = strict(oracle.quotient)
        return Made(f"({a.text} / {b.text})", lambda s: run(a.of(s), b.of(s)))

    def negated(self, kind: str, depth: int) -> Made:
        a = self.make(kind, depth)
        run = strict(lambda x: -x)
        return Made(f"(-{a.text})", lambda s: run(a.of(s)))

    def absolute(self, kind: str, depth: int) -> Made:
        a = self.make(kind, depth)
        run = strict(abs)
        return Made(f"abs({a.text})", lambda s: run(a.of(s)))

    def rounded(self, kind: str, depth: int) -> Made:
        a, places = self.make(kind, depth), self.random.randint(-2, 4)
        modes = ("", "", "up", "down", "half_even", "floor", "ceiling", "half_up")
        mode = self.random.choice(modes)
        written = f"round({a.text}, {places}, '{mode}')" if mode else f"round({a.text}, {places})"
        run = strict(lambda x: oracle.rounded(x, places, mode or "half_up"))
        return Made(written, lambda s: run(a.of(s)))

    # --- any kind -------------------------------------------------------------------------------

    def choice(self, kind: str, depth: int) -> Made:
        test = self.make("boolean", depth)
        a, b = self.make(kind, depth), self.make(kind, depth)
        text = f"({a.text} if {test.text} else {b.text})"
        return Made(text, lambda s: a.of(s) if test.of(s) is True else b.of(s))

    def coalesced(self, kind: str, depth: int) -> Made:
        a, b = self.make(kind, depth), self.make(kind, depth)
        return Made(f"coalesce({a.text}, {b.text})", lambda s: oracle.first_known(a.of(s), b.of(s)))

    def least_or_greatest(self, kind: str, depth: int) -> Made:
        a, b = self.make(kind, depth), self.make(kind, depth)
        name, run = self.random.choice((("min", strict(min)), ("max", strict(max))))
        return Made(f"{name}({a.text}, {b.text})", lambda s: run(a.of(s), b.of(s)))

    # --- rows -----------------------------------------------------------------------------------

    def source(self) -> tuple[str, Callable[[Sight], list[Any]], dict[str, tuple[str, ...]]]:
        """Rows to go through: the lines, all taxes, or the taxes of the line in sight."""
        lines = [name for name, fields in self.variables if fields is LINE_FIELDS]
        if lines and self.random.random() < 0.5:
            line = lines[-1]
            return f"{line}.taxes", lambda s: s[line]["taxes"], TAX_FIELDS
        if self.random.random() < 0.35:
            return (
                "items.taxes",
                lambda s: [tax for line in s["this"]["items"] for tax in line["taxes"]],
                TAX_FIELDS,
            )
        return "items", lambda s: s["this"]["items"], LINE_FIELDS

    def generated(self, kind: str, depth: int) -> Made:
        """A generator: text without brackets, meaning a list."""
        where, rows, fields = self.source()
        self.count += 1
        name = f"r{self.count}"
        self.variables.append((name, fields))
        body = self.make(kind, depth)
        test = self.make("boolean", depth) if self.random.random() < 0.5 else None
        self.variables.pop()

        def run(sight: Sight) -> list[Any]:
            inner = [{**sight, name: row} for row in rows(sight)]
            return [body.of(s) for s in inner if test is None or test.of(s) is True]

        suffix = f" if {test.text}" if test is not None else ""
        return Made(f"{body.text} for {name} in {where}{suffix}", run)

    def listed(self, kind: str, depth: int) -> Made:
        if self.random.random() < 0.6 or kind not in LINE_FIELDS:
            return self.generated(kind, depth)
        where, rows, fields = self.source()
        if kind not in fields:
            return self.generated(kind, depth)
        name = self.random.choice(fields[kind])
        return Made(f"{where}.{name}", lambda s: [row[name] for row in rows(s)])

    def aggregated(self, kind: str, depth: int) -> Made:
        values = self.listed(kind, depth)
        name = self.random.choice(("sum", "sum", "avg", "min", "max"))
        run: dict[str, Callable[[list[Any]], Any]] = {
            "sum": oracle.added,
            "avg": oracle.mean,
            "min": lambda many: min(oracle.known(many), default=None),
            "max": lambda many: max(oracle.known(many), default=None),
        }
        return Made(f"{name}({values.text})", lambda s: run[name](values.of(s)))

    def counted(self, kind: str, depth: int) -> Made:
        if self.random.random() < 0.3:
            where, rows, _ = self.source()
            return Made(f"count({where})", lambda s: len(rows(s)))
        values = self.listed(self.random.choice(("money", "text", "number")), depth)
        return Made(f"count({values.text})", lambda s: len(oracle.known(values.of(s))))

    def there(self, kind: str, depth: int) -> Made:
        if self.random.random() < 0.3:
            where, rows, _ = self.source()
            return Made(f"exists({where})", lambda s: bool(rows(s)))
        values = self.generated(self.random.choice(("money", "text")), depth)
        return Made(f"exists({values.text})", lambda s: bool(oracle.known(values.of(s))))

    # --- texts and dates ------------------------------------------------------------------------

    def measured(self, kind: str, depth: int) -> Made:
        text, day, other = (self.make(each, depth) for each in ("text", "date", "date"))
        ways = (
            Made(f"length({text.text})", lambda s: strict(len)(text.of(s))),
            Made(f"number({text.text})", lambda s: strict(oracle.parsed)(text.of(s))),
            Made(f"quarter({day.text})", lambda s: strict(oracle.quarter)(day.of(s))),
            Made(
                f"days_between({day.text}, {other.text})",
                lambda s: strict(lambda a, b: (b - a).days)(day.of(s), other.of(s)),
            ),
        )
        return self.random.choice(ways)

    def cased(self, kind: str, depth: int) -> Made:
        a = self.make("text", depth)
        name, run = self.random.choice((("upper", str.upper), ("lower", str.lower)))
        return Made(f"{name}({a.text})", lambda s: strict(run)(a.of(s)))

    def sliced(self, kind: str, depth: int) -> Made:
        a, start, stop = self.field("text"), self.random.randint(-3, 4), self.random.randint(-2, 8)
        run = strict(lambda text: text[start:stop])
        return Made(f"{a.text}[{start}:{stop}]", lambda s: run(a.of(s)))

    def composed(self, kind: str, depth: int) -> Made:
        money, number = self.make("money", depth), self.make("number", depth)
        text, day = self.make("text", depth), self.make("date", depth)
        ways: tuple[tuple[str, Made, Callable[[Any], str]], ...] = (
            ("{}", money, lambda v: oracle.fixed(v, 2)),
            ("{}", number, oracle.plain),
            ("{:.3}", number, lambda v: oracle.fixed(v, 3)),
            ("{:,}", money, lambda v: oracle.lakhs(oracle.fixed(v, 2))),
            ("{:,}", number, lambda v: oracle.lakhs(oracle.plain(v))),
            ("{:,.1}", number, lambda v: oracle.lakhs(oracle.fixed(v, 1))),
            ("{:5}", number, lambda v: oracle.fixed(v, 0).zfill(5)),
            ("{}", text, str),
            ("{}", day, lambda v: v.isoformat()),
            ("{:dd-MM-yyyy}", day, lambda v: v.strftime("%d-%m-") + f"{v.year:04d}"),
            ("{:dd MMM yy}", day, lambda v: v.strftime("%d %b %y")),
        )
        hole, value, show = self.random.choice(ways)

        def run(sight: Sight) -> str:
            shown = value.of(sight)
            return f"No {'' if shown is None else show(shown)}!"

        return Made(f"text('No {hole}!', {value.text})", run)

    def year_text(self, kind: str, depth: int) -> Made:
        a = self.make("date", depth)
        name, run = self.random.choice((("short", oracle.year_short), ("label", oracle.year_label)))
        return Made(f"fiscal_year({a.text}).{name}", lambda s: strict(run)(a.of(s)))

    def moved(self, kind: str, depth: int) -> Made:
        a, days = self.make("date", depth), self.random.randint(0, 400)
        sign = self.random.choice("+-")
        run = strict(lambda day: day + timedelta(days=days if sign == "+" else -days))
        return Made(f"({a.text} {sign} days({days}))", lambda s: run(a.of(s)))

    def months(self, kind: str, depth: int) -> Made:
        a, count = self.make("date", depth), self.random.randint(-14, 14)
        run = strict(lambda day: oracle.months_later(day, count))
        return Made(f"add_months({a.text}, {count})", lambda s: run(a.of(s)))

    def bound(self, kind: str, depth: int) -> Made:
        a = self.make("date", depth)
        ways: dict[str, Callable[[date], date]] = {
            "month_start({})": lambda day: day.replace(day=1),
            "month_end({})": lambda day: day.replace(day=oracle.last_day(day.year, day.month)),
            "year_start({})": oracle.year_begin,
            "fiscal_year({}).start": oracle.year_begin,
            "fiscal_year({}).end": lambda day: date(oracle.year_begin(day).year + 1, 3, 31),
        }
        text, run = self.random.choice(list(ways.items()))
        return Made(text.format(a.text), lambda s: strict(run)(a.of(s)))

    # --- conditions -----------------------------------------------------------------------------

    def compared(self, kind: str, depth: int) -> Made:
        of = self.random.choice(("number", "number", "money", "quantity", "text", "date"))
        a, b = self.make(of, depth), self.make(of, depth)
        ways: dict[str, Callable[[Any, Any], bool]] = {
            "==": lambda x, y: x == y,
            "!=": lambda x, y: x != y,
            "<": lambda x, y: x < y,
            "<=": lambda x, y: x <= y,
            ">": lambda x, y: x > y,
            ">=": lambda x, y: x >= y,
        }
        sign = self.random.choice(list(ways))
        run = strict(ways[sign])
        return Made(f"({a.text} {sign} {b.text})", lambda s: run(a.of(s), b.of(s)))

    def logical(self, kind: str, depth: int) -> Made:
        a, b = self.make("boolean", depth), self.make("boolean", depth)
        word, run = self.random.choice((("and", oracle.both), ("or", oracle.either)))
        return Made(f"({a.text} {word} {b.text})", lambda s: run(a.of(s), b.of(s)))

    def denied(self, kind: str, depth: int) -> Made:
        a = self.make("boolean", depth)
        return Made(f"(not {a.text})", lambda s: oracle.contrary(a.of(s)))

    def within(self, kind: str, depth: int) -> Made:
        of = self.random.choice(("text", "number", "date"))
        a = self.make(of, depth)
        many = [self.make(of, 0) for _ in range(self.random.randint(1, 3))]
        text = f"[{', '.join(each.text for each in many)}]"
        if self.random.random() < 0.3:
            return Made(
                f"({a.text} not in {text})",
                lambda s: oracle.contrary(oracle.among(a.of(s), [each.of(s) for each in many])),
            )
        return Made(
            f"({a.text} in {text})",
            lambda s: oracle.among(a.of(s), [each.of(s) for each in many]),
        )

    def null_test(self, kind: str, depth: int) -> Made:
        a = self.make(self.random.choice(("number", "text", "date", "money", "boolean")), depth)
        if self.random.random() < 0.5:
            return Made(f"({a.text} is null)", lambda s: a.of(s) is None)
        return Made(f"({a.text} is not null)", lambda s: a.of(s) is not None)

    def text_test(self, kind: str, depth: int) -> Made:
        a, b = self.make("text", depth), self.make("text", depth)
        name, run = self.random.choice(
            (
                ("starts_with", strict(lambda x, y: x[: len(y)] == y)),
                ("contains", strict(lambda x, y: y in x)),
            )
        )
        return Made(f"{name}({a.text}, {b.text})", lambda s: run(a.of(s), b.of(s)))
