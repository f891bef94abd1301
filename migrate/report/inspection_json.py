"""An Inspection as JSON; the schema is described in docs/json.md."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from migrate.report.next_step import convert_command, next_step

if TYPE_CHECKING:
    from migrate.graph.inspection import (
        Hazard,
        Inspection,
        MetaGraphInspection,
        ProposedSignature,
        SignatureInspection,
    )
    from migrate.graph.state import Saved, Table, Variable
    from migrate.signatures import TensorInfo

VERSION = 1


def to_json(inspection: Inspection) -> str:
    """Makes one JSON document, in ASCII, with a newline in the end."""
    return json.dumps(as_dict(inspection), indent=2) + "\n"


def as_dict(inspection: Inspection) -> dict[str, Any]:
    """The same document as Python values."""
    step = next_step(inspection)
    return {
        "version": VERSION,
        "path": str(inspection.path),
        "form": str(inspection.form),
        "file_size": inspection.file_size,
        "checkpoint": None if inspection.checkpoint is None else str(inspection.checkpoint),
        "meta_graphs": [_meta_graph(inspection, found) for found in inspection.meta_graphs],
        "next": {
            "text": step.text,
            "command": shlex.join(step.command) if step.command else None,
            "blocked": step.blocked,
        },
    }


def _meta_graph(inspection: Inspection, found: MetaGraphInspection) -> dict[str, Any]:
    return {
        "tags": list(found.tags),
        "tensorflow_version": found.tensorflow_version,
        "producer": found.producer,
        "nodes": found.nodes,
        "functions": found.functions,
        "has_objects": found.has_objects,
        "conditionals": found.conditionals,
        "init_operations": list(found.init_operations),
        "signatures": [_signature(signature) for signature in found.signatures],
        "variables": [_variable(variable) for variable in found.variables],
        "tables": [_table(table) for table in found.tables],
        "assets": [
            {
                "filename": asset.filename,
                "tensor": asset.tensor,
                "path": None if asset.path is None else str(asset.path),
            }
            for asset in found.assets
        ],
        "loops": [{**asdict(loop), "signatures": list(loop.signatures)} for loop in found.loops],
        "hazards": [_hazard(hazard) for hazard in found.hazards],
        "proposals": [_proposal(inspection, found, proposal) for proposal in found.proposals],
    }


def _signature(signature: SignatureInspection) -> dict[str, Any]:
    definition = signature.definition
    return {
        "key": definition.key,
        "method_name": definition.method_name,
        "inputs": [_tensor(info) for info in definition.inputs],
        "outputs": [_tensor(info) for info in definition.outputs],
        "nodes": signature.nodes,
        "batch_dimension": signature.batch_dimension,
        "variables": list(signature.variables),
        "writes": list(signature.writes),
        "tables": list(signature.tables),
        "assets": list(signature.assets),
        "initializers": list(signature.initializers),
        "unfed": [asdict(unfed) for unfed in signature.unfed],
        "trainable": bool(signature.variables) and not signature.not_trainable,
        "not_trainable": list(signature.not_trainable),
    }


def _tensor(info: TensorInfo) -> dict[str, Any]:
    tensors = [info.name] if info.name else list(info.sparse or ())
    return {
        "name": info.key,
        "kind": info.kind,
        "dtype": info.dtype,
        "shape": _shape(info.shape),
        "tensors": tensors,
        "components": [_tensor(part) for part in info.components],
    }


def _shape(shape: tuple[int | None, ...] | None) -> list[int | None] | None:
    return None if shape is None else list(shape)


def _variable(variable: Variable) -> dict[str, Any]:
    return {
        "name": variable.name,
        "kind": "reference" if variable.is_ref else "resource",
        "dtype": variable.dtype,
        "shape": _shape(variable.shape),
        "bytes": variable.byte_size,
        "trainable": variable.trainable,
        "local": variable.is_local,
        "saved": _saved(variable.saved),
        "nodes": list(variable.nodes),
    }


def _saved(saved: Saved | None) -> dict[str, str] | None:
    return None if saved is None else {"key": saved.key, "slice": saved.slice_spec}


def _table(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "op": table.op,
        "key_dtype": table.key_dtype,
        "value_dtype": table.value_dtype,
        "mutable": table.is_mutable,
        "initializers": list(table.initializers),
        "asset_tensors": list(table.asset_tensors),
        "saved": None if table.saved is None else [_saved(saved) for saved in table.saved],
    }


def _hazard(hazard: Hazard) -> dict[str, Any]:
    return {
        "kind": str(hazard.kind),
        "severity": str(hazard.severity),
        "node": hazard.node,
        "op": hazard.op,
        "message": hazard.message,
        "remedy": hazard.remedy,
        "signatures": list(hazard.signatures),
        "count": hazard.count,
    }


def _proposal(inspection: Inspection, found: MetaGraphInspection, proposal: ProposedSignature) -> dict[str, Any]:
    return {
        "key": proposal.key,
        "inputs": [_candidate(candidate) for candidate in proposal.inputs],
        "outputs": [_candidate(candidate) for candidate in proposal.outputs],
        "rest": [_candidate(candidate) for candidate in proposal.rest],
        "command": shlex.join(convert_command(inspection, found, proposal)),
    }


def _candidate(candidate: Any) -> dict[str, Any]:
    return {
        "name": candidate.name,
        "tensor": candidate.tensor,
        "dtype": candidate.dtype,
        "shape": _shape(candidate.shape),
        "score": candidate.score,
        "reasons": list(candidate.reasons),
    }
