"""Recorded proofs of every kind, made by hypothesis, and whether two values are the same to the bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

import ml_dtypes
import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from migrate.signatures.model import MetaGraph, SignatureDef, TensorInfo
from migrate.verify.calls import Call
from migrate.verify.models import Failure, Outputs
from migrate.verify.record.proof import Proof, ProvedOutput, RecordedExport, RecordedModel, RecordedWeight, Subject
from migrate.verify.samples import Sample, SparseValue
from migrate.verify.scripts.results import Carried

NATIVE = [*("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")]
NATIVE += [*("float16", "float32", "float64", "complex64", "complex128")]
ADDED = ["bfloat16", "float8_e4m3fn", "float8_e5m2", "int4", "uint4"]


def same(a: Any, b: Any) -> bool:
    """Whether two values are the same, arrays in type, shape and every bit."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        if not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray)) or (a.dtype, a.shape) != (b.dtype, b.shape):
            return False
        return a.tolist() == b.tolist() if a.dtype == object else a.tobytes() == b.tobytes()
    if is_dataclass(a):
        return type(a) is type(b) and all(same(getattr(a, each.name), getattr(b, each.name)) for each in fields(a))
    if isinstance(a, Mapping):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


def strings(shape: tuple[int, ...], items: list[bytes]) -> np.ndarray:
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array.reshape(shape)


@st.composite
def arrays(draw: st.DrawFn) -> np.ndarray:
    """An array of any type that TensorFlow and NumPy have, also without elements."""
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
    size = int(np.prod(shape))
    dtype = draw(st.sampled_from([*NATIVE, *ADDED, "string"]))
    if dtype == "string":
        return strings(shape, draw(st.lists(st.binary(max_size=5), min_size=size, max_size=size)))
    if dtype in ADDED:
        bits = draw(st.lists(st.integers(0, 7), min_size=size, max_size=size))
        return np.array(bits, np.uint8).astype(getattr(ml_dtypes, dtype)).reshape(shape)
    return draw(hnp.arrays(dtype, shape))


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)
"""Keys may be anything that protobuf takes."""
values = st.one_of(
    arrays(),
    st.lists(arrays(), min_size=1, max_size=3).map(tuple),
    st.tuples(arrays(), arrays(), arrays()).map(lambda parts: SparseValue(*parts)),
)
shapes = st.none() | st.lists(st.none() | st.integers(0, 5), max_size=3).map(tuple)


@st.composite
def tensors(draw: st.DrawFn, depth: int = 1) -> TensorInfo:
    kind = draw(st.sampled_from(["dense", "operation", "sparse", *(["composite"] if depth else [])]))
    info = TensorInfo(draw(names), "", draw(st.sampled_from([*NATIVE, "string", "bfloat16"])), draw(shapes))
    match kind:
        case "dense":
            return replace(info, name="x:0")
        case "operation":
            return replace(info, name="x", dtype="invalid")
        case "sparse":
            return replace(info, sparse=("i:0", "v:0", "s:0"))
    return replace(info, components=tuple(draw(st.lists(tensors(depth=0), min_size=1, max_size=3))))


def unique(infos: list[TensorInfo]) -> tuple[TensorInfo, ...]:
    return tuple({info.key: info for info in infos}.values())


@st.composite
def signatures(draw: st.DrawFn) -> SignatureDef:
    inputs, outputs = (unique(draw(st.lists(tensors(), max_size=3))) for _ in "io")
    defaults = draw(st.dictionaries(names, st.binary(max_size=4), max_size=2))
    return SignatureDef(draw(names), draw(st.text(max_size=5)), inputs, outputs, tuple(defaults.items()))


answers = st.one_of(
    st.dictionaries(names, arrays(), max_size=3).map(Outputs),
    st.builds(Failure, st.text(max_size=5), st.text(max_size=5)),
)
samples = st.builds(
    Sample, st.text(max_size=5), st.dictionaries(names, values, max_size=3), st.integers(0, 5), st.booleans()
)


@st.composite
def models(draw: st.DrawFn) -> RecordedModel:
    found = {signature.key: signature for signature in draw(st.lists(signatures(), max_size=2))}
    meta_graph = MetaGraph(("serve",), tuple(found.values()), "1.15.5", draw(st.booleans()))
    calls = tuple(draw(st.lists(st.builds(Call, names, samples, answers), max_size=3)))
    return RecordedModel(meta_graph, calls, (("k", (ProvedOutput("y", "float32", 3, 0.5, None),)),))


weights = st.builds(
    RecordedWeight, st.builds(Carried, names, names, st.booleans()), arrays(), st.just(float("inf")) | st.floats(0, 9)
)
exports = st.builds(
    RecordedExport,
    names,
    st.sampled_from(["SavedModel", "frozen GraphDef"]),
    st.lists(models(), max_size=2).map(tuple),
    st.lists(weights, max_size=2).map(tuple),
)
proofs = st.builds(
    Proof,
    scripts=st.booleans(),
    date=st.just("2026-01-02T03:04:05+00:00"),
    version=st.just("1.0"),
    tensorflow=st.just("2.21.0"),
    seed=st.integers(0, 2**40),
    before=st.just(Subject("b.py", "00", "3.7.16", "1.15.5", True, 2.5)),
    after=st.just(Subject("../a.py", "01")),
    exports=st.lists(exports, max_size=2).map(tuple),
    args=st.lists(st.text(max_size=4), max_size=2).map(tuple),
    environment=st.lists(names, max_size=2).map(tuple),
    isolation=st.sampled_from(["", "NAMESPACE"]),
)
