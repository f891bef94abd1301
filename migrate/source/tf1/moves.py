"""Which names that ended with TensorFlow 1 a module can take from `migrate.tf1` instead."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from migrate.source.api.tf1_package import (
    Home,
    below_tensorflow,
    homes,
    is_gone,
    is_module,
    public_name,
)
from migrate.source.respelled import respelled_call
from migrate.source.symbols import Assigned, Binding, Imported, Scope, Symbols
from migrate.source.tf1.anchors import tensorflow_at
from migrate.source.tf1.module_homes import ModuleHomes, has_fallback
from migrate.source.tf1.uses import Use, uses


@dataclass(slots=True, eq=False)
class Moves:
    """What becomes of the names of a module.

    Attributes:
        expressions: Dotted names that get another spelling, each with its use.
        imports: What is imported from elsewhere, by statement and place among its names.
        covered: All expressions that mean something `migrate.tf1` or TF2 has, once these are done.
        lacking: Expressions that are gone and stay, and the name that is to blame.
        supported: Names below `tensorflow` that are had in this way, and the first line of each.
        missing: Those that are gone and cannot be had, and the first line of each.
        at_once: Those of them that are needed as soon as the module is imported.
    """

    expressions: dict[ast.expr, tuple[Home, Use]] = field(default_factory=dict)
    imports: dict[tuple[ast.Import | ast.ImportFrom, int], Home] = field(default_factory=dict)
    covered: set[ast.AST] = field(default_factory=set)
    lacking: dict[ast.AST, str] = field(default_factory=dict)
    supported: dict[str, int] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    at_once: set[str] = field(default_factory=set)

    @property
    def any(self) -> bool:
        """Whether there are any."""
        return bool(self.expressions or self.imports)


_DEFERRED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
"""What runs when it is called."""
_known: WeakKeyDictionary[Symbols, Moves] = WeakKeyDictionary()


def moves_of(symbols: Symbols) -> Moves:
    """The moves of a module, worked out once.

    Args:
        symbols: The module's names.
    """
    if symbols not in _known:
        _known[symbols] = _Reader(symbols).read()
    return _known[symbols]


class _Reader:
    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.moves = Moves()
        self.uses: dict[tuple[int, str], list[Use]] = {}
        for use in uses(symbols):
            self.uses.setdefault((id(use.owner), use.root), []).append(use)
        self.homes = ModuleHomes(self.uses)

    def read(self) -> Moves:
        for scope in self.symbols.scopes():
            for name, bindings in scope.bindings.items():
                for binding in bindings:
                    if isinstance(binding, Imported):
                        self._import(name, scope, binding)
        for several in self.uses.values():
            for use in several:
                self._use(use)
        return self.moves

    # ---- imports -------------------------------------------------------------------------------------------------

    def _import(self, name: str, scope: Scope, binding: Imported) -> None:
        meaning = below_tensorflow(binding.qualified)
        if isinstance(binding.node, ast.Import):
            for position, alias in enumerate(binding.node.names):
                below = below_tensorflow(alias.name)
                if alias.asname is None and alias.name.partition(".")[0] == name and below and is_gone(below):
                    self._plain(scope, name, binding.node, position, below)
                elif alias.asname == name and below and is_gone(below):
                    self._named(name, scope, binding, below, position)
            return
        if not meaning or not is_gone(meaning):
            return
        for position, alias in enumerate(binding.node.names):
            if (alias.asname or alias.name) == name and alias.name == meaning.rpartition(".")[2]:
                self._named(name, scope, binding, meaning, position)

    def _named(self, name: str, scope: Scope, binding: Imported, meaning: str, position: int) -> None:
        if has_fallback(name, scope):
            return
        home = self.homes.home(name, scope, binding, meaning)
        line = binding.node.lineno
        if home is None:
            for one, at in self.homes.lacking(name, scope, meaning) or [(meaning, line)]:
                self._misses(one, at)
                self._needed(one, scope)
            return
        self.moves.imports[binding.node, position] = home
        self._has(meaning, line, home)

    def _plain(self, scope: Scope, name: str, node: ast.Import, position: int, below: str) -> None:
        """`import tensorflow.contrib.slim`, which binds `tensorflow`."""
        for use in self.uses.get((id(scope), name), ()):
            full = below_tensorflow(".".join((use.root, *use.attributes))) or ""
            if is_gone(full) and (use.fixed or self._prefix(full) is None):
                self._misses(full, use.whole.lineno, use)
                self._needed(full, scope)
                return
        self.moves.imports[node, position] = Home("", "tensorflow")
        self._has(below, node.lineno)

    def _has(self, name: str, line: int, home: Home | None = None) -> None:
        if public_name(name) is not None or (home is not None and home.package == "tensorflow" and home.path):
            return  # TF2 has it itself.
        self.moves.supported[name] = min(line, self.moves.supported.get(name, line))

    def _misses(self, name: str, line: int, use: Use | None = None) -> None:
        self.moves.missing[name] = min(line, self.moves.missing.get(name, line))
        if use is not None:
            self.moves.lacking.update((node, name) for node in use.nodes)
            self._needed(name, use.scope)

    def _needed(self, name: str, scope: Scope) -> None:
        """A name is missing in a scope."""
        around: Scope | None = scope
        while around is not None and not isinstance(around.node, _DEFERRED):
            around = around.parent
        if around is None:
            self.moves.at_once.add(name)

    # ---- uses ----------------------------------------------------------------------------------------------------

    def _use(self, use: Use) -> None:
        """What becomes of a dotted name."""
        qualified = self.symbols.qualified(use.whole, use.scope)
        name = below_tensorflow(qualified) if qualified is not None else None
        start = below_tensorflow(self.symbols.qualified(use.nodes[0], use.scope) or "")
        if not name or start is None or not is_gone(name):
            return
        line = use.whole.lineno
        if start and is_gone(start):
            # It comes with the import or the alias that gives the name.
            if all(self._follows(one, use, start) for one in use.owner.bindings[use.root]):
                self.moves.covered.update(use.nodes)
                self._has(name, line)
            else:
                said = self.homes.lacking(use.root, use.owner, start)
                blamed, line = next((one for one in said if one[0] == name), said[0] if said else (name, line))
                self._misses(blamed, line, use)
            return
        if not start and not use.fixed and isinstance(use.parent, ast.Call) and use.parent.func is use.whole:
            other = respelled_call(use.parent, name)
            if other is not None:
                self.moves.expressions[use.whole] = (Home(f"compat.v1.{other}", "tensorflow"), use)
                self.moves.covered.update(use.nodes)
                return
        found = None if use.fixed else self._placed(use, name, start)
        if found is None:
            if any(has_fallback(alias, scope) for alias, scope, _ in self.homes.names_of(use)):
                return
            said = [
                one for alias, scope, _ in self.homes.names_of(use) for one in self.homes.lacking(alias, scope, name)
            ]  # fmt: skip
            blamed, line = said[0] if said else (name, line)
            self._misses(blamed, line, use)
            return
        home, node = found
        self.moves.expressions[node] = (home, use)
        self.moves.covered.update(use.nodes)
        self._has(name, line, home)

    def _follows(self, binding: Binding, use: Use, meaning: str) -> bool:
        match binding:
            case Imported(qualified=qualified):
                below = below_tensorflow(qualified)
                return below is not None and self.homes.home(use.root, use.owner, binding, below) is not None
            case Assigned(value=value):
                if isinstance(value, ast.Constant):
                    return True
                return self.homes.home(use.root, use.owner, binding, meaning) is not None
        return False

    def _placed(self, use: Use, name: str, start: str) -> tuple[Home, ast.expr] | None:
        """Where a name that starts with TensorFlow is had, and the part of it that is spelled anew."""
        found = self._prefix(name)
        if found is not None:
            home, depth = found
            if home.package == "tensorflow" and start:
                home = next((one for one in homes(".".join(name.split(".")[:depth])) if one != home), home)
            # From the end: `compat.v1` may stand between.
            at = len(use.nodes) - 1 - (len(name.split(".")) - depth)
            if home.package == "tensorflow" and start and not self._is_public(start, use):
                return None
            return (home, use.nodes[at]) if 0 < at < len(use.nodes) else None
        for alias, scope, binding in self.homes.names_of(use):
            whole = self.homes.home(alias, scope, binding, name)
            return (whole, use.whole) if whole is not None else None
        return (Home(name), use.whole) if is_module(name) else None

    def _is_public(self, start: str, use: Use) -> bool:
        """Whether something of a private module can be spelled with the name that TensorFlow has there."""
        return start.partition(".")[0] == "python" and tensorflow_at(use.scope) is not None

    def _prefix(self, name: str) -> tuple[Home, int] | None:
        """The longest part of a name that is something to be had, and how many words it has."""
        parts = name.split(".")
        for end in range(len(parts), 0, -1):
            found = homes(".".join(parts[:end]))
            if found:
                # TF2's own name needs no other package.
                return next((one for one in found if one.package == "tensorflow"), found[0]), end
        return None
