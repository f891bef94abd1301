"""Renders a ModelCheck for people: a table of verdicts, the findings, and how to mend them."""

from __future__ import annotations

import shlex
from itertools import pairwise
from typing import TYPE_CHECKING

from migrate.check.results import Severity, Taken
from migrate.report.text import one_line
from migrate.signatures.contract import Api, api_of
from migrate.signatures.contract import Severity as Broken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from migrate.check.results import Finding, MetaGraphCheck, ModelCheck, SignatureCheck, Verdict

_HEAD = ("signature", "method name", *(api.title for api in Api))
_COLOURS = {Severity.ERROR: "1;31", Severity.WARNING: "33", Severity.NOTE: "36"}
_CELLS = {Taken.YES: "yes", Taken.UNNAMED: "(yes)", Taken.NO: "no"}
_WIDEST = 48
_REASONS = 6


def render_text(check: ModelCheck, *, colour: bool = False) -> str:
    """The whole report.

    Args:
        check: What was found.
        colour: Whether to colour it for a terminal.

    Returns:
        Lines, the last one with its newline.
    """
    lines = [str(check.path)]
    for meta_graph in check.meta_graphs:
        lines += _meta_graph(meta_graph)
    if check.findings:
        lines.append("")
    several = len(check.meta_graphs) > 1
    for finding, following in pairwise((*check.findings, None)):
        if finding is not None:
            lines += _finding(finding, following, several, colour)
    lines += ["", *_summary(check, colour)]
    return "".join(f"{line}\n" for line in lines)


def render_commands(check: ModelCheck) -> str:
    """The commands that mend what can be mended, a line each; empty where there is nothing."""
    return "".join(f"{one_line(shlex.join(command))}\n" for command in check.commands)


def verdict(check: ModelCheck) -> str:
    """One line that says it all."""
    counted = [(check.count(severity), str(severity)) for severity in Severity]
    said = [f"{number} {word}{'' if number == 1 else 's'}" for number, word in counted if number]
    if check.ok:
        # Notes alone are no findings.
        return f"nothing wrong{f' ({said[0]})' if said else ''}"
    return ", ".join(said)


def mended(check: ModelCheck) -> int:
    """How many errors and warnings the commands mend."""
    return sum(bool(finding.counts and finding.options) for finding in check.findings)


def _meta_graph(meta_graph: MetaGraphCheck) -> Iterator[str]:
    version = (
        f", written by TensorFlow {one_line(meta_graph.tensorflow_version)}" if meta_graph.tensorflow_version else ""
    )
    yield f"tags {one_line(','.join(meta_graph.tags)) or '(none)'}{version}"
    if not meta_graph.signatures:
        yield "  no signatures"
        return
    yield from _table([_HEAD, *(_row(signature) for signature in meta_graph.signatures)])
    if any(verdict.taken is Taken.UNNAMED for each in meta_graph.signatures for verdict in each.verdicts):
        yield "  (yes): its inputs and outputs fit, its method name does not"
    yield from _reasons(meta_graph.signatures)
    yield from _trials(meta_graph.signatures)


def _row(signature: SignatureCheck) -> tuple[str, ...]:
    api = api_of(signature.method_name)
    named = str(api) if api else one_line(signature.method_name) or "(none)"
    return one_line(signature.key), named, *(_CELLS[verdict.taken] for verdict in signature.verdicts)


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [min(max(len(row[column]) for row in rows), _WIDEST) for column in range(len(rows[0]))]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _reasons(signatures: Iterable[SignatureCheck]) -> Iterator[str]:
    """Why Classify and Regress do not take what was made for Predict: no finding, and one line for all alike."""
    apis: dict[tuple[str, str], list[str]] = {}
    keys: dict[str, list[str]] = {}
    for signature in signatures:
        fits = any(verdict.taken is Taken.UNNAMED for verdict in signature.verdicts)
        ordinary = api_of(signature.method_name) is Api.PREDICT and not fits
        for verdict in signature.verdicts:
            if verdict.taken is Taken.NO and verdict.api is not Api.PREDICT and ordinary:
                text = _first(verdict).replace(verdict.api.title, "{}")
                apis.setdefault((text, signature.key), []).append(verdict.api.title)
    for (text, key), titles in apis.items():
        said = f"{' and '.join(titles)}: no, {text.replace('{}', ' and '.join(titles))}"
        # Two APIs feed what one feeds.
        said = said.replace(" feeds ", " feed ").replace(" takes ", " take ") if len(titles) > 1 else said
        keys.setdefault(said, []).append(key)
    for number, (said, those) in enumerate(keys.items()):
        if number == _REASONS:
            yield f"  and {len(keys) - _REASONS} more reasons (--format json has them all)"
            return
        yield f"  {one_line(', '.join(those))}: {one_line(said)}"


def _first(verdict: Verdict) -> str:
    return next(found.message for found in verdict.violations if found.severity is Broken.ERROR)


def _trials(signatures: Iterable[SignatureCheck]) -> Iterator[str]:
    for signature in signatures:
        for trial in signature.trials:
            answered = f"answered {' and '.join(map(str, trial.batches))} tf.Examples" if trial.batches else ""
            said = "; ".join(part for part in (answered, trial.reason) if part)
            yield f"  {one_line(signature.key)}: run with {trial.api.title}: {one_line(said)}"


def _finding(finding: Finding, following: Finding | None, several: bool, colour: bool) -> Iterator[str]:
    word = f"\x1b[{_COLOURS[finding.severity]}m{finding.severity}\x1b[0m" if colour else str(finding.severity)
    tags = ",".join(finding.tags or ())
    place = " ".join(part for part in (f"[{tags}]" if several and finding.tags else "", finding.signature) if part)
    yield f"{word}: {one_line(f'{place}: ' if place else '')}{one_line(finding.message)} [{finding.rule}]"
    if finding.options:
        yield f"    mend it: restore with {one_line(shlex.join(finding.options))}"
    elif finding.remedy and (following is None or following.remedy != finding.remedy):
        yield f"    {one_line(finding.remedy)}"


def _summary(check: ModelCheck, colour: bool) -> Iterator[str]:
    said = verdict(check)
    shade = "32" if check.ok else _COLOURS[next(found.severity for found in check.findings if found.counts)]
    yield f"\x1b[{shade}m{said}\x1b[0m" if colour else said
    if check.commands:
        wrong = sum(finding.counts for finding in check.findings)
        yield f"{'this mends' if len(check.commands) == 1 else 'these mend'} {mended(check)} of {wrong}:"
        for command in check.commands:
            yield f"    {one_line(shlex.join(command))}"
