"""The nodes that parse tf.Examples and make of the features what the inputs take.

Sources: `ParseExample` in tensorflow/core/ops/parsing_ops.cc, `_parse_example_raw` in
tensorflow/python/ops/parsing_ops.py (an empty default stands for "required", a scalar pads what is of any length).
`ParseExampleV2`, which TF2 writes, has the same kernel for dense features, and TensorFlow 1 does not know it.
"""

from __future__ import annotations

from collections.abc import Sequence

from migrate.graph.examples.body import NUMBERS, Body
from migrate.graph.examples.feeds import Feed

_HALVES = ("float16", "bfloat16")


def parse_features(body: Body, serialized: str, feeds: Sequence[Feed], key: str) -> dict[str, str]:
    """Adds the nodes.

    Args:
        body: The function.
        serialized: Its tensor with the serialized tf.Examples, string [batch].
        feeds: The features.
        key: The signature's, for messages at run time.

    Returns:
        For each input's key the tensor that it gets.
    """
    no_names = body.constant("parse/no_names", "string", (), (0,))
    keys = [
        body.constant(f"parse/key_{number}", "string", (feed.feature.name.encode("utf-8", "surrogateescape"),), ())
        for number, feed in enumerate(feeds)
    ]
    defaults = [_default(body, number, feed) for number, feed in enumerate(feeds)]
    node = body.add("parse", "ParseExample", [serialized, no_names, *keys, *defaults])
    node.attr["Nsparse"].i = 0
    node.attr["Ndense"].i = len(keys)
    node.attr["sparse_types"].list.SetInParent()
    for feed in feeds:
        node.attr["Tdense"].list.type.append(NUMBERS[feed.feature.dtype])
        shape = node.attr["dense_shapes"].list.shape.add()
        for size in feed.feature.shape:
            shape.dim.add(size=-1 if size is None else size)
    return {
        feed.feature.input: _converted(body, f"feature_{number}", f"parse:dense_values:{number}", feed, key)
        for number, feed in enumerate(feeds)
    }


def _default(body: Body, number: int, feed: Feed) -> str:
    name, dtype, shape = f"parse/default_{number}", feed.feature.dtype, feed.feature.shape
    if feed.default is None:
        return body.constant(name, dtype, (), (0,))
    if shape and shape[0] is None:
        return body.constant(name, dtype, feed.default.values, ())
    return body.constant(name, dtype, feed.default.values, [size or 0 for size in shape])


def _converted(body: Body, name: str, tensor: str, feed: Feed, key: str) -> str:
    """A feature's values in the input's dtype; values that it cannot hold are an error when it runs."""
    source, target = feed.feature.dtype, feed.feature.cast_to
    if target is None:
        return tensor
    cast = body.cast(f"{name}/cast", tensor, source, target)
    fits = _fits(body, name, tensor, cast, source, target)
    if fits is None:
        return cast
    # All of [-1] is one axis, whatever the rank.
    flat = body.constant(f"{name}/flat", "int32", (-1,), (1,))
    fits = body.reshape(f"{name}/each", fits, "bool", flat)
    axis = body.constant(f"{name}/axis", "int32", (0,), (1,))
    body.add(f"{name}/all", "All", [fits, axis], Tidx="int32")
    feature = feed.feature
    said = f"signature {key}: feature {feature.name} has values that its input {feature.input} ({target}) cannot hold:"
    message = body.constant(f"{name}/message", "string", (said.encode("utf-8", "surrogateescape"),), ())
    check = body.add(f"{name}/check", "Assert", [f"{name}/all:output:0", message, tensor])
    check.attr["T"].list.type.extend((NUMBERS["string"], NUMBERS[source]))
    body.add(f"{name}/checked", "Identity", [cast], after=[f"{name}/check"], T=target)
    return f"{name}/checked:output:0"


def _fits(body: Body, name: str, tensor: str, cast: str, source: str, target: str) -> str | None:
    """Which values are still the same; None where all are. Rounding to a shorter float is no loss to speak of."""
    if source == "float32":
        if target not in _HALVES:
            return None
        body.add(f"{name}/finite", "IsFinite", [tensor], T=source)
        body.add(f"{name}/finite_cast", "IsFinite", [cast], T=target)
        return _equal(body, name, f"{name}/finite:y:0", f"{name}/finite_cast:y:0", "bool")
    if target == "uint64":  # A negative number would come back from it as it was.
        zero = body.constant(f"{name}/zero", "int64", (0,), ())
        body.add(f"{name}/fits", "GreaterEqual", [tensor, zero], T=source)
        return f"{name}/fits:z:0"
    back = body.cast(f"{name}/back", cast, target, source)
    return _equal(body, name, tensor, back, source)


def _equal(body: Body, name: str, one: str, other: str, dtype: str) -> str:
    body.add(f"{name}/fits", "Equal", [one, other], T=dtype)
    return f"{name}/fits:z:0"
