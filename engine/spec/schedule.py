"""The construct ``schedule``."""

from __future__ import annotations

from engine.spec.common import ANYWHERE, WHEN
from engine.spec.flow import EFFECTS
from engine.spec.kinds import Key, Name, Shape, Text
from engine.spec.sources import source_key

EVERY_FORMS = ("5 minutes", "hour", "6 hours", "day at 02:00", "month on 1", "month on 31 at 23:30")

SCHEDULE = Shape(
    "schedule",
    "What is done by itself at certain times (Indian Standard Time), in every company. A run that was missed is "
    "made up for, day by day; a row that fails is reported and stops no other. `row` is what `each` goes through, "
    "`today` the day on which it was due.",
    {
        "schedule": Key(Name("new"), "Its name.", "schedule: Bill Subscriptions", required=True),
        "every": Key(
            Text(60),
            "When: "
            + ", ".join(f"`{form}`" for form in EVERY_FORMS)
            + ". A month that is shorter ends earlier.",
            "every: day at 02:00",
            required=True,
        ),
        "each": source_key(
            "Once per row of this source; without it once.",
            "each: {doctype: Subscription, where: row.next_from <= today}",
        ),
        "when": WHEN,
        "do": Key(
            EFFECTS,
            "What is set going, by key. All of one row is done, or nothing of it.",
            "do: {bill: {make: Sales Invoice, submit: true, once: [row, row.next_from]}}",
            required=True,
        ),
        **ANYWHERE,
    },
)
