"""Small graphs, written as text."""

from __future__ import annotations

from google.protobuf import text_format

from migrate import protos


def meta_graph(text: str):
    """A MetaGraphDef."""
    return text_format.Parse(text, protos.meta_graph_def())


def node(text: str):
    """A NodeDef."""
    return text_format.Parse(text, protos.node_def())


def shapes(*given: tuple[int, ...] | None) -> str:
    """The attribute `_output_shapes`; -1 is an unknown dimension, None an unknown rank."""
    texts = []
    for shape in given:
        dims = "" if shape is None else " ".join(f"dim {{ size: {size} }}" for size in shape)
        texts.append(f"shape {{ {'unknown_rank: true' if shape is None else dims} }}")
    return f'attr {{ key: "_output_shapes" value {{ list {{ {" ".join(texts)} }} }} }}'
