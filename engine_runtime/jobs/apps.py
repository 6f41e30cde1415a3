"""The Django application of this room."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Label `jobs`."""

    name = "engine_runtime.jobs"
    label = "jobs"
