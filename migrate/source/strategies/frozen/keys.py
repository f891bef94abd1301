"""Keys of inputs that TF2 has no arguments for: it saves others, and the old keys are put back into the model."""

from __future__ import annotations

import keyword
import re

from migrate.signatures.components import argument_names
from migrate.source.sites import RUN_TIME, SignatureSource

_TAKEN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")


def is_taken(key: str) -> bool:
    """Whether `tf.saved_model.save` takes a key for an input, which is the name of an argument for it.

    It says itself which keys it does not take, where only running the code tells them.
    """
    if key.startswith(RUN_TIME):
        return True
    return bool(_TAKEN.fullmatch(key)) and not keyword.iskeyword(key) and key != "self"


def saved_names(signature: SignatureSource) -> dict[str, str]:
    """The names under which the inputs of a signature can be saved, by their keys."""
    names = argument_names(endpoint.key for endpoint in signature.inputs)
    return {key: key if is_taken(key) else name for key, name in names.items()}
