"""Layers that other modules of the tree make, which Keras 3 would give other defaults or functions.

A model that a function of another module builds is built there as before, and that module stays as it is. So does one
that hands its model over to the file.
"""

from __future__ import annotations

import ast
import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path

from migrate.source.flow import Definition, Region
from migrate.source.gathering.silent import modules_run
from migrate.source.strategies.keras.equal_layers import spell_layers
from migrate.source.strategies.keras.layers import Layers, first_value
from migrate.source.strategies.keras.uses import Uses
from migrate.source.tree import SourceTree, TreeModule, imports_tree, source_tree
from migrate.source.unprovable import NO_EQUAL, Unprovable
from migrate.source.view import ModuleView

_NAMES = r"\b(?:ConvLSTM2D|GRU|GRUCell|LSTM|LSTMCell|ResNet50|UpSampling2D|hard_sigmoid|stateful)\b"
_LIKELY = re.compile(_NAMES)
_LIKELY_BYTES = re.compile(_NAMES.encode())
_FILES = 1500
_NOT_SOURCE = frozenset({"build", "dist", "env", "node_modules", "site-packages", "venv"})


def refuse_elsewhere(model: ast.expr | None, region: Region, layers: Layers, view: ModuleView) -> None:
    """Looks at the layers of all modules that a file imports from its tree, and of those that may hand it the model.

    Args:
        model: The model that is saved; one that is loaded brings its layers along. None where it may be any.
        region: The function that saves it.
        layers: What the file says about its models.
        view: The file.

    Raises:
        Unprovable: Some of them would compute otherwise.
    """
    if model is not None and _is_loaded(model, region, layers):
        return
    found = source_tree(view.path, view.text, view.settings.top, view.symbols)
    if found is None:
        return
    tree, own = found
    modules: list[TreeModule] = []
    if imports_tree(view.path, view.tree, view.settings.top):
        modules += [module for module in modules_run(tree, own) if module is not own]
    if model is None or not layers.is_model(model, region):
        # Whoever imports the file may hand the model over.
        modules += [module for path in _importers(tree) if (module := tree.read(path)) is not None]
    for module in modules:
        if _LIKELY.search(module.source.text) and "keras" in module.source.text:
            _refuse(module, view)


def _importers(tree: SourceTree) -> list[Path]:
    """The files that import the file, themselves or through others, and that may make such layers."""
    files = list(itertools.islice(_python_files(tree.top), _FILES + 1))
    if len(files) > _FILES or tree.file not in files:
        return []
    likely = {path for path in files if path != tree.file and _LIKELY_BYTES.search(_content(path))}
    if not likely:
        return []
    # It needs networkx, which takes long to import.
    from migrate.source.programs import import_graph, importers

    return sorted(likely & importers(import_graph(files), tree.file))


def _python_files(top: Path) -> Iterator[Path]:
    for place, directories, names in os.walk(top):
        directories[:] = [name for name in directories if not name.startswith(".") and name not in _NOT_SOURCE]
        yield from (Path(place, name) for name in names if name.endswith(".py"))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _refuse(module: TreeModule, view: ModuleView) -> None:
    other = ModuleView(module.source.text, module.source.symbols.tree, str(module.path), view.settings)
    where = f"in {module.path.name}"
    try:
        spelled = spell_layers(Layers(Uses(other)))
    except Unprovable as reason:
        if reason.rule != NO_EQUAL:
            return
        raise Unprovable(reason.rule, f"{where}, {reason.reason}", None) from None
    for call, added in spelled.arguments.items():
        if not added[0].startswith("input_shape="):
            what = (
                f"{ast.unparse(call.func)} (line {call.lineno}) needs {', '.join(added)} to compute as in TensorFlow 1"
            )
            raise Unprovable(NO_EQUAL, f"{where}, {what.replace('_hard_sigmoid', 'the old hard_sigmoid')}", None)
    for node in spelled.expressions:
        reason_ = f"{where}, hard_sigmoid (line {node.lineno}) is another function in Keras 3"
        raise Unprovable(NO_EQUAL, reason_, None)


def _is_loaded(model: ast.expr, region: Region, layers: Layers) -> bool:
    """Whether a model is seen to be read from a file."""
    value = first_value(region.value_of.get(model)) if isinstance(model, ast.Name) else None
    made = value.expression if isinstance(value, Definition) and value.known and not value.path else None
    return isinstance(made, ast.Call) and layers.is_loader(made)
