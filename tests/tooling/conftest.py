"""A PostgreSQL database for one test, where a server answers."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest

from bench.databases import named
from scripts.services import postgresql_url


@pytest.fixture
def postgresql_database() -> Iterator[str]:
    url = postgresql_url()
    name = f"bahi_tooling_{os.getpid()}"
    try:
        server = psycopg.connect(url, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        pytest.skip("PostgreSQL does not answer; name a server in BAHI_TEST_POSTGRESQL")
    with server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield named(url, name)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
