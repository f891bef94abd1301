"""Attributes of a tree of modules for TF1 variables."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = re.compile(r"[^0-9A-Za-z_]")
_MODULE_NAMES = frozenset(
    {
        *("name", "name_scope", "submodules", "with_name_scope", "variables", "trainable_variables"),
        *("non_trainable_variables", "signatures", "initializer", "asset_files", "tables", "train"),
    }
)
"""Attributes of `tf.Module`, and those that a converted model has besides its variables."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the module tree a variable is.

    Attributes:
        scopes: The attributes that lead to its module, from the root.
        attribute: Its own.
    """

    scopes: tuple[str, ...]
    attribute: str

    @property
    def path(self) -> str:
        """As Python spells it: `layer1.kernel`."""
        return ".".join((*self.scopes, self.attribute))


def identifier(text: str) -> str:
    """A legal Python name that looks like `text`."""
    name = _WORD.sub("_", text) or "_"
    if name[0].isdigit():
        name = f"_{name}"
    return f"{name}_" if keyword.iskeyword(name) or name in _MODULE_NAMES else name


def module_places(names: Iterable[str]) -> dict[str, Place]:
    """A place in a tree of modules for each variable name; scopes become modules.

    A name that is both a variable's and a scope's (`w` and `w/Adam`) is the variable's; its scope is `w_scope`.
    Names that only differ in characters Python does not allow are numbered.
    """
    names = list(names)
    scopes = {scope for name in names for scope in _scopes_of(name)}
    attributes: dict[str, str] = {}
    taken: set[tuple[str, str]] = set()

    def attribute(full: str, wanted: str, parent: str) -> str:
        candidate, number = wanted, 0
        while (parent, candidate) in taken:
            number += 1
            candidate = f"{wanted}_{number}"
        taken.add((parent, candidate))
        attributes[full] = candidate
        return candidate

    for name in names:
        attribute(f"variable {name}", identifier(name.rpartition("/")[2]), name.rpartition("/")[0])
    for scope in sorted(scopes):
        parent, _, last = scope.rpartition("/")
        wanted = identifier(last)
        if scope in set(names):
            wanted = f"{wanted}_scope"
        attribute(f"scope {scope}", wanted, parent)
    return {
        name: Place(
            tuple(attributes[f"scope {scope}"] for scope in _scopes_of(name)),
            attributes[f"variable {name}"],
        )
        for name in names
    }


def _scopes_of(name: str) -> list[str]:
    parts = name.split("/")[:-1]
    return ["/".join(parts[: number + 1]) for number in range(len(parts))]
