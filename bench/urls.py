"""The product's addresses and the bare views, each under /bench/<name of a recording>."""

from django.urls import include, path

from bench.bare import bare

urlpatterns = [
    path("bench/<str:name>", bare),
    path("", include("engine_runtime.project.urls")),
]
