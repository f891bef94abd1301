"""Which part of a model's initialisation a conversion keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.graph.source import Form

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from migrate.graph.tensors import Tensor
    from migrate.graph.view import MetaGraphView


def kept_initialization(view: MetaGraphView, nodes: AbstractSet[str]) -> tuple[Tensor, ...]:
    """The operations that run when the converted model is loaded.

    A SavedModel's own init operation is kept whole: that is what a session runs when it loads the model. Of a
    raw graph's initializers only those matter that set what is used.

    Args:
        view: The MetaGraph.
        nodes: The nodes that are converted.
    """
    if view.source.form is Form.SAVED_MODEL:
        return view.init_operations
    handles = view.state.handles
    kept = []
    for tensor in view.init_operations:
        written = frozenset[str]().union(*(handles.writes(name) for name in view.index.slice_of([tensor])))
        if written & nodes:
            kept.append(tensor)
    return tuple(kept)
