"""What the other files of a program must not say about a Keras model, as only the export's own file is changed."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from migrate.source.flow import Definition, Parameter, Region
from migrate.source.strategies.keras.equal_layers import HARD_SIGMOID, spell_layers
from migrate.source.strategies.keras.layers import LOADERS, MODELS, Layers, first_value
from migrate.source.strategies.keras.names import keras_name
from migrate.source.strategies.keras.other_files import OtherFile, OtherFiles
from migrate.source.strategies.keras.phases import FITS, PACKAGES, is_phase_by_hand, is_phase_free
from migrate.source.strategies.keras.uses import Uses
from migrate.source.unprovable import NO_EQUAL, SIDE_EFFECTS, Unprovable

_PHASES = frozenset({"backend.set_learning_phase", "backend.learning_phase_scope"})
_STATE = frozenset({"add_update", "assign", "assign_add", "assign_sub"})


def is_given(model: ast.expr, region: Region) -> bool:
    """Whether a function gets a model, or what makes it, from those who call it, or from an object.

    Args:
        model: The model.
        region: The function.
    """
    if not isinstance(model, ast.Name):
        return True
    value = first_value(region.value_of.get(model))
    if not isinstance(value, Definition) or not value.known or value.expression is None:
        return True
    return any(
        isinstance(node, ast.Name) and (isinstance(region.value_of.get(node), Parameter) or node.id == "self")
        for node in ast.walk(value.expression)
    )


def is_loaded(model: ast.expr, region: Region, layers: Layers) -> bool:
    """Whether a model is seen to be read from a file, so that it brings its layers along.

    Args:
        model: The model.
        region: The function that exports it.
        layers: What its file says about its models.
    """
    value = first_value(region.value_of.get(model)) if isinstance(model, ast.Name) else None
    made = value.expression if isinstance(value, Definition) and value.known and not value.path else None
    return isinstance(made, ast.Call) and layers.is_loader(made)


def files_of_layers(found: OtherFiles, *, given: bool, loaded: bool) -> list[OtherFile]:
    """The files that may make layers of a model: those that are imported, and for a model that is given all others.

    Args:
        found: The other files of the program.
        given: Whether the model is given to the function that exports it.
        loaded: Whether it is read from a file, with its layers.
    """
    return [] if loaded else [file for file in found.files if given or file.imported]


def refuse_layers(files: Sequence[OtherFile], call: ast.Call) -> None:
    """Looks for layers that Keras 3 computes otherwise.

    Args:
        files: The files that may make layers of the model.
        call: The export.

    Raises:
        Unprovable: There are some.
    """
    for file in files:
        try:
            spelled = spell_layers(Layers(file.uses))
        except Unprovable as reason:
            where = f" (line {reason.line})" if reason.line is not None else ""
            raise Unprovable(reason.rule, f"in {file.name}, {reason.reason}{where}", call) from None
        for layer, added in spelled.arguments.items():
            if not added[0].startswith("input_shape="):
                needed = ", ".join(added).replace(HARD_SIGMOID, "the old hard_sigmoid")
                what = f"{ast.unparse(layer.func)} (line {layer.lineno}) needs {needed} to compute as in TensorFlow 1"
                raise Unprovable(NO_EQUAL, f"in {file.name}, {what}", call)
        for node in spelled.expressions:
            what = f"hard_sigmoid (line {node.lineno}) is another function in Keras 3"
            raise Unprovable(NO_EQUAL, f"in {file.name}, {what}", call)


def refuse_phases(found: OtherFiles, own: Uses, call: ast.Call) -> str | None:
    """Looks for a learning phase that other files set; what is told of those that change nothing.

    Args:
        found: The other files of the program.
        own: The names of the export's file.
        call: The export.

    Raises:
        Unprovable: A model may be built as for training, or trained as for inference.
    """
    phases = [(file, *phase) for file in found.files for phase in _phases(file.uses)]
    own_phases = [line for line, inference in _phases(own, module=True) if inference]
    if not phases and not own_phases:
        return None
    everything = [own, *(file.uses for file in found.files)]
    if not is_phase_free(everything, found.names):
        trained = any(map(_trains, everything))
        for file, line, inference in phases:
            if not inference:
                text = f"{_place(file, line)} may set the learning phase to training when the model is built"
                raise Unprovable(SIDE_EFFECTS, text, call)
            if trained:
                text = f"a model may be trained with the learning phase set to inference by {_place(file, line)}"
                raise Unprovable(SIDE_EFFECTS, text, call)
        for file in found.files:
            if own_phases and not file.imported and _trains(file.uses):
                text = f"{file.name} may train a model after line {own_phases[0]} set the learning phase to inference"
                raise Unprovable(SIDE_EFFECTS, text, call)
    if not phases:
        return None
    places = ", ".join(_place(file, line) for file, line, _ in phases)
    return f"Keras 3 has no learning phase, and the model is called as in inference: take away {places}"


def _trains(uses: Uses) -> bool:
    return any(isinstance(node.func, ast.Attribute) and node.func.attr in FITS for node in uses.nodes(ast.Call))  # type: ignore[attr-defined]


def _phases(uses: Uses, *, module: bool = False) -> Iterator[tuple[int, bool]]:
    """Where a file, or just its top level, sets the learning phase: the line, and whether that is surely inference."""
    for node in uses.nodes(ast.Call):
        assert isinstance(node, ast.Call)
        if module and uses.scopes[node].parent is not None:
            continue
        name = keras_name(node.func, uses.scopes[node], uses.view.symbols)
        if name in _PHASES:
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            zero = len(given) == 1 and isinstance(given[0], ast.Constant) and given[0].value in (0, False)
            yield node.lineno, zero and name == "backend.set_learning_phase"
    for statement in uses.nodes(ast.Assign):
        assert isinstance(statement, ast.Assign)
        if any(isinstance(target, ast.Attribute) and target.attr == "_LEARNING_PHASE" for target in statement.targets):
            yield statement.lineno, is_phase_by_hand(statement, uses.view, uses.scopes[statement])


def keeps_unseen_state(
    files: Sequence[OtherFile], own: Uses, found: OtherFiles, model: ast.expr, region: Region
) -> bool:
    """Whether layers of the model cannot be seen, or change values of their own in a way that is not read.

    Args:
        files: The files that may make layers of the model.
        own: The names of the export's file.
        found: The other files of the program.
        model: The model.
        region: The function that exports it.
    """
    read = [own, *(file.uses for file in files)]
    every = [(layers, name, call) for layers in map(Layers, read) for name, call in layers.calls()]
    if any(name in LOADERS for _, name, _ in every):
        return True
    if not any(
        name in MODELS or (made.full_name(call) or "").startswith("applications.") for made, name, call in every
    ):
        return True
    if any(_keeps_state(node, uses) for uses in read for node in uses.nodes(ast.ClassDef)):
        return True
    value = first_value(region.value_of.get(model)) if isinstance(model, ast.Name) else None
    if isinstance(value, Definition) and isinstance(value.expression, ast.Call):
        package = (region.symbols.qualified(value.expression.func, region.scope) or "").partition(".")[0]
        return bool(package) and package not in PACKAGES | found.names
    return False


def _keeps_state(node: ast.AST, uses: Uses) -> bool:
    """Whether a class of Keras' changes variables of its own."""
    assert isinstance(node, ast.ClassDef)
    return any(keras_name(base, uses.scopes[node], uses.view.symbols) for base in node.bases) and any(
        isinstance(part, ast.Attribute) and part.attr in _STATE for part in ast.walk(node)
    )


def _place(file: OtherFile, line: int) -> str:
    return f"{file.name} (line {line})"
