"""What is to become of a model's signatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from migrate.errors import MigrateError
from migrate.signatures.model import BOOKKEEPING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

_Old = TypeVar("_Old", bound="Hashable")


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
        wrapped: Signatures that get theirs when a change of the graph makes them parse examples.
    """

    copies: tuple[Pair, ...] = ()
    renames: tuple[Pair, ...] = ()
    removals: tuple[str, ...] = ()
    key_renames: tuple[KeyRename, ...] = ()
    method_names: tuple[MethodName, ...] = ()
    wrapped: tuple[str, ...] = ()


def refuse_contradictions(changes: Changes) -> None:
    """Refuses changes that cannot all be made whatever the model, and keys that none may have.

    Raises:
        MigrateError: There are such; the message does not name the model.
    """
    for pair in (*changes.copies, *changes.renames):
        if pair.new in BOOKKEEPING or not pair.new:
            raise MigrateError(f"no signature may be called `{pair.new}`")
    for rename in changes.key_renames:
        if not rename.new:
            raise MigrateError(f"signature `{rename.signature}`: no {rename.what} may be called ``")
    for text in (
        *(pair.new for pair in (*changes.copies, *changes.renames)),
        *(rename.new for rename in changes.key_renames),
        *(one.method_name for one in changes.method_names),
    ):
        if not _is_utf8(text):
            raise MigrateError(f"{text!a}: not UTF-8, which TensorFlow demands")
    removed = set(changes.removals)
    for key in _twice((pair.old, pair.new) for pair in changes.renames):
        raise MigrateError(f"signature `{key}` is to be renamed to two keys; --copy gives it another one beside")
    for pair in changes.renames:
        if pair.old in removed:
            raise MigrateError(f"signature `{pair.old}` is to be renamed and to be removed")
    for signature, what, old in _twice(((one.signature, one.what, one.old), one.new) for one in changes.key_renames):
        raise MigrateError(f"signature `{signature}`: {what} `{old}` is to be renamed to two keys")
    for key in _twice((one.signature, one.method_name) for one in changes.method_names):
        raise MigrateError(f"signature `{key}` is given two method names")


def _twice(asked: Iterable[tuple[_Old, str]]) -> list[_Old]:
    """What is asked to become two different things."""
    first: dict[_Old, str] = {}
    return [old for old, new in asked if first.setdefault(old, new) != new]


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
