"""Addresses below /api/. Fixed ones first; what is left belongs to the doctypes of the live catalog."""

from django.urls import path

from engine_runtime.api.explaining import UsesView
from engine_runtime.api.views_auth import LoginView, LogoutView, MeView, TokenView
from engine_runtime.api.views_documents import DocumentsView
from engine_runtime.api.views_periods import PeriodLocksView
from engine_runtime.api.views_reports import ReportsView, ReportView
from engine_runtime.api.views_system import HealthView, MetaView, OpenApiView, docs_page
from engine_runtime.api.views_work import JobView, StandInsView, TaskDoneView, TasksView

urlpatterns = [
    path("auth/token", TokenView.as_view()),
    path("auth/login", LoginView.as_view()),
    path("auth/logout", LogoutView.as_view()),
    path("auth/me", MeView.as_view()),
    path("health", HealthView.as_view()),
    path("meta", MetaView.as_view()),
    path("meta/uses", UsesView.as_view()),
    path("openapi.json", OpenApiView.as_view()),
    path("docs", docs_page),
    path("docs/<str:name>", docs_page),
    path("period-locks", PeriodLocksView.as_view()),
    path("jobs/<int:number>", JobView.as_view()),
    path("tasks", TasksView.as_view()),
    path("tasks/<int:number>/done", TaskDoneView.as_view()),
    path("stand-ins", StandInsView.as_view()),
    path("reports", ReportsView.as_view()),
    path("reports/<str:key>", ReportView.as_view()),
    path("", DocumentsView.as_view(), {"path": ""}),
    path("<path:path>", DocumentsView.as_view()),
]
