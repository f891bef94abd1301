"""The demands of the Predict API (predict_util.cc)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from migrate.signatures.contract.tensors import fed_and_fetched, tensor_name, tensor_violations
from migrate.signatures.contract.terms import Severity, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrate.signatures.model import SignatureDef


def predict(signature: SignatureDef) -> Iterator[Violation]:
    """What keeps Predict from taking a signature."""
    for info in signature.inputs:
        yield from tensor_violations(info, "input")
    if not signature.outputs:
        yield Violation("predict-outputs", Severity.ERROR, "it has no outputs; a Predict call has to fetch one")
    yield from _fetched(signature)
    tensors = [tensor_name(info) for info in signature.inputs if info.name]
    for name in sorted(name for name, count in Counter(tensors).items() if count > 1):
        keys = " and ".join(f"`{info.key}`" for info in signature.inputs if info.name and tensor_name(info) == name)
        yield Violation(
            "predict-shared-input",
            Severity.ERROR,
            f"the inputs {keys} are one tensor, {name}, which a call may not feed twice",
            "export it with one of them only",
        )


def _fetched(signature: SignatureDef) -> Iterator[Violation]:
    """Outputs that no call can fetch; where others are left, calls with an `output_filter` can do without them."""
    broken = [(info, found) for info in signature.outputs for found in (*tensor_violations(info, "output"),)]
    fed = {tensor_name(info): info for info in signature.inputs if info.name}
    for info in signature.outputs:
        if info.name and tensor_name(info) in fed:
            broken.append((info, fed_and_fetched(info, fed[tensor_name(info)])))
    fetchable = len({info.key for info in signature.outputs} - {info.key for info, _ in broken})
    for _, found in broken:
        if fetchable:
            text = f"{found.message}; only Predict calls whose output_filter leaves it out succeed, and none over REST"
            yield replace(found, severity=Severity.WARNING, message=text)
        else:
            yield found
