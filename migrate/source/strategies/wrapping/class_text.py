"""The text of the class that takes the place of a session."""

from __future__ import annotations

from dataclasses import dataclass

from migrate.source.emit.helpers import RESTORE_INPUT_KEYS, RESTORE_TAGS, SAVE_AS_TEXT
from migrate.source.strategies.wrapping.keys import ARGUMENT_NAMES
from migrate.source.strategies.wrapping.nodes import WRITTEN
from migrate.source.strategies.wrapping.reference_class import reference_class
from migrate.source.strategies.wrapping.table_text import filling, saved_resources

CLASS = "WrappedGraph"


@dataclass(frozen=True, slots=True)
class Saving:
    """What `tf.saved_model.save` leaves to do.

    Attributes:
        setter: What sets the method names of signatures; None where all are predict.
        keys: Whether there may be input keys that it does not take.
        tags: Whether exports say other tags than `serve`; None where only some do.
        text: Whether there are exports that may write text.
        path: Whether the path that a builder returned is used.
        assigned: Whether an output may be what an assignment leaves in a variable.
        tables: The name of the class of lookup tables, where the graph may have some.
        assets: Whether there are exports that say which files go along.
        references: Whether variables may be references, which TF2 cannot wrap: they come from a MetaGraphDef.
        batches: Whether the graph may have iterators or queues, whose batches are inputs then.
    """

    setter: str | None = None
    keys: bool = False
    tags: bool | None = False
    text: bool = False
    path: bool = False
    assigned: bool = False
    tables: str | None = None
    assets: bool = False
    references: bool = False
    batches: bool = False

    @property
    def arguments(self) -> str:
        """The further parameters of `save`."""
        tags = {True: ", tags", None: ", tags=None", False: ""}[self.tags]
        return tags + (", as_text=False" if self.text else "") + (", assets=()" if self.assets else "")


def class_text(name: str, tf: str, context: str, saving: Saving) -> str:
    """The class definition.

    Args:
        name: Of the class.
        tf: How the module spells TensorFlow.
        context: How it spells `tensorflow.python.eager.context`.
        saving: What its `save` does beside saving.
    """
    head = [
        f"class {name}:",
        f'\t"""{WRITTEN[0]}"""',
        "",
    ]
    key = "names[key]" if saving.keys else "key"
    names = [f"\t\tnames = {ARGUMENT_NAMES}(inputs)"] if saving.keys else []
    if saving.references:
        return reference_class(head, _save(tf, context, saving), tf, saving.tables, key=key, names=names)
    lines = [
        *head,
        "\tdef __init__(self, graph=None):",
        f"\t\tself.graph = graph or {tf}.compat.v1.get_default_graph()",
        "\t\tself._function = None",
        "\t\tself._version = None",
        "\t\tself._variables = []",
        "\t\tself._steps = []",
        "",
        *_save(tf, context, saving),
        "\tdef _wrap(self):",
        "\t\twith self.graph.as_default():",
        f"\t\t\tmeta_graph = {tf}.compat.v1.train.export_meta_graph(clear_devices=True)",
        "\t\tself._version = self.graph.version",
        "",
        *_import(tf, context, saving),
        "\t\t\t# A graph that has grown keeps its values.",
        "\t\t\tvalues = {v.name: v for v in self._variables if v.is_initialized()}",
        f"\t\t\tself._function = {tf}.compat.v1.wrap_function(import_graph, [])",
        "\t\t\tgraph = self._function.graph",
        '\t\t\tself._variables = graph.get_collection("variables")',
        '\t\t\tself._variables += graph.get_collection("local_variables")',
        "\t\t\tfor variable in self._variables:",
        "\t\t\t\tif variable.name in values:",
        "\t\t\t\t\tvariable.assign(values[variable.name])",
        *(["\t\t\tself._fill_tables()"] if saving.tables else []),
        "",
        *(filling(tf, "self.graph", "self._pruned") if saving.tables else []),
        "\tdef _pruned(self, inputs, outputs):",
        *(_element() if saving.batches else ["\t\telement = self._function.graph.as_graph_element"]),
        "\t\treturn self._function.prune(",
        "\t\t\v[element(name) for name in inputs], [element(name) for name in outputs]",
        "\t\t)",
        "",
        "\tdef _set(self, inputs, operations, values):",
        "\t\tpruned = self._pruned(inputs, operations)",
        "\t\tfor op in pruned.graph.get_operations():",
        '\t\t\tif op.type == "ReadVariableOp":',
        '\t\t\t\traise ValueError(f"{op.name}: a value depends on another variable")',
        f"\t\tpruned(*[{tf}.constant(value) for value in values])",
        "",
        "\tdef _value(self, name):",
        *(_ASSIGNED.replace("TF", tf).split("\n") if saving.assigned else []),
        "\t\t# A variable stands for its value.",
        f"\t\ttensor = {'graph' if saving.assigned else 'self._function.graph'}.get_tensor_by_name(name)",
        f"\t\tif tensor.dtype == {tf}.resource:",
        '\t\t\treturn f"{tensor.op.name}/Read/ReadVariableOp:0"',
        "\t\treturn name",
        "",
        "\tdef _signature(self, signature_def):",
        "\t\tinputs, outputs = dict(signature_def.inputs), dict(signature_def.outputs)",
        "\t\tpruned = self._pruned(",
        "\t\t\v[info.name for info in inputs.values()],",
        "\t\t\v[self._value(info.name) for info in outputs.values()],",
        "\t\t)",
        "\t\tfor op in pruned.graph.get_operations():",
        f"\t\t\thandle = any(tensor.dtype == {tf}.resource for tensor in op.outputs)",
        '\t\t\tmade = op.type != "Placeholder" and not op.inputs',
        '\t\t\tif (handle and made) or "PyFunc" in op.type or op.type == "VariableV2":',
        '\t\t\t\traise ValueError(f"TF2 cannot save {op.name} ({op.type})")',
        *(_UNFED.replace("TF", tf).split("\n") if saving.batches else []),
        *names,
        "",
        f"\t\t@{tf}.function(",
        "\t\t\vinput_signature=[",
        f"\t\t\v\v{tf}.TensorSpec(tensor.shape, tensor.dtype, {key})",
        "\t\t\v\vfor key, tensor in zip(inputs, pruned.inputs)",
        "\t\t\v]",
        "\t\t)",
        "\t\tdef signature(*tensors):",
        "\t\t\tresults = dict(zip(outputs, pruned(*tensors)))",
        "\t\t\tfor key, info in outputs.items():",
        '\t\t\t\tif info.HasField("tensor_shape"):',
        "\t\t\t\t\t# A loop that was imported does not know it.",
        f"\t\t\t\t\tresults[key].set_shape({tf}.TensorShape(info.tensor_shape))",
        "\t\t\treturn results",
        "",
        "\t\treturn signature",
    ]
    return "\n".join(lines)


_ASSIGNED = """\
\t\tgraph = self._function.graph
\t\tif ":" not in name:
\t\t\t# An assignment stands for the value that it leaves.
\t\t\tassign = graph.get_operation_by_name(name)
\t\t\tdtype = assign.get_attr("dtype")
\t\t\twith graph.as_default(), graph.control_dependencies([assign]):
\t\t\t\treturn TF.raw_ops.ReadVariableOp(
\t\t\t\t\vresource=assign.inputs[0], dtype=dtype
\t\t\t\t).name"""


def _save(tf: str, context: str, saving: Saving) -> list[str]:
    """The methods that gather what sets the variables, and the one that saves."""
    wrap = ["\t\tif self._version != self.graph.version:", "\t\t\tself._wrap()"]
    saved, module = (
        "module",
        [
            f"\t\t\tmodule = {tf}.Module()",
            "\t\t\tmodule.graph_variables = [",
            "\t\t\t\vv for v in self._variables if v.is_initialized()",
            "\t\t\t]",
            *(saved_resources("assets" if saving.assets else None) if saving.tables else []),
        ],
    )
    if saving.references:
        saved = "self.module"
        module = ["\t\t\tfor tensor in assets or ():", "\t\t\t\tself._asset(tensor.name)"] if saving.assets else []
    return [
        "\tdef run(self, operations):",
        '\t\t"""Runs operations that set variables, as soon as the graph is complete."""',
        f"\t\tnames = [operation.name for operation in {tf}.nest.flatten(operations)]",
        "\t\tself._steps.append(([], names, []))",
        "",
        "\tdef restore(self, saver, path):",
        '\t\t"""Restores variables from a checkpoint, as soon as the graph is complete."""',
        "\t\tnames = saver.saver_def",
        "\t\tself._steps.append(",
        "\t\t\v([names.filename_tensor_name], [names.restore_op_name], [path])",
        "\t\t)",
        "",
        f"\tdef save(self, export_dir, signature_def_map{saving.arguments}):",
        '\t\t"""Writes a SavedModel, as a builder did that was given the session."""',
        f"\t\tif {tf}.io.gfile.exists(export_dir) and {tf}.io.gfile.listdir(export_dir):",
        '\t\t\traise AssertionError(f"Export directory is not empty: {export_dir}")',
        *([] if saving.references else wrap),
        "\t\t# TF2 saves outside of graphs, and this one may be the default.",
        f"\t\twith {context}.eager_mode():",
        "\t\t\twhile self._steps:",
        "\t\t\t\tself._set(*self._steps.pop(0))",
        *module,
        "\t\t\tsignatures = {",
        "\t\t\t\vkey: self._signature(value)",
        "\t\t\t\vfor key, value in signature_def_map.items()",
        "\t\t\t}",
        f"\t\t\texport_dir = {tf}.compat.as_str(export_dir)",
        f"\t\t\t{tf}.saved_model.save({saved}, export_dir, signatures=signatures)",
        *after_save(tf, saving),
        "",
    ]


def _import(tf: str, context: str, saving: Saving) -> list[str]:
    """The function that imports the graph, and the block in which it is wrapped."""
    lines = ["\t\tdef import_graph():"]
    if saving.tables is not None:
        lines += [
            f"\t\t\tcapture = {tf}.compat.v1.get_default_graph().capture",
            "\t\t\thandles = {",
            "\t\t\t\vname: capture(table.resource_handle)",
            "\t\t\t\vfor name, table in self._tables.items()",
            "\t\t\t}",
        ]
    lines += _BATCHES.replace("TF", tf).split("\n") if saving.batches else []
    tables, batches = saving.tables is not None, saving.batches
    given = "{**handles, **batches}" if tables and batches else "handles" if tables else "batches"
    mapped = f", input_map={given}" if tables or batches else ""
    lines += [
        f"\t\t\t{tf}.compat.v1.train.import_meta_graph(meta_graph{mapped})",
        "",
        f"\t\twith {context}.eager_mode():",
    ]
    if saving.tables is not None:
        lines += [
            "\t\t\tself._assets = {}",
            "\t\t\tself._tables = {",
            f"\t\t\t\vop.outputs[0].name: {saving.tables}(op)",
            "\t\t\t\vfor op in self.graph.get_operations()",
            '\t\t\t\vif op.type == "HashTableV2"',
            "\t\t\t}",
        ]
    return lines


_BATCHES = """\
\t\t\t# What an iterator or a queue gives is fed.
\t\t\tbatches = {
\t\t\t\vt.name: TF.compat.v1.placeholder(t.dtype, t.shape, f"{op.name}/batch")
\t\t\t\vfor op in self.graph.get_operations()
\t\t\t\vif op.type == "IteratorGetNext" or "Dequeue" in op.type
\t\t\t\vfor t in op.outputs
\t\t\t}
\t\t\tself._batches = {name: batch.name for name, batch in batches.items()}"""
_UNFED = """\
\t\tneeded = TF.compat.v1.graph_util.extract_sub_graph(
\t\t\vpruned.graph.as_graph_def(), [tensor.op.name for tensor in pruned.outputs]
\t\t)
\t\tunfed = {f"{node.name}:0" for node in needed.node} & {*self._batches.values()}
\t\tif not unfed <= {tensor.name for tensor in pruned.inputs}:
\t\t\traise ValueError("a signature needs what an iterator or a queue gives")"""


def _element() -> list[str]:
    return [
        "\t\tdef element(name):",
        "\t\t\treturn self._function.graph.as_graph_element(self._batches.get(name, name))",
        "",
    ]


def after_save(tf: str, saving: Saving) -> list[str]:
    """The lines behind the save, in the body of a `with` in a method.

    Args:
        tf: How the module spells TensorFlow.
        saving: What there is to do.
    """
    lines: list[str] = []
    if saving.setter is not None:
        lines += [
            "\t\t\tmethod_names = {",
            "\t\t\t\vkey: value.method_name",
            "\t\t\t\vfor key, value in signature_def_map.items()",
            f"\t\t\t\vif value.method_name != {tf}.saved_model.PREDICT_METHOD_NAME",
            "\t\t\t}",
            "\t\t\tif method_names:",
            f"\t\t\t\t{saving.setter}(export_dir, method_names)",
        ]
    if saving.keys:
        lines += [
            "\t\t\tkeys = {}",
            "\t\t\tfor signature_key, old in signature_def_map.items():",
            f"\t\t\t\tnames = {ARGUMENT_NAMES}(dict(old.inputs))",
            "\t\t\t\tpairs = names.items()",
            "\t\t\t\tkeys[signature_key] = {n: key for key, n in pairs if n != key}",
            f"\t\t\t{RESTORE_INPUT_KEYS}(export_dir, keys)",
        ]
    if saving.tags:
        lines.append(f"\t\t\t{RESTORE_TAGS}(export_dir, tags)")
    elif saving.tags is None:
        lines += ["\t\t\tif tags is not None:", f"\t\t\t\t{RESTORE_TAGS}(export_dir, tags)"]
    if saving.text:
        lines += ["\t\t\tif as_text:", f"\t\t\t\t{SAVE_AS_TEXT}(export_dir)"]
    if saving.path:
        name = 'b"saved_model.pbtxt" if as_text else b"saved_model.pb"' if saving.text else 'b"saved_model.pb"'
        lines.append(f"\t\tfile = {name}")
        lines.append(f"\t\treturn {tf}.io.gfile.join({tf}.compat.as_bytes(export_dir), file)")
    return lines
