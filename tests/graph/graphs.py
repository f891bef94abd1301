"""Small graphs, made of protos without TensorFlow.

g = Graph()
x = g.placeholder("x")
g.node("y", "Tanh", x, T=FLOAT)
g.signature("serving_default", {"x": "x:0"}, {"y": "y:0"})
view = g.view()
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from migrate import protos
from migrate.graph.source import Form, Source
from migrate.graph.view import MetaGraphView

FLOAT, INT32, UINT8, STRING, INT64, BOOL, RESOURCE = 1, 3, 4, 7, 9, 10, 20

_TYPES = {"T", "dtype", "Tidx", "Tin", "Tout", "DstT", "SrcT", "out_type", "key_dtype", "value_dtype", "Tlabels"}
_TYPES |= {"Tindices", "Tparams", "Taxis", "output_type", "component_types", "output_types", "dtypes", "token_type"}
_VALUES = {INT32: "int_val", BOOL: "bool_val", FLOAT: "float_val", INT64: "int64_val", STRING: "string_val"}


class Graph:
    """A MetaGraphDef in the making."""

    def __init__(self, *tags: str) -> None:
        self.meta = protos.meta_graph_def()
        self.graph = self.meta.graph_def
        self.graph.versions.producer = 134
        self.meta.meta_info_def.tags.extend(tags or ("serve",))

    def node(self, name: str, op: str, *inputs: str, device: str = "", **attributes: Any) -> str:
        return _fill(self.graph.node.add(), name, op, inputs, device, attributes)

    def placeholder(self, name: str, dtype: int = FLOAT, shape: tuple[int, ...] | None = (-1, 2)) -> str:
        self.node(name, "Placeholder", dtype=dtype)
        _set_shape(self.graph.node[-1].attr["shape"].shape, shape)
        return name

    def const(self, name: str, value: Any, dtype: int, *, shape: tuple[int, ...] = ()) -> str:
        self.node(name, "Const", dtype=dtype)
        tensor = self.graph.node[-1].attr["value"].tensor
        tensor.dtype = dtype
        _set_shape(tensor.tensor_shape, shape)
        getattr(tensor, _VALUES[dtype]).extend(value if isinstance(value, (list, tuple)) else [value])
        return name

    def default(self, name: str, value: Any, dtype: int) -> str:
        """A scalar placeholder with a default."""
        self.const(f"{name}/input", value, dtype)
        self.node(name, "PlaceholderWithDefault", f"{name}/input", dtype=dtype)
        self.graph.node[-1].attr["shape"].shape.SetInParent()
        return name

    def variable(
        self, name: str, shape: tuple[int, ...] = (2, 2), *, dtype: int = FLOAT, trainable: bool = True
    ) -> str:
        """A reference variable; returns the tensor that reads it."""
        self.node(name, "VariableV2", dtype=dtype)
        _set_shape(self.graph.node[-1].attr["shape"].shape, shape)
        definition = protos.variable_def()
        definition.variable_name, definition.trainable = f"{name}:0", trainable
        for key in ("variables", *(("trainable_variables",) if trainable else ())):
            self.meta.collection_def[key].bytes_list.value.append(definition.SerializeToString())
        return self.node(f"{name}/read", "Identity", name, T=dtype)

    def saver(self, *names: str) -> None:
        """A saver that restores these reference variables of float32."""
        self.const("save/Const", b"model", STRING)
        self.const("save/names", [name.encode() for name in names], STRING, shape=(len(names),))
        self.const("save/slices", [b""] * len(names), STRING, shape=(len(names),))
        self.node("save/RestoreV2", "RestoreV2", "save/Const", "save/names", "save/slices", dtypes=[FLOAT] * len(names))
        for number, name in enumerate(names):
            self.node(f"save/Assign_{number}", "Assign", name, f"save/RestoreV2:{number}", T=FLOAT)
        self.node("save/restore_all", "NoOp", *(f"^save/Assign_{number}" for number in range(len(names))))
        self.node(
            "save/SaveV2", "SaveV2", "save/Const", "save/names", "save/slices", *names, dtypes=[FLOAT] * len(names)
        )
        self.meta.saver_def.restore_op_name = "save/restore_all"

    def function(self, name: str, *nodes: tuple[str, str, tuple[str, ...], dict[str, Any]]) -> None:
        """A library function of one float32 argument `a`, which it returns, and nodes `(name, op, inputs, attrs)`."""
        function = self.graph.library.function.add()
        function.signature.name = name
        for side, argument in ((function.signature.input_arg, "a"), (function.signature.output_arg, "b")):
            added = side.add()
            added.name, added.type = argument, FLOAT
        for node, op, inputs, attributes in nodes:
            _fill(function.node_def.add(), node, op, inputs, "", attributes)
        function.ret["b"] = "a"

    def init(self, node: str) -> None:
        """Makes a node the main op."""
        self.meta.collection_def["saved_model_main_op"].node_list.value.append(node)

    def signature(self, key: str, inputs: dict[str, str], outputs: dict[str, str]) -> None:
        definition = self.meta.signature_def[key]
        for side, tensors in ((definition.inputs, inputs), (definition.outputs, outputs)):
            for name, tensor in tensors.items():
                side[name].name, side[name].dtype = tensor, FLOAT

    def view(self, form: Form = Form.SAVED_MODEL, checkpoint: Path | None = None, *others: Graph) -> MetaGraphView:
        where = Path("model")
        metas = (self.meta, *(other.meta for other in others))
        return MetaGraphView(Source(where, where, form, metas, None, checkpoint), self.meta)


def _fill(node: Any, name: str, op: str, inputs: tuple[str, ...], device: str, attributes: dict[str, Any]) -> str:
    node.name, node.op, node.device = name, op, device
    node.input.extend(inputs)
    for key, value in attributes.items():
        attr = node.attr[key]
        if key in _TYPES and isinstance(value, list):
            attr.list.type.extend(value)
        elif key in _TYPES:
            attr.type = value
        elif isinstance(value, bool):
            attr.b = value
        elif isinstance(value, int):
            attr.i = value
        elif isinstance(value, str) and key in ("f", "body", "cond", "then_branch", "else_branch"):
            attr.func.name = value
        elif isinstance(value, (str, bytes)):
            attr.s = value.encode() if isinstance(value, str) else value
        else:
            raise TypeError(key)
    return name


def _set_shape(target: Any, shape: tuple[int, ...] | None) -> None:
    target.SetInParent()
    if shape is None:
        target.unknown_rank = True
        return
    for size in shape:
        target.dim.add().size = size
