"""The tags of an export, where they are others than the one tag `serve` that TF2 writes."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from migrate.source.flow import Definition, Step
from migrate.source.kinds import IN_GRAPH, calls, header
from migrate.source.meanings import Meaning, Text
from migrate.source.signature_reader import SignatureReader
from migrate.source.syntax import walk
from migrate.source.unprovable import CONTROL_FLOW, META_GRAPHS, Unprovable

_FUNCTIONS = frozenset({"list", "tuple", "set", "sorted", "str"})
_METHODS = frozenset({"split", "strip", "format", "join"})


class TagReader(SignatureReader):
    """Reads the tags of one export."""

    def tags(self, node: ast.expr | None, call: ast.Call) -> ast.expr | None:
        """The expression of the tags; None where they are the one tag `serve`.

        They are set after the save then, by the same expression.

        Args:
            node: What the export is given.
            call: The call that is given it.

        Raises:
            Unprovable: It cannot be evaluated a little later, or TF1 takes it apart.
        """
        if node is None:
            raise Unprovable(META_GRAPHS, "its tags are missing", call)
        elements = self._elements(node)
        texts = [meaning.value if isinstance(meaning, Text) else None for meaning in elements or ()]
        if texts == ["serve"]:
            return None
        if elements is None and isinstance(self.meaning(node, self.frame), Text):
            raise Unprovable(META_GRAPHS, "its tags are one text, of which TF1 makes a tag for each letter", call)
        if any(not self._lasting(made) for made in calls(node)):
            raise Unprovable(META_GRAPHS, f"its tags ({ast.unparse(node)}) are made by a call", call)
        if any(self.kinds.value(value) in IN_GRAPH for _, value in self.region.names(node)):
            raise Unprovable(META_GRAPHS, f"its tags ({ast.unparse(node)}) are taken from a graph", call)
        return node

    def refuse_other_tags(self, tags: Sequence[ast.expr | None], added: Step, saved: Step) -> None:
        """Refuses tags that are not the same in all branches, or not any more where the model is saved.

        Args:
            tags: What each branch gives.
            added: The first step that gives them.
            saved: The step that saves.

        Raises:
            Unprovable: They are not.
        """
        first = tags[0]
        for other in tags[1:]:
            if (first is None) is not (other is None) or (first and other and ast.dump(first) != ast.dump(other)):
                raise Unprovable(META_GRAPHS, "its branches write different tags", other or first)
        for node in tags:
            for name, value in self.region.names(node) if node is not None else ():
                if saved.env.get(name.id, value) is not value:
                    text = f"'{name.id}', of which its tags are made, is something else where the model is saved"
                    raise Unprovable(CONTROL_FLOW, text, node)
                if self.purity.in_place.changed(value, added.index) or self._told(name.id, added, saved):
                    raise Unprovable(CONTROL_FLOW, f"'{name.id}', of which its tags are made, may be changed", node)

    def _told(self, name: str, added: Step, saved: Step) -> bool:
        """Whether a part of an object is called between two steps: `config.tags.append(...)`."""
        for step in self.region.steps[added.index + 1 : saved.index]:
            for call in (made for part in header(step) for made in calls(part)):
                base = call.func.value if isinstance(call.func, ast.Attribute) else None
                while isinstance(base, (ast.Attribute, ast.Subscript)):
                    base = base.value
                if isinstance(base, ast.Name) and base.id == name:
                    return True
        return False

    def _elements(self, node: ast.expr | None) -> list[Meaning] | None:
        """The tags in a list that is written out."""
        match node:
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                if any(isinstance(element, ast.Starred) for element in elements):
                    return None
                return [self.meaning(element, self.frame) for element in elements]
            case ast.Name():
                value = self.region.value_of.get(node)
                if isinstance(value, Definition) and value.known and value.previous is None and not value.path:
                    return self._elements(value.expression)
        return None

    def _lasting(self, call: ast.Call) -> bool:
        """Whether a call may be made a little later with the same result."""
        match call.func:
            case ast.Name(id=name) if name in _FUNCTIONS:
                return self.region.scope.owner(name) is None
            case ast.Attribute(value=base, attr=method) if method in _METHODS:
                return not any(isinstance(inner, ast.Lambda) for inner in walk(base))
        return (self.region.resolve(call.func) or "").startswith("compat.as_")
