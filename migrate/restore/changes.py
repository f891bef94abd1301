"""What is to become of a model's signatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Pair:
    """A signature's key and what it is to be.

    Attributes:
        old: The key in the model.
        new: The key in the result.
    """

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class KeyRename:
    """One input or output that gets another key.

    Attributes:
        signature: The signature's key in the result, after renames and copies.
        what: Whether `old` is an input's or an output's key.
        old: The key in the model; any text.
        new: The key in the result; any text.
    """

    signature: str
    what: Literal["input", "output"]
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class MethodName:
    """A signature that gets another method name.

    Attributes:
        signature: The signature's key in the result, after renames and copies.
        method_name: For instance `tensorflow/serving/classify`.
    """

    signature: str
    method_name: str


@dataclass(frozen=True, slots=True)
class Changes:
    """All that is asked for; first copies, renames and removals, all at once, then the rest.

    Attributes:
        copies: Signatures that get a second key.
        renames: Signatures that get another key.
        removals: Keys of signatures that go.
        key_renames: Inputs and outputs that get another key.
        method_names: Signatures that get another method name.
    """

    copies: tuple[Pair, ...] = ()
    renames: tuple[Pair, ...] = ()
    removals: tuple[str, ...] = ()
    key_renames: tuple[KeyRename, ...] = ()
    method_names: tuple[MethodName, ...] = ()
