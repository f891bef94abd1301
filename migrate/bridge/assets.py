"""Copies the files that a graph reads into a SavedModel, as TF1's builder does."""

from __future__ import annotations

import filecmp
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.bridge.errors import BridgeError
from migrate.signatures.quiet import import_tensorflow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

_ASSET_FILEPATHS = "asset_filepaths"


def keep_assets(
    tensors: Iterable[Any] | None, graph: Any, needed: AbstractSet[str], meta_graph: Any, directory: Path
) -> None:
    """Copies asset files to `assets/` and lists them in a MetaGraphDef.

    Args:
        tensors: The constants with the paths; None for those of the graph's own collection.
        graph: The session's graph.
        needed: The nodes that are saved; files of others are left out.
        meta_graph: The MetaGraphDef.
        directory: The SavedModel.

    Raises:
        BridgeError: A tensor is no constant with a path, or there is no such file.
    """
    collected = graph.get_collection(_ASSET_FILEPATHS) if tensors is None else tensors
    names: dict[str, str] = {}
    seen = set()
    for tensor in collected:
        path = _path(tensor)
        if tensor.op.name not in needed or tensor.name in seen:
            continue
        seen.add(tensor.name)
        definition = meta_graph.asset_file_def.add()
        definition.tensor_info.name = tensor.name
        definition.filename = _copy(path, tensor.name, names, directory / "assets")


def _path(tensor: Any) -> str:
    tf = import_tensorflow()
    if not isinstance(tensor, tf.Tensor) or tensor.op.type != "Const" or tensor.dtype != tf.string:
        raise BridgeError(f"assets_collection: expected constants with the paths of files, not {tensor!r}")
    values = tensor.op.get_attr("value").string_val
    if len(values) != 1:
        raise BridgeError(f"assets_collection: {tensor.name} does not hold one path, but {len(values)}")
    return str(values[0].decode("utf-8", "surrogateescape"))


def _copy(path: str, tensor: str, names: dict[str, str], assets: Path) -> str:
    """Copies a file unless it was copied before; returns its name, numbered where another file has it already."""
    tf = import_tensorflow()
    assets.mkdir(exist_ok=True)
    arrived = assets / ".new"
    try:
        if "://" in path:
            tf.io.gfile.copy(path, str(arrived), overwrite=True)
        else:
            shutil.copyfile(path, arrived)
    except (OSError, tf.errors.OpError) as error:
        said = getattr(error, "strerror", None) or getattr(error, "message", None) or str(error)
        raise BridgeError(f"{path}: cannot read this file, which the graph uses (tensor {tensor}): {said}") from error
    base = path.rpartition("/")[2] or "asset"
    name, number = base, 0
    while name in names and names[name] != path and not filecmp.cmp(assets / name, arrived, shallow=False):
        number += 1
        name = f"{base}_{number}"
    names.setdefault(name, path)
    arrived.replace(assets / name)
    return name
