"""The text of the class that takes the place of a graph with variables from a file, and of its sessions."""

from __future__ import annotations

from dataclasses import dataclass

from migrate.source.strategies.frozen.written_class import signature_method

META_GRAPH = "RestoredGraph"
SAVED_MODEL = "LoadedGraph"
LOADER_IMPORT = "from tensorflow.python.saved_model import loader_impl"
SAVED_MODEL_IMPORT = "from tensorflow.core.protobuf import saved_model_pb2"


@dataclass(frozen=True, slots=True)
class Needs:
    """What a module does with its graphs.

    Attributes:
        called: It runs them.
        tables: The name of the class of lookup tables, where it fills such.
        files: It exports all the files that the graphs name.
        scoped: A graph goes into a name scope.
        restored: A checkpoint is restored.
        saved: That is done by savers which the module makes.
        initialized: Variables get their first values, for nothing is restored.
    """

    called: bool = False
    tables: str | None = None
    files: bool = False
    scoped: bool = False
    restored: bool = True
    saved: bool = False
    initialized: bool = False


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
        *(_files(tf, needs) if needs.tables else []),
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
        *(_stored_files(needs) if needs.tables else []),
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


def needed_method() -> list[str]:
    """What finds the part of a graph that some of its operations need."""
    return [
        "\tdef _needed(self, operations, fed=()):",
        '\t\t"""What some operations need, up to the tensors that are fed."""',
        "\t\tneeded, pending = {}, list(operations)",
        "\t\twhile pending:",
        "\t\t\top = pending.pop()",
        "\t\t\tif op.name not in needed:",
        "\t\t\t\tneeded[op.name] = op",
        "\t\t\t\tpending += [t.op for t in op.inputs if t.name not in fed]",
        "\t\t\t\tpending += op.control_inputs",
        "\t\treturn list(needed.values())",
        "",
    ]


def function_methods(tf: str, needs: Needs) -> list[str]:
    """The graph is cut to what a function needs, and its variables become tf.Variables."""
    tables = needs.tables is not None
    # Neither variables nor tables are imported.
    control = ['\t\t\t\vf"^{c.name}" for c in op.control_inputs if c.type not in kinds']
    if tables:
        control = [
            '\t\t\t\vf"^{c.name}"',
            "\t\t\t\vfor c in op.control_inputs",
            '\t\t\t\vif c.type not in (*kinds, "HashTableV2")',
        ]
    return [
        "\tdef function(self, inputs, outputs):",
        '\t\t"""A function from some tensors to others."""',
        "\t\twith self.as_default():",
        "\t\t\t# A reference to a variable stands for its value.",
        "\t\t\toutputs = [",
        f"\t\t\t\vt if t.dtype == t.dtype.base_dtype else {tf}.identity(t)",
        "\t\t\t\vfor t in outputs",
        "\t\t\t]",
        "\t\tfed = [t.name for t in inputs]",
        "\t\tneeded = self._needed([t.op for t in outputs if t.name not in fed], fed)",
        '\t\tkinds = ("Variable", "VariableV2", "VarHandleOp")',
        "\t\tvariables = [op for op in needed if op.type in kinds]",
        *(['\t\ttables = [op for op in needed if op.type == "HashTableV2"]'] if tables else []),
        '\t\tcontrol_flow = ("Enter", "Exit", "Identity", "Merge", "NextIteration", "Switch")',
        "\t\tgraph_def = self.as_graph_def()",
        "\t\tdel graph_def.node[:]",
        "\t\tused = set()",
        "\t\tfor op in needed:",
        "\t\t\tif op.type in kinds:",
        "\t\t\t\tself._add_variable(op)",
        "\t\t\t\tcontinue",
        *(['\t\t\tif op.type == "HashTableV2":', "\t\t\t\tself._add_table(op)", "\t\t\t\tcontinue"] if tables else []),
        "\t\t\tref = any(arg.is_ref for arg in op.op_def.input_arg)",
        '\t\t\tif ref and op.type.removeprefix("Ref") not in control_flow:',
        '\t\t\t\traise ValueError(f"{op.name} may change a variable")',
        '\t\t\tif "HashTable" in op.type:',
        '\t\t\t\traise ValueError(f"{op.name} is a lookup table")',
        "\t\t\tnode = graph_def.node.add()",
        "\t\t\tnode.CopyFrom(op.node_def)",
        '\t\t\tnode.op = op.type.removeprefix("Ref")',
        '\t\t\tnode.attr.pop("_class", None)',
        "\t\t\tdel node.input[:]",
        "\t\t\tnode.input.extend(t.name for t in op.inputs)",
        "\t\t\tnode.input.extend(",
        *control,
        "\t\t\t)",
        "\t\t\tused.update(t.name for t in op.inputs)",
        "\t\tnames = [t.name for t in outputs if t.name not in fed]",
        "",
        "\t\tdef import_graph(*tensors):",
        f"\t\t\tgraph = {tf}.compat.v1.get_default_graph()",
        "\t\t\tknown = dict(zip(fed, tensors))",
        "\t\t\tfor op in variables:",
        "\t\t\t\tvariable = self.module.weights[op.name]",
        "\t\t\t\tknown[op.outputs[0].name] = (",
        "\t\t\t\t\vgraph.capture(variable.handle)",
        '\t\t\t\t\vif op.type == "VarHandleOp"',
        "\t\t\t\t\velse variable.read_value()",
        "\t\t\t\t)",
        *(
            [
                "\t\t\tfor op in tables:",
                "\t\t\t\ttable = self.module.tables[op.name]",
                "\t\t\t\tknown[op.outputs[0].name] = graph.capture(table.resource_handle)",
            ]
            if tables
            else []
        ),
        "\t\t\tinput_map = {name: t for name, t in known.items() if name in used}",
        f"\t\t\tfound = {tf}.import_graph_def(graph_def, input_map, names)",
        *(
            [
                "\t\t\t# Filling a table counts, though no value of it is used.",
                "\t\t\tgraph.control_outputs.extend({t.op.name: t.op for t in found}.values())",
            ]
            if tables
            else []
        ),
        "\t\t\tknown.update(zip(names, found))",
        "\t\t\treturn [known[t.name] for t in outputs]",
        "",
        f"\t\treturn {tf}.compat.v1.wrap_function(",
        f"\t\t\vimport_graph, [{tf}.TensorSpec(t.shape, t.dtype) for t in inputs]",
        "\t\t)",
        "",
        "\tdef _add_variable(self, op):",
        "\t\tif op.name not in self._restored:",
        '\t\t\traise ValueError(f"{op.name} is not restored")',
        "\t\tif op.name not in self.module.weights:",
        f"\t\t\tvariable = {tf}.Variable(self._restored[op.name], name=op.name)",
        "\t\t\tself.module.weights[op.name] = variable",
        "",
    ]


def _files(tf: str, needs: Needs) -> list[str]:
    """The files that a graph names, by the tensors that do."""
    return [
        "\t\tself._files = {",
        f"\t\t\vt.name: {tf}.compat.as_str({tf}.get_static_value(t).item())",
        '\t\t\vfor t in self.get_collection("asset_filepaths")',
        "\t\t}",
        *_all_files(needs),
    ]


def _stored_files(needs: Needs) -> list[str]:
    """The files of a SavedModel, by the tensors that name them."""
    return [
        "\t\tself._files = loader_impl.get_asset_tensors(export_dir, self.meta_graph)",
        *_all_files(needs),
    ]


def _all_files(needs: Needs) -> list[str]:
    return ["\t\tfor name in self._files:", "\t\t\tself._asset(name)"] if needs.files else []


def table_methods(tf: str, needs: Needs) -> list[str]:
    """What makes the tables of a graph, and the files that fill them."""
    return [
        "\tdef _add_table(self, op):",
        "\t\tif op.name in self.module.tables:",
        "\t\t\treturn",
        f"\t\ttable = self.module.tables[op.name] = {needs.tables}(op)",
        '\t\tfor fill in self.get_collection("table_initializer"):',
        "\t\t\tif not fill.inputs or fill.inputs[0].op.name != op.name:",
        "\t\t\t\tcontinue",
        f"\t\t\twith self.as_default(), {tf}.control_dependencies([fill]):",
        f"\t\t\t\tsize = {tf}.raw_ops.LookupTableSizeV2(table_handle=fill.inputs[0])",
        "\t\t\tfiles = [t for t in fill.inputs if t.name in self._files]",
        "\t\t\tassets = [self._asset(t.name) for t in files]",
        "\t\t\ttable.fills.append((self.function(files, [size]), assets))",
        *(["\t\ttable._initialize()"] if needs.called else []),
        "",
        "\tdef _asset(self, name):",
        "\t\tassets = self.module.assets",
        "\t\tif name not in assets:",
        f"\t\t\tassets[name] = {tf}.saved_model.Asset(self._files[name])",
        "\t\treturn assets[name]",
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
