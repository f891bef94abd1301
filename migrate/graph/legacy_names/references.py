"""Everything in a MetaGraphDef that names a node or tensor of its top-level graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError, Message

from migrate import protos
from migrate.graph.legacy_names.tensor_infos import named_tensors, set_tensor_name
from migrate.graph.tensors import Tensor, TensorNameError, parse_tensor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_COLLECTIONS = {
    "queue_runners": "core.protobuf.queue_runner_pb2.QueueRunnerDef",
    "cond_context": "core.protobuf.control_flow_pb2.CondContextDef",
    "while_context": "core.protobuf.control_flow_pb2.WhileContextDef",
    "savers": "core.protobuf.saver_pb2.SaverDef",
}
_VARIABLES = "core.framework.variable_pb2.VariableDef"
_NO_NODES = frozenset({"context_name", "full_name"})
"""String fields of these messages that are names, but not of nodes."""


class Renaming:
    """Old names and new ones.

    Args:
        nodes: Nodes that get another name.
        names: Tensors for which signatures and collections name another one, as it is called after the renaming.
        inputs: Tensors instead of which nodes read another one, as it is called before the renaming.
    """

    def __init__(
        self, nodes: Mapping[str, str], names: Mapping[Tensor, Tensor], inputs: Mapping[Tensor, Tensor]
    ) -> None:
        self._nodes = nodes
        self._names = names
        self._inputs = inputs
        self._touched = {*nodes, *(tensor.node for tensor in (*names, *inputs))}

    def node(self, name: str) -> str:
        """A node's name now."""
        return self._nodes.get(name, name)

    def tensor(self, tensor: Tensor) -> Tensor:
        """What nodes read now that read a tensor."""
        tensor = self._inputs.get(tensor, tensor)
        return tensor._replace(node=self.node(tensor.node))

    def as_input(self, text: str) -> str:
        """An input of a node, as NodeDefs write it."""
        if not self._touches(text):
            return text
        return self.tensor(parse_tensor(text)).as_input

    def as_name(self, text: str) -> str:
        """The name of a tensor (`x:0`), or of an operation (`x`, `^x`)."""
        if not self._touches(text):
            return text
        if text.startswith("^"):
            return f"^{self.node(text[1:])}"
        if ":" not in text:
            return self.node(text)
        tensor = parse_tensor(text)
        return str(self._names.get(tensor) or tensor._replace(node=self.node(tensor.node)))

    def mentioned_in(self, data: bytes) -> bool:
        """Whether a message of a type that is not known may name something that is renamed."""
        return any(name.encode() in data for name in self._touched)

    def _touches(self, text: str) -> bool:
        try:
            return parse_tensor(text).node in self._touched
        except TensorNameError:
            return False  # Some other text.


def rename_everywhere(meta_graph: Any, renaming: Renaming) -> tuple[str, ...]:
    """Follows a renaming, in place, in all that names nodes and tensors; the nodes' own names, too.

    Those are the nodes' inputs and colocations, the signatures, the saver, asset files, collections, and the
    constants of TF2's object graph (MetaGraphDef in tensorflow/core/protobuf/meta_graph.proto).

    Args:
        meta_graph: The MetaGraphDef.
        renaming: Names that are not in it stay.

    Returns:
        The collections that name what was renamed, perhaps, in a form that is not known; they stay as they are.
    """
    for node in meta_graph.graph_def.node:
        _replace(node.input, renaming.as_input)
        node.name = renaming.node(node.name)
        if "_class" in node.attr:
            _colocate(node.attr["_class"].list, renaming)
    for signature in meta_graph.signature_def.values():
        for info in (*signature.inputs.values(), *signature.outputs.values()):
            _rename_info(info, renaming)
    for asset in meta_graph.asset_file_def:
        _rename_info(asset.tensor_info, renaming)
    if meta_graph.HasField("saver_def"):
        _rename_strings(meta_graph.saver_def, renaming)
    if meta_graph.HasField("object_graph_def"):
        for saved in meta_graph.object_graph_def.nodes:
            if saved.WhichOneof("kind") == "constant":
                saved.constant.operation = renaming.node(saved.constant.operation)
    return tuple(key for key in sorted(meta_graph.collection_def) if not _collection(meta_graph, key, renaming))


def _colocate(classes: Any, renaming: Renaming) -> None:
    for number, text in enumerate(classes.s):
        prefix, at, name = text.partition(b"loc:@")
        if at and not prefix:
            classes.s[number] = b"loc:@" + renaming.node(name.decode("utf-8", "surrogateescape")).encode(
                "utf-8", "surrogateescape"
            )


def _rename_info(info: Any, renaming: Renaming) -> None:
    for number, part in enumerate(named_tensors(info)):
        if renaming.as_name(part.name) != part.name:
            set_tensor_name(info, number, renaming.as_name(part.name))


def _collection(meta_graph: Any, key: str, renaming: Renaming) -> bool:
    """Renames in one collection; whether all in it is understood."""
    collection = meta_graph.collection_def[key]
    _replace(collection.node_list.value, renaming.as_name)
    for packed in collection.any_list.value:
        asset = protos.asset_file_def()
        if packed.Is(asset.DESCRIPTOR):
            packed.Unpack(asset)
            before = asset.tensor_info.name
            _rename_info(asset.tensor_info, renaming)
            if asset.tensor_info.name != before:
                packed.Pack(asset)
    kind = _COLLECTIONS.get(key) or (_VARIABLES if key.endswith("variables") else "")
    for number, data in enumerate(collection.bytes_list.value):
        try:
            message = protos.message_type(kind)() if kind else None
            if message is not None:
                message.ParseFromString(data)
        except DecodeError:
            message = None
        if message is None:
            if renaming.mentioned_in(data):
                return False
        elif _rename_strings(message, renaming):
            collection.bytes_list.value[number] = message.SerializeToString()
    return True


def _rename_strings(message: Message, renaming: Renaming) -> bool:
    """Renames in all strings of a message that may be names of nodes; whether any changed."""
    changed = False
    for field, value in message.ListFields():
        if field.name in _NO_NODES or field.type not in (field.TYPE_STRING, field.TYPE_MESSAGE):
            continue
        if field.type == field.TYPE_STRING:
            if isinstance(value, str):
                new = renaming.as_name(value)
                changed |= new != value
                setattr(message, field.name, new)
            else:
                changed |= _replace(value, renaming.as_name)
        elif field.message_type is not None and field.message_type.GetOptions().map_entry:
            changed |= _rename_map(value, renaming)
        else:
            for inner in [value] if isinstance(value, Message) else value:
                changed |= _rename_strings(inner, renaming)
    return changed


def _rename_map(values: Any, renaming: Renaming) -> bool:
    """A map from names to names, such as ValuesDef's external_values."""
    before = dict(values)
    after = {renaming.as_name(key): renaming.as_name(value) for key, value in before.items()}
    if after != before:
        values.clear()
        values.update(after)
    return after != before


def _replace(texts: Any, rename: Callable[[str], str]) -> bool:
    changed = False
    for number, text in enumerate(texts):
        new = rename(text)
        if new != text:
            texts[number] = new
            changed = True
    return changed
