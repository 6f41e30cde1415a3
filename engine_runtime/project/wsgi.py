"""The WSGI application: `gunicorn engine_runtime.project.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "engine_runtime.project.settings")

application = get_wsgi_application()
