"""The features of a TF1 model's classify or regress signature, read from the operations that parse them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.errors import MigrateError
from migrate.graph.examples.spec import Default, FeatureSpec, check_specs

if TYPE_CHECKING:
    from migrate.verify.example_spec import Parsed
    from migrate.verify.flatgraph import FlatGraph, Ref

_PASSES = frozenset({"Arg", "Identity", "Reshape", "ExpandDims", "Squeeze", "PlaceholderWithDefault", "Enter", "Const"})
"""Operations between a signature's input and the one that parses it."""


def feature_specs_of(original_path: Path, key: str, tags: Sequence[str] | None = None) -> tuple[FeatureSpec, ...]:
    """The features that a signature of another model parses, with their defaults; this imports TensorFlow.

    Features that none of its outputs depends on are left out. Each feeds the input of its own name.

    Args:
        original_path: The model, for instance the TF1 one that was replaced.
        key: The signature's key in it.
        tags: Of its MetaGraph; None for the only one, or the one for serving.

    Raises:
        MigrateError: The model cannot be read, has no such signature, or does not parse its input in a way that a
            spec can say; the message names the model and the feature.
    """
    from migrate.graph.load import load_source, select_meta_graph
    from migrate.signatures.quiet import import_tensorflow
    from migrate.verify.flatgraph import FlatGraph, TooLargeError

    meta_graph = select_meta_graph(load_source(original_path), tags)
    where = f"{original_path}: signature `{key}`"
    if key not in meta_graph.signature_def:
        raise MigrateError(f"{where}: there is none of that name; write the features out: --examples SPEC")
    signature = meta_graph.signature_def[key]
    inputs = [info.name for info in signature.inputs.values()]
    import_tensorflow()  # Quietly, before constants are read with it.
    try:
        graph = FlatGraph(meta_graph.graph_def)
    except (TooLargeError, KeyError, RecursionError):
        raise MigrateError(f"{where}: its graph is too large to look through; write the features out") from None
    source = graph.tensor(inputs[0]) if len(inputs) == 1 else None
    parsed = list(_parsed(graph, source)) if source is not None else []
    if not parsed:
        raise MigrateError(f"{where}: it does not parse tf.Examples; write the features out: --examples SPEC")
    used = _used(graph, [info.name for info in signature.outputs.values()])
    specs = tuple(dict.fromkeys(_spec(one, where) for one in parsed if one.values in used))
    if not specs:
        raise MigrateError(f"{where}: none of its outputs depends on a feature that it parses; is it this one?")
    try:
        check_specs(specs)
    except MigrateError as error:
        raise MigrateError(f"{where}: its features differ between parsing operations; write them out") from error
    return specs


def _parsed(graph: FlatGraph, source: Ref) -> Iterator[Parsed]:
    from migrate.verify.example_spec import PARSERS, features_of

    for node in graph.nodes.values():
        if node.op in PARSERS and node.inputs:
            before = graph.ancestors(node.inputs[0])
            if source.node in before and all(graph.nodes[name].op in _PASSES for name in before - {source.node}):
                yield from features_of(graph, node)


def _used(graph: FlatGraph, outputs: Sequence[str]) -> set[Ref]:
    """The tensors that outputs depend on."""
    used = {ref for name in outputs if (ref := graph.tensor(name)) is not None}
    for node in {name for ref in used for name in graph.ancestors(ref)}:
        used |= set(graph.nodes[node].inputs) if node in graph.nodes else set()
    return used


def _spec(parsed: Parsed, where: str) -> FeatureSpec:
    feature = parsed.feature
    if feature.shape is None:
        raise MigrateError(
            f"{where}: its feature `{feature.name}` is sparse or ragged, which no dense input takes; write the "
            f"features out, this one for instance as {feature.name}={feature.dtype}[?]=PADDING"
        )
    if parsed.default is None or (feature.shape and None in feature.shape[1:]):
        raise MigrateError(f"{where}: how its feature `{feature.name}` is parsed is not constant; write them out")
    default = None if feature.required else _default(parsed.default, feature.shape)
    return FeatureSpec(feature.name, feature.name, feature.dtype, feature.shape, default)


def _default(value: Any, shape: tuple[int | None, ...]) -> Default:
    values = tuple(value.ravel().tolist())
    # The padding is one value, of whatever shape.
    return Default(values, () if len(values) == 1 else tuple(size or 0 for size in shape))
