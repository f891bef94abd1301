"""The functions that save a graph without variables."""

from __future__ import annotations

from migrate.source.strategies.wrapping.class_text import Saving, after_save
from migrate.source.strategies.wrapping.keys import ARGUMENT_NAMES

SAVE = "save_graph"
SIGNATURE = "signature_function"


def functions_text(save: str, signature: str, tf: str, context: str, saving: Saving) -> tuple[str, str]:
    """The definitions of both functions.

    Args:
        save: What the one that saves is called.
        signature: What the one that makes a signature is called.
        tf: How the module spells TensorFlow.
        context: How it spells `tensorflow.python.eager.context`.
        saving: What there is to do beside saving.
    """
    lines = [
        f"def {save}(graph, export_dir, signature_def_map{saving.arguments}):",
        '\t"""Writes a SavedModel of a graph without variables, as a builder did."""',
        f"\tif {tf}.io.gfile.exists(export_dir) and {tf}.io.gfile.listdir(export_dir):",
        '\t\traise AssertionError(f"Export directory is not empty: {export_dir}")',
        "\tgraph_def = graph.as_graph_def()",
        "\tfor node in graph_def.node:",
        '\t\tnode.device = ""',
        "\t# TF2 saves outside of graphs, and not in the mode of TF1.",
        f"\twith {context}.eager_mode():",
        f"\t\timported = {tf}.compat.v1.wrap_function(",
        f'\t\t\vlambda: {tf}.import_graph_def(graph_def, name=""), []',
        "\t\t)",
        "\t\tsignatures = {",
        f"\t\t\vkey: {signature}(imported, value)",
        "\t\t\vfor key, value in signature_def_map.items()",
        "\t\t}",
        f"\t\texport_dir = {tf}.compat.as_str(export_dir)",
        f"\t\t{tf}.saved_model.save({tf}.Module(), export_dir, signatures=signatures)",
    ]
    lines += [line.removeprefix("\t") for line in after_save(tf, saving)]
    return "\n".join(lines), _signature(signature, tf, saving)


def _signature(name: str, tf: str, saving: Saving) -> str:
    key = "names[key]" if saving.keys else "key"
    lines = [
        f"def {name}(imported, signature_def):",
        '\t"""The function of an imported graph that a SignatureDef names."""',
        "\tinputs, outputs = dict(signature_def.inputs), dict(signature_def.outputs)",
        "\telement = imported.graph.as_graph_element",
        "\tpruned = imported.prune(",
        "\t\v[element(info.name) for info in inputs.values()],",
        "\t\v[element(info.name) for info in outputs.values()],",
        "\t)",
        "\tfor op in pruned.graph.get_operations():",
        f"\t\thandle = any(tensor.dtype == {tf}.resource for tensor in op.outputs)",
        '\t\tmade = op.type != "Placeholder" and not op.inputs',
        '\t\tif (handle and made) or "PyFunc" in op.type or op.type.startswith("Variable"):',
        '\t\t\traise ValueError(f"TF2 cannot save {op.name} ({op.type})")',
        *([f"\tnames = {ARGUMENT_NAMES}(inputs)"] if saving.keys else []),
        "",
        f"\t@{tf}.function(",
        "\t\vinput_signature=[",
        f"\t\v\v{tf}.TensorSpec({tf}.TensorShape(info.tensor_shape), info.dtype, {key})",
        "\t\v\vfor key, info in inputs.items()",
        "\t\v]",
        "\t)",
        "\tdef signature(*tensors):",
        "\t\tresults = dict(zip(outputs, pruned(*tensors)))",
        "\t\tfor key, info in outputs.items():",
        f"\t\t\tresults[key].set_shape({tf}.TensorShape(info.tensor_shape))",
        "\t\treturn results",
        "",
        "\treturn signature",
    ]
    return "\n".join(lines)
