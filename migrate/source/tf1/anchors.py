"""The name that TensorFlow has where something is spelled."""

from __future__ import annotations

from migrate.source.symbols import Imported, Scope

_PLAIN = "tensorflow"
_V1 = "tensorflow.compat.v1"


def tensorflow_at(scope: Scope) -> tuple[str, bool] | None:
    """A name for TensorFlow that is seen from a scope, and whether it means `tensorflow.compat.v1`; None without one.

    Args:
        scope: Where the name is to be read.
    """
    found: list[tuple[str, bool]] = []
    around: Scope | None = scope
    while around is not None:
        for name, bindings in around.bindings.items():
            meant = {one.qualified if isinstance(one, Imported) else None for one in bindings}
            if meant and meant <= {_PLAIN, _V1} and len(meant) == 1 and scope.owner(name) is around:
                found.append((name, meant == {_V1}))
        around = around.parent
    return min(found, key=lambda one: (one[0] != "tf", one[0])) if found else None
