"""Changes of a model's graph that `restore` can make beside its signatures; each is a `plan.GraphEdit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrate.errors import MigrateError
from migrate.restore.originals import original_meta_graph
from migrate.signatures.read import read_meta_graphs

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from migrate.restore.plan import GraphEdit
    from migrate.signatures.contract import Api


def tensor_names(original: Path) -> GraphEdit:
    """Puts the names of the original's tensors back.

    Raises:
        MigrateError: The original cannot be read.
    """
    from migrate.graph.legacy_names import put_back_tensor_names

    originals = read_meta_graphs(original)

    def edit(meta_graph: Any, tags: tuple[str, ...]) -> tuple[str, ...]:
        old = original_meta_graph(originals, tags)
        if old is None:
            return (f"the original has no MetaGraph with the tags {','.join(tags)}: no tensor names from it",)
        result = put_back_tensor_names(meta_graph, old)
        back = dict.fromkeys(
            f"{one.name} ({one.role}; was {one.was})" for one in result.put_back if one.was != one.name
        )
        same = dict.fromkeys(one.name for one in result.put_back if one.was == one.name)
        lines = [f"tensor name {name}" for name in back]
        if same:
            lines.append(f"tensor names that are there already: {', '.join(same)}")
        lines += [f"{one.name}: {one.caution}" for one in result.put_back if one.caution]
        lines += [f"not put back: {one.name} ({one.signature}, {one.key}): {one.reason}" for one in result.refused]
        lines += [f"node {old_name} is now {new_name}" for old_name, new_name in result.renamed]
        return (*dict.fromkeys(lines), *result.notes)

    return edit


def examples(
    key: str,
    api: Api,
    spec: str,
    *,
    original: Path | None,
    scores: str | None,
    classes: str | None,
    outputs: str | None,
) -> GraphEdit:
    """Makes a signature parse serialized tf.Examples.

    Args:
        key: The signature's key in the result.
        api: Classify or Regress.
        spec: The features: text, a JSON file, or `original` for those that the original's signature parses.
        original: The TF1 model for `original`.
        scores: The output with the scores.
        classes: The output with the classes, a vocabulary file, or both as OUTPUT=FILE.
        outputs: The output with the regressed value.

    Raises:
        MigrateError: The features cannot be read.
    """
    from migrate.graph.examples.original import feature_specs_of
    from migrate.graph.examples.spec import FeatureSpec, parse_feature_specs
    from migrate.graph.examples.vocabulary import parse_classes
    from migrate.graph.examples.wrap import wrap_with_examples
    from migrate.graph.examples.wrapping import Wrapping

    if spec == "original" and original is None:
        raise MigrateError("--examples original: name the TF1 model with --from ORIGINAL")
    given = None if spec == "original" else parse_feature_specs(spec)
    originals = () if original is None else read_meta_graphs(original)

    def features(tags: tuple[str, ...]) -> tuple[FeatureSpec, ...]:
        if given is not None or original is None:
            return given or ()
        there = original_meta_graph(originals, tags)
        return feature_specs_of(original, key, tags if there is None else there.tags)

    def edit(meta_graph: Any, tags: tuple[str, ...]) -> tuple[str, ...]:
        if key not in meta_graph.signature_def:
            return ()
        there = [str(name) for name in meta_graph.signature_def[key].outputs]
        output, words = (None, None) if classes is None else parse_classes(classes, there)
        wrapping = Wrapping(
            key=key,
            api=api,
            features=features(tags),
            scores=scores,
            classes=output,
            vocabulary=words,
            outputs=outputs,
        )
        result = wrap_with_examples(meta_graph, wrapping)
        parsed = ", ".join(
            f"{feature.name} {feature.dtype}{list(feature.shape)}".replace("None", "?") for feature in result.features
        )
        lines = [f"signature `{key}` parses tf.Examples with: {parsed}"]
        if result.defaulted:
            lines.append(f"signature `{key}`: these inputs keep their defaults: {', '.join(result.defaulted)}")
        return tuple(lines)

    return edit
