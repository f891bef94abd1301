"""Names in the script: a method, and files, for each signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.graph.naming import identifier

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrate.graph.naming import Place

INITIALIZATION = "initialization"
"""The stem of the file with what runs at loading; no signature's file is called so."""
_DECORATOR = "signature"
"""What the script decorates methods with; a method of that name would stand in its place."""


def method_names(keys: Iterable[str], places: Iterable[Place]) -> dict[str, str]:
    """A method's name for each signature's key, which is that of its files too.

    No two differ in case only, for file systems that do not tell; none is that of a variable or scope.
    """
    taken = {(*place.scopes, place.attribute)[0].lower() for place in places} | {INITIALIZATION, _DECORATOR}
    names: dict[str, str] = {}
    for key in keys:
        wanted = identifier(key).lstrip("_") or "signature"
        wanted = wanted if wanted.isidentifier() else f"signature_{wanted}"
        candidate, number = wanted, 0
        while candidate.lower() in taken:
            number += 1
            candidate = f"{wanted}_{number}"
        taken.add(candidate.lower())
        names[key] = candidate
    return names
