"""Runs a SavedModel as a Python program of TF2 does: `tf.saved_model.load(...).signatures[...]`.

What a session runs and what this runs are stored apart in a TF2 SavedModel (the graph, and the functions with their
captured objects), so that one of them may be broken alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.signatures.components import argument_names, component_names
from migrate.signatures.model_file import model_file
from migrate.signatures.quiet import import_tensorflow, quiet
from migrate.verify.compare import as_array
from migrate.verify.models import Failure, Outputs, error_line, part_names
from migrate.verify.samples import SparseValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from os import PathLike

    from migrate.signatures import MetaGraph, SignatureDef, TensorInfo


class ObjectModel:
    """A SavedModel that TF2 wrote, loaded as objects.

    Args:
        path: The SavedModel directory.
        meta_graph: Its MetaGraph, as `migrate.signatures` read it.

    Attributes:
        failure: Why TF2 cannot load it; None where it could.
    """

    def __init__(self, path: str | PathLike[str], meta_graph: MetaGraph) -> None:
        tf = import_tensorflow()
        self.failure: Failure | None = None
        self._loaded: Any = None
        try:
            with quiet():
                self._loaded = tf.saved_model.load(str(model_file(Path(path)).parent), tags=list(meta_graph.tags))
        except Exception as error:
            self.failure = Failure(type(error).__name__, error_line(error))

    def run(self, signature: SignatureDef, inputs: Mapping[str, Any]) -> Outputs | Failure:
        """Calls a signature once, eagerly.

        Args:
            signature: One of this model's.
            inputs: An array, a SparseValue or a tuple of components for each input.
        """
        if self.failure is not None:
            return self.failure
        tf = import_tensorflow()
        flat = {
            name: value
            for info in signature.inputs
            for name, value in zip(component_names(info), _components(inputs[info.key]), strict=True)
        }
        try:
            with quiet():
                function = self._loaded.signatures[signature.key]
                names = _arguments(function, flat)
                results = function(**{names[name]: tf.constant(value) for name, value in flat.items()})
                parts = {
                    part: as_array(tensor.numpy())
                    for info in signature.outputs
                    for part, tensor in zip(part_names(info), _tensors(tf, info, results), strict=True)
                }
        except Exception as error:
            return Failure(type(error).__name__, error_line(error))
        return Outputs(parts)


def _arguments(function: Any, keys: Iterable[str]) -> dict[str, str]:
    """The argument of a loaded signature for each input key: the key itself, or what was made of it.

    `tf.saved_model.save` makes `a_b` of `a-b`, and keeps the key as the name of the argument's TensorSpec. What it
    refuses, a conversion exports under another name (`migrate.signatures.components.argument_names`).
    """
    specs = function.structured_input_signature[1]
    by_name = {spec.name: argument for argument, spec in specs.items()}
    keys = list(keys)
    legal = argument_names(keys)
    return {key: key if key in specs else by_name.get(key, legal[key]) for key in keys}


def _components(value: Any) -> tuple[Any, ...]:
    if isinstance(value, SparseValue):
        return value.indices, value.values, value.dense_shape
    return value if isinstance(value, tuple) else (value,)


def _tensors(tf: Any, info: TensorInfo, results: Mapping[str, Any]) -> list[Any]:
    """The dense tensors of an output: TF2's own functions return a sparse or ragged one as a whole."""
    if info.key in results:
        return list(tf.nest.flatten(results[info.key], expand_composites=True)) if part_names(info) else []
    return [results[name] for name in component_names(info)]
