"""Calls converted models through TF2's own loader, as a TF2 program does."""

from __future__ import annotations

from typing import Any

import numpy as np

from migrate.graph.prepare import parts_of
from migrate.graph.requests import RequestedSignature
from migrate.signatures import read_meta_graph
from migrate.signatures.components import argument_names
from migrate.verify.compare import compare_arrays
from migrate.verify.samples import SparseValue


def requested(fixture) -> list[RequestedSignature]:
    """The signatures that a fixture without SignatureDefs is converted with."""
    return [
        RequestedSignature(key, value.get("inputs", {}), value["outputs"]) for key, value in fixture.signatures.items()
    ]


def arguments(fixture, call) -> dict[str, Any]:
    """A call's inputs as keyword arguments: sparse and ragged ones in their parts, names made legal."""
    import tensorflow as tf

    flat = {}
    for name, value in call.inputs.items():
        flat.update(_parts(name, value))
    return {name: tf.constant(flat[key]) for key, name in argument_names(flat).items()}


def _parts(name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, SparseValue):
        return {
            f"{name}_indices": value.indices,
            f"{name}_values": value.values,
            f"{name}_dense_shape": value.dense_shape,
        }
    if isinstance(value, tuple):
        return {f"{name}_component_{number}": part for number, part in enumerate(value)}
    return {name: value}


def check_outputs(call, outputs) -> None:
    """Fails unless a call's outputs are those of TF 1.15."""
    expected = {}
    for name, value in call.outputs.items():
        expected.update(_parts(name, value))
    assert set(outputs) == set(expected)
    for name, value in expected.items():
        got = outputs[name].numpy()
        comparison = compare_arrays(np.asarray(value), np.asarray(got, dtype=np.asarray(value).dtype))
        assert comparison.equal, (call.signature, name, comparison)


def weighted_sum(outputs) -> Any:
    """What the golden gradients are the gradients of: see fixtures/README.md."""
    import tensorflow as tf

    total = tf.constant(0.0, tf.float64)
    for name in sorted(outputs):
        value = outputs[name]
        if value.dtype.is_floating and "_component_" not in name:
            flat = tf.reshape(value, [-1])
            weights = 1 + tf.range(tf.size(flat)) % 5
            total += tf.cast(tf.reduce_sum(flat * tf.cast(weights, flat.dtype)), tf.float64)
    return total


def gradients(model, key: str, given: dict[str, Any]) -> dict[str, np.ndarray]:
    """By TF1 name, the gradients of a signature's weighted sum; variables that it does not reach are left out."""
    import tensorflow as tf

    variables = list(model.trainable_variables)
    with tf.GradientTape() as tape:
        total = weighted_sum(model.signatures[key](**given))
    found = tape.gradient(total, variables)
    return {
        variable.name.removesuffix(":0"): tf.convert_to_tensor(gradient).numpy()
        for variable, gradient in zip(variables, found, strict=True)
        if gradient is not None
    }


def declared(path, tags) -> dict[str, Any]:
    """The signatures as their SignatureDefs declare them, without the names of tensors."""
    return {signature.key: signature for signature in read_meta_graph(path, tags).signatures}


__all__ = ["arguments", "check_outputs", "declared", "gradients", "parts_of", "requested", "weighted_sum"]
