"""``python -m tests.browser.people``: a company of the pack in ``tests/browser/pack``, and who works in it."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engine_runtime.project.settings")
PEOPLE = {"ravi": ["Clerk"], "asha": ["Clerk", "Accountant"], "anna": ["Accountant"]}
PASSWORD = "a-day-in-2026"


def main() -> None:
    """Everybody gets ``PASSWORD``."""
    django.setup()
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - after the set-up

    from engine_runtime.access.actor import system_actor  # noqa: PLC0415
    from engine_runtime.access.joining import join  # noqa: PLC0415
    from engine_runtime.documents import service  # noqa: PLC0415

    row = {"code": "ONE", "name": "One Company"}
    (company,) = service.create(system_actor(), "Company", [row])
    for name, roles in PEOPLE.items():
        user = get_user_model().objects.create_user(name, password=PASSWORD)
        join(user.pk, company["id"], roles)


if __name__ == "__main__":
    main()
