"""Renders a ScriptComparison for people: who ran what, then each pair of exports as two models, then the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.report.text import one_line
from migrate.report.verification import render_text as render_models
from migrate.report.verification import verdict as models_verdict
from migrate.verify.results import Status

if TYPE_CHECKING:
    from migrate.verify.scripts import ExportPair, Run, ScriptComparison, Side


def render_text(comparison: ScriptComparison, *, colour: bool = False, width: int = 110) -> str:
    """The whole report.

    Args:
        comparison: What was found.
        colour: Whether to colour it for a terminal.
        width: Of the tables; the other lines are as long as they are.

    Returns:
        Lines, the last one with its newline.
    """
    from migrate.verify.scripts import Side

    lines = [*_run_lines(Side.BEFORE, comparison.before), *_run_lines(Side.AFTER, comparison.after)]
    parts = ["".join(f"{one_line(line)}\n" for line in lines)]
    for number, pair in enumerate(comparison.pairs, 1):
        parts.append(f"\n{one_line(f'export {number}: {pair_title(pair)}')}\n")
        parts += [render_models(models, colour=colour, width=width) for models in pair.comparisons]
        said = [*pair.differences, *pair.reasons, *(f"note: {note}" for note in pair.notes)]
        parts.append("".join(f"{one_line(line)}\n" for line in said))
    ending = [*(f"note: {note}" for note in comparison.notes), verdict(comparison)]
    return "".join([*parts, "\n", *(f"{one_line(line)}\n" for line in ending)])


def verdict(comparison: ScriptComparison) -> str:
    """One line that says it all."""
    pairs = comparison.pairs
    total = "1 export" if len(pairs) == 1 else f"{len(pairs)} exports"
    if comparison.equal:
        carried = len(comparison.carried)
        values = f", {carried} random {'variable' if carried == 1 else 'variables'} carried" if carried else ""
        return f"equal: {total}{values}"
    wrong = [pair for pair in pairs if pair.status is comparison.status]
    first = f" ({_why(wrong[0])})" if wrong else ""
    return f"{comparison.status}: {len(wrong)} of {total}{first}"


def pair_title(pair: ExportPair) -> str:
    """Which exports a pair is of, and what made them a pair."""
    if pair.before is None or pair.after is None:
        export = pair.before or pair.after
        assert export is not None
        return f"{export.name} ({export.kind})"
    names = pair.before.name if pair.before.name == pair.after.name else f"{pair.before.name} and {pair.after.name}"
    return f"{names} ({pair.before.kind}; paired by {pair.how})"


def _why(pair: ExportPair) -> str:
    said = [*pair.differences, *pair.reasons]
    said += [
        f"{models.a}: {models_verdict(models).removeprefix(f'{models.status}: ')}"
        for models in pair.comparisons
        if models.status is not Status.EQUAL
    ]
    return said[0]


def _run_lines(side: Side, run: Run) -> list[str]:
    count = "1 export" if len(run.exports) == 1 else f"{len(run.exports)} exports"
    line = f"{side}: {run.script}, by {run.interpreter}, {run.isolation}: {run.seconds:.1f} s, {count}"
    return [line, *(f"note: {side}: {note}" for note in run.notes)]
