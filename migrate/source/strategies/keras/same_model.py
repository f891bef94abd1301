"""Is it one Keras model that an export saves, and still the same where it is saved?"""

from __future__ import annotations

import ast

from migrate.source.flow import Definition, Merge, Region, Step, Value
from migrate.source.sites import ExportSite
from migrate.source.strategies.keras.layers import first_value
from migrate.source.strategies.keras.names import keras_name
from migrate.source.strategies.keras.tensors import ModelTensor, is_reference, root
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, Unprovable


def refuse_other_model(site: ExportSite, tensors: dict[ast.expr, ModelTensor], model: ast.expr) -> None:
    """Looks whether all tensors are those of one model, which is still the same where it is saved.

    Args:
        site: The export.
        tensors: The tensor of a model behind each input and output.
        model: The model of the first.

    Raises:
        Unprovable: They are not, or not surely.
    """
    region = site.region
    value = region.value_of.get(root(model))
    steps = [_step_of(tensor.model, region) for tensor in tensors.values()]
    first = min(step.index for step in steps)
    for tensor in tensors.values():
        if ast.dump(tensor.model) != ast.dump(model) or region.value_of.get(root(tensor.model)) is not value:
            raise Unprovable(ELSEWHERE, "its signatures are over several models", tensor.node)
    name = root(model).id
    if value is None or site.saved.env.get(name, value) is not value:
        raise Unprovable(CONTROL_FLOW, f"'{name}' may be another model where it is saved", model)
    text = ast.unparse(model)
    added = min(step.index for step in site.added)
    for step in region.steps:
        for node in ast.walk(step.node) if step.index >= first else ():
            match node:
                case ast.Attribute(ctx=ast.Store()) if ast.unparse(node) == text:
                    raise Unprovable(CONTROL_FLOW, f"'{text}' may be another model where it is saved", node)
                case ast.Call(func=ast.Attribute(value=base, attr="add" | "pop")) if ast.unparse(base) in (
                    text,
                    f"{text}.layers",
                ):
                    raise Unprovable(CONTROL_FLOW, "layers of the model change between its tensors and the save", node)
    for node in ast.walk(region.scope.node):
        match node:
            case ast.Attribute(value=base, attr="inputs" | "outputs" | "input" | "output" | "layers", ctx=ast.Store()):
                if ast.unparse(base) == text:
                    raise Unprovable(CONTROL_FLOW, "the model's inputs or outputs are set by hand", node)
            case ast.Call(func=ast.Attribute(value=ast.Attribute(value=base, attr="layers"), attr="pop")):
                if ast.unparse(base) == text:
                    raise Unprovable(CONTROL_FLOW, "a layer is taken off the model by hand", node)
    for step in region.steps:
        if added < step.index < site.saved.index and value in step.reads and step not in site.added:
            if any(isinstance(node, ast.Call) for node in ast.walk(step.node)):
                raise Unprovable(CONTROL_FLOW, "the model is used between the export's two steps", step.node)
    _refuse_other_class(value, site, text)


def _refuse_other_class(value: Value, site: ExportSite, text: str) -> None:
    """A name that can be seen to hold something else than a Keras model."""
    match first_value(value):
        case Merge(inputs=inputs):
            for one in inputs:
                if one is not value and not isinstance(one, Merge):
                    _refuse_other_class(one, site, text)
        case Definition(known=True, previous=None, path=(), expression=ast.Call() as call):
            region = site.region
            name = keras_name(call.func, region.scope, region.symbols)
            if name is None and region.resolve(call.func) is not None:
                raise Unprovable(ELSEWHERE, f"'{text}' is no Keras model", call)
            owner = region.scope.owner(call.func.id) if isinstance(call.func, ast.Name) else None
            for binding in (
                owner.bindings[call.func.id] if owner is not None and isinstance(call.func, ast.Name) else ()
            ):
                made = getattr(binding, "node", None)
                if (
                    isinstance(made, ast.ClassDef)
                    and is_reference(ast.parse(text, mode="eval").body)
                    and "." not in text
                ):
                    if not any(keras_name(base, region.scope, region.symbols) for base in made.bases):
                        raise Unprovable(ELSEWHERE, f"'{text}' is no Keras model", call)
                    if any(isinstance(part, ast.FunctionDef) and part.name == "call" for part in made.body):
                        reason = f"'{text}' is a subclassed model, which has no inputs of its own in Keras 3"
                        raise Unprovable(ELSEWHERE, reason, call)


def model_line(model: ast.expr, region: Region) -> int | None:
    """The line where a function makes a model; None where it comes from elsewhere.

    Args:
        model: The model.
        region: The function.
    """
    if isinstance(model, ast.Name):
        value = first_value(region.value_of.get(model))
        if isinstance(value, Definition) and value.known:
            return value.step.line
    return None


def _step_of(node: ast.AST, region: Region) -> Step:
    """The innermost step that holds a node."""
    holding = [step for step in region.steps if any(inner is node for inner in ast.walk(step.node))]
    return holding[-1]
