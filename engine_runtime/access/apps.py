"""The Django application of this room."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Label `access`."""

    name = "engine_runtime.access"
    label = "access"
