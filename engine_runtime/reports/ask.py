"""Parameters of a report: texts of a query string (or typed values) → typed values, defaults filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.catalog.reports import Ask, Report
from engine.kernel.finding import Finding
from engine_runtime.access.actor import Actor
from engine_runtime.access.errors import CompanyRefused
from engine_runtime.reports.errors import ReportError

COMPANY = "company"
LARGEST_ID = 2**63 - 1

Values = dict[str, Any]


def read_parameters(
    actor: Actor, report: Report, given: Mapping[str, Any], today: date
) -> tuple[Values, int]:
    """The value of every parameter, and the company.

    The company is always known: the parameter ``company``, else the company in hand.
    Raises ``ReportError`` naming every parameter that is wrong, ``CompanyRefused`` for a foreign company.
    """
    problems: list[Finding] = []
    _refuse_unknown(report, given, problems)
    frame = {"today": today, "user": actor.user_id, "this": {}, "facts": {}}
    values: Values = {}
    for ask in report.ask.values():
        values[ask.name] = _value(ask, given.get(ask.name), {**frame, **values}, problems)
    company = _company(actor, values, given, problems)
    if problems or company is None:
        detail = problems[0].message if problems else "There is no company to report on."
        raise ReportError(detail, problems)
    if COMPANY in report.ask:
        values[COMPANY] = company
    return values, company


def _refuse_unknown(report: Report, given: Mapping[str, Any], problems: list[Finding]) -> None:
    for name in given:
        if name not in report.ask and name != COMPANY:
            known = ", ".join(report.ask) or "none"
            message = f'The report "{report.label}" has no parameter "{name}".'
            problems.append(
                Finding("report.parameter", f"query.{name}", message, hint=f"Known: {known}.")
            )


def _value(ask: Ask, given: Any, frame: Mapping[str, Any], problems: list[Finding]) -> Any:
    if given is None or given == "":
        return _default(ask, frame, problems)
    try:
        if ask.name == COMPANY:
            return _identity(given)
        return _READERS.get(ask.type, _text)(given)
    except (ValueError, InvalidOperation, TypeError):
        words = _WORDS.get(ask.type, "a text")
        message = f'{ask.label}: "{str(given)[:60]}" is not {words}.'
        problems.append(Finding("report.parameter", f"query.{ask.name}", message))
        return None


def _default(ask: Ask, frame: Mapping[str, Any], problems: list[Finding]) -> Any:
    if ask.default_expression is not None:
        return ask.default_expression.run(frame)
    if ask.default is not None:
        return _READERS.get(ask.type, _text)(ask.default)
    if ask.required and ask.name != COMPANY:
        message = f'{ask.label} is needed: add "{ask.name}" to the query.'
        problems.append(Finding("report.parameter", f"query.{ask.name}", message))
    return None


def _company(
    actor: Actor, values: Values, given: Mapping[str, Any], problems: list[Finding]
) -> int | None:
    asked = values.get(COMPANY)
    if COMPANY not in values and given.get(COMPANY):
        asked = _company_id(given[COMPANY], problems)
    company: int | None = asked if asked is not None else actor.company_id
    if company is not None and company not in actor.companies and not actor.system:
        raise CompanyRefused(str(company))
    return company


def _company_id(given: Any, problems: list[Finding]) -> int | None:
    try:
        return _identity(given)
    except (ValueError, TypeError):
        message = f'Company: "{str(given)[:60]}" is not an id.'
        problems.append(Finding("report.parameter", "query.company", message))
        return None


def _identity(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int | str):
        raise TypeError
    if isinstance(given, str) and not (given.isascii() and given.isdigit() and len(given) < 20):
        raise ValueError
    value = int(given)
    if not 0 < value <= LARGEST_ID:
        raise ValueError
    return value


def _reference(given: Any) -> int | str:
    """What may name a record: an id, or the text of a business key."""
    if isinstance(given, str) and not (given.isascii() and given.isdigit()):
        return _text(given)
    return _identity(given)


def _integer(given: Any) -> int:
    value = int(str(given)) if len(str(given)) < 20 else LARGEST_ID + 1
    if abs(value) > LARGEST_ID:
        raise ValueError
    return value


def _decimal(given: Any) -> Decimal:
    value = Decimal(str(given)) if len(str(given)) < 40 else Decimal("nan")
    if not value.is_finite() or value.adjusted() > 25:
        raise ValueError
    return value


def _date(given: Any) -> date:
    if isinstance(given, date):
        return given
    if len(str(given)) != 10:
        raise ValueError
    value = date.fromisoformat(str(given))
    if not 1900 <= value.year <= 2200:
        raise ValueError
    return value


def _boolean(given: Any) -> bool:
    found = {"true": True, "false": False}.get(str(given).lower())
    if found is None:
        raise ValueError
    return found


def _text(given: Any) -> str:
    text = str(given)
    if "\x00" in text or len(text) > 1000:
        raise ValueError
    return text


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "link": _reference, "integer": _integer, "decimal": _decimal, "money": _decimal,
    "rate": _decimal, "percent": _decimal, "quantity": _decimal, "date": _date,
    "boolean": _boolean,
}  # fmt: skip
_WORDS: Mapping[str, str] = {
    "link": "the id or key of a record", "integer": "a whole number", "decimal": "a number",
    "money": "an amount", "rate": "a number", "percent": "a number", "quantity": "a number",
    "date": "a date (YYYY-MM-DD)", "boolean": "true or false",
}  # fmt: skip
