"""A made-up catalog of any size, as YAML files: what a large company declares, to measure compiler and start-up on."""

from __future__ import annotations

from pathlib import Path

FIELDS_PER_DOCTYPE = 30
KINDS = (
    "{type: text, length: 60}",
    "{type: integer}",
    "{type: money}",
    "{type: quantity}",
    "{type: percent, min: 0}",
    "{type: date}",
    "{type: boolean}",
    "{type: choice, options: [small, middle, large], default: small}",
    "{type: long_text}",
)


def write(folder: Path, doctypes: int, fields: int = FIELDS_PER_DOCTYPE) -> None:
    """Write a pack of ``doctypes`` doctypes of ``fields`` fields into ``folder``; every third has a child table."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "base.yaml").write_text(BASE)
    written = 0
    number = 0
    while written < doctypes:
        with_lines = number % 3 == 0 and doctypes - written > 1
        (folder / f"thing_{number:03}.yaml").write_text(
            _doctype(number, fields, with_lines=with_lines)
        )
        written += 2 if with_lines else 1
        number += 1


BASE = """pack: generated
version: 1.0.0
---
role: System Manager
---
doctype: Currency
company: none
name: {by: code}
fields:
  code: {type: text, required: true, length: 3}
---
doctype: Company
plural: Companies
company: none
name: {by: code}
fields:
  code:     {type: text, required: true, length: 8}
  name:     {type: text, required: true, length: 140}
  currency: {type: link, to: Currency, required: true}
"""


def _doctype(number: int, count: int, *, with_lines: bool) -> str:
    fields = [
        "  code: {type: text, required: true, length: 20}",
        "  name: {type: text, required: true, length: 140}",
        "  opened_on: {type: date, required: true}",
        "  quantity: {type: decimal, required: true, default: 1, min: 0}",
        "  rate: {type: decimal, default: 0}",
        '  net: {type: decimal, formula: "round(quantity * rate, 2)"}',
        "  grade: {type: text, formula: \"'high' if net > 1000 else 'low'\"}",
    ]
    if number:
        fields.append(f"  before: {{type: link, to: Thing {number - 1:03}}}")
        fields.append("  before_net: {type: decimal, formula: before.net + net}")
    if with_lines:
        fields.append(f"  lines: {{type: table, of: Thing Line {number:03}}}")
        fields.append("  lines_total: {type: decimal, formula: sum(lines.amount)}")
    while len(fields) < count:
        fields.append(f"  field_{len(fields):02}: {KINDS[len(fields) % len(KINDS)]}")
    text = [
        f"doctype: Thing {number:03}",
        "company: required",
        "name: {by: code}",
        'title: "{code} {name}"',
        "search: [code, name]",
        "fields:",
        *fields,
        "validate:",
        "  dated: {check: quantity > 0 or rate == 0, fields: [quantity], message: How many?}",
        "allow:",
        "  System Manager: {can: [read, write, create, delete]}",
    ]
    if with_lines:
        text += ["---", _line(number, count)]
    return "\n".join(text) + "\n"


def _line(number: int, count: int) -> str:
    fields = [
        "  quantity: {type: decimal, required: true}",
        "  price: {type: decimal, required: true}",
        '  amount: {type: decimal, formula: "round(quantity * price, 2)"}',
        "  share: {type: decimal, formula: amount / parent.rate}",
    ]
    fields += [f"  field_{place:02}: {KINDS[place % len(KINDS)]}" for place in range(4, count)]
    return "\n".join([f"doctype: Thing Line {number:03}", "fields:", *fields])
