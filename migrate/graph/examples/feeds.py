"""Which feature feeds which input, and whether it can."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from migrate.errors import MigrateError
from migrate.graph.examples.spec import Default, FeatureSpec, shape_text
from migrate.graph.examples.wrapping import Feature
from migrate.signatures.model import Shape, SignatureDef, TensorInfo

INTEGERS = {
    "int64": (-(2**63), 2**63 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "int16": (-(2**15), 2**15 - 1),
    "int8": (-(2**7), 2**7 - 1),
    "uint64": (0, 2**64 - 1),
    "uint32": (0, 2**32 - 1),
    "uint16": (0, 2**16 - 1),
    "uint8": (0, 2**8 - 1),
    "bool": (0, 1),
}
"""The smallest and the largest value of each dtype that int64 features are cast to."""
FLOATS = ("float32", "float64", "float16", "bfloat16")

_FEATURE_DTYPES = {
    "string": ("string",),
    **dict.fromkeys(INTEGERS, ("int64",)),
    # Clients send whole numbers as int64; the cast is checked when it runs.
    **dict.fromkeys(FLOATS, ("float32", "int64")),
}


@dataclass(frozen=True, slots=True)
class Feed:
    """A feature on its way into an input.

    Attributes:
        feature: How it is parsed.
        default: One value where it is a scalar or the padding, else one for each element; None where required.
        input_dtype: What the input takes.
    """

    feature: Feature
    default: Default | None
    input_dtype: str


@dataclass(frozen=True, slots=True)
class Feeds:
    """All of them.

    Attributes:
        feeds: In the order of the specs.
        defaulted: The inputs that keep their default value, in sorted order.
        batch: How many examples every call has, None for any number.
    """

    feeds: tuple[Feed, ...]
    defaulted: tuple[str, ...]
    batch: int | None


def plan_feeds(signature: SignatureDef, specs: tuple[FeatureSpec, ...]) -> Feeds:
    """Fits features to a signature's inputs.

    Raises:
        MigrateError: An input would get nothing, a feature goes nowhere, or does not fit; the message says why.
    """
    where = f"signature `{signature.key}`"
    defaults = {key for key, _ in signature.defaults}
    for spec in specs:
        if signature.input(spec.input) is None:
            raise MigrateError(
                f"{where}: the feature `{spec.name}` feeds no input; there is {_listed(signature)}. Leave it out, or "
                f"say which one it feeds: {spec.name}:INPUT=..."
            )
    fed = {spec.input for spec in specs}
    for info in signature.inputs:
        if info.key not in fed and info.key not in defaults:
            raise MigrateError(f"{where}: no feature feeds its input `{info.key}` ({_info(info)}); {_advice(info)}")
    feeds = tuple(_feed(spec, signature, where) for spec in specs)
    return Feeds(feeds, tuple(sorted(defaults - fed)), _batch(signature, fed, where))


def _feed(spec: FeatureSpec, signature: SignatureDef, where: str) -> Feed:
    info = signature.input(spec.input)
    assert info is not None
    where = f"{where}: feature `{spec.name}`"
    if info.kind != "dense":
        raise MigrateError(f"{where}: its input `{info.key}` is a {info.kind} tensor, which no dense feature can feed")
    if info.dtype not in _FEATURE_DTYPES:
        raise MigrateError(f"{where}: its input `{info.key}` is {info.dtype}; no tf.Example can hold that")
    possible = _FEATURE_DTYPES[info.dtype]
    dtype = spec.dtype or possible[0]
    if dtype not in possible:
        raise MigrateError(
            f"{where}: it is {dtype} and its input `{info.key}` {info.dtype}; declare it {' or '.join(possible)}"
        )
    shape = _shape(spec, info, where)
    default = _default(spec, shape, info, where)
    cast_to = None if info.dtype == dtype else info.dtype
    return Feed(Feature(spec.name, dtype, shape, default is None, info.key, cast_to), default, info.dtype)


def _shape(spec: FeatureSpec, info: TensorInfo, where: str) -> tuple[int | None, ...]:
    """The feature's shape in one example, which fits the input's without its batch."""
    if info.shape == ():
        raise MigrateError(
            f"{where}: its input `{info.key}` is a scalar, one value for the whole batch; each example would have "
            "its own. Export the signature without it, or with a default value"
        )
    wanted: Shape = None if info.shape is None else info.shape[1:]
    if spec.shape is None:
        if wanted is None or None in wanted:
            raise MigrateError(f"{where}: say its shape, as its input `{info.key}` is {_info(info)}: {_example(info)}")
        if 0 in wanted:
            raise MigrateError(f"{where}: its input `{info.key}` is {_info(info)}: there are no values to parse")
        return wanted
    fits = wanted is None or (
        len(wanted) == len(spec.shape)
        and all(want is None or want == dim for want, dim in zip(wanted, spec.shape, strict=True))
    )
    if not fits:
        raise MigrateError(
            f"{where}: its shape {shape_text(spec.shape)} does not fit its input `{info.key}` ({_info(info)}), which takes "
            f"{shape_text(wanted)} an example; the first dimension is the batch"
        )
    return spec.shape


def _default(spec: FeatureSpec, shape: tuple[int | None, ...], info: TensorInfo, where: str) -> Default | None:
    default = spec.default
    if shape and shape[0] is None:
        if default is None:
            raise MigrateError(f"{where}: any length needs a default, with which shorter ones are padded")
        if default.shape != ():
            raise MigrateError(f"{where}: the default of any length is one value, with which shorter ones are padded")
    if default is None:
        return None
    if default.shape not in ((), shape):
        raise MigrateError(f"{where}: its default has shape {shape_text(default.shape)}, it {shape_text(shape)}")
    if info.dtype in INTEGERS:
        low, high = INTEGERS[info.dtype]
        for value in default.values:
            if isinstance(value, int) and not low <= value <= high:
                raise MigrateError(f"{where}: its default {value} is no {info.dtype}, which `{info.key}` takes")
    return default


def _batch(signature: SignatureDef, fed: Collection[str], where: str) -> int | None:
    sizes = {info.key: info.shape[0] for info in signature.inputs if info.key in fed and info.shape}
    # A known size beside an unknown one is no batch: the input has one value for all examples.
    if len(set(sizes.values())) > 1:
        listed = ", ".join(f"`{key}` {'?' if size is None else size}" for key, size in sorted(sizes.items()))
        raise MigrateError(
            f"{where}: the first dimensions of its inputs differ ({listed}), so they are not all the batch"
        )
    return next(iter(sizes.values()), None)


def _listed(signature: SignatureDef) -> str:
    return ", ".join(f"`{info.key}` ({_info(info)})" for info in signature.inputs) or "none"


def _info(info: TensorInfo) -> str:
    return f"{info.dtype}{shape_text(info.shape)}" if info.kind == "dense" else info.kind


def _example(info: TensorInfo) -> str:
    dtype = _FEATURE_DTYPES.get(info.dtype, ("DTYPE",))[0]
    if info.shape is None:
        return f"{info.key}={dtype}[DIMS]"
    return f"{info.key}={dtype}[{','.join('N' if dim is None else str(dim) for dim in info.shape[1:])}]"


def _advice(info: TensorInfo) -> str:
    if info.kind != "dense":
        return "a tf.Example's dense features cannot; export the signature with a dense input"
    return f"add {_example(info)} to --examples"
