"""The Django application of this room."""

from django.apps import AppConfig


class TablesConfig(AppConfig):
    """Label `tables`."""

    name = "engine_runtime.tables"
    label = "tables"
