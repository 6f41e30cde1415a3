"""Last pass, contents of packs: the records they bring, and what they say of calendar, clock and numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dictionary
from pathlib import PurePosixPath
from typing import Literal, cast
from zoneinfo import available_timezones

from engine.catalog.doctypes import Doctype
from engine.catalog.packs import DataFile, Pack
from engine.compiler import view
from engine.compiler.packs import Packs
from engine.compiler.program import Program
from engine.expr.country import MILLIONS, Country
from engine.expr.types import COMPANY_DOCTYPE
from engine.problems.problem import Problem
from engine.problems.suggest import did_you_mean
from engine.source.nodes import Construct, Mapping, Scalar

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_GROUPS = re.compile(r"[1-9](, ?[1-9]){0,3}|none")
_FORMATS = (".csv", ".yaml", ".yml")


def compile_packs(
    program: Program, packs: Packs, doctypes: Dictionary[str, Doctype]
) -> tuple[dict[str, Pack], list[Problem]]:
    """Packs by name, in the order in which they are applied."""
    compiler = _Compiler(program, packs, doctypes)
    found = {name: compiler.pack(packs.headers[name].construct) for name in packs.order}
    return found, compiler.problems


def compile_country(packs: Packs) -> tuple[Country, list[Problem]]:
    """What the packs say of fiscal years, the clock, large numbers and digits; one of them may say it."""
    problems: list[Problem] = []
    said: dict[str, tuple[str, Scalar]] = {}
    for name in packs.order:
        node = packs.headers[name].construct.node
        year = view.mapping(node, "fiscal_year")
        starts = view.scalar(year, "starts") if year is not None else None
        plain = ((key, view.scalar(node, key)) for key in ("time_zone", "digit_groups"))
        for key, value in (("fiscal_year", starts), *plain):
            wrong = _fault(packs, name, key, value, said.get(key))
            if wrong is not None:
                problems.append(wrong)
            elif value is not None:
                said[key] = (name, value)
    month = int(said["fiscal_year"][1].text[:2]) if "fiscal_year" in said else 1
    zone = said["time_zone"][1].text if "time_zone" in said else "UTC"
    large = [text for _, text in sorted(_large_numbers(packs, problems), reverse=True)]
    groups = said["digit_groups"][1].text.replace(" ", "") if "digit_groups" in said else "3"
    groups = "" if groups == "none" else groups
    return Country(month, zone, ",".join(large) or MILLIONS, groups), problems


def _large_numbers(packs: Packs, problems: list[Problem]) -> list[tuple[int, str]]:
    """(number, as ``Country`` writes it) of the one pack that says them."""
    found: list[tuple[int, str]] = []
    by = ""
    for name in packs.order:
        for word, value in view.texts_of(packs.headers[name].construct.node, "large_numbers"):
            number = int(value.text) if value.text.isdecimal() else 0
            if by and by != name:
                message = f"'large_numbers' is set here by {name} and by {by}."
                problems.append(Problem("E176", message, word.span, "Leave it to one of the two."))
                break
            if number <= 1000 or not word.text.isalpha():
                message = f"'{word.text}: {value.text}' is no word for a number above a thousand."
                problems.append(
                    Problem("E113", message, value.span, "For example Million: 1000000.")
                )
            else:
                found.append((number, f"{number} {word.text}"))
            by = name
    return found


def _fault(
    packs: Packs, pack: str, key: str, value: Scalar | None, before: tuple[str, Scalar] | None
) -> Problem | None:
    if value is None:
        return None
    text = value.text
    if key == "fiscal_year" and not (
        len(text) == 5 and text[2:] == "-01" and text[:2].isdigit() and 1 <= int(text[:2]) <= 12
    ):
        message = f"A fiscal year starts on the first of a month, and '{text}' is none."
        return Problem("E113", message, value.span, "For example 04-01.")
    if key == "time_zone" and text not in available_timezones():
        hint = did_you_mean(text, available_timezones())
        return Problem("E113", f"There is no time zone '{text}'.", value.span, hint)
    if key == "digit_groups" and not _GROUPS.fullmatch(text):
        message = f"'{text}' is no size of groups of digits."
        return Problem("E113", message, value.span, "For example 3, or 3, 2 for 12,34,567.")
    if before is not None and before[1].text != text and not packs.sees(pack, before[0]):
        by, at = before
        message = f"'{key}' is set here by {pack} and at {at.span.file}:{at.span.line} by {by}."
        return Problem("E176", message, value.span, "Leave it to one of the two.")
    return None


class _Compiler:
    def __init__(self, program: Program, packs: Packs, doctypes: Dictionary[str, Doctype]) -> None:
        self.problems: list[Problem] = []
        self._program = program
        self._packs = packs
        self._doctypes = doctypes

    def pack(self, construct: Construct) -> Pack:
        node = construct.node
        self._languages(node)
        return Pack(
            name=construct.name,
            version=view.text(node, "version") or "",
            span=construct.span,
            title=view.text(node, "title") or construct.name,
            scope=view.text(node, "scope") or "",
            requires={name.text: text.text for name, text in view.texts_of(node, "requires")},
            reaches=self._packs.reaches[construct.name],
            company=self._company(node),
            data={
                name.text: data
                for name, entry in view.maps(node, "data")
                if (data := self._data(construct, name, entry)) is not None
            },
        )

    def _languages(self, node: Mapping) -> None:
        for name in view.names(node, "languages"):
            if _LANGUAGE.fullmatch(name.text) is None:
                message = f"'{name.text}' is no code of a language."
                self.problems.append(
                    Problem("E113", message, name.span, "For example en, or pt-BR.")
                )

    def _company(self, node: Mapping) -> dict[str, str]:
        doctype = self._doctypes.get(COMPANY_DOCTYPE)
        found: dict[str, str] = {}
        for name, value in view.texts_of(node, "company"):
            if doctype is not None and name.text not in doctype.fields:
                hint = did_you_mean(name.text, doctype.fields)
                message = f"{COMPANY_DOCTYPE} has no field '{name.text}'."
                self.problems.append(Problem("E302", message, name.span, hint, missing=name.text))
            found[name.text] = value.text
        return found

    def _data(self, construct: Construct, name: Scalar, node: Mapping) -> DataFile | None:
        doctype, file = view.scalar(node, "doctype"), view.scalar(node, "file")
        if doctype is None or file is None:
            return None
        path = PurePosixPath(file.text)
        if path.is_absolute() or ".." in path.parts or path.suffix.lower() not in _FORMATS:
            message = f"'{file.text}' is no file of the pack."
            hint = "It lies in the folder of the pack or below, and ends in .csv, .yaml or .yml."
            self.problems.append(Problem("E113", message, file.span, hint))
            return None
        of = self._doctypes.get(doctype.text)
        if of is None:
            if doctype.text not in self._program.doctypes:
                hint = did_you_mean(doctype.text, self._doctypes)
                message = f"There is no doctype '{doctype.text}'."
                self.problems.append(
                    Problem("E301", message, doctype.span, hint, missing=doctype.text)
                )
            return None
        return DataFile(
            key=name.text,
            doctype=of.name,
            file=(PurePosixPath(construct.file).parent / path).as_posix(),
            policy=cast("Literal['owned', 'default', 'sample']", view.text(node, "policy")),
            keys=self._keys(of, name, node),
            per="company" if view.text(node, "per") == "company" else "database",
        )

    def _keys(self, doctype: Doctype, name: Scalar, node: Mapping) -> tuple[str, ...]:
        """The fields that tell records apart."""
        keys = view.names(node, "key")
        for key in keys:
            if key.text not in doctype.fields:
                hint = did_you_mean(key.text, doctype.fields)
                message = f"{doctype.name} has no field '{key.text}'."
                self.problems.append(Problem("E302", message, key.span, hint, missing=key.text))
        if keys:
            return tuple(key.text for key in keys)
        if doctype.name_by is None and "key" not in node.dropped:
            message = f"{doctype.name} has no business key, so nothing tells its records apart."
            self.problems.append(Problem("E178", message, name.span, "key: [item, unit]"))
        return (doctype.name_by,) if doctype.name_by is not None else ()
