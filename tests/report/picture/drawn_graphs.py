"""Graphs made by hand, as SavedModel files: small ones, and one of tens of thousands of nodes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from migrate import protos

FLOAT, STRING, INT64, RESOURCE = 1, 7, 9, 20


class Graph:
    """Builds a MetaGraphDef."""

    def __init__(self, tags: tuple[str, ...] = ("serve",)) -> None:
        self.meta_graph = protos.meta_graph_def()
        self.meta_graph.meta_info_def.tags.extend(tags)
        self.meta_graph.meta_info_def.tensorflow_version = "1.15.5"
        self.meta_graph.graph_def.versions.producer = 134

    def node(self, name: str, op: str, *inputs: str, dtype: int = FLOAT, shape: tuple[int, ...] | None = None) -> str:
        node = self.meta_graph.graph_def.node.add(name=name, op=op)
        node.input.extend(inputs)
        key = "dtype" if op in ("Placeholder", "VariableV2", "Const", "VarHandleOp") else "T"
        node.attr[key].type = dtype
        if shape is not None:
            shapes = node.attr["_output_shapes"].list.shape.add()
            for size in shape:
                shapes.dim.add(size=size)
        return name

    def placeholder(self, name: str, shape: tuple[int, ...] = (-1, 4)) -> str:
        self.node(name, "Placeholder", shape=shape)
        self._shape(shape)
        return name

    def variable(self, name: str, shape: tuple[int, ...] = (4, 4)) -> str:
        """A reference variable; gives the name of what reads it."""
        self.node(name, "VariableV2")
        self._shape(shape)
        return self.node(f"{name}/read", "Identity", name)

    def constant(self, name: str, shape: tuple[int, ...] = ()) -> str:
        self.node(name, "Const")
        tensor = self.meta_graph.graph_def.node[-1].attr["value"].tensor
        tensor.dtype = FLOAT
        for size in shape:
            tensor.tensor_shape.dim.add(size=size)
        tensor.float_val.append(1.0)
        return name

    def attribute(self, name: str, key: str, **value: Any) -> None:
        """Sets an attribute of the node made last of that name."""
        (node,) = [node for node in self.meta_graph.graph_def.node if node.name == name]
        for field, content in value.items():
            setattr(node.attr[key], field, content)

    def signature(self, key: str, inputs: dict[str, str], outputs: dict[str, str]) -> None:
        definition = self.meta_graph.signature_def[key]
        definition.method_name = "tensorflow/serving/predict"
        for found, target in ((inputs, definition.inputs), (outputs, definition.outputs)):
            for name, tensor in found.items():
                target[name].name = f"{tensor}:0" if ":" not in tensor else tensor
                target[name].dtype = FLOAT
                for size in (-1, 4):
                    target[name].tensor_shape.dim.add(size=size)

    def _shape(self, shape: tuple[int, ...]) -> None:
        attribute = self.meta_graph.graph_def.node[-1].attr["shape"].shape
        for size in shape:
            attribute.dim.add(size=size)

    def saved_model(self, directory: Path) -> Path:
        return saved_model(directory, self)

    def graph_def(self, file: Path) -> Path:
        file.write_bytes(self.meta_graph.graph_def.SerializeToString())
        return file


def saved_model(directory: Path, *graphs: Graph) -> Path:
    """Writes a SavedModel without variables' values."""
    message = protos.saved_model()
    message.saved_model_schema_version = 1
    for graph in graphs:
        message.meta_graphs.add().CopyFrom(graph.meta_graph)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "saved_model.pb").write_bytes(message.SerializeToString())
    return directory


def linear(**more: str) -> Graph:
    """softmax(x w + b)."""
    graph = Graph()
    x = graph.placeholder("x")
    product = graph.node("dense/MatMul", "MatMul", x, graph.variable("dense/kernel"), shape=(-1, 4))
    added = graph.node("dense/BiasAdd", "BiasAdd", product, graph.variable("dense/bias", (4,)), shape=(-1, 4))
    graph.node("y", "Softmax", added, shape=(-1, 4))
    graph.signature("serving_default", {"x": "x"}, {"y": "y", **more})
    return graph


def tower(layers: int, heads: int, chain: int) -> Graph:
    """Layers of parallel heads of chains: about `layers * heads * chain * 2` nodes, in scopes."""
    graph = Graph()
    hidden, mask = graph.placeholder("x"), graph.placeholder("mask")
    shape = (-1, 128, 256)
    for layer in range(layers):
        results = []
        for head in range(heads):
            scope = f"model/encoder/layer_{layer}/attention/head_{head}"
            value = graph.node(
                f"{scope}/query/MatMul", "MatMul", hidden, graph.variable(f"{scope}/query/kernel"), shape=shape
            )
            value = graph.node(f"{scope}/masked", "Mul", value, mask, shape=shape)
            for step in range(chain):
                bias = graph.constant(f"{scope}/step_{step}/bias")
                op = ("Add", "Mul", "Sub", "Maximum")[step % 4]
                value = graph.node(f"{scope}/step_{step}/{op}", op, value, bias, shape=shape)
            results.append(value)
        scope = f"model/encoder/layer_{layer}/output"
        total = graph.node(f"{scope}/AddN", "AddN", *results, shape=shape)
        graph.meta_graph.graph_def.node[-1].attr["N"].i = len(results)
        product = graph.node(f"{scope}/MatMul", "MatMul", total, graph.variable(f"{scope}/kernel"), shape=shape)
        hidden = graph.node(f"{scope}/add", "AddV2", product, hidden, shape=shape)
    graph.node("pooled", "Tanh", hidden, shape=shape)
    graph.signature("serving_default", {"x": "x", "mask": "mask"}, {"y": "pooled"})
    return graph


def flat(nodes: int) -> Graph:
    """A graph without scopes, with a shortcut every ten nodes."""
    graph = Graph()
    value = graph.placeholder("x")
    before = value
    for number in range(nodes):
        if number % 10 == 9:
            value, before = graph.node(f"add_{number}", "AddV2", value, before), value
        else:
            value = graph.node(f"relu_{number}", "Relu", value)
    graph.node("y", "Softmax", value)
    graph.signature("serving_default", {"x": "x"}, {"y": "y"})
    return graph
