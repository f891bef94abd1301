"""Renders a Restoration: a line for each signature that changes, or a diff; JSON for programs (docs/json.md)."""

from __future__ import annotations

import shlex
from difflib import unified_diff
from itertools import islice
from typing import TYPE_CHECKING, Any

from migrate.report.signature_text import signature_lines, tensor_text
from migrate.report.text import one_line
from migrate.restore.originals import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrate.restore.originals import Match
    from migrate.restore.restoration import MetaGraphRestoration, Restoration, SignatureChange
    from migrate.signatures.model import MetaGraph, SignatureDef, TensorInfo

_RESET = "\x1b[0m"
_COLOURS = {"+": "\x1b[32m", "-": "\x1b[31m", "@": "\x1b[36m"}
_SERVING = "tensorflow/serving/"


def render_text(restoration: Restoration, *, colour: bool = False) -> str:
    """What was done, and what could not be.

    Args:
        restoration: What became of the model.
        colour: Whether to colour it for a terminal.

    Returns:
        Lines, the last one with its newline.
    """
    green, yellow, reset = ("\x1b[32m", "\x1b[33m", _RESET) if colour else ("", "", "")
    lines = [f"{green}{one_line(_headline(restoration))}{reset}"]
    several = len(restoration.meta_graphs) > 1
    for meta_graph in restoration.meta_graphs:
        said = [*_change_lines(meta_graph), *_match_lines(meta_graph.matches)]
        if several and (said or meta_graph.notes):
            lines.append(f"  MetaGraph {_tags(meta_graph.before)}")
        lines += [f"  {one_line(line)}" for line in said]
        lines += [f"  {yellow}note:{reset} {one_line(note)}" for note in meta_graph.notes]
    for one in restoration.broken:
        what = f"{one.api} will not take `{one.signature}`: {one.violation.message}"
        lines.append(f"  {yellow}forced:{reset} {one_line(what)}")
    if restoration.undo is not None:
        lines.append(one_line(f"  undo: tf-migrate restore {shlex.quote(str(restoration.model))} --undo"))
    return "\n".join(lines) + "\n"


def render_diff(restoration: Restoration, *, colour: bool = False) -> str:
    """A diff of the SignatureDefs, each that changes by itself; empty where none does."""
    lines: list[str] = []
    for meta_graph in restoration.meta_graphs:
        hunks = [line for change in meta_graph.changes if change.changed for line in _hunk(change)]
        if hunks:
            name = one_line(f"{restoration.model} ({_tags(meta_graph.before)})")
            lines += [f"--- {name}", f"+++ {name}", *hunks]
    if colour:
        lines = [f"{_COLOURS[line[0]]}{line}{_RESET}" if line[:1] in _COLOURS else line for line in lines]
    return "".join(f"{line}\n" for line in lines)


def to_json(restoration: Restoration) -> str:
    """A JSON object with `"version": 1`; docs/json.md describes it."""
    import json

    data: dict[str, Any] = {
        "version": 1,
        "model": str(restoration.model),
        "out": None if restoration.out is None else str(restoration.out),
        "changed": restoration.changed,
        "written": restoration.written,
        "undo": None if restoration.undo is None else str(restoration.undo),
        "meta_graphs": [_meta_graph_json(meta_graph) for meta_graph in restoration.meta_graphs],
        "forced": [
            {"signature": one.signature, "rule": one.violation.rule, "message": one.violation.message}
            for one in restoration.broken
        ],
    }
    return json.dumps(data, indent=2) + "\n"


def _headline(restoration: Restoration) -> str:
    if restoration.out is not None:
        return f"written: {restoration.out}"
    if not restoration.changed:
        return f"nothing to change: {restoration.model}"
    return f"{'changed' if restoration.written else 'would change'}: {restoration.model}"


def _change_lines(meta_graph: MetaGraphRestoration) -> Iterator[str]:
    for change in meta_graph.changes:
        if change.changed:
            yield _change_line(change)


def _change_line(change: SignatureChange) -> str:
    before, after = change.before, change.after
    if after is None:
        return f"{before.key if before else ''}: removed"
    if before is None:
        parts = ["new" if change.copied_from is None else f"copied from {change.copied_from}"]
        return f"{after.key}: {', '.join([*parts, f'method {_method(after)}'])}"
    parts = [f"renamed from {before.key}"] if before.key != after.key else []
    if before.method_name != after.method_name:
        parts.append(f"method {_method(before)} -> {_method(after)}")
    for what in ("inputs", "outputs"):
        parts += _tensor_parts(what[:-1], getattr(before, what), getattr(after, what))
    return f"{after.key}: {', '.join(parts)}"


def _tensor_parts(what: str, before: tuple[TensorInfo, ...], after: tuple[TensorInfo, ...]) -> Iterator[str]:
    olds, news = {info.key: info for info in before}, {info.key: info for info in after}
    gone = [info for key, info in olds.items() if key not in news]
    for key, info in news.items():
        if key in olds:
            if tensor_text(olds[key]) != tensor_text(info):
                yield f"{what} {key}: {tensor_text(olds[key])} -> {tensor_text(info)}"
            continue
        same = next((old for old in gone if tensor_text(old) == tensor_text(info)), None)
        if same is None:
            yield f"{what} {key}: {tensor_text(info)}"
        else:
            gone.remove(same)
            yield f"{what} {same.key} -> {key}"
    for old in gone:
        yield f"no {what} {old.key}"


def _match_lines(matches: tuple[Match, ...]) -> Iterator[str]:
    if not matches:
        return
    counted = {outcome: [match for match in matches if match.outcome is outcome] for outcome in Outcome}
    said = {Outcome.RESTORED: "restored", Outcome.SAME: "as they are", Outcome.UNSERVABLE: "refused"}
    parts = [f"{len(counted[outcome])} {words}" for outcome, words in said.items() if counted[outcome]]
    missing = len(counted[Outcome.MISSING])
    parts += [f"{missing} not in the model"] if missing else []
    yield f"the original has {_count(len(matches))}: {', '.join(parts)}"
    for match in matches:
        api = _short(match.method_name).capitalize()
        if match.outcome is Outcome.UNSERVABLE:
            todo = f"; {match.remedy}" if match.remedy else ""
            yield f"refused: {match.key} could never serve {api}: {match.reason}{todo} (--force writes it all the same)"
        elif match.outcome is Outcome.RESTORED and match.reason:
            yield f"{match.key}: as in the original, {api} could never take it: {match.reason}"
    for match in counted[Outcome.MISSING]:
        line = f"not in the model: {match.key} ({_short(match.method_name)})"
        if match.candidates:
            options = " or ".join(f"--rename {shlex.quote(f'{key}={match.key}')}" for key in match.candidates)
            line += f"; another signature has its inputs and outputs: {options}"
        yield line


def _meta_graph_json(meta_graph: MetaGraphRestoration) -> dict[str, Any]:
    return {
        "tags": list(meta_graph.before.tags),
        "changes": [
            {
                "before": None if change.before is None else _signature_json(change.before),
                "after": None if change.after is None else _signature_json(change.after),
                "copied_from": change.copied_from,
            }
            for change in meta_graph.changes
            if change.changed
        ],
        "original": [
            {
                "key": match.key,
                "method_name": match.method_name,
                "outcome": str(match.outcome),
                "candidates": list(match.candidates),
                "reason": match.reason or None,
            }
            for match in meta_graph.matches
        ],
        "notes": list(meta_graph.notes),
    }


def _signature_json(signature: SignatureDef) -> dict[str, Any]:
    return {
        "key": signature.key,
        "method_name": signature.method_name,
        "inputs": {info.key: _tensor_json(info) for info in signature.inputs},
        "outputs": {info.key: _tensor_json(info) for info in signature.outputs},
    }


def _tensor_json(info: TensorInfo) -> dict[str, Any]:
    return {
        "tensor": info.name or None,
        "dtype": info.dtype,
        "shape": None if info.shape is None else list(info.shape),
        "kind": info.kind,
    }


def _hunk(change: SignatureChange) -> Iterator[str]:
    """The whole signature, its heading and what differs: across signatures a diff would pair what is alike by chance."""
    before, after = (_lines(signature) for signature in (change.before, change.after))
    signature = change.after or change.before
    yield f"@@ {one_line(signature.key if signature else '')} @@"
    yield from islice(unified_diff(before, after, lineterm="", n=len(before)), 3, None)


def _lines(signature: SignatureDef | None) -> list[str]:
    return [] if signature is None else [one_line(line) for line in signature_lines(signature)]


def _tags(meta_graph: MetaGraph) -> str:
    return ",".join(meta_graph.tags) or "(no tags)"


def _method(signature: SignatureDef) -> str:
    return _short(signature.method_name)


def _short(method_name: str) -> str:
    return method_name.removeprefix(_SERVING) or "(none)"


def _count(number: int) -> str:
    return f"{number} signature{'' if number == 1 else 's'}"
