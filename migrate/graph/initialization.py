"""What runs when a model is loaded: its main op, or what a raw graph's collections say about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from migrate import protos
from migrate.errors import MigrateError
from migrate.graph.source import AssetFile, Form
from migrate.graph.state import collected_variables
from migrate.graph.tensors import Tensor, parse_tensor

if TYPE_CHECKING:
    from migrate.graph.index import GraphIndex
    from migrate.graph.source import Source

_INIT_SIGNATURE = "__saved_model_init_op"
_MAIN_OPS = ("saved_model_main_op", "legacy_init_op")
_ASSETS = "saved_model_assets"


def init_operations(source: Source, meta_graph: Any, index: GraphIndex) -> tuple[Tensor, ...]:
    """The operations that initialise a model after its variables are restored.

    For a SavedModel that is its init signature, main op or legacy init op, the first that is there
    (`get_init_op` of tensorflow/python/saved_model/loader_impl.py). A raw MetaGraph has no such operation: there
    it is what `tf.compat.v1.train.Scaffold` runs after a restore, the `local_init_op` collection, else the
    initializers of tables and local variables.
    """
    if source.form is Form.SAVED_MODEL:
        if _INIT_SIGNATURE in meta_graph.signature_def:
            outputs = meta_graph.signature_def[_INIT_SIGNATURE].outputs
            return _existing(index, [info.name for info in outputs.values()])
        for key in _MAIN_OPS:
            if names := collection_names(meta_graph, key):
                return _existing(index, names[:1])
        return ()
    names = collection_names(meta_graph, "local_init_op")
    if not names:
        names = [*collection_names(meta_graph, "table_initializer"), *_local_initializers(meta_graph)]
    return _existing(index, names)


def asset_files(source: Source, meta_graph: Any) -> tuple[AssetFile, ...]:
    """The files a SavedModel keeps, with the tensors that hold their paths (AssetFileDef)."""
    found = {}
    definitions = list(meta_graph.asset_file_def)
    if _ASSETS in meta_graph.collection_def:
        for packed in meta_graph.collection_def[_ASSETS].any_list.value:
            definition = protos.asset_file_def()
            try:
                packed.Unpack(definition)
            except (DecodeError, UnicodeDecodeError) as error:
                raise MigrateError(f"{source.file}: broken: an entry of {_ASSETS} is no AssetFileDef") from error
            definitions.append(definition)
    for definition in definitions:
        tensor = str(parse_tensor(definition.tensor_info.name))
        path = source.directory / "assets" / definition.filename if source.directory is not None else None
        found[tensor] = AssetFile(tensor, definition.filename, path)
    return tuple(found.values())


def collection_names(meta_graph: Any, key: str) -> list[str]:
    """The names of nodes in a collection."""
    if key not in meta_graph.collection_def:
        return []
    collection = meta_graph.collection_def[key]
    return list(collection.node_list.value) or [
        value.decode("utf-8", "replace") for value in collection.bytes_list.value
    ]


def _local_initializers(meta_graph: Any) -> list[str]:
    return [variable.initializer_name for variable in collected_variables(meta_graph, "local_variables")]


def _existing(index: GraphIndex, names: list[str]) -> tuple[Tensor, ...]:
    """As control outputs: what matters is that they run."""
    nodes = (parse_tensor(name.lstrip("^")).node for name in names if name)
    return tuple(Tensor(node, -1) for node in dict.fromkeys(nodes) if node in index.nodes)
