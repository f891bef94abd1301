"""Renders a Comparison or a ScriptComparison as one page that needs nothing but itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from migrate.report.amounts import count
from migrate.report.inlined import page_environment, source_hash
from migrate.report.picture.svg import clean
from migrate.report.proof_page.asked import Asked, repeat_command, script_command
from migrate.report.proof_page.histogram import shared_shapes
from migrate.report.proof_page.parts import all_outputs, export_parts, models_part
from migrate.report.proof_page.wording import MARKS, index_text, number_text, tolerances, value_text
from migrate.report.script_verification import verdict as scripts_verdict
from migrate.report.verification import verdict as models_verdict
from migrate.verify.results import Comparison, Status

if TYPE_CHECKING:
    from migrate.report.proof_page.versions import Versions
    from migrate.verify.scripts.results import ScriptComparison

_HERE = Path(__file__).parent
_EXPLAINED = {
    Status.EQUAL: "The same contract, and on every output the same numbers, as closely as is said below.",
    Status.DIFFERENT: "The contract, the numbers, or what was exported at all differs.",
    Status.NOT_PROVED: "Nothing speaks against it, but what was tried says too little to call it proved.",
}


def render_page(comparison: Comparison | ScriptComparison, asked: Asked, versions: Versions) -> str:
    """The page.

    Args:
        comparison: What was found out about two models, or about two scripts.
        asked: What it was made from.
        versions: What made it.

    Returns:
        HTML without scripts; its only style sheet is in it, and the page allows no other.
    """
    css = (_HERE / "page.css").read_text("utf-8")
    environment = page_environment(_HERE, clean)
    environment.filters.update(number=number_text, value=value_text, index=index_text, counted=count)
    models = isinstance(comparison, Comparison)
    said = models_verdict(comparison) if isinstance(comparison, Comparison) else scripts_verdict(comparison)
    return environment.get_template("page.html.jinja").render(
        found=comparison,
        models=models_part(comparison) if isinstance(comparison, Comparison) else None,
        exports=() if isinstance(comparison, Comparison) else export_parts(comparison),
        runs=() if isinstance(comparison, Comparison) else _runs(comparison, asked),
        names=("first model", "second model") if models else ("BEFORE", "AFTER"),
        verdict=said.removeprefix(f"{comparison.status}: "),
        explained=_EXPLAINED[comparison.status],
        marks=MARKS,
        equal=Status.EQUAL,
        asked=asked,
        command=repeat_command(comparison, asked),
        versions=versions,
        tolerances=tolerances(all_outputs(comparison)),
        shapes=shared_shapes(),
        css=Markup(css),
        css_hash=source_hash(css),
    )


def _runs(comparison: ScriptComparison, asked: Asked) -> list[dict[str, Any]]:
    sides = (("BEFORE", comparison.before), ("AFTER", comparison.after))
    return [{"side": side, "run": run, "command": script_command(run, asked)} for side, run in sides]
