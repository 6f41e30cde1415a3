"""Addresses: everything under /api/ is the API, everything else is the browser application."""

from django.urls import include, path, re_path

from engine_runtime.api.views_documents import DocumentsView
from engine_runtime.project.ui import application

urlpatterns = [
    path("api/", include("engine_runtime.api.urls")),
    path("api", DocumentsView.as_view(), {"path": ""}),
    # Files of the application are served by WhiteNoise before this; what is left are addresses inside it.
    re_path(r"^(?!api/|static/).*$", application),
]
