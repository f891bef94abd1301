"""How new code spells the object that takes the place of a session."""

from __future__ import annotations

import ast

from migrate.source.loaded.places import Attribute, Place, Places
from migrate.source.unprovable import ELSEWHERE, Unprovable
from migrate.source.view import ModuleView


class ObjectNames:
    """Gives the variables and attributes that hold sessions their new names."""

    def __init__(self, view: ModuleView, places: Places, names: tuple[str, ...]) -> None:
        """Makes it for a module.

        Args:
            view: The module.
            places: What is put where in it.
            names: What the object may be called, best first.
        """
        self._view = view
        self._places = places
        self._wanted = names
        self._names: dict[Place, str] = {}

    def text(self, node: ast.expr) -> str:
        """The object, for the expression of a session.

        Raises:
            Unprovable: It is no variable or attribute that is known.
        """
        place = self.place(node)
        if place is None:
            raise Unprovable(ELSEWHERE, "the session is not kept in a variable", node)
        new = self.name(place)
        return f"{ast.unparse(node.value)}.{new}" if isinstance(node, ast.Attribute) else new

    def place(self, node: ast.expr) -> Place | None:
        """The place of a session's expression; also an attribute of an object that is not `self`."""
        known = self._places.place(node)
        if known is not None or not isinstance(node, ast.Attribute):
            return known
        owner = self._places.place(node.value)
        given = self._places.given(owner) if owner is not None else []
        classes = {made.name for made in self._places.classes}
        for one in given:
            match one.value:
                case ast.Call(func=ast.Name(id=name)) if name in classes and not one.path:
                    continue
            return None
        named = self._places.attributes(node.attr)
        return named[0] if given and len(named) == 1 else None

    def name(self, place: Place) -> str:
        """The new name; the old one, unless that says that this is a session."""
        if place not in self._names:
            self._names[place] = self._new(place) if "sess" in place.name.lower() else place.name
        return self._names[place]

    def _new(self, place: Place) -> str:
        if isinstance(place, Attribute):
            return next((name for name in self._wanted if not self._is_attribute(name, place)), place.name)
        if not self._places.given(place):
            # A parameter, which callers may name.
            return place.name
        used = set(self._view.symbols.module.bindings) | set(self._names.values())
        for node in ast.walk(place.scope):
            if isinstance(node, ast.Name):
                used.add(node.id)
            elif isinstance(node, ast.arg):
                used.add(node.arg)
        return next((name for name in self._wanted if name not in used), None) or self._view.free(self._wanted[0])

    def _is_attribute(self, name: str, place: Attribute) -> bool:
        """Whether objects of a family may have an attribute or method of a name already."""
        family = [node for node, root in self._places.families.items() if root is place.family]
        known = {node.name for node in family} | {"object"}
        if any(ast.unparse(base) not in known for node in family for base in node.bases):
            return True
        return any(_binds(node, name, self._places) for _, node in self._places.nodes)


def _binds(node: ast.AST, name: str, places: Places) -> bool:
    """Whether a node is an attribute of a name, or may make one."""
    match node:
        case ast.Attribute(attr=found) | ast.FunctionDef(name=found) | ast.AsyncFunctionDef(name=found):
            return found == name
        case ast.ClassDef(name=found):
            return found == name
        case ast.Name(id=found):
            return found == name and isinstance(places.function_of(node), ast.ClassDef)
    return False
