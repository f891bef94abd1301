"""Equivalence of two scripts: run, and judged by what they export."""

from migrate.verify.scripts.comparison import verify_scripts
from migrate.verify.scripts.results import (
    Carried,
    Export,
    ExportKind,
    ExportPair,
    Interpreter,
    Isolation,
    Run,
    ScriptComparison,
    Side,
)
from migrate.verify.scripts.rewritten import Proof, prove

__all__ = [
    "Carried",
    "Export",
    "ExportKind",
    "ExportPair",
    "Interpreter",
    "Isolation",
    "Proof",
    "Run",
    "ScriptComparison",
    "Side",
    "prove",
    "verify_scripts",
]
