"""Which files of a tree run in one program? Those that some file imports, itself or through others.

TensorFlow's behaviour is one for a whole process. So a file whose session code stays (`Mode.GRAPH`) and one that
needs TF2's own behaviour (`Mode.EAGER`) must not meet in a program.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import networkx as nx

from migrate.errors import MigrateError
from migrate.source.files import decode


def import_graph(files: Iterable[Path]) -> nx.DiGraph[Path]:
    """The files, with an edge from each to every one of them that it imports.

    A module is looked for beside the file that imports it, then in the directory above, and so on: that finds it
    whichever of them is on Python's path. Files that cannot be read or parsed import nothing.

    Args:
        files: Absolute paths of Python files.
    """
    known = set(files)
    graph: nx.DiGraph[Path] = nx.DiGraph()
    graph.add_nodes_from(known)
    for file in known:
        for imported in _imported(file, known):
            if imported != file:
                graph.add_edge(file, imported)
    return graph


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


def _imported(file: Path, known: Collection[Path]) -> Iterator[Path]:
    try:
        tree = ast.parse(decode(file.read_bytes()).text)
    except (OSError, MigrateError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _modules(alias.name.split("."), _places(file), known)
        elif isinstance(node, ast.ImportFrom):
            module = node.module.split(".") if node.module else []
            places = _places(file)[node.level - 1 : node.level] if node.level else _places(file)
            for alias in node.names:
                yield from _modules([*module, alias.name], places, known)


def _places(file: Path) -> list[Path]:
    """The directories that may be on Python's path."""
    return list(file.parents)


def _modules(name: list[str], places: Iterable[Path], known: Collection[Path]) -> Iterator[Path]:
    """The files that importing a dotted name runs; its last part may be a name inside of the module."""
    for place in places:
        found = list(_below(name, place, known))
        if found:
            yield from found
            return


def _below(name: list[str], place: Path, known: Collection[Path]) -> Iterator[Path]:
    for end in range(1, len(name) + 1):
        path = place.joinpath(*name[:end])
        for file in (path.with_name(path.name + ".py"), path / "__init__.py"):
            if file in known:
                yield file
