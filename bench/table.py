"""The printed table of a run, with the targets beside the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TARGETS = {
    "W1": "≤ 2.5 Y, ≤ 30 statements",
    "W1b": "≤ 1.8 Y; at 8 clients ≥ 1.3 × Y's throughput",
    "W2": "as W1",
    "W3": "≤ 2 × the bare view",
    "W6": "≤ 6 × COPY",
    "W7": "0 failed; nobody waits longer than ALTER TABLE + 2 s",
    "W7_sqlite": "as W7",
    "W1_sqlite": "≤ 4 × its multi-row INSERT",
    "compile_metadata": "≤ 500 ms",
    "compile_generated": "≤ 2,000 ms to compile and load",
    "compile_500": "≤ 6,000 ms, 500 doctypes of 20 fields, cold",
    "compile_500_one_file": "≤ 1,000 ms, the same after a change of one file",
    "rule_index": "≤ 0.05 ms, a question to 10,000 rows",
    "start_generated": "≤ 2,000 ms",
    "calculate_10_lines": "≤ 2 ms",
    "calculate_1000_lines": "≤ 150 ms",
    "recalculate_1000_lines": "one cell",
    "closure": "≤ 0.005 ms",
    "import_command_line": "≤ 60 ms, without Django",
    "import_compiler": "everything that compiling needs, without Django",
}
HEADINGS = ("", "per s", "p50 ms", "p95 ms", "to Y", "to Yr", "to Yp", "statements", "target")


def table(found: Mapping[str, Any]) -> str:
    """A line per workload; W3 and W1b with a line for 8 clients."""
    lines: list[tuple[str, ...]] = [HEADINGS]
    for name, target in TARGETS.items():
        figures = found.get(name)
        if figures is None:
            continue
        if name == "W3":
            lines += [
                _line(f"{name} {what}, 1 client", figures[what]["clients_1"], target)
                for what in ("list", "one")
            ]
            lines += [
                _line(f"{name} {what}, 8 clients", figures[what]["clients_8"], "")
                for what in ("list", "one")
            ]
            continue
        lines.append(_line(name, figures, target))
        if name.startswith("W7"):
            told = (
                f"slowest {figures['slowest_ms']} ms, ALTER TABLE alone {figures['alter_alone_ms']} ms, "
                f"published in {figures['publish_s']} s, failed: {figures['failed'] or 'none'}"
            )
            lines.append((f"{name}, {figures['rows']:,} rows", *[""] * 7, told))
        if name == "W1b":
            many = figures["clients_8"]
            throughput = (
                f"{many['throughput_to_Y']} × Y at 8 clients, failed: {many['failed'] or 'none'}"
            )
            lines.append(_line("W1b, 8 clients", many, throughput))
            lines.append(
                ("worker MiB", "", str(figures["worker_mib"]), "", "", "", "", "", "≤ 150")
            )
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEADINGS))]
    return "\n".join(_padded(line, widths) for line in lines)


def _line(name: str, figures: Mapping[str, Any], target: str) -> tuple[str, ...]:
    keys = ("per_s", "p50_ms", "p95_ms", "ratio", "ratio_prepared", "ratio_pipelined", "statements")
    return (name, *(str(figures.get(key, "")) for key in keys), target)


def _padded(line: tuple[str, ...], widths: list[int]) -> str:
    first, *middle = (cell.rjust(width) for cell, width in zip(line[:-1], widths, strict=False))
    return "  ".join([line[0].ljust(len(first)), *middle, line[-1]]).rstrip()
