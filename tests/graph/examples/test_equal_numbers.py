"""Whatever the features are, the wrapped signature gives the numbers of the one it wraps."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrate import protos
from migrate.graph.examples.spec import parse_feature_specs
from migrate.graph.examples.wrap import wrap_with_examples
from migrate.graph.examples.wrapping import Wrapping
from migrate.signatures.contract import Api

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

FEATURE_OF = {
    "float32": "float32",
    "float64": "float32",
    "float16": "float32",
    "int64": "int64",
    "int32": "int64",
    "uint8": "int64",
    "bool": "int64",
    "string": "string",
}
VALUES = {
    "float32": st.floats(-1000, 1000, width=16),  # They fit every float.
    "int64": st.integers(0, 1),  # They fit every integer.
    "string": st.text(max_size=5),
}


@dataclass
class Case:
    """One input with its feature, and what each example has for it; None where it leaves the feature out."""

    dtype: str
    shape: tuple[int | None, ...]
    unknown: bool
    default: Any
    rows: list[list[Any] | None]

    @property
    def feature_dtype(self) -> str:
        return FEATURE_OF[self.dtype]

    @property
    def spec(self) -> dict[str, Any]:
        spec = {"dtype": self.feature_dtype, "shape": list(self.shape)}
        return spec if self.default is None else {**spec, "default": self.default}

    @property
    def fed(self) -> np.ndarray:
        """What a client of the wrapped signature would feed."""
        shape = self.shape
        if shape and shape[0] is None:
            inner = int(np.prod(shape[1:]))
            longest = max(len(row or ()) // inner for row in self.rows)
            flat = [[*(row or ()), *[self.default] * (longest * inner - len(row or ()))] for row in self.rows]
            shape = (longest, *shape[1:])
        else:
            default = np.broadcast_to(np.array(self.default, object), shape).ravel().tolist()
            flat = [default if row is None else row for row in self.rows]
        flat = [[item.encode() if isinstance(item, str) else item for item in row] for row in flat]
        kind = object if self.dtype == "string" else self.dtype
        return np.array(flat, object).reshape(len(flat), *shape).astype(kind)


@st.composite
def cases(draw, batch):
    dtype = draw(st.sampled_from(sorted(FEATURE_OF)))
    inner = tuple(draw(st.lists(st.integers(1, 3), max_size=2)))
    variable = draw(st.booleans())
    shape = (None, *inner) if variable else inner
    values = VALUES[FEATURE_OF[dtype]]
    size = int(np.prod(inner))
    default = None
    if variable or draw(st.booleans()):
        default = draw(values)
        if not variable and draw(st.booleans()):
            listed = draw(st.lists(values, min_size=size, max_size=size))
            default = np.array(listed, object).reshape(inner).tolist()
    rows = []
    for _ in range(batch):
        count = size * draw(st.integers(0, 3)) if variable else size
        row = draw(st.lists(values, min_size=count, max_size=count))
        rows.append(None if default is not None and draw(st.booleans()) else row)
    return Case(dtype, shape, draw(st.booleans()), default, rows)


@st.composite
def models(draw):
    batch = draw(st.integers(1, 4))
    return draw(st.lists(cases(batch), min_size=1, max_size=4))


def save(tf, inputs, directory):
    """A model whose two scores are different sums of everything."""
    specs = {
        name: tf.TensorSpec([None, *[None if case.unknown else dim for dim in case.shape]], case.dtype, name=name)
        for name, case in inputs.items()
    }

    @tf.function(input_signature=list(specs.values()))
    def scores(*args):
        columns = []
        for number, value in enumerate(args, 1):
            if value.dtype == tf.string:
                value = tf.strings.to_hash_bucket_fast(value, 1000)
            flat = tf.reshape(tf.cast(value, tf.float32), [tf.shape(value)[0], -1])
            places = tf.range(1.0, 1.0 + tf.cast(tf.shape(flat)[1], tf.float32))
            columns.append(tf.stack([number * tf.reduce_sum(flat * places, 1), tf.reduce_sum(flat, 1)], 1))
        return {"scores": tf.add_n(columns)}

    module = tf.Module()
    module.scores = scores
    tf.saved_model.save(module, str(directory), signatures={"serving_default": scores.get_concrete_function()})


def serialized(tf, inputs):
    rows = []
    for number in range(len(next(iter(inputs.values())).rows)):
        proto = tf.train.Example()
        for name, case in inputs.items():
            row = case.rows[number]
            if row is None:
                continue
            into = proto.features.feature[name]
            if case.feature_dtype == "string":
                into.bytes_list.value.extend(item.encode() for item in row)
            elif case.feature_dtype == "int64":
                into.int64_list.value.extend(row)
            else:
                into.float_list.value.extend(row)
        rows.append(proto.SerializeToString())
    return rows


def run(tf, directory, feeds):
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        signature = v1.saved_model.load(session, ["serve"], str(directory)).signature_def["serving_default"]
        given_ = {signature.inputs[name].name: value for name, value in feeds.items()}
        return session.run(signature.outputs["scores"].name, given_)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(cases=models())
def test_equal_numbers(cases, tf, tmp_path):
    inputs = {f"x{number}": case for number, case in enumerate(cases)}
    directory = tmp_path / "model"
    shutil.rmtree(directory, ignore_errors=True)
    save(tf, inputs, directory)
    expected = run(tf, directory, {name: case.fed for name, case in inputs.items()})
    file = directory / "saved_model.pb"
    model = protos.saved_model()
    model.ParseFromString(file.read_bytes())
    specs = parse_feature_specs(json.dumps({name: case.spec for name, case in inputs.items()}))
    wrap_with_examples(model.meta_graphs[0], Wrapping("serving_default", Api.CLASSIFY, specs, scores="scores"))
    file.write_bytes(model.SerializeToString())
    rows = serialized(tf, inputs)
    np.testing.assert_array_equal(run(tf, directory, {"inputs": rows}), expected)
    found = tf.saved_model.load(str(directory)).signatures["serving_default"](inputs=tf.constant(rows))
    np.testing.assert_array_equal(found["scores"].numpy(), expected)
