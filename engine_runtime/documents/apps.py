"""The Django application of this room."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Label `documents`."""

    name = "engine_runtime.documents"
    label = "documents"
