"""A TF1 SavedModel of the source, for `verify` to compare with: raw graphs get signatures and an init op."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate import protos
from migrate.graph.source import Form

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrate.graph.source import Source
    from migrate.graph.tensors import Tensor

_MAIN_OP = "saved_model_main_op"
_NODE = "tf_migrate_main_op"


def write_reference(
    directory: Path, source: Source, meta_graph: Any, tags: tuple[str, ...], init_operations: Iterable[Tensor]
) -> None:
    """Writes a SavedModel that is the source itself, as far as it is asked about.

    Its values and assets are links to the source's files.

    Args:
        directory: An empty directory.
        source: The model.
        meta_graph: Its MetaGraphDef, with the signatures that were asked for.
        tags: Those of the written model.
        init_operations: What initialises it, for forms that do not say so themselves.
    """
    model = protos.saved_model()
    model.saved_model_schema_version = 1
    copy = model.meta_graphs.add()
    copy.CopyFrom(meta_graph)
    del copy.meta_info_def.tags[:]
    copy.meta_info_def.tags.extend(tags)
    # Where a model was trained does not matter here, and its devices may not be there.
    for node in copy.graph_def.node:
        node.device = ""
    names = [tensor.node for tensor in init_operations]
    if source.form is not Form.SAVED_MODEL and names:
        node = copy.graph_def.node.add()
        node.name, node.op = _NODE, "NoOp"
        node.input.extend(f"^{name}" for name in names)
        copy.collection_def[_MAIN_OP].node_list.value.append(_NODE)
    (directory / "saved_model.pb").write_bytes(model.SerializeToString())
    if source.checkpoint is not None:
        (directory / "variables").mkdir()
        for file in source.checkpoint.parent.glob(f"{source.checkpoint.name}*"):
            rest = file.name.removeprefix(source.checkpoint.name)
            if rest == "-00000-of-00001":
                rest = ""  # The one shard of a V1 checkpoint: a SavedModel's loader looks for the whole only.
            if not rest or rest.startswith((".index", ".data-", "-")):
                _link(file, directory / "variables" / f"variables{rest}")
    if source.directory is not None and (source.directory / "assets").is_dir():
        _link(source.directory / "assets", directory / "assets")


def _link(target: Path, link: Path) -> None:
    link.symlink_to(target.resolve())
