"""The ASGI application, for server-sent events in a process of its own; the API runs under WSGI."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engine_runtime.project.settings")

application = get_asgi_application()

# Models can be imported once Django is set up, not before.
from engine_runtime.active.watching import watch  # noqa: E402

watch()
