"""The Django application of this room."""

from django.apps import AppConfig


class LedgersConfig(AppConfig):
    """Label `ledgers`."""

    name = "engine_runtime.ledgers"
    label = "ledgers"
