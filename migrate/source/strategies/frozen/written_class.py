"""The text of the class that takes the place of a frozen graph and its sessions."""

from __future__ import annotations

from collections.abc import Collection

CLASS = "FrozenGraph"

_GRAPH = "self._imported.graph"


def class_text(
    name: str, tf: str, np: str, methods: Collection[str], *, elements: bool, called: bool, exported: bool
) -> str:
    """The class definition.

    Args:
        name: Of the class.
        tf: How the module spells TensorFlow.
        np: How it spells NumPy.
        methods: Methods of a graph that the module calls.
        elements: Whether it reads what `return_elements` names.
        called: Whether it runs the graph.
        exported: Whether it exports the graph.
    """
    what = "; a call computes some of its tensors, as NumPy values" if called else ""
    lines = [f"class {name}:", f'\t"""A frozen graph{what}."""', ""]
    if elements:
        lines += [
            "\tdef __init__(self, graph_def, return_elements, name=None):",
            "\t\tdef import_graph():",
            f"\t\t\tself.elements = {tf}.import_graph_def(",
            "\t\t\t\vgraph_def, return_elements=return_elements, name=name",
            "\t\t\t)",
            "",
            f"\t\tself._imported = {tf}.compat.v1.wrap_function(import_graph, [])",
        ]
    else:
        lines += [
            "\tdef __init__(self, graph_def, name=None):",
            f"\t\tself._imported = {tf}.compat.v1.wrap_function(",
            f"\t\t\vlambda: {tf}.import_graph_def(graph_def, name=name), []",
            "\t\t)",
        ]
    lines += ["\t\tself._pruned = {}", ""] if called else [""]
    for method in sorted(methods):
        lines += _method(method)
    if exported:
        lines += signature_method(tf, "pruned", "self._imported.prune")
    if called:
        lines += _call(tf, np, entered="as_default" in methods)
    return "\n".join(lines).rstrip("\n")


def signature_method(tf: str, name: str, made_by: str) -> list[str]:
    """The lines of the method that makes a signature.

    Args:
        tf: The name of TensorFlow.
        name: What the function of the graph is called there.
        made_by: What makes it, from inputs and outputs.
    """
    return [
        "\tdef signature(self, inputs, outputs):",
        '\t\t"""A function of some tensors, under the names a signature gives them."""',
        f"\t\t{name} = {made_by}(list(inputs.values()), list(outputs.values()))",
        "",
        f"\t\t@{tf}.function(",
        "\t\t\vinput_signature=[",
        f"\t\t\v\v{tf}.TensorSpec(tensor.shape, tensor.dtype, name)",
        "\t\t\v\vfor name, tensor in inputs.items()",
        "\t\t\v]",
        "\t\t)",
        "\t\tdef function(*tensors):",
        f"\t\t\treturn dict(zip(outputs, {name}(*tensors)))",
        "",
        "\t\treturn function",
        "",
    ]


def _call(tf: str, np: str, *, entered: bool) -> list[str]:
    lines = [
        "\tdef __call__(self, fetches, feed_dict=None):",
        f"\t\tgraph = {_GRAPH}",
        "\t\tfeed_dict = feed_dict or {}",
        "\t\tinputs = [graph.get_tensor_by_name(name) for name in feed_dict]",
        f"\t\tflat = {tf}.nest.flatten(fetches)",
        "\t\toutputs = [graph.as_graph_element(fetch) for fetch in flat]",
        "\t\tkey = tuple(feed_dict), tuple(output.name for output in outputs)",
        "\t\tif key not in self._pruned:",
        "\t\t\tself._pruned[key] = self._imported.prune(inputs, outputs)",
    ]
    body = [
        "values = []",
        "for tensor, value in zip(inputs, feed_dict.values()):",
        f"\tvalue = {np}.asarray(value, tensor.dtype.as_numpy_dtype)",
        "\ttensor.shape.assert_is_compatible_with(value.shape)",
        f"\tvalues.append({tf}.constant(value, tensor.dtype))",
        "results = self._pruned[key](*values)",
    ]
    if entered:
        # It is called where its own graph is the default one.
        lines += [f"\t\twith {tf}.init_scope():", *(f"\t\t\t{line}" for line in body)]
    else:
        lines += [f"\t\t{line}" for line in body]
    lines += [
        f"\t\treturn {tf}.nest.pack_sequence_as(",
        "\t\t\vfetches, [None if r is None else r.numpy() for r in results]",
        "\t\t)",
    ]
    return lines


def _method(name: str) -> list[str]:
    argument = "" if name in ("get_operations", "as_default", "as_graph_def") else "name"
    parameters = ", ".join(filter(None, ("self", argument)))
    return [f"\tdef {name}({parameters}):", f"\t\treturn {_GRAPH}.{name}({argument})", ""]
