"""Equivalence of two models. Importing this does not import TensorFlow; `verify_models` does."""

from migrate.verify.equivalence import verify_models
from migrate.verify.results import (
    Comparison,
    ContractDifference,
    FirstDifference,
    Location,
    OutputComparison,
    SignatureComparison,
    Status,
)

__all__ = [
    "Comparison",
    "ContractDifference",
    "FirstDifference",
    "Location",
    "OutputComparison",
    "SignatureComparison",
    "Status",
    "verify_models",
]
