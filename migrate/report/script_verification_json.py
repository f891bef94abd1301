"""A ScriptComparison as JSON (schema in docs/verify.md)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from migrate.report.script_verification import verdict
from migrate.report.verification import to_dict as models_to_dict

if TYPE_CHECKING:
    from migrate.verify.scripts import Export, ExportPair, Run, ScriptComparison


def to_json(comparison: ScriptComparison) -> str:
    """The report as JSON, version 1."""
    return json.dumps(to_dict(comparison), indent=2) + "\n"


def to_dict(comparison: ScriptComparison) -> dict[str, Any]:
    """The JSON report as plain values."""
    return {
        "version": 1,
        "before": _run(comparison.before),
        "after": _run(comparison.after),
        "equal": comparison.equal,
        "status": str(comparison.status),
        "notes": list(comparison.notes),
        "exports": [_pair(pair) for pair in comparison.pairs],
        "summary": {"exports": len(comparison.pairs), "verdict": verdict(comparison)},
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "script": str(run.script),
        "python": str(run.interpreter.path),
        "python_version": run.interpreter.python,
        "tensorflow": run.interpreter.tensorflow,
        "as_v1": run.interpreter.as_v1,
        "isolation": run.isolation.name.lower(),
        "seconds": round(run.seconds, 3),
        "exports": [_export(export) for export in run.exports],
        "notes": list(run.notes),
    }


def _export(export: Export | None) -> dict[str, Any] | None:
    return None if export is None else {"name": export.name, "kind": str(export.kind), "times": export.times}


def _pair(pair: ExportPair) -> dict[str, Any]:
    return {
        "before": _export(pair.before),
        "after": _export(pair.after),
        "paired_by": pair.how,
        "status": str(pair.status),
        "models": [models_to_dict(models) for models in pair.comparisons],
        "carried": [{"name": each.name, "source": each.source, "by_name": each.by_name} for each in pair.carried],
        "differences": list(pair.differences),
        "reasons": list(pair.reasons),
        "notes": list(pair.notes),
    }
