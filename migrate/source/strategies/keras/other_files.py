"""The other files of a program with a Keras model: its layers and its learning phase may be said there.

A file may get its model from a module that it imports, or from a file that imports it. What of those may run is told by
names: a function or class of a file is read where its name is said in what else is read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

import networkx as nx

from migrate.errors import MigrateError
from migrate.places import absolute
from migrate.source.files import decode
from migrate.source.programs import import_graph
from migrate.source.python2.convert import readable
from migrate.source.strategies.keras.uses import Uses
from migrate.source.tree import tree_top
from migrate.source.view import ModuleView
from migrate.source.walk import find_files

_FILES = 2000
_READ = 80
"""How many files of a program are read: those that are nearest by imports."""
_INSTALLED = ("tensorflow", "keras", "numpy")
"""What a tree may have a copy of, but a program means the installed one."""
_LARGEST = 400_000
_KERAS = re.compile(r"\bkeras\b|learning_phase|LEARNING_PHASE")
_WORD = re.compile(r"[A-Za-z_]\w*")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True, eq=False)
class OtherFile:
    """What of another file may run in the program.

    Attributes:
        name: Its path, as people are told it.
        uses: Its names, without what does not run.
        imported: Whether the export's file imports it, itself or through others.
    """

    name: str
    uses: Uses
    imported: bool


@dataclass(frozen=True, slots=True)
class OtherFiles:
    """The other files of the programs that one file belongs to.

    Attributes:
        files: Those that say anything of Keras.
        names: The names of all their modules and packages.
        called: Whether one of them imports the file.
    """

    files: tuple[OtherFile, ...] = ()
    names: frozenset[str] = frozenset()
    called: bool = False


def other_files(view: ModuleView) -> OtherFiles:
    """The other files of the programs that a file belongs to.

    Args:
        view: The file.
    """
    file = absolute(view.path)
    if view.path in ("", "-") or not file.is_file():
        return OtherFiles()
    file = file.resolve()
    top = tree_top(file.parent, view.settings.top)
    own = view.text.encode()
    graph = _graph(_stamps(top, file), file, own)
    above = nx.ancestors(graph, file)
    imported = nx.descendants(graph, file)
    below = imported.union(*(nx.descendants(graph, one) for one in above))
    near = nx.single_source_shortest_path_length(graph.subgraph(above | below | {file}).to_undirected(), file)
    nearest = sorted(near.keys() - {file}, key=lambda path: (near[path], path))[:_READ]
    texts = {path: text for path in sorted(nearest) if (text := _text(path)) is not None}
    read = _reached(view.text, texts, above)
    names = {part.removesuffix(".py") for path in texts for part in path.relative_to(top).parts}
    found = [
        OtherFile(path.relative_to(top).as_posix(), _uses(path, texts[path], left_out, view), path in imported)
        for path, left_out in read.items()
    ]
    return OtherFiles(tuple(found), frozenset(names), bool(above))


def _stamps(top: Path, file: Path) -> tuple[tuple[Path, int, int], ...]:
    """The Python files of a tree, with what tells whether they have changed."""
    found: list[tuple[Path, int, int]] = []
    copies: dict[Path, bool] = {}
    paths = (one.path for one in find_files([top]) if one.error is None and one.path.suffix == ".py")
    inside = _is_copy(file.parent, top, copies)
    own = (path for path in paths if inside or not _is_copy(path.parent, top, copies))
    # What stands beside the file is meant most often.
    for path in dict.fromkeys([*sorted(file.parent.glob("*.py")), *islice(own, _FILES)]):
        try:
            status = path.stat()
        except OSError:
            continue
        found.append((path, status.st_mtime_ns, status.st_size))
    if file not in {path for path, _, _ in found}:
        found.append((file, 0, 0))
    return tuple(found)


def _is_copy(directory: Path, top: Path, known: dict[Path, bool]) -> bool:
    """Whether a directory belongs to a copy of a package that programs have installed."""
    if directory == top or top not in directory.parents:
        return False
    if directory not in known:
        own = directory.name in _INSTALLED and (directory / "__init__.py").is_file()
        known[directory] = own or _is_copy(directory.parent, top, known)
    return known[directory]


@lru_cache(maxsize=8)
def _graph(stamps: tuple[tuple[Path, int, int], ...], file: Path, text: bytes) -> nx.DiGraph[Path]:
    """Which file imports which; the text of one is given, as it may not have been written yet."""
    return import_graph((path for path, _, _ in stamps), {file: text})


def _text(path: Path) -> str | None:
    try:
        data = path.read_bytes()
        return decode(data).text.replace("\r\n", "\n") if len(data) <= _LARGEST else None
    except (OSError, MigrateError, ValueError):
        return None


def _reached(own: str, texts: Mapping[Path, str], above: Collection[Path]) -> dict[Path, list[ast.stmt]]:
    """The files that say anything of Keras, with their functions and classes whose names nobody says."""
    said = set(_WORD.findall(own))
    trees: dict[Path, ast.Module] = {}
    waiting: dict[ast.stmt, set[str]] = {}
    for path, text in texts.items():
        tree = _parsed(text) if _KERAS.search(text) else None
        if tree is None or path in above:
            said.update(_WORD.findall(text))
        if tree is None:
            continue
        trees[path] = tree
        lines = readable(text).split("\n")
        for statement in tree.body:
            words = set(_WORD.findall("\n".join(lines[statement.lineno - 1 : statement.end_lineno])))
            if isinstance(statement, _DEFINITIONS) and not statement.decorator_list:
                waiting[statement] = words
            else:
                said |= words
    changed = True
    while changed:
        changed = False
        for statement in list(waiting):
            if getattr(statement, "name", "") in said:
                said |= waiting.pop(statement)
                changed = True
    return {path: [one for one in tree.body if one in waiting] for path, tree in trees.items()}


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(readable(text))
    except (SyntaxError, ValueError, RecursionError):
        return None


def _uses(path: Path, text: str, left_out: Iterable[ast.stmt], view: ModuleView) -> Uses:
    """The names of a file, without some of its functions and classes."""
    lines = {statement.lineno for statement in left_out}
    text = readable(text)
    found = ModuleView(text, ast.parse(text), str(path), view.settings)
    return Uses(found, [one for one in found.tree.body if isinstance(one, _DEFINITIONS) and one.lineno in lines])
