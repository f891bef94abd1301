"""Renders a Comparison: a table for people, JSON for programs (schema in docs/verify.md)."""

from __future__ import annotations

import json
import math
from io import StringIO
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from migrate.report.text import one_line
from migrate.verify.histogram import EDGES, bin_labels
from migrate.verify.results import Status

if TYPE_CHECKING:
    from migrate.verify.histogram import ErrorHistogram
    from migrate.verify.results import (
        Comparison,
        ContractDifference,
        FirstDifference,
        Location,
        OutputComparison,
        SignatureComparison,
    )

_STYLES = {Status.EQUAL: "green", Status.DIFFERENT: "bold red", Status.NOT_PROVED: "yellow"}


def render_text(comparison: Comparison, *, colour: bool = False, width: int = 110) -> str:
    """The whole report: a table by signature, then the details, then one line with the verdict.

    Args:
        comparison: What was found.
        colour: Whether to colour it for a terminal.
        width: Of the table; the other lines are as long as they are.

    Returns:
        Lines, the last one with its newline.
    """
    text = StringIO()
    console = Console(
        file=text,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
    )
    if comparison.signatures:
        console.print(_table(comparison))
    for signature in comparison.signatures:
        for line in _details(signature):
            console.print(Text(one_line(line)), soft_wrap=True)
    for note in comparison.notes:
        console.print(Text(one_line(f"note: {note}")), soft_wrap=True)
    console.print(Text(one_line(verdict(comparison)), style=_STYLES[comparison.status]), soft_wrap=True)
    # Rich fills the table's cells to their width.
    return "".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines())


def verdict(comparison: Comparison) -> str:
    """One line that says it all."""
    signatures = comparison.signatures
    if comparison.status is Status.EQUAL:
        outputs = sum(len(signature.outputs) for signature in signatures)
        error = max((s.max_abs_error for s in signatures if s.max_abs_error is not None), default=None)
        largest = "" if error is None else f", largest absolute error {_number(error)}"
        return f"equal: {_count(len(signatures), 'signature')}, {_count(outputs, 'output')}{largest}"
    if comparison.status is Status.DIFFERENT:
        keys = [signature.key for signature in signatures if signature.status is Status.DIFFERENT]
        return f"different: {len(keys)} of {_count(len(signatures), 'signature')} ({_listed(keys)})"
    if comparison.reasons:
        return f"not proved: {'; '.join(comparison.reasons)}"
    keys = [signature.key for signature in signatures if signature.status is Status.NOT_PROVED]
    return f"not proved: {len(keys)} of {_count(len(signatures), 'signature')} ({_listed(keys)})"


def to_json(comparison: Comparison) -> str:
    """The report as JSON, version 1; infinite errors become the string "inf", NaN "nan"."""
    return json.dumps(to_dict(comparison), indent=2) + "\n"


def to_dict(comparison: Comparison) -> dict[str, Any]:
    """The JSON report as plain values."""
    statuses = [signature.status for signature in comparison.signatures]
    return {
        "version": 1,
        "a": comparison.a,
        "b": comparison.b,
        "tags": list(comparison.tags),
        "seed": comparison.seed,
        "equal": comparison.equal,
        "status": str(comparison.status),
        "reasons": list(comparison.reasons),
        "notes": list(comparison.notes),
        "signatures": [_signature(signature) for signature in comparison.signatures],
        "summary": {
            "signatures": len(statuses),
            "equal": statuses.count(Status.EQUAL),
            "different": statuses.count(Status.DIFFERENT),
            "not_proved": statuses.count(Status.NOT_PROVED),
            "verdict": verdict(comparison),
        },
    }


def _table(comparison: Comparison) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("signature", overflow="fold")
    table.add_column("status", no_wrap=True)
    table.add_column("outputs", overflow="fold")
    table.add_column("samples", justify="right")
    table.add_column("max abs error", justify="right", no_wrap=True)
    for signature in comparison.signatures:
        error = signature.max_abs_error
        table.add_row(
            Text(one_line(signature.key)),
            Text(signature.status, style=_STYLES[signature.status]),
            Text(one_line(", ".join(output.name for output in signature.outputs)) or "-"),
            str(len(signature.samples)),
            "-" if error is None else _number(error),
        )
    return table


def _details(signature: SignatureComparison) -> list[str]:
    lines = [_contract_line(difference) for difference in signature.contract]
    lines += signature.reasons
    places: dict[str, str] = {}
    for output in signature.outputs:
        if output.status is Status.EQUAL:
            continue
        lines += _output_lines(output)
        if output.location is not None:
            message = output.location.message
            same = f"for the same reason as output {places[message]!r}" if message in places else message
            lines.append(f"output {output.name!r}: {same}")
            places.setdefault(message, output.name)
    lines += [f"note: {note}" for note in signature.notes]
    return [f"{signature.key}: {line}" for line in lines]


def _contract_line(difference: ContractDifference) -> str:
    return difference.message if difference.breaking else f"note: {difference.message}"


def _output_lines(output: OutputComparison) -> list[str]:
    name = f"output {output.name!r}"
    lines = [f"{name} is {output.status}: {reason}" for reason in output.reasons]
    first = output.first_difference
    if first is not None:
        lines.append(f"{name} differs first at {_place(first)}: {_value(first.a)} and {_value(first.b)}")
        errors = ""
        if output.max_abs_error is not None and output.max_rel_error is not None:
            absolute, relative = _number(output.max_abs_error), _number(output.max_rel_error)
            errors = f", max abs error {absolute}, max rel error {relative}"
        count = f"{first.count} of {_count(first.of, 'element')}"
        lines.append(f"{name}: {count} differ in sample set {first.sample!r}{errors}")
        if output.histogram is not None:
            lines.append(f"{name}: absolute errors: {_magnitudes(output.histogram)}")
    return lines


def _magnitudes(histogram: ErrorHistogram) -> str:
    """The bins of the absolute errors in which there is something."""
    counted = zip(histogram.absolute, bin_labels(), strict=True)
    return ", ".join(f"{count} x {label}" for count, label in counted if count)


def _place(first: FirstDifference) -> str:
    return f"[{', '.join(str(i) for i in first.index)}]" if first.index else "[] (a scalar)"


def _signature(signature: SignatureComparison) -> dict[str, Any]:
    return {
        "key": signature.key,
        "status": str(signature.status),
        "method_name": signature.method_name,
        "samples": list(signature.samples),
        "outputs": [_output(output) for output in signature.outputs],
        "contract": [
            {"kind": found.kind, "message": found.message, "breaking": found.breaking} for found in signature.contract
        ],
        "reasons": list(signature.reasons),
        "notes": list(signature.notes),
    }


def _output(output: OutputComparison) -> dict[str, Any]:
    first = output.first_difference
    return {
        "name": output.name,
        "dtype": output.dtype,
        "status": str(output.status),
        "elements": output.elements,
        "max_abs_error": _plain(output.max_abs_error),
        "max_rel_error": _plain(output.max_rel_error),
        "first_difference": None
        if first is None
        else {
            "sample": first.sample,
            "index": list(first.index),
            "a": _plain(first.a),
            "b": _plain(first.b),
            "count": first.count,
            "of": first.of,
        },
        "reasons": list(output.reasons),
        "histogram": None if output.histogram is None else _histogram(output.histogram),
        "location": None if output.location is None else _location(output.location),
    }


def _histogram(histogram: ErrorHistogram) -> dict[str, Any]:
    return {"edges": list(EDGES), "absolute": list(histogram.absolute), "relative": list(histogram.relative)}


def _location(location: Location) -> dict[str, Any]:
    return {
        "a_node": location.a_node,
        "b_node": location.b_node,
        "op_a": location.op_a,
        "op_b": location.op_b,
        "inputs_agree": location.inputs_agree,
        "a_value": _plain(location.a_value),
        "b_value": _plain(location.b_value),
        "message": location.message,
    }


def _plain(value: Any) -> Any:
    """JSON has no infinity and no NaN."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _value(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _number(value: float) -> str:
    return "0" if value == 0 else f"{value:.3g}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _listed(keys: list[str]) -> str:
    return ", ".join(keys[:5]) + (", ..." if len(keys) > 5 else "")
