"""`slim.model_analyzer`: how large the variables are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["analyze_vars"]


def analyze_vars(variables: Iterable[Any], print_info: bool = False) -> tuple[int, int]:
    """How many numbers the variables hold, and how many bytes these are; with `print_info`, a line for each."""
    if print_info:
        print("---------", "Variables: name (type shape) [size]", "---------", sep="\n")
    numbers = total = 0
    for each in variables:
        count = each.shape.num_elements() or 0
        size = count * each.dtype.size
        numbers, total = numbers + count, total + size
        if print_info:
            kind = f"{each.dtype.name} {'x'.join(map(str, each.shape.as_list()))}".strip()
            print(f"{each.name} ({kind}) [{count}, bytes: {size}]")
    if print_info:
        print(f"Total size of variables: {numbers}", f"Total bytes of variables: {total}", sep="\n")
    return numbers, total
