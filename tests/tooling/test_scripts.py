"""What `make` runs: stamps, licences, the demo's refusals, the report of skips."""

from __future__ import annotations

import socket
from pathlib import Path

import psycopg
import pytest

from scripts import demo, licences, run_tests, stamps
from scripts.shell import StepFailed, output, run


def test_a_stamp_is_fresh_until_an_input_changes(tmp_path: Path) -> None:
    source = tmp_path / "src"
    source.mkdir()
    (source / "a.ts").write_text("one")
    stamp = tmp_path / "made" / "stamp"
    before = stamps.digest([source])
    stamps.write(stamp, before)
    assert stamps.is_fresh(stamp, stamps.digest([source]))
    (source / "a.ts").write_text("two")
    assert not stamps.is_fresh(stamp, stamps.digest([source]))
    (source / "a.ts").write_text("one")
    (source / "b.ts").write_text("")
    assert stamps.digest([source]) != before, "a new file counts, also an empty one"


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ("MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("GPL-3.0-only", False),
        ("SEE LICENSE IN LICENSE.md", False),
        ("unknown", False),
    ],
)
def test_licence_expressions(expression: str, fits: bool) -> None:
    assert licences.fits(expression) is fits


def test_every_locked_package_that_is_installed_is_looked_at() -> None:
    names = {name for name, _ in licences.python_licences()}
    assert {"django", "psycopg", "pyyaml"} <= names


@pytest.mark.parametrize("port", ["", "web", "0", "70000", "-1"])
def test_the_demo_refuses_what_is_no_port(port: str) -> None:
    with pytest.raises(StepFailed, match="PORT is"):
        demo._require_free(port)


def test_the_demo_names_a_port_that_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StepFailed, match=f"Port {port} cannot be used"):
            demo._require_free(str(port))


def test_reset_removes_the_database_and_its_log_only(tmp_path: Path) -> None:
    for name in ("books.sqlite3", "books.sqlite3-wal", "other.sqlite3"):
        (tmp_path / name).write_text("x")
    demo.reset(f"sqlite:///{tmp_path}/books.sqlite3")
    assert [path.name for path in tmp_path.iterdir()] == ["other.sqlite3"]


def test_reset_leaves_a_postgresql_database_that_is_not_ours(postgresql_database: str) -> None:
    with psycopg.connect(postgresql_database) as line:
        line.execute("create table theirs (id int)")
    with pytest.raises(StepFailed):
        demo.reset(postgresql_database)
    with psycopg.connect(postgresql_database) as line:
        assert line.execute("select count(*) from theirs").fetchone() == (0,)
    with psycopg.connect(postgresql_database) as line:
        line.execute("create table active_appliedcatalog (id int)")
    demo.reset(postgresql_database)
    with psycopg.connect(postgresql_database) as line:
        assert line.execute("select to_regclass('theirs')").fetchone() == (None,)


def test_a_failing_command_says_which(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(StepFailed, match="exit code 3"):
        run(["sh", "-c", "echo what went wrong; exit 3"], quiet=True)
    assert "what went wrong" in capfd.readouterr().err


def test_a_test_that_one_run_skips_and_another_runs_is_not_skipped(tmp_path: Path) -> None:
    outcome = run_tests.Outcome()
    skipped = '<testcase classname="a" name="b"><skipped type="pytest.skip" message="no server"/></testcase>'
    for content in (skipped, '<testcase classname="a" name="c"/>'):
        results = tmp_path / "results.xml"
        results.write_text(f"<testsuites><testsuite>{content}</testsuite></testsuites>")
        run_tests._read(results, outcome)
    assert outcome.skips() == {"a::b": "no server"}
    results.write_text(
        '<testsuites><testsuite><testcase classname="a" name="b"/></testsuite></testsuites>'
    )
    run_tests._read(results, outcome)
    assert outcome.skips() == {}
    assert outcome.ran == {"a::b", "a::c"}


def test_python_is_found_and_a_wrong_one_passed_over() -> None:
    root = demo.ROOT
    found = output(["env", "PYTHON=/no/such/python", "sh", f"{root}/scripts/find_python.sh"])
    assert found
    assert output([found, "-c", "import sys; print(sys.version_info >= (3, 11))"]) == "True"
