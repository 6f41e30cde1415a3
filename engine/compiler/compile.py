"""The whole way from constructs to the catalog. Public: ``compile_folder``, ``compile_constructs``.

Passes in order, each (in) → (out, problems): shape, packs, sight, inherit, collect, fields, rules, ledgers,
postings of ledgers, doctypes (calculation, order, fields, postings, balance, checks, numbering,
permissions, presentation), facts, reports, menus.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import Ledger
from engine.catalog.mentions import Mention
from engine.catalog.rules import RuleSet
from engine.catalog.uses import uses
from engine.catalog.whole import Catalog
from engine.compiler import view
from engine.compiler.ages import check_since, deprecated, warned
from engine.compiler.asked import plan_asked
from engine.compiler.change import settle_changes
from engine.compiler.doctypes import compile_doctype
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.effects import check_effect_circles
from engine.compiler.expiring import compile_expiring
from engine.compiler.facts import FactPlanner, of_making
from engine.compiler.fields import settle_fields
from engine.compiler.fixed import fixed_fields
from engine.compiler.inherit import inherit
from engine.compiler.known import Known
from engine.compiler.ledgers import LedgerDraft, compile_ledgers, settle_ledgers
from engine.compiler.limits import compile_limits
from engine.compiler.mentions import mentions
from engine.compiler.pack_contents import compile_country, compile_packs
from engine.compiler.packs import Packs, settle_packs
from engine.compiler.parts import parts
from engine.compiler.posting_order import check_ledger_circles
from engine.compiler.postings import PostingCompiler
from engine.compiler.program import Program, collect
from engine.compiler.reports import compile_menus, compile_reports, compile_roles
from engine.compiler.rules import compile_rules
from engine.compiler.schedules import compile_schedules
from engine.compiler.schema import DraftSchema
from engine.compiler.shape import check_shapes
from engine.compiler.sight import check_fields_in_sight, check_sight
from engine.compiler.targets import Targets
from engine.compiler.tests import compile_tests
from engine.compiler.text_types import compile_text_types
from engine.compiler.units import check_units
from engine.compiler.workflow import state_names, unused_workflows
from engine.problems.problem import Problem
from engine.problems.render import in_order
from engine.source.collecting import not_collecting
from engine.source.load import Files, load_folder
from engine.source.nodes import Construct, Mapping
from engine.source.packs import name_packs
from engine.spec.common import FIXED_ADDRESSES
from engine.spec.kinds import MapOf


@dataclass(frozen=True, slots=True)
class Compiled:
    """``catalog`` is None when any problem is an error. ``problems`` are sorted by place.

    ``mentions``, where they were asked for: every name under a key and what it stands for. With what expressions read
    that is all that ``engine.catalog.uses`` knows.
    """

    catalog: Catalog | None
    problems: tuple[Problem, ...]
    mentions: tuple[Mention, ...] = ()


def compile_folder(
    path: Path, files: Files | None = None, *, with_mentions: bool = False
) -> Compiled:
    """Compile all YAML files under ``path``; ``files``, as they were read last, are parsed where they changed."""
    with not_collecting():
        constructs, problems = load_folder(path, files)
        known = files.checked if files is not None else None
        return compile_constructs(constructs, problems, known, with_mentions=with_mentions)


def compile_constructs(
    constructs: Sequence[Construct],
    problems: Sequence[Problem] = (),
    known: dict[int, Any] | None = None,
    *,
    with_mentions: bool = False,
) -> Compiled:
    """Compile loaded constructs; ``problems`` are those of loading. The nodes are used up.

    ``known``: what was found of the shape of nodes the last time; it is kept up to date.
    """
    digest = _digest(constructs)
    found = list(problems)
    name_packs(constructs)
    shaped, wrong = check_shapes(constructs, known)
    found += wrong
    packs, wrong = settle_packs(shaped)
    found += wrong
    catalog, named = None, tuple[Mention, ...]()
    if not wrong:
        catalog, wrong, named = _of_packs(packs.put_in_order(shaped), packs, digest, with_mentions)
        found += wrong
    ordered = in_order(found)
    if any(problem.severity == "error" for problem in ordered):
        return Compiled(None, ordered)
    return Compiled(catalog, ordered, named)


def _of_packs(
    constructs: list[Construct], packs: Packs, digest: str, with_mentions: bool
) -> tuple[Catalog, list[Problem], tuple[Mention, ...]]:
    """``constructs`` are in the order of their packs, which fit together."""
    problems = [*check_since(constructs, packs), *check_sight(constructs, packs)]
    merged, wrong = inherit(constructs, packs)
    problems += wrong
    problems += check_fields_in_sight(merged, packs)
    program, wrong = collect(merged)
    problems += wrong
    program.text_types, wrong = compile_text_types(program.types)
    problems += wrong
    catalog, wrong = _resolve(program, packs, digest)
    problems += wrong
    if problems:
        return catalog, problems, ()
    said = deprecated(merged, catalog)
    named = mentions(merged, catalog) if with_mentions or said else ()
    warnings = warned(said, uses(catalog, named)) if said else []
    return catalog, warnings, named


def _resolve(program: Program, packs: Packs, digest: str) -> tuple[Catalog, list[Problem]]:
    problems: list[Problem] = []
    targets = Targets(program)
    drafts, wrong = settle_fields(program, targets, packs)
    problems += wrong
    _hush(drafts, targets)
    for draft in drafts.values():
        draft.states = state_names(draft, program)
    problems += settle_changes(program, drafts, targets)
    country, wrong = compile_country(packs)
    problems += wrong
    schema = DraftSchema(drafts, packs, country)
    ledger_drafts, wrong = settle_ledgers(program, schema, targets)
    problems += wrong
    problems += check_units(program, schema, drafts, ledger_drafts)
    rules, wrong = compile_rules(program, schema, targets)
    problems += wrong
    ledgers, wrong = _ledgers(program, schema, ledger_drafts)
    problems += wrong
    known = Known(program, schema, drafts, rules, ledger_drafts, ledgers, targets)
    doctypes, wrong = _doctypes(known)
    problems += [*wrong, *unused_workflows(known)]
    doctypes, wrong = compile_limits(known, doctypes)
    problems += wrong
    doctypes, wrong = _reaching(doctypes, ledgers, rules)
    problems += wrong
    problems += check_effect_circles(
        {name: doctype.on for name, doctype in doctypes.items()},
        {name: doctype.span for name, doctype in doctypes.items()},
    )
    planner = FactPlanner(doctypes, ledgers, rules)
    expiring = (ledger for ledger in ledgers.values() if ledger.by_lot)
    lot_facts = {ledger.name: planner.plan_entries(ledger) for ledger in expiring}
    schedules, wrong = compile_schedules(known, doctypes, planner)
    problems += wrong
    reports, wrong = compile_reports(program, schema, ledger_drafts, targets)
    problems += wrong
    menu, wrong = compile_menus(program, doctypes, reports)
    problems += wrong
    problems += _routes(doctypes, drafts)
    tests, wrong = compile_tests(known, doctypes)
    problems += wrong
    contents, wrong = compile_packs(program, packs, doctypes)
    problems = _not_told_where_declared([*problems, *wrong], program, drafts)
    catalog = Catalog(
        digest=digest,
        doctypes=doctypes,
        ledgers=ledgers,
        rules=rules,
        reports=reports,
        roles=compile_roles(program),
        menu=menu,
        by_key={doctype.key: name for name, doctype in doctypes.items()},
        tests=tests,
        packs=contents,
        text_types=program.text_types,
        owners=program.owners(),
        schedules=schedules,
        lot_facts=lot_facts,
        country=country,
    )
    return catalog, problems


_OF_THE_WHOLE = frozenset({"E502", "E544", "E561"})
"""A ledger that cannot balance, documents that make one another without end, states that nobody reaches."""


def _not_told_where_declared(
    problems: list[Problem], program: Program, drafts: Dictionary[str, DoctypeDraft]
) -> list[Problem]:
    """``problems`` without those of names that are declared, and wrongly: that is told where they are.

    What follows from the whole is told once its parts are right.
    """
    parts_wrong = [problem for problem in problems if problem.code not in _OF_THE_WHOLE]
    problems = parts_wrong or problems
    if not any(problem.missing for problem in problems):
        return problems
    told = {name for d in drafts.values() for table in d.tables.values() for name in table.dropped}
    for construct in program.constructs():
        for _, node, kind in parts(construct):
            if isinstance(kind, MapOf) and isinstance(node, Mapping) and kind.keys == "new":
                told |= node.dropped
    return [problem for problem in problems if problem.missing not in told]


def _reaching(
    doctypes: dict[str, Doctype], ledgers: dict[str, Ledger], rules: dict[str, RuleSet]
) -> tuple[dict[str, Doctype], list[Problem]]:
    """What each doctype must know of others, and what entries fix of it."""
    planner = FactPlanner(doctypes, ledgers, rules)
    found: dict[str, Doctype] = {}
    problems: list[Problem] = []
    for name, doctype in doctypes.items():
        fixed, wrong = fixed_fields(doctype, ledgers)
        problems += wrong
        planned = replace(
            doctype,
            facts=planner.plan(doctype),
            fixed=fixed,
            make_facts={
                source: planner.plan(doctypes.get(source, doctype), of_making(mapping))
                for source, mapping in doctype.make_from.items()
            },
        )
        found[name] = plan_asked(planned, planner)
    return found, problems


def _digest(constructs: Sequence[Construct]) -> str:
    """Of the texts of all files, in the order of their names."""
    sources = sorted((c.file, c.text) for c in constructs if c.text)
    digest = hashlib.sha256()
    for _, text in sources:
        data = text.encode()
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def _hush(drafts: Dictionary[str, DoctypeDraft], targets: Targets) -> None:
    """What is wrong in an abstract doctype is reported by those that are like it, if there are any."""
    for draft in drafts.values():
        draft.quiet = draft.abstract and bool(targets.below(draft.name))


def _ledgers(
    program: Program, schema: DraftSchema, drafts: Dictionary[str, LedgerDraft]
) -> tuple[dict[str, Ledger], list[Problem]]:
    plain, problems = compile_ledgers(drafts, schema, program.roles)
    broken = frozenset(program.ledgers.keys() - drafts.keys())
    compiler = PostingCompiler(schema, drafts, broken, program)
    ledgers = {
        name: replace(ledger, posts=compiler.of_ledger(drafts[name], plain))
        for name, ledger in plain.items()
    }
    ledgers, wrong = compile_expiring(drafts, ledgers, schema)
    spans = {name: draft.construct.span for name, draft in drafts.items()}
    circles = check_ledger_circles(ledgers, spans)
    return ledgers, [*problems, *compiler.problems, *wrong, *circles]


def _doctypes(known: Known) -> tuple[dict[str, Doctype], list[Problem]]:
    found: dict[str, Doctype] = {}
    wrong: dict[str, list[Problem]] = {}
    for draft in known.drafts.values():
        if not draft.broken:
            found[draft.name], wrong[draft.name] = compile_doctype(draft, known)
    problems: list[Problem] = []
    for name, draft in known.drafts.items():
        if not draft.quiet:
            problems += _not_inherited(known, wrong, name)
    return found, problems


def _not_inherited(known: Known, wrong: Dictionary[str, list[Problem]], name: str) -> list[Problem]:
    """The problems of a doctype that are not also problems of the one it is like: those are told once."""
    base = view.text(known.drafts[name].node, "like")
    above = known.drafts.get(base or "")
    if above is None or above.quiet:
        return wrong.get(name, [])
    told = {(p.code, p.message.replace(above.name, "")) for p in wrong.get(above.name, ())}
    return [p for p in wrong.get(name, ()) if (p.code, p.message.replace(name, "")) not in told]


def _routes(
    doctypes: Dictionary[str, Doctype], drafts: Dictionary[str, DoctypeDraft]
) -> list[Problem]:
    """Two doctypes at one address, or one at an address of the system."""
    problems: list[Problem] = []
    first: dict[str, Doctype] = {}
    for doctype in doctypes.values():
        if doctype.abstract or doctype.child:
            continue
        if doctype.api.split("/")[0] in FIXED_ADDRESSES:
            said = view.scalar(drafts[doctype.name].node, "api")
            message = f"/api/{doctype.api} is an address of the system itself: '{doctype.name}' would have none."
            hint = f"Give it another address, as in api: {drafts[doctype.name].key}-records."
            span = said.span if said is not None else doctype.span
            problems.append(Problem("E117", message, span, hint))
            continue
        other = first.setdefault(doctype.api, doctype)
        if other is not doctype:
            message = (
                f"'{doctype.name}' and '{other.name}' have the same address /api/{doctype.api}."
            )
            problems.append(
                Problem("E115", message, doctype.span, "Give one of them another 'api'.")
            )
    return problems
