"""`slim.summaries`: summaries under the names of tensors, in the collection `SUMMARIES`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import tensorflow as tf

__all__ = [
    "add_histogram_summaries",
    "add_histogram_summary",
    "add_image_summaries",
    "add_image_summary",
    "add_scalar_summaries",
    "add_scalar_summary",
    "add_zero_fraction_summaries",
    "add_zero_fraction_summary",
]

v1 = tf.compat.v1


def _name(tensor: Any, name: str | None, prefix: str | None, postfix: str | None = None) -> str:
    return "/".join(filter(None, [prefix, name or tensor.op.name, postfix]))


def add_histogram_summary(tensor: Any, name: str | None = None, prefix: str | None = None) -> Any:
    """A histogram."""
    return v1.summary.histogram(_name(tensor, name, prefix), tensor)


def add_image_summary(
    tensor: Any, name: str | None = None, prefix: str | None = None, print_summary: bool = False
) -> Any:
    """Images; with `print_summary`, the values are printed whenever the summary is made."""
    summary_name = _name(tensor, name, prefix)
    # It is collected once, printing or not.
    operation = v1.summary.image(name=summary_name, tensor=tensor, collections=[])
    return _collected(operation, tensor, summary_name, print_summary)


def add_scalar_summary(
    tensor: Any, name: str | None = None, prefix: str | None = None, print_summary: bool = False
) -> Any:
    """A number; with `print_summary`, it is printed whenever the summary is made."""
    summary_name = _name(tensor, name, prefix)
    operation = v1.summary.scalar(name=summary_name, tensor=tensor, collections=[])
    return _collected(operation, tensor, summary_name, print_summary)


def add_zero_fraction_summary(
    tensor: Any, name: str | None = None, prefix: str | None = None, print_summary: bool = False
) -> Any:
    """The share of zeros."""
    share = tf.math.zero_fraction(tensor)
    return add_scalar_summary(share, _name(tensor, name, prefix, "Fraction of Zero Values"), None, print_summary)


def add_histogram_summaries(tensors: Iterable[Any], prefix: str | None = None) -> list[Any]:
    """A histogram of each."""
    return [add_histogram_summary(each, prefix=prefix) for each in tensors]


def add_image_summaries(tensors: Iterable[Any], prefix: str | None = None) -> list[Any]:
    """Images of each."""
    return [add_image_summary(each, prefix=prefix) for each in tensors]


def add_scalar_summaries(tensors: Iterable[Any], prefix: str | None = None, print_summary: bool = False) -> list[Any]:
    """A number for each."""
    return [add_scalar_summary(each, prefix=prefix, print_summary=print_summary) for each in tensors]


def add_zero_fraction_summaries(tensors: Iterable[Any], prefix: str | None = None) -> list[Any]:
    """The share of zeros in each."""
    return [add_zero_fraction_summary(each, prefix=prefix) for each in tensors]


def _collected(operation: Any, tensor: Any, name: str, printed: bool) -> Any:
    if printed:
        operation = v1.Print(operation, [tensor], name)
    v1.add_to_collection(v1.GraphKeys.SUMMARIES, operation)
    return operation
