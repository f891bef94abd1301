"""What there is to say about the parts of an Inspection, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.report.amounts import byte_text, count, listed, total_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrate.graph.inspection import Inspection, MetaGraphInspection, SignatureInspection
    from migrate.graph.state import Variable
    from migrate.signatures import TensorInfo

MOST_NAMES = 6


def header_text(inspection: Inspection) -> str:
    """What kind of model it is and where it comes from."""
    versions = {found.tensorflow_version for found in inspection.meta_graphs} - {""}
    writer = f" written by TensorFlow {', '.join(sorted(versions))}" if versions else ""
    checkpoint = "no checkpoint"
    if inspection.checkpoint is not None:
        checkpoint = f"checkpoint {checkpoint_text(inspection)}"
    return f"{inspection.form}{writer}, {byte_text(inspection.file_size)}, {checkpoint}"


def counts_text(found: MetaGraphInspection) -> str:
    """How much of everything there is in a MetaGraph."""
    variables = count(len(found.variables), "variable")
    if found.variables:
        variables += f" ({total_text(found.variables)})"
    parts = [count(found.nodes, "node"), count(len(found.signatures), "signature"), variables]
    for number, noun in (
        (len(found.tables), "table"),
        (len(found.assets), "asset"),
        (len(found.loops), "loop"),
        (found.conditionals, "conditional"),
        (found.functions, "function"),
    ):
        if number:
            parts.append(count(number, noun))
    return ", ".join(parts)


def tables_rows(found: MetaGraphInspection) -> list[list[str]]:
    """For each lookup table: its name, operation, types, and what it is filled from."""
    files = {asset.tensor: asset.filename for asset in found.assets}
    rows = []
    for table in found.tables:
        filled = [files.get(tensor, tensor) for tensor in table.asset_tensors]
        if not filled:
            filled = ["the checkpoint"] if table.saved else ["the graph"] if table.initializers else ["nothing"]
        rows.append([table.name, table.op, f"{table.key_dtype} to {table.value_dtype}", ", ".join(filled)])
    return rows


def needs(signature: SignatureInspection, found: MetaGraphInspection) -> list[tuple[str, str]]:
    """The facts below a signature's inputs and outputs, those left out that say nothing."""
    own = [variable for variable in found.variables if variable.name in signature.variables]
    loops = sum(signature.definition.key in loop.signatures for loop in found.loops)
    facts = []
    if signature.definition.inputs:
        batch = signature.batch_dimension
        facts.append(("batch", "none in common" if batch is None else "any size" if batch == "any" else f"{batch}"))
    running = f"{signature.nodes:,} of {count(found.nodes, 'node')}"
    facts.append(("runs", f"{running}, {count(loops, 'while loop')}" if loops else running))
    if own:
        names = listed(signature.variables, MOST_NAMES)
        facts.append(("variables", f"{len(own)} of {len(found.variables)}, {total_text(own)}: {names}"))
    if signature.writes:
        facts.append(("changes", listed(signature.writes, MOST_NAMES)))
    if signature.tables:
        facts.append(("tables", listed(signature.tables, MOST_NAMES)))
    if signature.assets:
        facts.append(("assets", listed(tuple(dict.fromkeys(signature.assets)), MOST_NAMES)))
    if signature.initializers:
        facts.append(("set up by", listed(signature.initializers, 2)))
    for unfed in signature.unfed:
        default = "no default: it cannot run" if unfed.default is None else f"default {unfed.default}"
        facts.append(("not fed", f"{unfed.tensor} {unfed.dtype}, {default}"))
    if signature.not_trainable:
        facts.append(("trainable", f"no: {'; '.join(signature.not_trainable)}"))
    else:
        facts.append(("trainable", _trainable(own)))
    return facts


def _trainable(own: Sequence[Variable]) -> str:
    if not own:
        return "no: it has no variables"
    number = sum(variable.trainable for variable in own)
    if not number:
        return "no: none of its variables is a trainable one"
    return "yes" if number == len(own) else f"yes, {number} of its variables"


def kinds_text(variables: Sequence[Variable]) -> str:
    """Whether the variables are reference or resource variables."""
    refs = sum(variable.is_ref for variable in variables)
    if refs == 0:
        return "all resource variables"
    return "all reference variables" if refs == len(variables) else f"{refs} of them reference variables"


def kind_text(variable: Variable) -> str:
    """Whether a variable is a reference or a resource variable."""
    return ("ref" if variable.is_ref else "resource") + (", local" if variable.is_local else "")


def saved_elsewhere(variable: Variable) -> str:
    """Where a checkpoint has a variable's value, if that is not under its name."""
    if variable.saved is None:
        return "(set when loaded)" if variable.is_local else "(not restored)"
    where = variable.saved.key if variable.saved.key != variable.name else ""
    return f"{variable.saved.key} [{variable.saved.slice_spec}]" if variable.saved.slice_spec else where


def tensors_text(info: TensorInfo) -> str:
    """The tensors of an input or output."""
    if info.sparse is not None:
        return f"sparse: {', '.join(info.sparse)}"
    if info.components:
        return f"composite: {', '.join(part.name or part.key for part in info.components)}"
    return info.name


def frame_name(frame: str) -> str:
    """A loop by its name scope."""
    return frame.removesuffix("/while_context")


def checkpoint_text(inspection: Inspection) -> str:
    """Where the checkpoint is, from the model on."""
    checkpoint = inspection.checkpoint
    assert checkpoint is not None
    base = inspection.path if inspection.path.is_dir() else inspection.path.parent
    return str(checkpoint.relative_to(base)) if checkpoint.is_relative_to(base) else str(checkpoint)
