"""TF1 code without a site that runs with session code that stays: TF1's names for it, and nothing else.

`import tensorflow as tf` becomes `import tensorflow.compat.v1 as tf`. Only the bytes of the imports change, so that
whole packages can be done without building a concrete tree of every file.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from migrate.source.api import canonical
from migrate.source.api.data import table
from migrate.source.emit.graph_mode import hidden_ops
from migrate.source.emit.imports import tensorflow_name
from migrate.source.mode import graph_code, switches_mode
from migrate.source.symbols import SCOPES, Imported, Scope, Symbols
from migrate.source.tf1.moves import moves_of
from migrate.source.tf1.text import with_tf1

_V1 = "tensorflow.compat.v1"
_FROM = re.compile(r"from\s+tensorflow(?=\s)")
_PYTHON = re.compile(r"from\s+tensorflow\.python(?=\s)")
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_PACKAGES = frozenset({"compat", "contrib", "python", "core", "examples", "keras", "lite"})


@dataclass(frozen=True, slots=True)
class _Edit:
    line: int
    column: int
    length: int
    text: str


@dataclass(frozen=True, slots=True)
class SessionCode:
    """What a module says about TF1.

    Attributes:
        text: Its text with TF1's names, the same where it needs none.
        needs_names: Whether it uses names that mean something else in TF2, or nothing.
        builds: Whether it builds or runs a graph.
        imports: Whether it imports TensorFlow at its top level.
        switches: Whether it says how TensorFlow is to behave.
        ended: What it uses that ended with TensorFlow 1 and nothing has, each with its first line.
    """

    text: str
    needs_names: bool
    builds: bool
    imports: bool
    switches: bool
    ended: tuple[tuple[str, int], ...] = ()


def read_session_code(text: str, *, switch: bool = False) -> SessionCode:
    """Reads a module.

    Args:
        text: Its source.
        switch: Whether it is to switch TF2's behaviour off, for the program that it starts.

    Raises:
        SyntaxError: It is no Python.
    """
    symbols = Symbols(ast.parse(text))
    needed = _needs_names(symbols)
    new = _respelled(text, symbols) if needed else text
    new = with_tf1(new, tidy=False)
    if switch and not switches_mode(symbols):
        new = _switched(new, Symbols(ast.parse(new)))
    needed = needed or moves_of(symbols).any
    builds = graph_code(symbols, (), entered=True) is not None
    return SessionCode(new, needed, builds, _top_name(symbols) is not None, switches_mode(symbols), _ended(symbols))


def _ended(symbols: Symbols) -> tuple[tuple[str, int], ...]:
    """What stays as it is, though TensorFlow 2 has it not, in the order of the lines."""
    missing = moves_of(symbols).missing.items()
    found = [(line, f"tf.{name}") for name, line in missing if not name.startswith("python.")]
    return tuple((name, line) for line, name in sorted(found))


def _needs_names(symbols: Symbols) -> bool:
    """Whether a module uses names that TF2 has below `tf.compat.v1` only, or for something else."""
    if tensorflow_name(symbols).modern:
        # Its author knew TF2, and spelled TF1's names out.
        return False
    old = table().legacy | table().gone | table().moved.keys()
    for scope in symbols.scopes():
        for bindings in scope.bindings.values():
            for binding in bindings:
                if isinstance(binding, Imported) and canonical(binding.qualified) in old:
                    return True
    pending: list[tuple[ast.AST, Scope]] = [(symbols.tree, symbols.module)]
    while pending:
        node, scope = pending.pop()
        if isinstance(node, ast.Attribute) and symbols.resolve(node, scope) in old:
            return True
        for child in ast.iter_child_nodes(node):
            inner = symbols.scope_of(child) if isinstance(child, SCOPES) else scope
            pending.append((child, inner))
    return False


def _respelled(text: str, symbols: Symbols) -> str:
    """The text with imports of `tensorflow.compat.v1`."""
    edits: list[_Edit] = []
    for node in ast.walk(symbols.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == "tensorflow":
                    edits.append(_Edit(alias.lineno, alias.col_offset, len("tensorflow"), _alias(alias)))
        elif isinstance(node, ast.ImportFrom) and hidden_ops(node, symbols.tree):
            start = _PYTHON.match(ast.get_source_segment(text, node) or "")
            if start is not None:
                edits.append(_Edit(node.lineno, node.col_offset + start.end(), 0, ".framework"))
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module == "tensorflow":
            if not any(alias.name in _PACKAGES for alias in node.names):
                start = _FROM.match(ast.get_source_segment(text, node) or "")
                if start is not None:
                    edits.append(_Edit(node.lineno, node.col_offset + start.end(), 0, ".compat.v1"))
    return _edited(text, edits)


def _alias(alias: ast.alias) -> str:
    return _V1 if alias.asname else f"{_V1} as tensorflow"


def _switched(text: str, symbols: Symbols) -> str:
    """The text with `tf.disable_v2_behavior()` below the imports of its head."""
    name = _top_name(symbols)
    last = next((node for node in reversed(_head(symbols.tree)) if _imports(node)), None)
    if name is None or last is None or last.end_lineno is None:
        return text
    lines = text.splitlines(keepends=True)
    newline = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    call = f"{newline}{name}.disable_v2_behavior(){newline}"
    if not lines[last.end_lineno - 1].endswith(("\n", "\r")):
        call = newline + call
    return "".join([*lines[: last.end_lineno], call, *lines[last.end_lineno :]])


def _head(tree: ast.Module) -> list[ast.stmt]:
    """The statements above the first function or class."""
    found: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            break
        found.append(node)
    return found


def _imports(node: ast.stmt) -> bool:
    if isinstance(node, (ast.Try, ast.If)):
        return any(_imports(inner) for inner in node.body)
    return isinstance(node, (ast.Import, ast.ImportFrom))


def _top_name(symbols: Symbols) -> str | None:
    """What stands for TF1 at the module's top level."""
    names = [
        name
        for name, bindings in symbols.module.bindings.items()
        if any(isinstance(binding, Imported) and binding.qualified in ("tensorflow", _V1) for binding in bindings)
    ]
    name = "tf" if "tf" in names else names[0] if names else None
    if name is None:
        return None
    plain = any(isinstance(b, Imported) and b.qualified == "tensorflow" for b in symbols.module.bindings[name])
    return f"{name}.compat.v1" if plain else name


def _edited(text: str, edits: list[_Edit]) -> str:
    """The text after edits, which are placed as Python's syntax tree does: lines from 1, columns in UTF-8 bytes."""
    lines = [line.encode() for line in _LINES.findall(text)]
    for edit in sorted(edits, key=lambda one: (one.line, one.column), reverse=True):
        line = lines[edit.line - 1]
        lines[edit.line - 1] = line[: edit.column] + edit.text.encode() + line[edit.column + edit.length :]
    return b"".join(lines).decode()
