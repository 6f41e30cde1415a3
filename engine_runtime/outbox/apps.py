"""The Django application of this room."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Label `outbox`."""

    name = "engine_runtime.outbox"
    label = "outbox"
