"""Django's settings for the measured server: the product's, with the bare views added to its addresses."""

from engine_runtime.project.settings import *  # noqa: F403 - settings are one flat set of names

ROOT_URLCONF = "bench.urls"
