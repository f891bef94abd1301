"""What is wrong with a signature itself: inputs it lacks, tensors that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from migrate.graph.constants import constant_text
from migrate.graph.hazards.context import Context
from migrate.graph.hazards.registry import family
from migrate.graph.inspection import Hazard, HazardKind, Severity
from migrate.graph.tensors import Tensor
from migrate.graph.view import PLACEHOLDERS
from migrate.signatures.dtypes import dtype_name


@family
def missing_tensors(context: Context) -> Iterator[Hazard]:
    """Tensors that a signature names and the graph does not have."""
    for key, slice_ in context.slices.items():
        for tensor in slice_.missing:
            yield Hazard(
                HazardKind.MISSING_TENSOR,
                Severity.BLOCKS,
                "",
                "",
                f"The signature {key} names the tensor {tensor}, which the graph does not have.",
                "Convert the other signatures (--signature KEY), or name the right tensor with --input or --output.",
                (key,),
            )


@family
def unfed_placeholders(context: Context) -> Iterator[Hazard]:
    """Placeholders that a signature needs and does not feed."""
    assets = {asset.tensor for asset in context.view.assets}
    for key, slice_ in context.slices.items():
        nodes = context.live[key].nodes
        for name in context.index.nodes:
            tensor = Tensor(name, 0)
            if name not in nodes or tensor in slice_.feeds or str(tensor) in assets:
                continue
            op = context.index.op(name)
            if op in PLACEHOLDERS:
                yield _blocking(context, name, (key,))
            elif op == "PlaceholderWithDefault":
                default = constant_text(context.index, context.index.data_inputs(name)[0])
                yield Hazard(
                    HazardKind.UNFED_PLACEHOLDER,
                    Severity.NOTE,
                    name,
                    op,
                    f"The signature does not feed it, so that it always has its default: {default}.",
                    f"To set it in a call, make it an input: --input NAME={tensor}.",
                    (key,),
                )


@family
def unfed_at_start(context: Context) -> Iterator[Hazard]:
    """Placeholders that the initialisation needs; the loader feeds the paths of assets only."""
    assets = {asset.tensor for asset in context.view.assets}
    for name in sorted(context.init_nodes):
        if context.index.op(name) in PLACEHOLDERS and f"{name}:0" not in assets:
            yield _blocking(context, name, ())


def _blocking(context: Context, name: str, keys: tuple[str, ...]) -> Hazard:
    node = context.index.nodes[name]
    who = "the signature" if keys else "what runs when the model is loaded"
    return Hazard(
        HazardKind.UNFED_PLACEHOLDER,
        Severity.BLOCKS,
        name,
        str(node.op),
        f"This placeholder ({dtype_name(node.attr['dtype'].type)}) has no default, and {who} needs it without feeding "
        f"it.",
        f"Make it an input of a signature of your own: --input NAME={name}:0."
        if keys
        else "Export the model again with an initialisation that stands on its own.",
        keys,
    )
