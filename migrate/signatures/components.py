"""Names of the dense tensors behind a signature's inputs and outputs, as TF2 knows them."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrate.signatures.model import TensorInfo

_ARGUMENT = re.compile(r"[A-Za-z]\w*", re.ASCII)
_NO_LETTER = re.compile(r"[^0-9A-Za-z_]")


def component_names(info: TensorInfo) -> tuple[str, ...]:
    """The names under which TF2's own loader of TF1 models takes an input's, or gives an output's, dense tensors.

    A sparse `x` is `x_indices`, `x_values` and `x_dense_shape`, a composite one `x_component_0` and so on
    (`_extract_signatures` in tensorflow/python/saved_model/load_v1_in_v2.py); a dense one is itself.
    """
    if info.sparse is not None:
        return f"{info.key}_indices", f"{info.key}_values", f"{info.key}_dense_shape"
    if info.components:
        return tuple(f"{info.key}_component_{number}" for number in range(_count(info)))
    return (info.key,)


def _count(info: TensorInfo) -> int:
    return sum(_count(part) for part in info.components) if info.components else 1


def argument_names(keys: Iterable[str]) -> dict[str, str]:
    """A legal argument name for each input key: itself where Python and TensorFlow take it.

    `tf.saved_model.save` refuses keys with a colon or a space, and Python keywords. Names that clash are numbered.
    """
    keys = list(keys)
    legal = {key for key in keys if is_argument(key)}
    found: dict[str, str] = {}
    taken = set(legal)
    for key in keys:
        if key in legal:
            found[key] = key
            continue
        wanted = f"arg_{_NO_LETTER.sub('_', key).strip('_')}"
        candidate, number = wanted, 0
        while candidate in taken:
            number += 1
            candidate = f"{wanted}_{number}"
        taken.add(candidate)
        found[key] = candidate
    return found


def is_argument(key: str) -> bool:
    """Whether `tf.saved_model.save` takes it as an input's key: a Python name, and no keyword."""
    # An argument's placeholder has its name, and no operation's name starts with an underscore.
    return _ARGUMENT.fullmatch(key) is not None and not keyword.iskeyword(key) and key != "self"
