"""The WSGI application: `gunicorn engine_runtime.project.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engine_runtime.project.settings")

application = get_wsgi_application()

# Models can be imported once Django is set up, not before.
from engine_runtime.active.watching import watch  # noqa: E402

watch()
