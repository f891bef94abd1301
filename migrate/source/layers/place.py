"""What layer calls ask about where they stand, and the text that is made of them."""

from __future__ import annotations

import ast
from collections.abc import Callable

from migrate.source.flow import Definition, Merge, Parameter, Region, Step
from migrate.source.kinds import Kinds
from migrate.source.layers.edits import TextEdits
from migrate.source.layers.lowered import Lowered
from migrate.source.layers.shapes import LayerShapes
from migrate.source.specs import Shape, argument_of
from migrate.source.unprovable import NOT_STATIC, Unprovable

STATE_PARTS = {"c": 0, "h": 1}
"""The attributes of an LSTM's state, which is a plain tuple now."""

_PLAIN = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.Constant)


class SourcePlace:
    """One region while its layers are written out.

    Attributes:
        tf: The name of TensorFlow 1.
        results: The layers that were written out.
        parents: The node around each node of the statements so far.
        step: Where the code stands.
        statements: What must run before the statement that is written out.
        flags: Calls that make the flags of training that were taken for off.
        uses: Where names were read for that: lines and columns.
        helpers: The functions that the module gets: the kind of cell, and whether it takes lengths.
    """

    def __init__(self, kinds: Kinds, edits: TextEdits, free: Callable[[str], str], tensorflow: str) -> None:
        """Starts before the first statement.

        Args:
            kinds: The region.
            edits: The text.
            free: Gives names that nothing in the module uses.
            tensorflow: The name of TensorFlow 1.
        """
        self.tf = tensorflow
        self.results: dict[ast.AST, Lowered] = {}
        self.parents: dict[ast.AST, ast.AST] = {}
        self.step: Step | None = None
        self.statements: list[str] = []
        self.flags: dict[ast.Call, None] = {}
        self.uses: set[tuple[int, int]] = set()
        self.helpers: dict[str, tuple[str, bool]] = {}
        self.shapes = LayerShapes(kinds, self.results.get)
        self.constants = self.shapes.constants
        self._kinds = kinds
        self._region: Region = kinds.region
        self._edits = edits
        self._free = free
        self._ghosts: dict[ast.AST, Lowered] = {}

    def text(self, node: ast.expr) -> str:
        """The text of an expression, with the layers in it written out."""
        if isinstance(node, ast.Name) and node in self._ghosts:
            return node.id
        self._refuse_changed(node)
        if node in self.results:
            return self.results[node].expression
        inner: dict[ast.AST, str] = {}
        for child in ast.walk(node):
            if child in self.results:
                inner[child] = self.placed(child)
            elif isinstance(child, ast.Attribute) and child.attr in ("c", "h") and self.shapes.is_part(child.value):
                inner[child] = f"{self.text(child.value)}[{STATE_PARTS[child.attr]}]"
        return self._edits.segment(node, inner)

    def _refuse_changed(self, node: ast.expr) -> None:
        """A text from another place must mean the same here."""
        assert self.step is not None
        for name, value in self._region.names(node):
            if isinstance(value, (Definition, Merge, Parameter)) and self.step.env.get(name.id) is not value:
                if not _inside(name, self.step.node):
                    raise Unprovable(NOT_STATIC, f"'{name.id}' has another value where a layer needs it", name)

    def placed(self, node: ast.AST) -> str:
        """The text of a result for where its call stands."""
        text = self.results[node].expression
        if isinstance(self.parents.get(node), (ast.Assign, ast.Return, ast.keyword, ast.Call, ast.AnnAssign)):
            return standing(text)
        return atom_text(text)

    def operand(self, node: ast.expr) -> str:
        """The same as a name; what is more gets a name first."""
        text = self.text(node)
        return text if text.isidentifier() else self.temporary(text, "net")

    def temporary(self, text: str, name: str) -> str:
        """A name for what a text computes, set before the statement that is written out."""
        step = self.step
        assert step is not None
        own = isinstance(step.node, ast.Assign) and self.target(step.node.value) == name
        chosen = name if own else self._free(name)
        self.statements.append(f"{chosen} = {text}")
        return chosen

    def target(self, node: ast.expr) -> str | None:
        """The name that a statement gives to an expression that is all of its value."""
        match self.parents.get(node):
            case ast.Assign(targets=[ast.Name(id=name)]):
                return name
        return None

    def atom(self, node: ast.expr) -> str:
        """The same, in parentheses where an operator beside it would tear it apart."""
        return atom_text(self.text(node))

    def shape(self, node: ast.expr) -> Shape | None:
        """The static shape of a tensor."""
        if node in self._ghosts:
            return self._ghosts[node].shape
        return self.shapes.shape(node)

    def dtype(self, node: ast.expr) -> str | None:
        """The dtype of a tensor."""
        if node in self._ghosts:
            return self._ghosts[node].dtype
        return self.shapes.dtype(node)

    def with_tensor(self, node: ast.Name, tensor: Lowered) -> SourcePlace:
        """The same place, where a new name stands for a tensor."""
        self._ghosts[node] = tensor
        return self

    def symbol(self, node: ast.expr) -> str | None:
        """The canonical TF1 name of an expression."""
        return self._region.resolve(node)

    def is_function(self, node: ast.expr) -> bool:
        """Whether an expression is a function of this file, or a lambda."""
        return isinstance(self.constants.source(node), ast.Lambda) or self._region.function(node) is not None

    @property
    def indent(self) -> int:
        """The column of the statement that is written out."""
        return self.step.node.col_offset if self.step is not None else 0

    def fresh(self, name: str) -> str:
        """A name that nothing uses."""
        return self._free(name)

    def before(self, line: str) -> None:
        """A statement that must run before the one that is written out."""
        self.statements.append(line)

    def helper(self, name: str, cell: str, *, lengths: bool) -> str:
        """The name of the function that runs a kind of cell, which the module gets."""
        for known, wanted in self.helpers.items():
            if wanted == (cell, lengths):
                return known
        chosen = self._free(name)
        self.helpers[chosen] = (cell, lengths)
        return chosen

    def switched_off(self, node: ast.expr, off: object = False) -> bool:
        """Whether a tensor is a placeholder with such a default."""
        source = self.constants.source(node)
        if not isinstance(source, ast.Call) or self._kinds.symbol(source) != "placeholder_with_default":
            return False
        default = argument_of(source, "input", 0)
        if isinstance(default, ast.Call) and (self._kinds.symbol(default) in ("constant", "convert_to_tensor")):
            default = argument_of(default, "value", 0)
        if default is None or not _same(self.constants.value(default), off):
            return False
        self.flags[source] = None
        self.uses.add((node.lineno, node.col_offset))
        return True


def _same(value: object, other: object) -> bool:
    return value == other and isinstance(value, bool) == isinstance(other, bool)


def atom_text(text: str) -> str:
    """A text in parentheses, where an operator beside it would tear it apart."""
    tree = ast.parse(f"({text})", mode="eval").body
    plain = isinstance(tree, _PLAIN)
    return standing(text) if plain else f"({text})"


def standing(text: str) -> str:
    """A text that may stand anywhere: in parentheses where it goes over several lines."""
    if "\n" in text:
        try:
            ast.parse(text, mode="eval")
        except SyntaxError:
            return f"({text})"
    return text


def _inside(node: ast.AST, statement: ast.stmt) -> bool:
    return any(child is node for child in ast.walk(statement))
