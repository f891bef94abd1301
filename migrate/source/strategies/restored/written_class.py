"""The text of the class that takes the place of a graph with variables from a file, and of its sessions."""

from __future__ import annotations

from migrate.source.strategies.frozen.written_class import signature_method
from migrate.source.strategies.restored.function_methods import function_methods, needed_method
from migrate.source.strategies.restored.needs import Needs
from migrate.source.strategies.restored.table_methods import named_files, stored_files, table_methods

META_GRAPH = "RestoredGraph"
SAVED_MODEL = "LoadedGraph"
LOADER_IMPORT = "from tensorflow.python.saved_model import loader_impl"
SAVED_MODEL_IMPORT = "from tensorflow.core.protobuf import saved_model_pb2"


def meta_graph_class(name: str, tf: str, np: str, needs: Needs) -> str:
    """The class for a MetaGraphDef and its checkpoint.

    Args:
        name: Of the class.
        tf: How the module spells TensorFlow.
        np: How it spells NumPy.
        needs: What the module does with it.
    """
    scoped = needs.scoped
    parameter = ", import_scope=None" if scoped else ""
    options = "meta_graph, clear_devices=True" + (", import_scope=import_scope" if scoped else "")
    imported = "saver = " if needs.restored else ""
    lines = [
        *_header(name, tf),
        f"\tdef __init__(self, meta_graph{parameter}):",
        *_state(tf, needs),
        "\t\twith self.as_default():",
        f"\t\t\t{imported}{tf}.compat.v1.train.import_meta_graph(",
        f"\t\t\t\v{options}",
        "\t\t\t)",
        *(["\t\tself._saver = saver.as_saver_def()"] if needs.restored else []),
        *(named_files(tf, needs) if needs.tables else []),
        "",
        *(restore_method(tf, saver=needs.saved) if needs.restored else []),
        *(_initialize() if needs.initialized else []),
        *needed_method(),
        *function_methods(tf, needs),
        *(table_methods(tf, needs) if needs.tables else []),
        *signature_method(tf, "cut", "self.function"),
        *(_call(tf, np) if needs.called else []),
    ]
    return "\n".join(lines).rstrip("\n")


def saved_model_class(name: str, tf: str, np: str, needs: Needs) -> str:
    """The class for a SavedModel of TensorFlow 1.

    Args:
        name: Of the class.
        tf: How the module spells TensorFlow.
        np: How it spells NumPy.
        needs: What the module does with it.
    """
    gfile = f"{tf}.io.gfile"
    lines = [
        *_header(name, tf),
        "\tdef __init__(self, export_dir, tags):",
        *_state(tf, needs),
        "\t\tsaved_model = saved_model_pb2.SavedModel()",
        f'\t\tpath = {gfile}.join(export_dir, "saved_model.pb")',
        f'\t\twith {gfile}.GFile(path, "rb") as f:',
        "\t\t\tsaved_model.ParseFromString(f.read())",
        "\t\t(self.meta_graph,) = (",
        "\t\t\vmeta_graph",
        "\t\t\vfor meta_graph in saved_model.meta_graphs",
        "\t\t\vif set(meta_graph.meta_info_def.tags) == set(tags)",
        "\t\t)",
        "\t\twith self.as_default():",
        f"\t\t\tsaver = {tf}.compat.v1.train.import_meta_graph(",
        "\t\t\t\vself.meta_graph, clear_devices=True",
        "\t\t\t)",
        *(stored_files(needs) if needs.tables else []),
        "\t\tif saver is not None:",
        "\t\t\tself._saver = saver.as_saver_def()",
        f'\t\t\tself._restore({gfile}.join(export_dir, "variables", "variables"))',
        '\t\tfor key in ("saved_model_main_op", "legacy_init_op"):',
        "\t\t\tfor op in self._needed(self.get_collection(key)):",
        '\t\t\t\tif op.type.startswith("Assign"):',
        '\t\t\t\t\traise ValueError(f"Loading the model runs {op.name}")',
        "",
        *restore_method(tf, method="_restore"),
        *needed_method(),
        *function_methods(tf, needs),
        *(table_methods(tf, needs) if needs.tables else []),
        *signature_method(tf, "cut", "self.function"),
        *(_call(tf, np) if needs.called else []),
    ]
    return "\n".join(lines).rstrip("\n")


def _header(name: str, tf: str) -> list[str]:
    return [f"class {name}({tf}.Graph):", '\t"""A graph of TensorFlow 1; its functions have tf.Variables."""', ""]


def _state(tf: str, needs: Needs) -> list[str]:
    return [
        "\t\tsuper().__init__()",
        f"\t\tself.module = {tf}.Module()",
        "\t\tself.module.weights = {}",
        *(["\t\tself.module.tables, self.module.assets = {}, {}"] if needs.tables else []),
        "\t\tself._restored = {}",
        *(["\t\tself._cuts = {}"] if needs.called else []),
    ]


def restore_method(tf: str, method: str = "restore", *, saver: bool = False) -> list[str]:
    """The graph's own ops read the checkpoint: they know its names, its format and the parts of variables."""
    return [
        f"\tdef {method}(self, checkpoint{', saver=None' if saver else ''}):",
        '\t\t"""Reads the values of the variables."""',
        "\t\tsaver = saver.as_saver_def() if saver else self._saver" if saver else "\t\tsaver = self._saver",
        "\t\tassigned = [",
        "\t\t\vop",
        "\t\t\vfor op in self._needed([self.get_operation_by_name(saver.restore_op_name)])",
        '\t\t\vif op.type in ("Assign", "AssignVariableOp")',
        "\t\t]",
        "\t\tread = self.function(",
        "\t\t\v[self.get_tensor_by_name(saver.filename_tensor_name)],",
        "\t\t\v[op.inputs[1] for op in assigned],",
        "\t\t)",
        f"\t\tfor op, value in zip(assigned, read({tf}.constant(checkpoint))):",
        "\t\t\tvariable = op.inputs[0].op",
        "\t\t\tshape = variable.outputs[0].shape",
        '\t\t\tif variable.type == "VarHandleOp":',
        f'\t\t\t\tshape = {tf}.TensorShape(variable.get_attr("shape"))',
        "\t\t\tshape.assert_is_compatible_with(value.shape)",
        "\t\t\tself._restored[variable.name] = value",
        "",
    ]


def _initialize() -> list[str]:
    return [
        "\tdef initialize(self):",
        '\t\t"""Gives the variables their first values."""',
        '\t\tassigned = [v.initializer for v in self.get_collection("variables")]',
        "\t\tread = self.function([], [op.inputs[1] for op in assigned])",
        "\t\tfor op, value in zip(assigned, read()):",
        "\t\t\tself._restored[op.inputs[0].op.name] = value",
        "",
    ]


def _call(tf: str, np: str) -> list[str]:
    return [
        "\tdef __call__(self, fetches, feed_dict=None):",
        '\t\t"""The values of tensors, as a session computes them."""',
        "\t\tfeed_dict = feed_dict or {}",
        "\t\tinputs = [self.get_tensor_by_name(name) for name in feed_dict]",
        "\t\toutputs = [",
        "\t\t\vself.as_graph_element(fetch, allow_operation=False)",
        f"\t\t\vfor fetch in {tf}.nest.flatten(fetches)",
        "\t\t]",
        "\t\tkey = tuple(feed_dict), tuple(output.name for output in outputs)",
        "\t\tif key not in self._cuts:",
        "\t\t\tself._cuts[key] = self.function(inputs, outputs)",
        "\t\tvalues = []",
        "\t\tfor tensor, value in zip(inputs, feed_dict.values()):",
        f"\t\t\tvalue = {np}.asarray(value, tensor.dtype.as_numpy_dtype)",
        "\t\t\ttensor.shape.assert_is_compatible_with(value.shape)",
        f"\t\t\tvalues.append({tf}.constant(value, tensor.dtype))",
        "\t\tresults = self._cuts[key](*values)",
        f"\t\treturn {tf}.nest.pack_sequence_as(",
        "\t\t\vfetches, [result.numpy() for result in results]",
        "\t\t)",
    ]
