"""Arguments of windows: sizes, formats and paddings as TensorFlow 1 takes them, and as the operations want them."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

_FORMATS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}


def sizes(value: Any, count: int, name: str) -> tuple[int, ...]:
    """One number for all dimensions, or one for each."""
    given = [value] * count if isinstance(value, numbers.Integral) else list(value)
    if len(given) != count:
        raise ValueError(f"{name} must be one number or {count}, not {value!r}")
    return tuple(int(each) for each in given)


def checked_format(value: Any) -> str:
    """`channels_last` or `channels_first`."""
    text = "channels_last" if value is None else str(value).lower()
    if text not in ("channels_last", "channels_first"):
        raise ValueError(f"data_format must be 'channels_last' or 'channels_first', not {value!r}")
    return text


def checked_padding(value: Any, causal: bool = False) -> str:
    """`valid`, `same`, or `causal` where the layer has it."""
    text = str(value).lower()
    if text not in ("valid", "same", *(["causal"] if causal else [])):
        raise ValueError(f"padding must be 'valid' or 'same', not {value!r}")
    return text


def format_of_ops(rank: int, data_format: str) -> str:
    """What operations call a format of layers."""
    return _FORMATS[rank][data_format == "channels_first"]


def for_every_dimension(spatial: Sequence[int], data_format: str) -> list[int]:
    """Sizes of windows or strides with a 1 for the batch and for the channels."""
    return [1, *spatial, 1] if data_format == "channels_last" else [1, 1, *spatial]


def transposed_length(length: Any, window: int, padding: str, stride: int) -> Any:
    """How long a dimension gets by a transposed convolution; a number, a tensor, or None if it is not known."""
    if length is None:
        return None
    length = length * stride
    return length + max(window - stride, 0) if padding == "valid" else length
