"""The command line: ``python -m engine check | test | uses | explain | plan | docs``. Only here the engine prints."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from timeit import default_timer

from engine.catalog.uses import known, uses
from engine.catalog.whole import Catalog
from engine.compiler.codes import CODES
from engine.compiler.compile import Compiled, compile_constructs, compile_folder
from engine.expr.reference import functions_page
from engine.kernel.pack_records import check_records
from engine.kernel.proof import unbalanced_postings
from engine.plan.difference import worst
from engine.plan.migration import migration
from engine.plan.outside import lost_names
from engine.plan.sql import VENDORS, statements
from engine.plan.tables import tables
from engine.problems.problem import Problem
from engine.problems.render import Sources, as_annotation, as_json, as_text
from engine.problems.suggest import did_you_mean
from engine.source.load import load_text
from engine.source.merging import merge_files, told
from engine.spec.json_schema import schemas
from engine.spec.reference import pages
from engine.testing.run import run_tests

DOCS = Path("docs/reference")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0 fine, 1 problems found, 2 misused."""
    options = _parser().parse_args(arguments)
    result: int = options.run(options)
    return result


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m engine", description=__doc__.partition("\n")[0]
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="compile a folder or file and print every problem")
    check.add_argument("path", type=Path)
    check.add_argument("--format", choices=("text", "json", "github"), default="text")
    check.set_defaults(run=_check)
    explain = commands.add_parser("explain", help="say what a problem code means")
    explain.add_argument("code")
    explain.set_defaults(run=_explain)
    plan = commands.add_parser("plan", help="say what changes between two packs")
    plan.add_argument("old", type=Path)
    plan.add_argument("new", type=Path)
    plan.add_argument(
        "--sql", choices=("postgresql", "sqlite", "both"), help="with the SQL of each step"
    )
    plan.set_defaults(run=_plan)
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
    merge.set_defaults(run=_merge)
    test = commands.add_parser(
        "test", help="play the tests that a pack carries, without a database"
    )
    test.add_argument("path", type=Path)
    test.add_argument("--only", default="", help="those whose name has this in it")
    test.set_defaults(run=_test)
    where = commands.add_parser(
        "uses", help="say where a field, a transition or a construct is used"
    )
    where.add_argument("path", type=Path)
    where.add_argument(
        "name", help="for example 'Sales Invoice.customer', 'Stock', 'Order Approval.approve'"
    )
    where.set_defaults(run=_uses)
    docs = commands.add_parser("docs", help="write the reference pages and the schemas for editors")
    docs.add_argument("--to", type=Path, default=DOCS)
    docs.add_argument(
        "--check", action="store_true", help="write nothing; 1 if a page is out of date"
    )
    docs.set_defaults(run=_docs)
    return parser


# --- check -----------------------------------------------------------------------------------------


def _check(options: argparse.Namespace) -> int:
    begin = default_timer()
    compiled = _proved(_compiled(options.path))
    took = default_timer() - begin
    if options.format == "json":
        print(json.dumps(_report(compiled, took), indent=2, ensure_ascii=False))
    elif options.format == "github":
        for problem in compiled.problems:
            print(as_annotation(problem))
    else:
        _print_text(compiled, took)
    return _outcome(compiled)


def _compiled(path: Path) -> Compiled:
    """What lies at ``path``; where nothing is declared that is a problem, as it is where there is no file."""
    compiled = compile_folder(path)
    if compiled.catalog is None or compiled.catalog.owners:
        return compiled
    hint = "Name the folder in which packs lie."
    return Compiled(None, (Problem("E120", f"Nothing is declared in '{path}'.", None, hint),))


def _outcome(compiled: Compiled) -> int:
    """The exit code: 0 fine, 1 problems in files, 2 where there was nothing to look at."""
    if compiled.catalog is not None:
        return 0
    return 1 if any(problem.span is not None for problem in compiled.problems) else 2


def _proved(compiled: Compiled) -> Compiled:
    """Without a catalog where a made-up document does not balance, or a data file cannot be loaded."""
    if compiled.catalog is None:
        return compiled
    wrong = [*check_records(compiled.catalog, Path()), *unbalanced_postings(compiled.catalog)]
    return _with(compiled, wrong)


def _with(compiled: Compiled, wrong: Sequence[Problem]) -> Compiled:
    """``compiled`` and what was found since; without its catalog if any of that is an error."""
    refused = any(problem.severity == "error" for problem in wrong)
    catalog = None if refused else compiled.catalog
    return Compiled(catalog, (*compiled.problems, *wrong))


def _report(compiled: Compiled, took: float) -> dict[str, object]:
    return {
        "ok": compiled.catalog is not None,
        "digest": compiled.catalog.digest if compiled.catalog else None,
        "counts": _counts(compiled.catalog),
        "seconds": round(took, 3),
        "problems": [as_json(problem) for problem in compiled.problems],
    }


def _counts(catalog: Catalog | None) -> dict[str, int]:
    if catalog is None:
        return {}
    return {
        "doctypes": len(catalog.doctypes),
        "fields": sum(len(t.fields) for d in catalog.doctypes.values() for t in d.tables.values()),
        "ledgers": len(catalog.ledgers),
        "rules": len(catalog.rules),
        "reports": len(catalog.reports),
        "roles": len(catalog.roles),
    }


def _print_text(compiled: Compiled, took: float) -> None:
    sources = Sources()
    for problem in compiled.problems:
        print(as_text(problem, sources))
    errors = sum(problem.severity == "error" for problem in compiled.problems)
    if compiled.catalog is None:
        files = len({problem.span.file for problem in compiled.problems if problem.span})
        print(f"{_many(errors, 'problem')} in {_many(files, 'file')} ({took:.2f} s)")
        return
    counts = ", ".join(f"{n} {name}" for name, n in _counts(compiled.catalog).items())
    found = _many(len(compiled.problems), "warning") if compiled.problems else "no problems"
    print(f"{found}: {counts} ({took:.2f} s)")


def _many(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


# --- explain ---------------------------------------------------------------------------------------


def _explain(options: argparse.Namespace) -> int:
    code = options.code.upper()
    meaning = CODES.get(code)
    if meaning is None:
        print(f"There is no code {code}. {did_you_mean(code, CODES)}".strip(), file=sys.stderr)
        return 2
    print(f"{code}: {meaning.title}\n\n{meaning.explanation}")
    if meaning.example:
        print(f"\nFor example\n\n{_indented(meaning.example)}\ngives\n")
        sources = Sources({"example.yaml": meaning.example})
        for problem in compile_example(meaning.example):
            print(_indented(as_text(problem, sources)))
    return 0


def compile_example(text: str) -> tuple[Problem, ...]:
    """The problems of one YAML text."""
    constructs, problems = load_text(text, "example.yaml")
    return compile_constructs(constructs, problems).problems


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


# --- plan ------------------------------------------------------------------------------------------


def _plan(options: argparse.Namespace) -> int:
    found: list[Catalog] = []
    for path in (options.old, options.new):
        compiled = compile_folder(path)
        if compiled.catalog is None:
            _print_text(compiled, 0)
            return 1
        found.append(compiled.catalog)
    move = migration(tables(found[0]), found[1], found[0])
    if move.rewrite.unfit:
        _print_text(Compiled(None, move.rewrite.unfit), 0)
        return 1
    for change in move.changes:
        print(f"{change.risk:<12} {change.text}")
        for vendor in VENDORS if options.sql == "both" else (options.sql,) if options.sql else ():
            for statement in statements(change, vendor):
                print(f"    {vendor:<11} {statement}")
    lost = lost_names(*found)
    for text in lost:
        print(f"{'outside':<12} {text}")
    left = f"; {_many(len(lost), 'name')} that outsiders use" if lost else ""
    print(f"{_many(len(move.changes), 'change')}: {worst(move.changes)}{left}")
    return 0


# --- uses ------------------------------------------------------------------------------------------


def _uses(options: argparse.Namespace) -> int:
    compiled = compile_folder(options.path)
    if compiled.catalog is None:
        _print_text(compiled, 0)
        return 1
    every = uses(compiled.catalog)
    names = {*known(compiled.catalog), *every}
    if options.name not in names:
        hint = did_you_mean(options.name, names)
        print(f"Nothing is called '{options.name}'. {hint}".strip(), file=sys.stderr)
        return 2
    found = every.get(options.name, ())
    for use in found:
        place = f"{use.span.file}:{use.span.line}:{use.span.column}: " if use.span else ""
        print(f"{place}{use.owner} · {use.place}" + (f": {use.text}" if use.text else ""))
    print(f"{options.name} is used in {_many(len(found), 'place')}")
    return 0


# --- test ------------------------------------------------------------------------------------------


def _test(options: argparse.Namespace) -> int:
    compiled = _compiled(options.path)
    if compiled.catalog is not None:
        compiled = _with(compiled, check_records(compiled.catalog, Path()))
    if compiled.catalog is None:
        _print_text(compiled, 0)
        return _outcome(compiled)
    begin = default_timer()
    played = list(run_tests(compiled.catalog, options.only))
    if options.only and not played:
        names = [test.name for test in compiled.catalog.tests.values() if not test.is_scene]
        hint = did_you_mean(options.only, names)
        print(f"No test has '{options.only}' in its name. {hint}".strip(), file=sys.stderr)
        return 2
    for one in played:
        for failure in one.failures:
            print(failure)
    failed = sum(bool(one.failures) for one in played)
    took = default_timer() - begin
    print(f"{_many(len(played), 'test')}, {failed} failed ({took:.2f} s)")
    return 1 if failed else 0


# --- merge -----------------------------------------------------------------------------------------


def _merge(options: argparse.Namespace) -> int:
    to: Path | None = options.to
    if to is not None and to.exists() and any(to.iterdir()):
        print(f"{to} is not empty; the result goes into a new folder.", file=sys.stderr)
        return 2
    try:
        sides = [_texts(folder) for folder in (options.old, options.local, options.new)]
    except (FileNotFoundError, UnicodeDecodeError) as error:
        print(error, file=sys.stderr)
        return 2
    merged = merge_files(*sides)
    if to is not None:
        for name, text in merged.files.items():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            (to / name).write_text(text, encoding="utf-8", newline="")
    for line in told(merged.conflicts):
        print(line)
    taken = sum(sides[1].get(name) != text for name, text in merged.files.items())
    taken += len(sides[1].keys() - merged.files.keys())
    print(f"{_many(taken, 'file')} changed, {_many(len(merged.conflicts), 'conflict')}")
    return 1 if merged.conflicts else 0


def _texts(folder: Path) -> dict[str, str]:
    """Every file below ``folder``: its path → its text. Raises FileNotFoundError, UnicodeDecodeError."""
    if not folder.is_dir():
        raise FileNotFoundError(f"There is no folder {folder}.")
    return {
        file.relative_to(folder).as_posix(): file.read_bytes().decode("utf-8")
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    }


# --- docs ------------------------------------------------------------------------------------------


def _docs(options: argparse.Namespace) -> int:
    wanted = {options.to / name: text for name, text in pages(CODES).items()}
    wanted[options.to / "functions.md"] = functions_page()
    for name, schema in schemas().items():
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        wanted[options.to / "schemas" / f"{name}.schema.json"] = text
    stale = [
        path
        for path, text in wanted.items()
        if not path.exists() or path.read_text("utf-8") != text
    ]
    if options.check:
        for path in stale:
            print(f"{path} is out of date: run python -m engine docs", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
    print(f"{_many(len(stale), 'file')} of {len(wanted)} written to {options.to}")
    return 0
