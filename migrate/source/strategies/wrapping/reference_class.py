"""The class that takes the place of a session whose graph comes from a MetaGraphDef: its variables are references.

TF2 cannot wrap such variables. So each signature is cut from the graph, as restored graphs do it, and values of
tf.Variables stand in the cut for the variables.
"""

from __future__ import annotations

from migrate.source.strategies.restored.function_methods import function_methods, needed_method
from migrate.source.strategies.restored.needs import Needs
from migrate.source.strategies.restored.table_methods import table_methods

_OF_GRAPH = ("as_default()", "as_graph_def()", "get_collection(")


def reference_class(
    head: list[str], save: list[str], tf: str, tables: str | None, *, key: str, names: list[str]
) -> str:
    """The class definition.

    Args:
        head: Its lines up to the constructor.
        save: The lines of its methods that gather steps and save.
        tf: How the module spells TensorFlow.
        tables: The name of the class of lookup tables, where the graph may have some.
        key: The name of an argument, for the key `key` of an input.
        names: The lines that make the names of the arguments.
    """
    needs = Needs(tables=tables)
    cut = [*needed_method(), *function_methods(tf, needs), *(table_methods(tf, needs) if tables else [])]
    lines = [
        *head,
        "\tdef __init__(self, graph=None):",
        f"\t\tself.graph = graph or {tf}.compat.v1.get_default_graph()",
        f"\t\tself.module = {tf}.Module()",
        "\t\tself.module.weights = {}",
        *(["\t\tself.module.tables, self.module.assets = {}, {}"] if tables else []),
        "\t\tself._restored = {}",
        "\t\tself._steps = []",
        "",
        *save,
        *(_paths(tf) if tables else []),
        *_set(tf),
        *(_of_graph(line) for line in cut),
        *_signature(tf, key, names),
    ]
    return "\n".join(lines).rstrip("\n")


def _of_graph(line: str) -> str:
    """A line of a class that is a graph, for one that has a graph."""
    for method in _OF_GRAPH:
        line = line.replace(f"self.{method}", f"self.graph.{method}")
    return line.replace("node.CopyFrom(op.node_def)", 'node.CopyFrom(op.node_def)\n\t\t\tnode.device = ""')


def _paths(tf: str) -> list[str]:
    return [
        "\t@property",
        "\tdef _files(self):",
        '\t\t"""The files that the graph names, by the tensors that do."""',
        '\t\tpaths = self.graph.get_collection("asset_filepaths")',
        f"\t\tvalues = {{t.name: {tf}.get_static_value(t).item() for t in paths}}",
        f"\t\treturn {{name: {tf}.compat.as_str(path) for name, path in values.items()}}",
        "",
    ]


def _set(tf: str) -> list[str]:
    return [
        "\tdef _set(self, inputs, operations, values):",
        "\t\telement = self.graph.as_graph_element",
        "\t\tassigned = [",
        "\t\t\vop",
        "\t\t\vfor op in self._needed([element(name) for name in operations])",
        '\t\t\vif op.type in ("Assign", "AssignVariableOp")',
        "\t\t]",
        "\t\tif not assigned:",
        "\t\t\treturn",
        "\t\tread = self.function(",
        "\t\t\v[element(name) for name in inputs], [op.inputs[1] for op in assigned]",
        "\t\t)",
        f"\t\tvalues = read(*[{tf}.constant(value) for value in values])",
        "\t\tfor op, value in zip(assigned, values):",
        "\t\t\tself._take(op.inputs[0].op, value)",
        "",
        "\tdef _take(self, variable, value):",
        "\t\tshape = variable.outputs[0].shape",
        '\t\tif variable.type == "VarHandleOp":',
        f'\t\t\tshape = {tf}.TensorShape(variable.get_attr("shape"))',
        "\t\tshape.assert_is_compatible_with(value.shape)",
        "\t\tself._restored[variable.name] = value",
        "\t\tif variable.name in self.module.weights:",
        "\t\t\tself.module.weights[variable.name].assign(value)",
        "",
    ]


def _signature(tf: str, key: str, names: list[str]) -> list[str]:
    return [
        "\tdef _value(self, name):",
        "\t\t# A variable stands for its value.",
        "\t\ttensor = self.graph.get_tensor_by_name(name)",
        f"\t\tif tensor.dtype == {tf}.resource:",
        '\t\t\treturn self.graph.get_tensor_by_name(f"{tensor.op.name}/Read/ReadVariableOp:0")',
        "\t\treturn tensor",
        "",
        "\tdef _signature(self, signature_def):",
        "\t\tinputs, outputs = dict(signature_def.inputs), dict(signature_def.outputs)",
        "\t\tfed = [self.graph.get_tensor_by_name(info.name) for info in inputs.values()]",
        "\t\tfetched = [self._value(info.name) for info in outputs.values()]",
        "\t\tfor op in self._needed([t.op for t in fetched], [t.name for t in fed]):",
        '\t\t\tif "PyFunc" in op.type:',
        '\t\t\t\traise ValueError(f"TF2 cannot save {op.name} ({op.type})")',
        "\t\tcut = self.function(fed, fetched)",
        *names,
        "",
        f"\t\t@{tf}.function(",
        "\t\t\vinput_signature=[",
        f"\t\t\v\v{tf}.TensorSpec(tensor.shape, tensor.dtype, {key})",
        "\t\t\v\vfor key, tensor in zip(inputs, fed)",
        "\t\t\v]",
        "\t\t)",
        "\t\tdef signature(*tensors):",
        "\t\t\treturn dict(zip(outputs, cut(*tensors)))",
        "",
        "\t\treturn signature",
    ]
