"""Renders a ModelCheck for programs; the schema is described in docs/json.md."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from migrate.check.results import Severity

if TYPE_CHECKING:
    from migrate.check.results import Finding, ModelCheck, SignatureCheck, Trial, Verdict


def to_json(check: ModelCheck) -> str:
    """The report as JSON, version 1."""
    return json.dumps(to_dict(check), indent=2) + "\n"


def to_dict(check: ModelCheck) -> dict[str, Any]:
    """The JSON report as plain values."""
    return {
        "version": 1,
        "path": str(check.path),
        "file": str(check.file),
        "profile": str(check.profile),
        "against": None if check.against is None else str(check.against),
        "runtime": check.runtime,
        "ran": check.ran,
        "ok": check.ok,
        "meta_graphs": [
            {
                "tags": list(meta_graph.tags),
                "tensorflow_version": meta_graph.tensorflow_version,
                "signatures": [_signature(signature) for signature in meta_graph.signatures],
            }
            for meta_graph in check.meta_graphs
        ],
        "findings": [_finding(finding) for finding in check.findings],
        "commands": [shlex.join(command) for command in check.commands],
        "summary": {f"{severity}s": check.count(severity) for severity in Severity},
    }


def _signature(signature: SignatureCheck) -> dict[str, Any]:
    return {
        "key": signature.key,
        "method_name": signature.method_name,
        "verdicts": {str(verdict.api): _verdict(verdict) for verdict in signature.verdicts},
        "trials": [_trial(trial) for trial in signature.trials],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "taken": str(verdict.taken),
        "violations": [
            {"rule": found.rule, "severity": str(found.severity), "message": found.message, "remedy": found.remedy}
            for found in verdict.violations
        ],
    }


def _trial(trial: Trial) -> dict[str, Any]:
    return {"api": str(trial.api), "batches": list(trial.batches), "reason": trial.reason}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.message,
        "tags": None if finding.tags is None else list(finding.tags),
        "signature": finding.signature or None,
        "remedy": finding.remedy,
        "options": list(finding.options),
    }
