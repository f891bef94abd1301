"""Code that walks through the signatures of a loaded model: every name it runs must be one that a signature gives."""

from __future__ import annotations

import ast

from migrate.source.loaded.places import Places
from migrate.source.loaded.roles import Role, Roles
from migrate.source.loaded.runs import feed_keys
from migrate.source.strategies.loading.code import LoadingCode
from migrate.source.strategies.loading.tensors import INFO_LOOKUP
from migrate.source.unprovable import ELSEWHERE, Unprovable

_Ends = tuple[str, str]
"""`inputs` or `outputs`, and what tells the signature from others."""
_GIVING = frozenset({"items", "values", "get", "copy"})
_PLAIN = frozenset({"list", "tuple", "sorted", "iter", "next", "reversed", "dict"})


def refuse_other_names(code: LoadingCode) -> None:
    """Checks what the sessions of a module run.

    Args:
        code: The sessions, and what they run.

    Raises:
        Unprovable: A name may come from somewhere else than a signature, or from several.
    """
    reader = _EndsOf(code.places, code.roles)
    for run in code.runs:
        keys = feed_keys(run.feed, code.places) if run.feed is not None else []
        if run.fetches is None or keys is None:
            raise Unprovable(ELSEWHERE, "it is not known which tensors are run", run.call)
        signatures: set[str] = set()
        for node, wanted in ((run.fetches, "outputs"), *((key, "inputs") for key in keys)):
            found = reader.of(node)
            if found is None or {direction for direction, _ in found} != {wanted}:
                raise Unprovable(ELSEWHERE, "a tensor is known by its name in the graph, not by a key", node)
            signatures |= {signature for _, signature in found}
        if len(signatures) != 1:
            raise Unprovable(ELSEWHERE, "a run has tensors of several signatures", run.call)


class _EndsOf:
    """Finds out which inputs or outputs of signatures an expression may name."""

    def __init__(self, places: Places, roles: Roles) -> None:
        self._places = places
        self._roles = roles
        self._active: set[object] = set()

    def of(self, node: ast.expr) -> set[_Ends] | None:
        """What an expression may name, or be the tensor of; None where that may be something else."""
        origins = [origin for origin in self._roles.of(node) if origin.role is not Role.NOTHING]
        found: set[_Ends] = set()
        for origin in origins:
            ends = self._named(origin.node) if origin.node is not None else None
            if ends is None:
                return None
            found |= ends
        return found or None

    def _named(self, node: ast.expr) -> set[_Ends] | None:
        match node:
            case ast.Attribute(value=info, attr="name") if self._roles.is_only(info, Role.META_GRAPH):
                return self._infos(info)
            case ast.Call(func=ast.Attribute(attr="get_tensor_by_name"), args=[name]):
                return self.of(name)
            case ast.Call(func=function, args=[info, *_]) if (self._roles.symbol(function) or "").endswith(INFO_LOOKUP):
                return self._infos(info)
        return None

    def _infos(self, node: ast.expr) -> set[_Ends] | None:
        """The ends that a TensorInfo, or a container of some, belongs to."""
        match node:
            case ast.Attribute(value=signature, attr="inputs" | "outputs"):
                return {(node.attr, self._signature(signature))}
            case ast.Subscript(value=base):
                return self._infos(base)
            case ast.Call(func=ast.Attribute(value=base, attr=method)) if method in _GIVING:
                return self._infos(base)
            case ast.Call(func=ast.Name(id=name), args=[argument, *_]) if name in _PLAIN:
                return self._infos(argument)
            case ast.Name() | ast.Attribute():
                return self._place(node)
        return None

    def _place(self, node: ast.Name | ast.Attribute) -> set[_Ends] | None:
        place = self._places.place(node)
        given = self._places.given(place) if place is not None else []
        if place in self._active or not given:
            return None
        self._active.add(place)
        found: set[_Ends] = set()
        for one in given:
            if isinstance(one.value, ast.Constant) and one.value.value is None:
                continue
            ends = self._infos(one.value) if one.value is not None else None
            if ends is None:
                break
            found |= ends
        else:
            self._active.discard(place)
            return found or None
        self._active.discard(place)
        return None

    def _signature(self, node: ast.expr) -> str:
        """What tells a signature from others: its key, or the variable that holds it."""
        match node:
            case ast.Subscript(slice=key):
                return ast.unparse(key)
            case ast.Name() | ast.Attribute() if (place := self._places.place(node)) is not None:
                values = [
                    one.value
                    for one in self._places.given(place)
                    if one.value is not None and not (isinstance(one.value, ast.Constant) and one.value.value is None)
                ]
                if len(values) == 1 and isinstance(values[0], ast.Subscript):
                    return self._signature(values[0])
        return ast.unparse(node)
