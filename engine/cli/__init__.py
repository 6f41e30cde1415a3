"""The command line: ``python -m engine check | format | test | uses | plan | merge | explain | docs``.

Only here it prints. Each command is a module of its own, imported when it is asked for.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

DOCS = Path("docs/reference")

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0 fine, 1 problems found, 2 misused."""
    options = _parser().parse_args(arguments)
    result: int = import_module(f"engine.cli.{options.command}").run(options)
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m engine", description=__doc__.partition("\n")[0]
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _of_one_folder(commands)
    _of_versions(commands)
    explain = commands.add_parser("explain", help="say what a problem code means")
    explain.add_argument("code")
    explain.set_defaults(command="explain")
    docs = commands.add_parser("docs", help="write the reference pages and the schemas for editors")
    docs.add_argument("--to", type=Path, default=DOCS)
    docs.add_argument(
        "--check", action="store_true", help="write nothing; 1 if a page is out of date"
    )
    docs.set_defaults(command="docs")
    return parser


def _of_one_folder(commands: Commands) -> None:
    check = commands.add_parser("check", help="compile a folder or file and print every problem")
    check.add_argument("path", type=Path)
    check.add_argument("--format", choices=("text", "json", "github"), default="text")
    check.set_defaults(command="check")
    form = commands.add_parser(
        "format", help="repair how files are written: quotes, tabs, blanks, line ends"
    )
    form.add_argument("paths", type=Path, nargs="+", metavar="path")
    form.add_argument("--check", action="store_true", help="write nothing; 1 if anything is amiss")
    form.set_defaults(command="format")
    test = commands.add_parser(
        "test", help="play the tests that a pack carries, without a database"
    )
    test.add_argument("path", type=Path)
    test.add_argument("--only", default="", help="those whose name has this in it")
    test.set_defaults(command="test")
    where = commands.add_parser(
        "uses", help="say where a field, a transition or a construct is used"
    )
    where.add_argument("path", type=Path)
    where.add_argument(
        "name", help="for example 'Sales Invoice.customer', 'Stock', 'Order Approval.approve'"
    )
    where.set_defaults(command="uses")


def _of_versions(commands: Commands) -> None:
    plan = commands.add_parser("plan", help="say what changes between two packs")
    plan.add_argument("old", type=Path)
    plan.add_argument("new", type=Path)
    plan.add_argument(
        "--sql", choices=("postgresql", "sqlite", "both"), help="with the SQL of each step"
    )
    plan.set_defaults(command="plan")
    merge = commands.add_parser(
        "merge", help="bring a new version of a pack together with what was changed here"
    )
    for name, what in (
        ("old", "the version that was shipped"),
        ("local", "what was made of it here"),
        ("new", "the version that is shipped now"),
    ):
        merge.add_argument(name, type=Path, help=what)
    merge.add_argument("--to", type=Path, help="a new folder for the result")
    merge.set_defaults(command="merge")
