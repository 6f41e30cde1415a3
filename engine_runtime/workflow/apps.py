"""The Django application of this room."""

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    """Label `workflow`."""

    name = "engine_runtime.workflow"
    label = "workflow"
