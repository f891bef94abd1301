"""The other modules of the tree that build the graph, as far as a wrapped graph depends on them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from migrate.source.api import canonical
from migrate.source.mode import switches_mode
from migrate.source.session_code import read_session_code
from migrate.source.slicing.dimensions import odd_dimension
from migrate.source.strategies.other_answers import refuse_other_answers
from migrate.source.strategies.wrapping.building import HARMLESS
from migrate.source.strategies.wrapping.limits import PACKAGES
from migrate.source.strategies.wrapping.nodes import nodes_of
from migrate.source.strategies.wrapping.traits import imports_meta_graphs, is_dimension, makes_tables
from migrate.source.symbols import Bound, Imported, Symbols
from migrate.source.tf1.moves import moves_of
from migrate.source.tf1.text import with_tf1
from migrate.source.tree import Made, Place, SourceTree, TreeModule, source_tree
from migrate.source.unprovable import ELSEWHERE, MODE, NO_EQUAL, SIDE_EFFECTS, VARIABLE, Unprovable
from migrate.source.view import ModuleView

_MOST = 200

_TENSORS = frozenset({"constant", "Variable", "get_variable", "placeholder", "placeholder_with_default", "zeros", "ones",
                      "fill", "range", "convert_to_tensor", "random_normal", "random_uniform", "truncated_normal",
                      "train.get_or_create_global_step", "train.create_global_step"})  # fmt: skip
"""What makes a tensor wherever it is called."""


@dataclass(frozen=True, slots=True)
class Modules:
    """What a file's imports mean for the graph that it builds.

    Attributes:
        notes: What is to be said of them.
        dimensions: Whether one of them reads the `.value` of dimensions.
        tables: Whether one of them makes lookup tables.
        references: Whether one of them imports MetaGraphDefs, whose variables may be references.
    """

    notes: tuple[str, ...]
    dimensions: bool
    tables: bool
    references: bool


def read_modules(view: ModuleView) -> Modules:
    """What is to be known of the modules that a file imports.

    Raises:
        Unprovable: One of them does not run under TF2's own behaviour.
    """
    modules, outside = _imported(view)
    respelled: list[str] = []
    moved: list[str] = []
    ended: list[str] = []
    layers: list[str] = []
    dimensions = tables = references = False
    for path, module in modules.items():
        text = module.source.text
        if "tensorflow" not in text:
            continue
        _refuse(path, module, view)
        dimensions |= any(
            isinstance(node, ast.Attribute) and is_dimension(node, module.source.tree)
            for node in ast.walk(module.source.tree)
        ) or (odd_dimension(module.source.tree, module.source.symbols.module, module.source.symbols) is not None)
        tables |= makes_tables(module.source.symbols, module.source.symbols.scopes())
        references |= imports_meta_graphs(module.source.symbols, module.source.symbols.scopes())
        if _has_layers(module):
            layers.append(_shown(path, view))
        moves = moves_of(module.source.symbols)
        if moves.any:
            moved.append(_shown(path, view))
        ended += [f"tf.{name} ({_shown(path, view)})" for name in moves.missing if name.startswith("contrib.")]
        if read_session_code(text).text != with_tf1(text, tidy=False):
            respelled.append(_shown(path, view))
    notes: list[str] = []
    how = (
        "(--whole-program does that in the files it is given)"
        if view.settings.whole_program
        else "(rewrite --whole-program sees to that)"
    )
    if respelled:
        names = ", ".join(respelled[:5]) + (f" and {len(respelled) - 5} more" if len(respelled) > 5 else "")
        does, it = ("uses", "its") if len(respelled) == 1 else ("use", "their")
        notes.append(
            f"{names} {does} names that TF2 has in tensorflow.compat.v1 only: {it} import of tensorflow must become "
            f"that of tensorflow.compat.v1 before the export runs {how}"
        )
    if moved:
        names = ", ".join(moved[:5]) + (f" and {len(moved) - 5} more" if len(moved) > 5 else "")
        does = "uses" if len(moved) == 1 else "use"
        notes.append(
            f"{names} {does} names that ended with TensorFlow 1, and that migrate.tf1 has: they must be imported from "
            f"there before the export runs {how}"
        )
    if ended:
        names = ", ".join(ended[:5]) + (f" and {len(ended) - 5} more" if len(ended) > 5 else "")
        notes.append(f"functions that use {names}, which ended with TensorFlow 1, fail where they are called")
    if layers:
        notes.append(
            f"tf.layers and tf.nn.rnn_cell, which {', '.join(layers)} has, come with Keras 2 only: pip install tf-keras, "
            "and set TF_USE_LEGACY_KERAS=1 before TensorFlow is imported"
        )
    if outside:
        notes.append(
            f"what {', '.join(sorted(outside))} does is not seen here: where it builds a part of the graph, it must "
            "run under TF2, by tensorflow.compat.v1"
        )
    return Modules(tuple(notes), dimensions, tables, references)


def refuse_other_answers_of_modules(view: ModuleView) -> None:
    """Refuses a file of whose modules one asks whether a type is `tf.Tensor` itself.

    Raises:
        Unprovable: One does.
    """
    for path, module in _imported(view)[0].items():
        refuse_other_answers(module.source.symbols, module.source.text, _shown(path, view))


def _imported(view: ModuleView) -> tuple[dict[Path, TreeModule], set[str]]:
    found = source_tree(view.path, view.text, view.settings.top, view.symbols)
    if found is None:
        return {}, _outside(view.symbols)
    modules, outside = _closure(*found)
    return modules, outside


def _closure(tree: SourceTree, start: TreeModule) -> tuple[dict[Path, TreeModule], set[str]]:
    modules: dict[Path, TreeModule] = {}
    outside: set[str] = set()
    pending = [start]
    while pending and len(modules) < _MOST:
        module = pending.pop()
        for name, bindings in module.source.symbols.module.bindings.items():
            for binding in bindings:
                if not (isinstance(binding, Imported) or isinstance(binding.node, ast.ImportFrom)):
                    continue
                found = _target(tree, tree.bound(module, module.source.symbols.module, name))
                if found is None:
                    if module is start and isinstance(binding, Imported):
                        outside |= _unknown(binding)
                    continue
                for one in [found, *(tree.read(init) for init in tree.packages(found))]:
                    if one is not None and one.path != start.path and one.path not in modules:
                        modules[one.path] = one
                        pending.append(one)
    return modules, outside


def _target(tree: SourceTree, meaning: object) -> TreeModule | None:
    match meaning:
        case Made(module=module):
            return module
        case Place(path=path):
            file = path / "__init__.py" if path.is_dir() else path
            return tree.read(file) if file.is_file() else None
    return None


def _outside(symbols: Symbols) -> set[str]:
    found: set[str] = set()
    for bindings in symbols.module.bindings.values():
        for binding in bindings:
            if isinstance(binding, Imported):
                found |= _unknown(binding)
            elif isinstance(binding, Bound) and isinstance(binding.node, ast.ImportFrom) and binding.node.level:
                found.add("." * binding.node.level + (binding.node.module or ""))
    return found


def _unknown(binding: Imported) -> set[str]:
    top = binding.qualified.partition(".")[0]
    return set() if top in HARMLESS | {"tensorflow", "__future__"} else {top}


def _refuse(path: Path, module: TreeModule, view: ModuleView) -> None:
    shown = _shown(path, view)
    symbols, tree = module.source.symbols, module.source.tree
    refuse_other_answers(symbols, module.source.text, shown)
    moves = moves_of(symbols)
    gone = next((name for name in moves.missing if name in moves.at_once and name.startswith("contrib")), None)
    if gone is not None:
        raise Unprovable(NO_EQUAL, f"{shown} uses tf.{gone}, which ended with TensorFlow 1")
    if switches_mode(symbols):
        raise Unprovable(MODE, f"{shown} switches TF2's behaviour off")
    for scope in symbols.scopes():
        for bindings in scope.bindings.values():
            for binding in bindings:
                if isinstance(binding, Imported):
                    _refuse_name(canonical(binding.qualified) or "", shown)
                    reason = PACKAGES.get(binding.qualified.partition(".")[0])
                    if reason is not None:
                        raise Unprovable(NO_EQUAL, f"{shown} uses {reason}")
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            if node.attr == "initialized_value":
                raise Unprovable(NO_EQUAL, f"{shown} calls initialized_value(), which TF2's variables have not")
            _refuse_name(symbols.resolve(node, symbols.module) or "", shown)
        elif isinstance(node, ast.keyword) and node.arg == "use_resource":
            raise Unprovable(VARIABLE, f"{shown} says use_resource")
    for around, node in nodes_of(symbols.module, symbols):
        if isinstance(node, ast.Call) and symbols.resolve(node.func, around) in _TENSORS and not _in_main(node, tree):
            # It is imported before the graph is there.
            raise Unprovable(ELSEWHERE, f"{shown} makes a part of the graph when it is imported")


def _in_main(node: ast.AST, tree: ast.Module) -> bool:
    """Whether code stands where a module only gets when it is the program."""
    guarded = (one for one in tree.body if isinstance(one, ast.If) and "__name__" in ast.unparse(one.test))
    return any(node in ast.walk(one) for one in guarded)


def _refuse_name(name: str, shown: str) -> None:
    if f"{name}.".startswith(("keras.", "python.keras.")):
        raise Unprovable(NO_EQUAL, f"{shown} uses Keras, which has sessions of its own")
    if name.startswith(("lookup.experimental.", "contrib.lookup.Mutable")):
        raise Unprovable(SIDE_EFFECTS, f"{shown} makes a table that changes while it is used")
    if name in ("contrib.framework.py_func", "py_func", "py_function", "numpy_function"):
        raise Unprovable(SIDE_EFFECTS, f"{shown} uses tf.{name}, whose Python code a SavedModel does not hold")


def _has_layers(module: TreeModule) -> bool:
    """Whether a module has layers that migrate.tf1 has not."""
    return any(name.startswith(("layers.", "nn.rnn_cell.")) for name in moves_of(module.source.symbols).missing)


def _shown(path: Path, view: ModuleView) -> str:
    here = Path(view.path).resolve().parent
    for above in (here, *here.parents):
        if above in path.parents:
            return path.relative_to(above).as_posix()
    return path.name
