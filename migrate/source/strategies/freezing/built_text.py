"""The class that gives the variables of a built graph their values without a session, so that they can be frozen."""

from __future__ import annotations

from migrate.source.strategies.wrapping.nodes import WRITTEN

CLASS = "BuiltGraph"
MODEL = "built"
"""What an object of it is called."""


def built_class(name: str, tf: str, uuid: str, context: str) -> str:
    """The class definition.

    Args:
        name: Of the class.
        tf: How the module spells TensorFlow.
        uuid: How it spells the module `uuid`.
        context: How it spells `tensorflow.python.eager.context`.
    """
    return "\n".join(
        [
            f"class {name}:",
            f'\t"""{WRITTEN[2]}"""',
            "",
            "\tdef __init__(self, graph=None):",
            f"\t\tself.graph = graph or {tf}.compat.v1.get_default_graph()",
            "\t\t# Variables of other graphs may have the same names.",
            f"\t\tself._suffix = {uuid}.uuid4().hex",
            "\t\tself._function = None",
            "\t\tself._version = None",
            "",
            "\tdef restore(self, saver, path):",
            '\t\t"""Restores variables from a checkpoint."""',
            "\t\tnames = saver.saver_def",
            "\t\tself.run(names.restore_op_name, {names.filename_tensor_name: path})",
            "",
            "\tdef run(self, fetches, feed_dict=None):",
            '\t\t"""Runs operations that set variables, or reads these."""',
            "\t\tif self._version != self.graph.version:",
            "\t\t\tself._wrap()",
            "\t\tfeeds = feed_dict or {}",
            "\t\t# TF2 calls functions outside of graphs, and this one may be the default.",
            f"\t\twith {context}.eager_mode():",
            f"\t\t\telements = [self._element(one) for one in {tf}.nest.flatten(fetches)]",
            "\t\t\tfunction = self._function.prune(list(feeds), elements)",
            f"\t\t\tresults = function(*[{tf}.constant(value) for value in feeds.values()])",
            "\t\t\treturn [None if one is None else one.numpy() for one in results]",
            "",
            "\tdef _wrap(self):",
            "\t\tgraph_def = self.graph.as_graph_def()",
            "\t\tself._version = self.graph.version",
            "\t\tfor node in graph_def.node:",
            '\t\t\tnode.device = ""',
            '\t\t\tif node.op == "VariableV2":',
            "\t\t\t\t# A graph that has grown keeps its values.",
            '\t\t\t\tname = f"{node.name}_{self._suffix}"',
            '\t\t\t\tnode.attr["shared_name"].s = name.encode()',
            "",
            "\t\tdef import_graph():",
            f'\t\t\t{tf}.import_graph_def(graph_def, name="")',
            "",
            f"\t\twith {context}.eager_mode():",
            f"\t\t\tself._function = {tf}.compat.v1.wrap_function(import_graph, [])",
            "",
            "\tdef _element(self, fetched):",
            "\t\tgraph = self._function.graph",
            '\t\telement = graph.as_graph_element(getattr(fetched, "name", fetched))',
            "\t\t# A variable stands for its value.",
            '\t\tif "_ref" not in str(getattr(element, "dtype", "")):',
            "\t\t\treturn element",
            "\t\twith graph.as_default():",
            f"\t\t\treturn {tf}.identity(element)",
        ]
    )
