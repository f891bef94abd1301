"""Sessions, checkpoints, and exports of what a session holds."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Self

from plain_numbers.exports import Export, Numbers, answers
from plain_numbers.graphs import Graph, Run, world
from plain_numbers.graphs import graph as default_graph

Signatures = dict[str, tuple[dict[str, Any], dict[str, Any]]]


class Session:
    """The values of a graph's variables, and a way to compute its tensors."""

    def __init__(self, target: str = "", graph: Graph | None = None) -> None:
        self.graph = graph or default_graph()
        self.values: dict[Any, float] = {}

    def run(self, fetches: Any, feed_dict: dict[Any, float] | None = None) -> Any:
        return self._fetched(fetches, Run(self.values, feed_dict or {}))

    def _fetched(self, fetches: Any, run: Run) -> Any:
        if isinstance(fetches, dict):
            return {name: self._fetched(one, run) for name, one in fetches.items()}
        if isinstance(fetches, (list, tuple)):
            return [self._fetched(one, run) for one in fetches]
        if getattr(fetches, "graph", self.graph) is not self.graph:
            raise ValueError("the tensor is of another graph")
        return run.value(fetches)

    @contextlib.contextmanager
    def as_default(self) -> Iterator[Session]:
        with self.graph.as_default():
            world().sessions.append(self)
            try:
                yield self
            finally:
                world().sessions.pop()

    def __enter__(self) -> Self:
        self._entered = self.as_default()
        self._entered.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._entered.__exit__(*error)

    def close(self) -> None:
        """It has nothing to close."""


# ---- checkpoints ----------------------------------------------------------------------------------------------------


def stored(path: str, name: str) -> float:
    """What a checkpoint has for a variable: every checkpoint has every variable, with a number of its own."""
    return sum((place + 1) * ord(letter) for place, letter in enumerate(path + name)) % 97 / 8


class Saver:
    """Restores the variables that its graph has when it is made."""

    def __init__(self, var_list: Any = None) -> None:
        chosen = default_graph().variables if var_list is None else var_list
        self._names = dict(chosen) if isinstance(chosen, dict) else {one.op_name: one for one in chosen}

    def restore(self, sess: Session, save_path: str) -> None:
        for name, variable in self._names.items():
            sess.values[variable] = stored(save_path, name)


# ---- exports --------------------------------------------------------------------------------------------------------


def export(path: str, session: Session, signatures: Signatures) -> None:
    """The graph with the values that the session holds now; what a signature assigns is not kept."""

    def call(inputs: dict[str, Any], outputs: dict[str, Any], example: Numbers) -> Numbers:
        run = Run(dict(session.values), {tensor: example[name] for name, tensor in inputs.items()})
        return {name: run.value(tensor) for name, tensor in outputs.items()}

    record(
        path,
        Export(
            {
                key: answers(inputs, lambda example, i=inputs, o=outputs: call(i, o, example))
                for key, (inputs, outputs) in signatures.items()
            },
            {one.op_name: session.values[one] for one in session.graph.variables},
        ),
    )


def record(path: str, made: Export) -> None:
    """A directory takes one export."""
    if path in world().exports:
        raise AssertionError(f"Export directory is not empty: {path}")
    world().exports[path] = made


def simple_save(session: Session, export_dir: str, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    """One signature."""
    export(export_dir, session, {"serving_default": (inputs, outputs)})


class SavedModelBuilder:
    """Takes the values when the graph is added, and writes them when it saves."""

    def __init__(self, export_dir: str) -> None:
        self._path = export_dir

    def add_meta_graph_and_variables(self, sess: Session, tags: Any, signature_def_map: Signatures) -> None:
        export(self._path, sess, signature_def_map)

    def save(self) -> str:
        return self._path
