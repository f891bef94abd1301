"""Which functions, classes, constants and imports does something of another module need?"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field

from migrate.source.emit.imports import tensorflow_name
from migrate.source.gathering.constants import NotConstant, constant_of
from migrate.source.gathering.set_elsewhere import set_in_tree
from migrate.source.gathering.silent import effect
from migrate.source.symbols import SCOPES, Bound, Imported, Scope
from migrate.source.syntax import children
from migrate.source.tree import Made, Meaning, Outside, Place, SourceTree, TreeModule
from migrate.source.unprovable import ELSEWHERE, Unprovable

_MOST = 60
_OWN_MODULE = frozenset({"__file__", "__name__", "__package__", "__doc__", "__spec__", "__path__"})
_ANY_NAME = frozenset({"globals", "locals", "vars", "eval", "exec", "__import__", "super"} - {"super"})


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """A place where a definition uses something of a module's top level.

    Attributes:
        node: The name, or the chain of attributes.
        meaning: What it is.
        statement: For what is not of the tree, the import statement that gives it its name.
    """

    node: ast.Name | ast.Attribute
    meaning: Made | Outside
    statement: str = ""


@dataclass(slots=True, eq=False)
class Closures:
    """Answers for one file.

    Attributes:
        tree: The tree.
        own: The file as a module of it.
        set_here: What the file sets in other modules.
        handed_on: Modules that it gives to other code as values, which may set anything in them.
    """

    tree: SourceTree
    own: TreeModule
    set_here: set[tuple[object, str]] = field(default_factory=set)
    handed_on: set[object] = field(default_factory=set)
    _uses: dict[tuple[object, str], tuple[Use, ...]] = field(default_factory=dict)
    _effects: dict[object, str | None] = field(default_factory=dict)

    def closure(self, made: Made) -> list[Made]:
        """Something of another module with all that it needs of the tree.

        Raises:
            Unprovable: Where it cannot stand in the file.
        """
        found: dict[tuple[object, str], Made] = {made.key: made}
        pending = [made]
        while pending:
            for use in self.uses(pending.pop()):
                other = use.meaning
                if isinstance(other, Made) and other.key not in found:
                    found[other.key] = other
                    pending.append(other)
            if len(found) > _MOST:
                raise Unprovable(ELSEWHERE, f"{made.name} of {made.module.name} needs too many others")
        return list(found.values())

    def is_constant(self, made: Made) -> bool:
        """Whether it is a constant, whatever runs."""
        if made.key in self.set_here or made.module.path in self.handed_on:
            return False
        if not isinstance(made.node, ast.Assign):
            return False
        try:
            constant_of(self.tree, made)
        except NotConstant:
            return False
        # Last, as it takes a look at all files of the tree.
        return not set_in_tree(self.tree.top, made.module.name, made.name)

    def uses(self, made: Made) -> tuple[Use, ...]:
        """What a definition uses; nothing for a constant, of which the value is known.

        Raises:
            Unprovable: Where it cannot stand in the file.
        """
        if made.key not in self._uses:
            self._uses[made.key] = tuple(self._found(made))
        return self._uses[made.key]

    def _found(self, made: Made) -> Iterator[Use]:
        if self.is_constant(made):
            return
        module = made.module
        self._refuse(made)
        scope = module.source.symbols.module
        pending: list[tuple[ast.AST, Scope]] = [(made.node, scope)]
        while pending:
            node, inner = pending.pop()
            if isinstance(node, (ast.Name, ast.Attribute)):
                use = self._use(made, node, inner)
                if use is not None:
                    yield use
                    continue
            self._refuse_node(made, node)
            below = module.source.symbols.scope_of(node) if isinstance(node, SCOPES) else inner
            pending += [(child, below) for child in children(node)]

    def _use(self, made: Made, node: ast.Name | ast.Attribute, scope: Scope) -> Use | None:
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return None
        owner = scope.owner(root.id)
        said = f"{made.name} of {made.module.name}"
        if owner is None:
            starred = self.tree.chain(made.module, node, scope)
            if isinstance(starred, Made) and starred.module.path != self.own.path:
                return Use(node, starred)
            self._refuse_builtin(root.id, said)
            return None
        top = owner is made.module.source.symbols.module
        if top and isinstance(made.node, ast.Assign) and node in made.node.targets:
            return None
        meaning: Meaning | None = self.tree.chain(made.module, node, scope)
        match meaning:
            case Made() if not isinstance(node.ctx, ast.Load):
                raise Unprovable(ELSEWHERE, f"{said} sets {ast.unparse(node)}")
            case Made() if meaning.module.path == self.own.path:
                raise Unprovable(ELSEWHERE, f"{said} uses {meaning.name} of this file")
            case Made():
                return Use(node, meaning)
            case Outside() if isinstance(node, ast.Name) and top:
                return Use(node, meaning, _statement(owner, node.id))
        if top and isinstance(node, ast.Name):
            raise Unprovable(ELSEWHERE, f"{said} uses {node.id}, which is only known at run time")
        return None

    def _refuse_builtin(self, name: str, said: str) -> None:
        if name in _OWN_MODULE or name in _ANY_NAME:
            raise Unprovable(ELSEWHERE, f"{said} uses {name}")
        if not hasattr(builtins, name):
            raise Unprovable(ELSEWHERE, f"{said} uses {name}, which is not defined in its module")
        if name in self.own.source.symbols.module.bindings:
            raise Unprovable(ELSEWHERE, f"{said} uses {name}, which is something else in this file")

    def _refuse_node(self, made: Made, node: ast.AST) -> None:
        said = f"{made.name} of {made.module.name}"
        if isinstance(node, ast.Global):
            raise Unprovable(ELSEWHERE, f"{said} sets global names")
        if isinstance(node, ast.ImportFrom) and node.level:
            raise Unprovable(ELSEWHERE, f"{said} imports relatively to its own place")

    def _refuse(self, made: Made) -> None:
        module = made.module
        if made.key in self.set_here or module.path in self.handed_on:
            raise Unprovable(ELSEWHERE, f"this file sets {made.name} of {module.name}")
        if isinstance(made.node, ast.Assign) and not _is_record(made):
            raise Unprovable(ELSEWHERE, f"{made.name} of {module.name} is only known at run time")
        if module.path not in self._effects:
            self._effects[module.path] = effect(self.tree, module)
        done = self._effects[module.path]
        if done is not None:
            raise Unprovable(ELSEWHERE, done)
        if tensorflow_name(module.source.symbols).modern != tensorflow_name(self.own.source.symbols).modern:
            raise Unprovable(ELSEWHERE, f"{module.name} spells TensorFlow's names in another way than this file")


def _is_record(made: Made) -> bool:
    """A class made by `collections.namedtuple`."""
    value = made.node.value if isinstance(made.node, ast.Assign) else None
    symbols = made.module.source.symbols
    return isinstance(value, ast.Call) and symbols.qualified(value.func, symbols.module) == "collections.namedtuple"


def _statement(scope: Scope, name: str) -> str:
    """The import that binds a name."""
    for binding in scope.bindings[name]:
        match binding:
            case Imported(node=ast.Import(names=names)):
                alias = next(one for one in names if (one.asname or one.name.split(".")[0]) == name)
                return f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
            case Imported(node=ast.ImportFrom(names=names, module=module)):
                alias = next(one for one in names if (one.asname or one.name) == name)
                return f"from {module} import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
            case Bound():
                break
    raise Unprovable(ELSEWHERE, f"{name} is imported in a way that is not understood")


__all__ = ["Closures", "Place", "Use"]
