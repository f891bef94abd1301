"""The helpers that new code needs in the place of a session with a loaded graph.

What they take and give is what `Session.run` takes and gives, so that calls stay as they are: names of tensors in
any structure, values that become arrays of the input's dtype, arrays as results.
"""

from __future__ import annotations

_TENSORS = "[self.tensor(name) for name in names]"


def signature_helper(name: str, tf: str, np: str) -> str:
    """A function that loads one signature, whose tensors go by the keys of the signature."""
    return "\n".join(
        [
            f"def {name}(export_dir, tags, key):",
            '\t"""Loads a signature as a function of output keys and values by input key."""',
            f"\tmodel = {tf}.saved_model.load(export_dir, tags=tags)",
            "\tsignature = model.signatures[key]",
            "\tspecs = signature.structured_input_signature[1]",
            "",
            "\tdef run(fetches, feed_dict=None):",
            "\t\ttensors = {}",
            "\t\tfor name, value in (feed_dict or {}).items():",
            *_fed("specs[name]", "tensors[name] = {}", tf, np),
            "\t\toutputs = signature(**tensors)",
            f"\t\treturn {tf}.nest.map_structure(lambda name: outputs[name].numpy(), fetches)",
            "",
            "\treturn run",
        ]
    )


def model_helper(name: str, tf: str, np: str, proto: str = "", *, kept: bool = False) -> str:
    """A class for a SavedModel in TF1's format, whose tensors go by their names in the graph.

    Args:
        name: Of the class.
        tf: TensorFlow's name.
        np: NumPy's.
        proto: The name of the module with the SavedModel message, where the MetaGraphDef is asked for.
        kept: Whether it gives the GraphDef and the values of variables, for code that freezes it.
    """
    return "\n".join(
        [
            f"class {name}:",
            '\t"""A SavedModel of TensorFlow 1 that computes tensors by their names."""',
            "",
            "\tdef __init__(self, export_dir, tags):",
            f"\t\tself.model = {tf}.saved_model.load(export_dir, tags=tags)",
            *(_reading(tf, proto) if proto else []),
            "\t\tself.functions = {}",
            "",
            *([*_kept(tf, "self.meta_graph.graph_def"), *_tensor(tf, "self.model.graph")] if kept else []),
            *_run("self.model.prune", tf, np, _TENSORS if kept else "names"),
        ]
    )


def signatures_helper(name: str, tf: str, np: str, proto: str) -> str:
    """A class for a SavedModel whose signatures are called by the names of their tensors.

    Args:
        name: Of the class.
        tf: TensorFlow's name.
        np: NumPy's.
        proto: The name of the module with the SavedModel message.
    """
    return "\n".join(
        [
            f"class {name}:",
            '\t"""A SavedModel whose signatures compute tensors by the names that they give them."""',
            "",
            "\tdef __init__(self, export_dir, tags):",
            f"\t\tself.model = {tf}.saved_model.load(export_dir, tags=tags)",
            *_reading(tf, proto),
            "",
            "\tdef run(self, fetches, feed_dict=None):",
            '\t\t"""Calls the signature that computes tensors from the values of others."""',
            "\t\tfeeds = feed_dict or {}",
            f"\t\tnames = {tf}.nest.flatten(fetches)",
            "\t\tfor key, signature in self.meta_graph.signature_def.items():",
            "\t\t\tinputs = {info.name: name for name, info in signature.inputs.items()}",
            "\t\t\toutputs = {info.name: name for name, info in signature.outputs.items()}",
            "\t\t\tif inputs.keys() == feeds.keys() and outputs.keys() >= set(names):",
            "\t\t\t\tbreak",
            "\t\telse:",
            '\t\t\traise ValueError(f"No signature computes {names} from {list(feeds)}")',
            "\t\tfunction = self.model.signatures[key]",
            "\t\tspecs = function.structured_input_signature[1]",
            "\t\ttensors = {}",
            "\t\tfor name, value in feeds.items():",
            *_fed("specs[inputs[name]]", "tensors[inputs[name]] = {}", tf, np),
            "\t\tresults = function(**tensors)",
            f"\t\treturn {tf}.nest.map_structure(",
            "\t\t\vlambda name: results[outputs[name]].numpy(), fetches",
            "\t\t)",
        ]
    )


def _reading(tf: str, proto: str) -> list[str]:
    """Reads the MetaGraphDef of a model."""
    return [
        f"\t\tsaved_model = {proto}.SavedModel()",
        f'\t\twith {tf}.io.gfile.GFile(f"{{export_dir}}/saved_model.pb", "rb") as f:',
        "\t\t\tsaved_model.ParseFromString(f.read())",
        "\t\t(self.meta_graph,) = (",
        "\t\t\vmeta_graph",
        "\t\t\vfor meta_graph in saved_model.meta_graphs",
        "\t\t\vif set(meta_graph.meta_info_def.tags) == set(tags)",
        "\t\t)",
    ]


def meta_graph_helper(name: str, tf: str, np: str, uuid: str, *, clear_devices: bool, kept: bool = False) -> str:
    """A class for a MetaGraphDef and its checkpoints, whose tensors go by their names in the graph.

    Args:
        name: Of the class.
        tf: TensorFlow's name.
        np: NumPy's.
        uuid: That of the module `uuid`.
        clear_devices: Whether it has this parameter.
        kept: Whether it keeps the GraphDef as it was, for code that freezes it.
    """
    parameter = ", clear_devices=False" if clear_devices else ""
    function = f"\t\t\tsaver = {tf}.compat.v1.train.import_meta_graph("
    importing = [f"{function}meta_graph)"]
    if clear_devices:
        importing = [function, "\t\t\t\vmeta_graph, clear_devices", "\t\t\t)"]
    return "\n".join(
        [
            f"class {name}:",
            '\t"""A MetaGraphDef that computes tensors by their names."""',
            "",
            f"\tdef __init__(self, path{parameter}):",
            f"\t\tmeta_graph = {tf}.compat.v1.MetaGraphDef()",
            f'\t\twith {tf}.io.gfile.GFile(path, "rb") as f:',
            "\t\t\tmeta_graph.ParseFromString(f.read())",
            *(_keeping(tf, clear_devices=clear_devices) if kept else []),
            "\t\t# Variables of other graphs may have the same names.",
            f"\t\tsuffix = {uuid}.uuid4().hex",
            "\t\tfor node in meta_graph.graph_def.node:",
            '\t\t\tif node.op in ("Variable", "VariableV2"):',
            '\t\t\t\tnode.attr["shared_name"].s = f"{node.name}_{suffix}".encode()',
            "\t\tsavers = []",
            "",
            "\t\tdef import_graph():",
            *importing,
            "\t\t\tsavers.append(saver.as_saver_def())",
            "",
            f"\t\tself.wrapped = {tf}.compat.v1.wrap_function(import_graph, [])",
            "\t\tself.graph = self.wrapped.graph",
            "\t\tself.saver = savers[0]",
            "\t\tself.functions = {}",
            "",
            "\tdef restore(self, checkpoint):",
            '\t\t"""Gives the variables their values."""',
            "\t\tself.run(",
            "\t\t\vself.saver.restore_op_name,",
            "\t\t\v{self.saver.filename_tensor_name: checkpoint},",
            "\t\t)",
            "",
            *(_kept(tf, "self.graph_def") if kept else []),
            *_tensor(tf, "self.graph"),
            *_run("self.wrapped.prune", tf, np, _TENSORS),
        ]
    )


def _tensor(tf: str, graph: str) -> list[str]:
    """The method that finds a tensor."""
    return [
        "\tdef tensor(self, name):",
        '\t\t"""What has a name; the value of a variable, where that is its own name."""',
        f"\t\ttensor = {graph}.as_graph_element(name)",
        '\t\tif "_ref" not in str(getattr(tensor, "dtype", "")):',
        "\t\t\treturn tensor",
        f"\t\twith {graph}.as_default():",
        f"\t\t\treturn {tf}.identity(tensor)",
        "",
    ]


def _keeping(tf: str, *, clear_devices: bool) -> list[str]:
    """Keeps the GraphDef of a MetaGraphDef."""
    cleared = [
        "\t\tif clear_devices:",
        "\t\t\tfor node in meta_graph.graph_def.node:",
        '\t\t\t\tnode.device = ""',
    ]
    return [
        *(cleared if clear_devices else []),
        f"\t\tself.graph_def = {tf}.compat.v1.GraphDef()",
        "\t\tself.graph_def.CopyFrom(meta_graph.graph_def)",
    ]


def _kept(tf: str, graph_def: str) -> list[str]:
    """The method that gives the GraphDef."""
    return [
        "\tdef as_graph_def(self):",
        '\t\t"""The graph, with its variables."""',
        f"\t\tgraph_def = {tf}.compat.v1.GraphDef()",
        f"\t\tgraph_def.CopyFrom({graph_def})",
        "\t\treturn graph_def",
        "",
    ]


def freeze_helper(name: str, tf: str, *, lists: bool = False) -> str:
    """A function that does what `tf.graph_util.convert_variables_to_constants` did, with an object for the session.

    Args:
        name: Of the function.
        tf: TensorFlow's name.
        lists: Whether it can be told which variables become constants, and which do not.
    """
    given = ["sess", "input_graph_def", "output_node_names"]
    header = [f"def {name}({', '.join(given)}):"]
    arguments = ["\t\v" + ", ".join(given)]
    if lists:
        chosen = ["variable_names_whitelist", "variable_names_blacklist"]
        parameters = [*given, *(f"{one}=None" for one in chosen)]
        header = [f"def {name}(", *(f"\v{one}," for one in parameters), "):"]
        arguments = [f"\t\v{one}," for one in (*given, *chosen)]
    return "\n".join(
        [
            *header,
            '\t"""Returns a graph with constants for its variables, whose values `sess.run` gives."""',
            "\tgraph_def = convert_variables_to_constants_from_session_graph(",
            *arguments,
            "\t)",
            "\t# Programs on TensorFlow 1 do not know what nodes have got since.",
            f"\tmeta_graph = {tf}.compat.v1.MetaGraphDef(graph_def=graph_def)",
            "\tstrip_graph_default_valued_attrs(meta_graph)",
            "\tfor node in meta_graph.graph_def.node:",
            '\t\tnode.ClearField("experimental_type")',
            "\treturn meta_graph.graph_def",
        ]
    )


def _run(prune: str, tf: str, np: str, outputs: str = "names") -> list[str]:
    """The method that stands for `Session.run`."""
    return [
        "\tdef run(self, fetches, feed_dict=None):",
        '\t\t"""Computes tensors from the values of others, as arrays."""',
        "\t\tfeeds = feed_dict or {}",
        f"\t\tnames = {tf}.nest.flatten(fetches)",
        "\t\tkey = (tuple(feeds), tuple(names))",
        "\t\tif key not in self.functions:",
        *(["\t\t\toutputs = " + outputs] if outputs != "names" else []),
        f"\t\t\tself.functions[key] = {prune}(list(feeds), {'names' if outputs == 'names' else 'outputs'})",
        "\t\tfunction = self.functions[key]",
        "\t\ttensors = []",
        "\t\tfor value, spec in zip(feeds.values(), function.inputs):",
        *_fed("", "tensors.append({})", tf, np),
        "\t\tresults = [",
        "\t\t\vNone if tensor is None else tensor.numpy()",
        "\t\t\vfor tensor in function(*tensors)",
        "\t\t]",
        f"\t\treturn {tf}.nest.pack_sequence_as(fetches, results)",
    ]


def _fed(spec: str, put: str, tf: str, np: str) -> list[str]:
    """Makes a tensor of `value`, as a session does: of the input's dtype, and only of its shape."""
    return [
        *([f"\t\t\tspec = {spec}"] if spec else []),
        f"\t\t\tarray = {np}.asarray(value, spec.dtype.as_numpy_dtype)",
        f"\t\t\ttensor = {tf}.constant(array, spec.dtype)",
        "\t\t\t" + put.format(f"{tf}.ensure_shape(tensor, spec.shape)"),
    ]
