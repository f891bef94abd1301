"""A proof as a JSON document and back; its arrays are kept beside it (docs/json.md, "Proof files")."""

from __future__ import annotations

import re
from dataclasses import asdict, fields
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from migrate.verify.calls import Call
from migrate.verify.compare import TOLERANCES
from migrate.verify.models import Failure, Outputs
from migrate.verify.record.arrays import Stored
from migrate.verify.record.contracts import meta_graph_from_json, meta_graph_to_json
from migrate.verify.record.proof import Proof, ProvedOutput, RecordedExport, RecordedModel, RecordedWeight, Subject
from migrate.verify.samples import Sample, SparseValue
from migrate.verify.scripts.results import Carried

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from migrate.verify.record.arrays import ArrayReader, ArrayWriter

_STORED = re.compile(r"(\w+)\[((?:\d+(?:,\d+)*)?)\] #(\d+)")


def to_json(proof: Proof, arrays: ArrayWriter) -> dict[str, Any]:
    """The document of a proof, in an order that stays the same.

    Args:
        proof: The proof.
        arrays: Takes its arrays in.

    Raises:
        MigrateError: It has an array that cannot be stored.
    """
    return {
        "compared": "scripts" if proof.scripts else "models",
        "date": proof.date,
        "tf_migrate": proof.version,
        "tensorflow": proof.tensorflow,
        "seed": proof.seed,
        "before": _subject_to_json(proof.before),
        "after": _subject_to_json(proof.after),
        "args": list(proof.args),
        "environment": list(proof.environment),
        "isolation": proof.isolation,
        "tolerances": _tolerances(proof),
        "exports": [_export_to_json(export, arrays) for export in proof.exports],
    }


def from_json(data: dict[str, Any], arrays: ArrayReader) -> Proof:
    """The reverse of `to_json`.

    Raises:
        KeyError: Something is missing.
        TypeError: Something is of another kind than it should be.
        ValueError: An array is missing, or does not fit.
    """
    return Proof(
        scripts=data["compared"] == "scripts",
        date=data["date"],
        version=data["tf_migrate"],
        tensorflow=data["tensorflow"],
        seed=data["seed"],
        before=Subject(**data["before"]),
        after=Subject(**data["after"]),
        exports=tuple(_export_from_json(export, arrays) for export in data["exports"]),
        args=tuple(data["args"]),
        environment=tuple(data["environment"]),
        isolation=data["isolation"],
    )


def _subject_to_json(subject: Subject) -> dict[str, Any]:
    data = asdict(subject)
    return data if subject.python else {name: data[name] for name in ("path", "sha256")}


def _tolerances(proof: Proof) -> dict[str, Any]:
    """Those that held for the proof, for people: what is compared later has the tolerances of that time."""
    models = [model for export in proof.exports for model in export.models]
    dtypes = {output.dtype for model in models for _, outputs in model.proved for output in outputs}
    return {dtype: asdict(TOLERANCES[dtype]) for dtype in sorted(dtypes & TOLERANCES.keys())}


def _export_to_json(export: RecordedExport, arrays: ArrayWriter) -> dict[str, Any]:
    return {
        "name": export.name,
        "kind": export.kind,
        "models": [_model_to_json(model, arrays) for model in export.models],
        "carried": [
            _weight_to_json(weight, arrays) for weight in export.weights
        ],
    }  # fmt: skip


def _export_from_json(data: dict[str, Any], arrays: ArrayReader) -> RecordedExport:
    weights = tuple(_weight_from_json(item, arrays) for item in data["carried"])
    models = tuple(_model_from_json(model, arrays) for model in data["models"])
    return RecordedExport(data["name"], data["kind"], models, weights)


def _weight_to_json(weight: RecordedWeight, arrays: ArrayWriter) -> dict[str, Any]:
    """JSON has no infinity: null stands for it."""
    changes = weight.changes if isfinite(weight.changes) else None
    return {**asdict(weight.carried), "changes": changes, "value": _stored(arrays, weight.value)}


def _weight_from_json(data: dict[str, Any], arrays: ArrayReader) -> RecordedWeight:
    carried = Carried(**{field.name: data[field.name] for field in fields(Carried)})
    return RecordedWeight(carried, _array(arrays, data["value"]), inf if data["changes"] is None else data["changes"])


def _model_to_json(model: RecordedModel, arrays: ArrayWriter) -> dict[str, Any]:
    return {
        **meta_graph_to_json(model.meta_graph),
        "proved": {key: {output.name: _proved_to_json(output) for output in outputs} for key, outputs in model.proved},
        "calls": [_call_to_json(call, arrays) for call in model.calls],
    }


def _model_from_json(data: dict[str, Any], arrays: ArrayReader) -> RecordedModel:
    proved = tuple(
        (key, tuple(ProvedOutput(name, **item) for name, item in items.items()))
        for key, items in data["proved"].items()
    )
    calls = tuple(_call_from_json(call, arrays) for call in data["calls"])
    return RecordedModel(meta_graph_from_json(data), calls, proved)


def _proved_to_json(output: ProvedOutput) -> dict[str, Any]:
    return {name: value for name, value in asdict(output).items() if name != "name"}


def _call_to_json(call: Call, arrays: ArrayWriter) -> dict[str, Any]:
    found: dict[str, Any] = {
        "signature": call.signature,
        "sample": call.sample.label,
        "rows": call.sample.rows,
        **({"refused": True} if call.sample.refused else {}),
        "inputs": {name: _value_to_json(value, arrays) for name, value in call.sample.inputs.items()},
    }
    if isinstance(call.answer, Failure):
        return {**found, "raised": asdict(call.answer)}
    return {**found, "outputs": {part: _stored(arrays, value) for part, value in call.answer.parts.items()}}


def _call_from_json(data: dict[str, Any], arrays: ArrayReader) -> Call:
    inputs = {name: _value_from_json(value, arrays) for name, value in data["inputs"].items()}
    sample = Sample(data["sample"], inputs, data["rows"], data.get("refused", False))
    if "raised" in data:
        return Call(data["signature"], sample, Failure(**data["raised"]))
    outputs = {part: _array(arrays, text) for part, text in data["outputs"].items()}
    return Call(data["signature"], sample, Outputs(outputs))


def _value_to_json(value: Any, arrays: ArrayWriter) -> Any:
    if isinstance(value, SparseValue):
        return {field.name: _stored(arrays, getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_stored(arrays, part) for part in value]
    return _stored(arrays, value)


def _value_from_json(data: Any, arrays: ArrayReader) -> Any:
    if isinstance(data, dict):
        return SparseValue(**{name: _array(arrays, text) for name, text in data.items()})
    if isinstance(data, list):
        return tuple(_array(arrays, text) for text in data)
    return _array(arrays, data)


def _stored(arrays: ArrayWriter, value: Any) -> str:
    """Type, shape and number of an array: `float32[3,4] #7`."""
    stored = arrays.add(value)
    return f"{stored.dtype}[{','.join(map(str, stored.shape))}] #{stored.number}"


def _array(arrays: ArrayReader, text: str) -> NDArray[Any]:
    match = _STORED.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} names no array")
    dtype, shape, number = match.groups()
    return arrays.read(Stored(dtype, tuple(int(dim) for dim in shape.split(",") if dim), int(number)))
