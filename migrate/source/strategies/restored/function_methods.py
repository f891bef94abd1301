"""The methods that cut a graph to a function whose variables are `tf.Variable`s."""

from __future__ import annotations

from migrate.source.strategies.restored.needs import Needs


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
