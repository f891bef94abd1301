"""The other modules of the tree that a file belongs to: found by import, read when asked, never run.

A module is looked for beside the file that imports it, in the directory above, and so on to the top of the tree, as
`migrate.source.programs` does. Where two files could be meant, neither is.
"""

from __future__ import annotations

import ast
import builtins
import os
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from migrate.errors import MigrateError
from migrate.places import absolute
from migrate.source import api
from migrate.source.files import decode
from migrate.source.inlining.text import Source
from migrate.source.symbols import Assigned, Binding, Bound, Imported, Scope, Symbols
from migrate.source.syntax import statements

_LARGEST = 400_000
_MODULES = 60
_DEPTH = 12
# What a directory of the tree may be called like, but a program means the installed one.
_INSTALLED = frozenset({"tensorflow", "numpy", "keras", "tensorflow_core", *sys.stdlib_module_names})


@dataclass(frozen=True, slots=True, eq=False)
class TreeModule:
    """A module of the tree.

    Attributes:
        path: Its file, with symbolic links resolved.
        source: Its text and names.
    """

    path: Path
    source: Source

    @property
    def name(self) -> str:
        """Its last name."""
        return self.path.parent.name if self.path.name == "__init__.py" else self.path.stem


@dataclass(frozen=True, slots=True)
class Place:
    """A module, read or not, or a package without `__init__.py`: a file or a directory."""

    path: Path


@dataclass(frozen=True, slots=True)
class Outside:
    """Something of a package that is not in the tree, by its qualified name."""

    qualified: str


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What a module of the tree binds once, at its top level.

    Attributes:
        module: The module.
        name: The name there.
        node: The function, class or assignment.
    """

    module: TreeModule
    name: str
    node: ast.FunctionDef | ast.ClassDef | ast.Assign

    @property
    def key(self) -> tuple[Path, str]:
        """Tells it from all others."""
        return self.module.path, self.name


Meaning = Place | Outside | Made


@dataclass(slots=True, eq=False)
class SourceTree:
    """The modules that can be reached from one file.

    Attributes:
        file: The file.
        top: The directory that holds the tree.
    """

    file: Path
    top: Path
    _read: dict[Path, TreeModule | None] = field(default_factory=dict)
    _paths: dict[tuple[Path, tuple[str, ...]], Path | None] = field(default_factory=dict)
    _bound: dict[tuple[Scope, str], Meaning | None] = field(default_factory=dict)

    def chain(self, module: TreeModule, expression: ast.expr, scope: Scope, depth: int = 0) -> Meaning | None:
        """What a name, or a chain of attributes, means that starts with an import or a top-level name of a module.

        Args:
            module: The module.
            expression: An expression of it.
            scope: The scope in which it stands.
            depth: How many imports were followed.
        """
        match expression:
            case ast.Name(id=name):
                owner = scope.owner(name)
                return self.bound(module, owner, name, depth) if owner is not None else self._starred(module, name)
            case ast.Attribute(value=base, attr=attribute):
                found = self.chain(module, base, scope, depth)
                match found:
                    case Outside(qualified=qualified):
                        return Outside(f"{qualified}.{attribute}")
                    case Place(path=path):
                        return self._inside(path, attribute, depth + 1)
        return None

    def bound(self, module: TreeModule, scope: Scope, name: str, depth: int = 0) -> Meaning | None:
        """What a name of a scope means; None where it is not surely one thing.

        Args:
            module: The module.
            scope: One of its scopes.
            name: A name bound there.
            depth: How many imports were followed.
        """
        if depth > _DEPTH:
            return None
        key = scope, name
        if key not in self._bound or depth:
            meanings = [self._binding(module, name, binding, depth) for binding in scope.bindings.get(name, ())]
            first = meanings[0] if meanings else None
            found = first if first is not None and all(_same(first, other) for other in meanings) else None
            if depth:
                return found
            self._bound[key] = found
        return self._bound[key]

    def _starred(self, module: TreeModule, name: str) -> Meaning | None:
        """What `from x import *` gives a name; None unless all of them can be read, and one has it."""
        stars = module.source.symbols.module.bindings.get("*", ())
        if not stars or name.startswith("_") or hasattr(builtins, name):
            return None
        found: list[Meaning] = []
        for binding in stars:
            node = binding.node
            place = self._module_of(module, node) if isinstance(node, ast.ImportFrom) else None
            other = self.read(place) if place is not None and place.is_file() else None
            if other is None or "*" in other.source.symbols.module.bindings:
                return None
            scope = other.source.symbols.module
            if name in scope.bindings:
                meaning = self.bound(other, scope, name)
                if meaning is None or "__all__" in scope.bindings:
                    return None
                found.append(meaning)
        return found[0] if len(found) == 1 else None

    def read(self, path: Path) -> TreeModule | None:
        """A module of the tree; None where it cannot be read."""
        if path not in self._read:
            self._read[path] = self._parsed(path) if len(self._read) < _MODULES else None
        return self._read[path]

    def packages(self, module: TreeModule) -> list[Path]:
        """The `__init__.py` of the packages around a module, which importing it runs first."""
        found: list[Path] = []
        for place in self._places(module):
            if not (place / "__init__.py").is_file():
                break
            found.append(place / "__init__.py")
        return found

    def _binding(self, module: TreeModule, name: str, binding: Binding, depth: int) -> Meaning | None:
        match binding:
            case Imported(node=ast.Import() as node):
                plain = next(a for a in node.names if (a.asname or a.name.split(".")[0]) == name)
                return self._imported(module, plain.name, whole=plain.asname is not None)
            case Imported(node=ast.ImportFrom() as node) | Bound(node=ast.ImportFrom() as node):
                alias = next((a for a in node.names if (a.asname or a.name) == name), None)
                return self.imported_from(module, node, alias.name, depth) if alias is not None else None
            case Bound(node=(ast.FunctionDef() | ast.ClassDef()) as node) if node in module.source.tree.body:
                return Made(module, name, node)
            case Assigned(node=ast.Assign(targets=[ast.Name()]) as node) if node in module.source.tree.body:
                return Made(module, name, node) if module.path != self.file else None
        return None

    def _imported(self, module: TreeModule, dotted: str, *, whole: bool) -> Meaning | None:
        first = dotted.split(".")[0]
        found = self._absolute(module, dotted.split("."))
        if found is None:
            return None if self._holds(module, first) else Outside(dotted if whole else first)
        if whole:
            return Place(found)
        up = found.parent if found.name == "__init__.py" else found
        for _ in dotted.split(".")[1:]:
            up = up.parent
        return Place(found) if "." not in dotted else Place(up)

    def imported_from(self, module: TreeModule, node: ast.ImportFrom, name: str, depth: int = 0) -> Meaning | None:
        """What `name` would be in a `from` import.

        Args:
            module: The module that imports.
            node: The import.
            name: Any name.
            depth: How many imports were followed.
        """
        found = self._module_of(module, node)
        if found is None and not node.level and node.module and not self._holds(module, node.module.split(".")[0]):
            return Outside(f"{node.module}.{name}")
        return self._inside(found, name, depth + 1) if found is not None else None

    def _module_of(self, module: TreeModule, node: ast.ImportFrom) -> Path | None:
        """The module or package that a `from` import names."""
        parts = node.module.split(".") if node.module else []
        if not node.level:
            return self._absolute(module, parts)
        place = module.path.parent
        for _ in range(node.level - 1):
            place = place.parent
        return self._below(place, parts) if self._within(place) else None

    def _inside(self, path: Path, name: str, depth: int) -> Meaning | None:
        """What `name` is in a module or package."""
        file = path / "__init__.py" if path.is_dir() else path
        if file.is_file():
            module = self.read(file)
            if module is None:
                return None
            if name in module.source.symbols.module.bindings:
                return self.bound(module, module.source.symbols.module, name, depth)
            if "*" in module.source.symbols.module.bindings:
                return None
        if file.name != "__init__.py":
            return None
        found = self._below(file.parent, [name])
        return Place(found) if found is not None else None

    def _absolute(self, module: TreeModule, parts: list[str]) -> Path | None:
        """The one file or directory that a dotted name may mean."""
        if parts[0] in _INSTALLED:
            return None
        found = {path for place in self._places(module) if (path := self._below(place, parts)) is not None}
        return found.pop() if len(found) == 1 else None

    def _holds(self, module: TreeModule, first: str) -> bool:
        """Whether the tree has something of a name, so that an import of it is not surely of an installed package."""
        if first in _INSTALLED:
            return False
        return any((place / f"{first}.py").exists() or (place / first).is_dir() for place in self._places(module))

    def _places(self, module: TreeModule) -> list[Path]:
        return [place for place in module.path.parents if self._within(place)]

    def _below(self, place: Path, parts: list[str]) -> Path | None:
        key = (place, tuple(parts))
        if key not in self._paths:
            self._paths[key] = self._looked_up(place, parts)
        return self._paths[key]

    def _looked_up(self, place: Path, parts: list[str]) -> Path | None:
        path = place
        for position, part in enumerate(parts):
            path = path / part
            file, package = path.with_name(f"{part}.py"), path / "__init__.py"
            if position == len(parts) - 1:
                if file.is_file():
                    # A file and a package of one name: which of them counts is nobody's to guess.
                    return None if package.is_file() else self._real(file)
                if package.is_file():
                    return self._real(package)
                return self._real(path) if path.is_dir() and any(path.glob("*.py")) else None
            if not path.is_dir():
                return None
        return self._real(path) if (path / "__init__.py").is_file() or not parts else None

    def _real(self, path: Path) -> Path | None:
        real = path.resolve()
        return real if self._within(real) else None

    def _within(self, path: Path) -> bool:
        return path == self.top or self.top in path.parents

    def _parsed(self, path: Path) -> TreeModule | None:
        try:
            status = path.stat()
            return _parsed(path, status.st_mtime_ns, status.st_size) if status.st_size <= _LARGEST else None
        except OSError:
            return None


def source_tree(
    path: str, text: str, root: str = "", symbols: Symbols | None = None
) -> tuple[SourceTree, TreeModule] | None:
    """The tree of a file, and the file as a module of it.

    The tree is the git work tree, or else what lies below the directory of the settings, or else the package of the
    file and the directory that holds it.

    Args:
        path: The file; `-` and files that do not exist have no tree.
        text: What it holds, as it may not have been written yet.
        root: The directory of the settings, if there are any.
        symbols: The names of the text, where it has been read before.
    """
    if path == "-" or not path:
        return None
    file = absolute(path)
    if not file.is_file():
        return None
    file = file.resolve()
    tree = SourceTree(file, tree_top(file.parent, root))
    module = TreeModule(file, Source(text, symbols))
    tree._read[file] = module
    return tree, module


def imports_tree(path: str, module: ast.Module, root: str = "") -> bool:
    """Whether a file may import a module of its tree; far cheaper than to find out which.

    Args:
        path: The file.
        module: Its syntax tree.
        root: The directory of the settings, if there are any.
    """
    return bool(tree_names(path, module, root))


def tree_names(path: str, module: ast.Module, root: str = "") -> set[str]:
    """The names that a file gives what it may import from its tree; `*` where it imports all that there is.

    Args:
        path: The file.
        module: Its syntax tree.
        root: The directory of the settings, if there are any.
    """
    file = absolute(path)
    if path in ("", "-") or not file.is_file():
        return set()
    relative: set[str] = set()
    firsts: dict[str, set[str]] = {}
    for node in statements(module.body):
        match node:
            case ast.ImportFrom(names=names, level=level) if level:
                relative |= {alias.asname or alias.name for alias in names}
            case ast.ImportFrom(module=str(name), names=names):
                firsts.setdefault(name.partition(".")[0], set()).update(alias.asname or alias.name for alias in names)
            case ast.Import(names=names):
                for alias in names:
                    first = alias.name.partition(".")[0]
                    firsts.setdefault(first, set()).add(alias.asname or first)
    top = tree_top(file.resolve().parent, root)
    places = [place for place in file.resolve().parents if place == top or top in place.parents]
    return relative.union(
        *(
            names
            for first, names in firsts.items()
            if first not in _INSTALLED
            and any((place / f"{first}.py").exists() or (place / first).is_dir() for place in places)
        )
    )


def tree_top(directory: Path, root: str) -> Path:
    """The top of the work tree that a directory belongs to.

    Args:
        directory: An absolute path.
        root: The directory of the settings; may be empty.
    """
    for above in (directory, *directory.parents):
        if (above / ".git").exists():
            return above
    settings = Path(os.path.realpath(root)) if root else None
    if settings is not None and (settings == directory or settings in directory.parents):
        return settings
    while (directory / "__init__.py").is_file() and directory.parent != directory:
        directory = directory.parent
    return directory


def _same(one: Meaning, other: Meaning | None) -> bool:
    if isinstance(one, Made) and isinstance(other, Made):
        return one.node is other.node
    if isinstance(one, Outside) and isinstance(other, Outside):
        return api.normal(one.qualified) == api.normal(other.qualified)
    return one == other


@lru_cache(maxsize=256)
def _parsed(path: Path, _changed: int, _size: int) -> TreeModule | None:
    """A module as its file is now."""
    try:
        text = decode(path.read_bytes()).text
        return TreeModule(path, Source(text.replace("\r\n", "\n")))
    except (OSError, MigrateError, SyntaxError, ValueError, RecursionError):
        return None
