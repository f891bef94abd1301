"""Which files of a tree run in one program? Those that some file imports, itself or through others.

TensorFlow's behaviour is one for a whole process. So a file whose session code stays (`Mode.GRAPH`) and one that
needs TF2's own behaviour (`Mode.EAGER`) must not meet in a program.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import networkx as nx

from migrate.source.files import code_lines

# Imports as text: a tree of them is read a hundred times faster than it is parsed. What only looks like an import, in
# a docstring, joins two files that do not meet; that costs a level, but is never wrong.
_IMPORT = re.compile(
    rb"^[ \t]*import[ \t]+([^#\r\n]+)|^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]*(\([^)]*\)|[^#\r\n]+)", re.MULTILINE
)
_WORDS = re.compile(r"[\w.*]+")
_SEPARATOR = re.escape(os.sep)


def import_graph(files: Iterable[Path]) -> nx.DiGraph[Path]:
    """The files, with an edge from each to every one of them that it imports.

    A module is looked for beside the file that imports it, then in the directory above, and so on: that finds it
    whichever of them is on Python's path. Files that cannot be read import nothing.

    Args:
        files: Absolute paths of Python files.
    """
    tree = _Tree(files)
    graph: nx.DiGraph[Path] = nx.DiGraph()
    graph.add_nodes_from(tree.files.values())
    for name, file in tree.files.items():
        for imported in tree.imported(name):
            if imported != name:
                graph.add_edge(file, tree.files[imported])
    return graph


def importers(graph: nx.DiGraph[Path], file: Path) -> set[Path]:
    """The files that import one, themselves or through others.

    Args:
        graph: As `import_graph` makes it.
        file: One of its nodes.
    """
    return set(nx.ancestors(graph, file))


def meets(graph: nx.DiGraph[Path], files: Collection[Path]) -> dict[Path, Path]:
    """For every file that runs in one program with one of `files`, that one.

    Args:
        graph: As `import_graph` makes it.
        files: Some of its nodes.
    """
    found: dict[Path, Path] = {}
    for file in sorted(files):
        programs = {file, *nx.ancestors(graph, file)}
        for other in programs.union(*(nx.descendants(graph, program) for program in programs)):
            found.setdefault(other, file)
    return found


def programs_with(graph: nx.DiGraph[Path], files: Collection[Path]) -> set[Path]:
    """The files of all programs that have each of some files.

    Args:
        graph: As `import_graph` makes it.
        files: Some of its nodes.
    """
    programs = set.intersection(*({file, *nx.ancestors(graph, file)} for file in files))
    return programs.union(*(nx.descendants(graph, program) for program in programs))


class _Tree:
    """The files by name, as text: resolving is done for every import of every file."""

    def __init__(self, files: Iterable[Path]) -> None:
        self.files = {str(file): file for file in files}
        # Most imports are of packages that are installed: their first name is none of these.
        self._first = {part.removesuffix(".py") for name in self.files for part in re.split(_SEPARATOR, name)}
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}

    def imported(self, file: str) -> Iterator[str]:
        """The files that a file imports."""
        try:
            data = code_lines(self.files[file].read_bytes())
        except OSError:
            return
        place = _above(file)
        for plain, module, names in _IMPORT.findall(data):
            if plain:
                for alias in plain.decode(errors="replace").split(","):
                    words = _WORDS.findall(alias)
                    if words:
                        yield from self._resolved(words[0], place)
                continue
            base, above = module.decode(errors="replace"), place
            dots = len(base) - len(base.lstrip("."))
            for _ in range(dots - 1):
                above = _above(above)
            for alias in names.decode(errors="replace").split(","):
                words = _WORDS.findall(alias)
                if words:
                    name = ".".join(part for part in (base.lstrip("."), words[0]) if part)
                    yield from self._below(name.split("."), above) if dots else self._resolved(name, place)

    def _resolved(self, name: str, place: str) -> tuple[str, ...]:
        """The files that importing a dotted name runs; its last part may be a name inside of the module."""
        parts = name.split(".")
        if parts[0] not in self._first:
            return ()
        key = (name, place)
        if key not in self._known:
            found = tuple(self._below(parts, place))
            above = _above(place)
            self._known[key] = found or (self._resolved(name, above) if above != place else ())
        return self._known[key]

    def _below(self, parts: list[str], place: str) -> Iterator[str]:
        path = place
        for part in parts:
            path += os.sep + part
            for file in (f"{path}.py", f"{path}{os.sep}__init__.py"):
                if file in self.files:
                    yield file


def _above(path: str) -> str:
    """The directory that holds a path."""
    return path.rpartition(os.sep)[0]
