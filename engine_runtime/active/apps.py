"""The Django application of this room."""

from django.apps import AppConfig


class ActiveConfig(AppConfig):
    """Label `active`."""

    name = "engine_runtime.active"
    label = "active"
