"""A predictor from a SavedModel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tensorflow as tf

from migrate.tf1.contrib.saved_model._reading import read_saved_model

v1 = tf.compat.v1


class SavedModelPredictor:
    """A SavedModel in a graph and a session of its own; called with arrays by name, it gives arrays by name."""

    def __init__(
        self,
        export_dir: Any,
        signature_def_key: str | None = None,
        signature_def: Any = None,
        input_names: Mapping[str, str] | None = None,
        output_names: Mapping[str, str] | None = None,
        tags: str | None = None,
        graph: Any = None,
        config: Any = None,
    ) -> None:
        """Loads the model; see `from_saved_model`."""
        if (input_names is None) != (output_names is None):
            raise ValueError("input_names and output_names must both be specified or both be unspecified.")
        if sum(each is not None for each in (signature_def_key, signature_def, input_names)) > 1:
            raise ValueError(
                "You must specify at most one of signature_def_key OR signature_def OR (input_names AND output_names)."
            )
        tags = tags or "serve"
        self._graph = graph or tf.Graph()
        with self._graph.as_default():
            self._session = v1.Session(config=config)
            v1.saved_model.loader.load(self._session, tags.split(","), export_dir)
        if input_names is None or output_names is None:
            chosen = signature_def if signature_def is not None else _signature(signature_def_key, export_dir, tags)
            input_names = {key: info.name for key, info in chosen.inputs.items()}
            output_names = {key: info.name for key, info in chosen.outputs.items()}
        self._feed_tensors = {key: self._graph.get_tensor_by_name(name) for key, name in input_names.items()}
        self._fetch_tensors = {key: self._graph.get_tensor_by_name(name) for key, name in output_names.items()}

    @property
    def graph(self) -> Any:
        """The graph that the model is in."""
        return self._graph

    @property
    def session(self) -> Any:
        """The session that has its variables."""
        return self._session

    @property
    def feed_tensors(self) -> dict[str, Any]:
        """Inputs by name."""
        return self._feed_tensors

    @property
    def fetch_tensors(self) -> dict[str, Any]:
        """Outputs by name."""
        return self._fetch_tensors

    def __repr__(self) -> str:
        return f"{type(self).__name__} with feed tensors {self._feed_tensors} and fetch_tensors {self._fetch_tensors}"

    def __call__(self, input_dict: Mapping[str, Any]) -> Any:
        """The outputs for some inputs; those that are not given, or None, are not fed.

        Raises:
            ValueError: The model has no input of that name.
        """
        unexpected = set(input_dict) - set(self._feed_tensors)
        if unexpected:
            raise ValueError(f"Got unexpected keys in input_dict: {unexpected}\nexpected: {set(self._feed_tensors)}")
        given = {key: input_dict.get(key) for key in self._feed_tensors}
        feeds = {self._feed_tensors[key]: value for key, value in given.items() if value is not None}
        return self._session.run(self._fetch_tensors, feeds)


def from_saved_model(
    export_dir: Any,
    signature_def_key: str | None = None,
    signature_def: Any = None,
    input_names: Mapping[str, str] | None = None,
    output_names: Mapping[str, str] | None = None,
    tags: str | None = None,
    graph: Any = None,
    config: Any = None,
) -> SavedModelPredictor:
    """`tf.contrib.predictor.from_saved_model`.

    Args:
        export_dir: The directory of the model.
        signature_def_key: The signature to be called, `serving_default` by default.
        signature_def: A SignatureDef instead of its key.
        input_names: Names of tensors instead of a signature, by the keys that calls have.
        output_names: Those of the results.
        tags: Comma-separated tags of the MetaGraph, `serve` by default.
        graph: Where the model is to be loaded; a new graph by default.
        config: What the session is made with.
    """
    return SavedModelPredictor(
        export_dir, signature_def_key, signature_def, input_names, output_names, tags, graph, config
    )


def _signature(key: str | None, export_dir: Any, tags: str) -> Any:
    key = key or "serving_default"
    wanted = {tag.strip() for tag in tags.split(",")}
    found = [each for each in read_saved_model(export_dir).meta_graphs if set(each.meta_info_def.tags) == wanted]
    if not found:
        raise ValueError(f"Could not find MetaGraphDef with tags {tags}")
    signatures = found[0].signature_def
    if key not in signatures:
        raise ValueError(f'Got signature_def_key "{key}". Available signatures are {sorted(signatures)}.')
    return signatures[key]
