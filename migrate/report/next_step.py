"""What to do next with a model that was inspected: one sentence, and the command to run."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrate.graph.inspection import Severity
from migrate.graph.source import Form
from migrate.report.amounts import count

if TYPE_CHECKING:
    from migrate.graph.inspection import Inspection, MetaGraphInspection, ProposedSignature


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do next.

    Attributes:
        text: One sentence.
        command: The arguments of the command to run, `()` where there is nothing to run.
        blocked: Whether something has to be dealt with first.
    """

    text: str
    command: tuple[str, ...] = ()
    blocked: bool = False

    @property
    def line(self) -> str:
        """All of it, as it is pasted into a shell after the colon."""
        return f"{self.text}: {shlex.join(self.command)}" if self.command else self.text


def next_step(inspection: Inspection) -> NextStep:
    """What to do next with a model."""
    if all(meta_graph.has_objects for meta_graph in inspection.meta_graphs):
        return NextStep("Nothing to convert: TensorFlow 2 wrote this model")
    meta_graph = main_meta_graph(inspection)
    command = convert_command(inspection, meta_graph)
    blocking = [hazard for hazard in meta_graph.hazards if hazard.severity is Severity.BLOCKS]
    if blocking:
        first = blocking[0]
        place = f" at {first.node}" if first.node else ""
        what = count(sum(hazard.count for hazard in blocking), "hazard")
        verb = "blocks" if what.startswith("1 ") else "block"
        return NextStep(f"{what} {verb} the conversion ({first.kind}{place}); {_sentence(first.remedy)}", blocked=True)
    if not meta_graph.signatures and not meta_graph.proposals:
        return NextStep("It has no signatures: name inputs and outputs, then convert", command)
    if not meta_graph.signatures:
        return NextStep("It has no signatures; the likeliest one, converted", command)
    return NextStep("Convert it", command)


def main_meta_graph(inspection: Inspection) -> MetaGraphInspection:
    """The MetaGraph that is converted first: the only one, the one for serving, or the first."""
    to_convert = [found for found in inspection.meta_graphs if not found.has_objects] or inspection.meta_graphs
    serving = sorted((found for found in to_convert if "serve" in found.tags), key=lambda found: len(found.tags))
    return (serving or to_convert)[0]


def convert_command(
    inspection: Inspection, meta_graph: MetaGraphInspection, proposal: ProposedSignature | None = None
) -> tuple[str, ...]:
    """The `tf-migrate convert` command for a MetaGraph.

    Args:
        inspection: The model.
        meta_graph: One of its MetaGraphs.
        proposal: The signature to give a raw graph; by default the likeliest.
    """
    command = ["tf-migrate", "convert", str(inspection.path), _output(inspection)]
    if len(inspection.meta_graphs) > 1 or meta_graph.tags not in ((), ("serve",)):
        command += ["--tags", ",".join(meta_graph.tags)]
    if inspection.form is Form.SAVED_MODEL:
        own = inspection.path / "variables" / "variables"
        foreign = inspection.checkpoint is not None and inspection.checkpoint != own and inspection.path.is_dir()
    else:
        foreign = inspection.checkpoint is not None and inspection.checkpoint != inspection.path.with_suffix("")
        if inspection.checkpoint is None and meta_graph.variables:
            command += ["--checkpoint", "PREFIX"]
    if foreign:
        command += ["--checkpoint", str(inspection.checkpoint)]
    if meta_graph.signatures:
        return tuple(command)
    proposal = proposal or next(iter(meta_graph.proposals), None)
    if proposal is None:
        return (*command, "--input", "NAME=TENSOR", "--output", "NAME=TENSOR", "--signature", "serving_default")
    for candidate in proposal.inputs:
        command += ["--input", f"{candidate.name}={candidate.tensor}"]
    for candidate in proposal.outputs:
        command += ["--output", f"{candidate.name}={candidate.tensor}"]
    return (*command, "--signature", proposal.key)


def _output(inspection: Inspection) -> str:
    """A name for the new model: that of the old one, with `_tf2`."""
    path = inspection.path
    if path.name in ("saved_model.pb", "saved_model.pbtxt"):
        path = path.parent
    name = path.name if path.is_dir() else path.stem
    return f"{name or path.resolve().name or 'model'}_tf2"


def _sentence(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".") if text[:2] != text[:2].upper() else text.rstrip(".")
