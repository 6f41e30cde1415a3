"""Django's settings, from the environment (README.md lists the variables); safe as they stand."""

from __future__ import annotations

import os
from pathlib import Path

from engine_runtime.project import environment

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(os.environ.get("BAHI_VAR", BASE_DIR / "var"))
METADATA_DIR = BASE_DIR / os.environ.get("BAHI_METADATA", "metadata")
UI_DIR = BASE_DIR / "ui_builder" / "dist"

DEBUG = environment.flag("BAHI_DEBUG")
SECRET_KEY = environment.secret_key(VAR_DIR)
ALLOWED_HOSTS = environment.words("BAHI_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.words("BAHI_ORIGINS", "")

# --- applications ------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "rest_framework",
    "engine_runtime",
    "engine_runtime.active",
    "engine_runtime.outbox",
    "engine_runtime.tables",
    "engine_runtime.access",
    "engine_runtime.ledgers",
    "engine_runtime.workflow",
    "engine_runtime.documents",
    "engine_runtime.jobs",
]
MIDDLEWARE = [
    "engine_runtime.api.middleware.RequestEdge",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "engine_runtime.project.urls"
WSGI_APPLICATION = "engine_runtime.project.wsgi.application"
ASGI_APPLICATION = "engine_runtime.project.asgi.application"
TEMPLATES: list[dict[str, object]] = []
APPEND_SLASH = False

# --- database ----------------------------------------------------------------------------------

DATABASES = {
    "default": environment.database(
        os.environ.get("DATABASE_URL", f"sqlite:///{VAR_DIR / 'bahi.sqlite3'}"), BASE_DIR
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
"""Moments are stored and computed in UTC; business dates carry no zone: where `today` is, packs say."""
LANGUAGE_CODE = "en"
USE_I18N = False

# --- people ------------------------------------------------------------------------------------

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# --- transport ---------------------------------------------------------------------------------

_https = environment.flag("BAHI_HTTPS")
"""Behind a proxy that speaks HTTPS: cookies only over it, and browsers are told to stay with it."""
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

STATIC_URL = "/static/"
WHITENOISE_ROOT = UI_DIR if UI_DIR.is_dir() else None
# The page itself is answered by project/ui.py, which also hands out the CSRF cookie; its assets carry their hash.
WHITENOISE_INDEX_FILE = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$"
WHITENOISE_USE_FINDERS = False
WHITENOISE_AUTOREFRESH = DEBUG

# --- REST (owned by engine_runtime/api) --------------------------------------------------------

REST_FRAMEWORK: dict[str, object] = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
}

# --- jobs --------------------------------------------------------------------------------------

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "filesystem://")
if CELERY_BROKER_URL == "filesystem://":
    # A queue of its own for every database, in one folder for both directions: what is sent is received.
    _broker = VAR_DIR / "broker" / environment.fingerprint(DATABASES["default"])
    _queue = _broker / "queue"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue),
        "data_folder_out": str(_queue),
        "processed_folder": str(_broker / "processed"),
        "control_folder": str(_broker / "control"),
        "store_processed": False,
    }
    for _folder in (_queue, _broker / "processed", _broker / "control"):
        _folder.mkdir(parents=True, exist_ok=True)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = 2
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"

LOGGING = environment.logging(os.environ.get("BAHI_LOG", "plain"), "DEBUG" if DEBUG else "INFO")
