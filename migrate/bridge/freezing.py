"""TF1's functions that freeze sessions, writing what programs on TF1 can still read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrate.bridge.version import check_version

if TYPE_CHECKING:
    from collections.abc import Iterable


def convert_variables_to_constants(
    sess: Any,
    input_graph_def: Any,
    output_node_names: Iterable[str],
    variable_names_whitelist: Iterable[str] | None = None,
    variable_names_blacklist: Iterable[str] | None = None,
) -> Any:
    """Stands where `tf.graph_util.convert_variables_to_constants` stood, and takes the same.

    TF2's own function gives a GraphDef that TF1 refuses to import, because operations have got attributes since. Here
    attributes are left out that have their default values, which mean the same in TF2.

    Args:
        sess: The session with the values.
        input_graph_def: Its graph, as a GraphDef.
        output_node_names: Names of the nodes that must stay, with all they need.
        variable_names_whitelist: Names of the only variables that become constants; all where None.
        variable_names_blacklist: Names of variables that stay.

    Returns:
        The frozen GraphDef.
    """
    check_version()
    import tensorflow as tf

    return without_defaults(
        tf.compat.v1.graph_util.convert_variables_to_constants(
            sess,
            input_graph_def,
            list(output_node_names),
            variable_names_whitelist,
            variable_names_blacklist,
        )
    )


def freeze_graph(*args: Any, **kwargs: Any) -> Any:
    """Stands where `freeze_graph.freeze_graph` of `tensorflow.python.tools` stood, and takes the same.

    Args:
        *args: Its arguments.
        **kwargs: Its arguments.

    Returns:
        The frozen GraphDef, without attributes that have their default values. It is written where
        `output_graph` says.
    """
    check_version()
    from inspect import signature

    import tensorflow as tf
    from tensorflow.python.tools import freeze_graph as tool

    if "variable_names_blacklist" in kwargs:
        # TF1's name of it.
        kwargs["variable_names_denylist"] = kwargs.pop("variable_names_blacklist")
    given = signature(tool.freeze_graph).bind(*args, **kwargs)
    output = given.arguments.get("output_graph")
    given.arguments["output_graph"] = ""
    graph_def = tool.freeze_graph(*given.args, **given.kwargs)
    if not isinstance(graph_def, tf.compat.v1.GraphDef):
        # Where the checkpoint is missing, some versions say so on stdout and return -1.
        return graph_def
    graph_def = without_defaults(graph_def)
    if output:
        with tf.io.gfile.GFile(output, "wb") as file:
            file.write(graph_def.SerializeToString())
    return graph_def


def without_defaults(graph_def: Any) -> Any:
    """A GraphDef without the attributes that have their default values; functions in its library included.

    Nor do nodes keep their full types, which TF1 cannot read where the graph is written as text.
    """
    import tensorflow as tf
    from tensorflow.python.framework.meta_graph import strip_graph_default_valued_attrs

    meta_graph = tf.compat.v1.MetaGraphDef(graph_def=graph_def)
    strip_graph_default_valued_attrs(meta_graph)
    for function in meta_graph.graph_def.library.function:
        for node in function.node_def:
            node.ClearField("experimental_type")
    for node in meta_graph.graph_def.node:
        node.ClearField("experimental_type")
    return meta_graph.graph_def
