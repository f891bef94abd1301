"""Names of TensorFlow's DataType numbers (tensorflow/core/framework/types.proto)."""

from __future__ import annotations

_NAMES = {
    0: "invalid",
    1: "float32",
    2: "float64",
    3: "int32",
    4: "uint8",
    5: "int16",
    6: "int8",
    7: "string",
    8: "complex64",
    9: "int64",
    10: "bool",
    11: "qint8",
    12: "quint8",
    13: "qint32",
    14: "bfloat16",
    15: "qint16",
    16: "quint16",
    17: "uint16",
    18: "complex128",
    19: "float16",
    20: "resource",
    21: "variant",
    22: "uint32",
    23: "uint64",
    24: "float8_e5m2",
    25: "float8_e4m3fn",
    26: "float8_e4m3fnuz",
    27: "float8_e4m3b11fnuz",
    28: "float8_e5m2fnuz",
    29: "int4",
    30: "uint4",
    31: "int2",
    32: "uint2",
    33: "float4_e2m1fn",
}
_REF = 100


def dtype_name(number: int) -> str:
    """The name of a DataType number; a reference type (number + 100) gets its base type's name.

    TF1 wrote reference types into the TensorInfo of a variable that is itself an output; what a client gets
    is a value of the base type.
    """
    base = number - _REF if number > _REF else number
    return _NAMES.get(base, f"dtype{number}")


_SIZES = {
    **dict.fromkeys(("uint8", "int8", "bool", "qint8", "quint8"), 1),
    **dict.fromkeys(("int16", "uint16", "float16", "bfloat16", "qint16", "quint16"), 2),
    **dict.fromkeys(("float32", "int32", "uint32", "qint32"), 4),
    **dict.fromkeys(("float64", "int64", "uint64", "complex64"), 8),
    "complex128": 16,
}


def dtype_size(name: str) -> int | None:
    """The bytes of one element, or None where elements have no fixed size."""
    return _SIZES.get(name)
