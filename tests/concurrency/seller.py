"""A client that is killed in the middle of its work: ``python -m tests.concurrency.seller COMPANY ITEM``.

It drafts, submits, sells and cancels in a loop, and says so, line by line, as soon as a call is done. Where it is told
that others are at work, it goes on with the next.
"""

from __future__ import annotations

import sys
from contextlib import suppress

import django

MOST = 2000


def main(company: int, item: str) -> None:
    """Work until killed."""
    # Django's models cannot be imported before its settings are read.
    from engine_runtime.access.actor import system_actor  # noqa: PLC0415
    from engine_runtime.documents import service  # noqa: PLC0415
    from engine_runtime.documents.errors import Locked  # noqa: PLC0415
    from engine_runtime.documents.service import Reference  # noqa: PLC0415
    from tests.company import DAY, line  # noqa: PLC0415

    actor = system_actor(company)
    invoice = {"customer": "C1", "branch": "PUN", "posting_date": DAY}
    print("ready", flush=True)  # noqa: T201

    def work(number: int) -> None:
        lines = [line(item, 1), line(item, "0.5", 120)]
        [draft] = service.create(actor, "Sales Invoice", [{**invoice, "items": lines}])
        done = service.submit(actor, "Sales Invoice", [Reference(draft["id"])])
        done += service.create(actor, "Sales Invoice", [{**invoice, "items": lines}], submit=True)
        if number % 3 == 0:
            service.cancel(actor, "Sales Invoice", [Reference(done[1]["id"])], reason="Wrong")
        for row in done:
            print(row["number"], flush=True)  # noqa: T201

    for number in range(MOST):
        with suppress(Locked):
            work(number)


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), sys.argv[2])
