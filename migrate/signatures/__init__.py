"""SignatureDefs by protobuf alone: read them without importing TensorFlow and without parsing the graph."""

from migrate.signatures.model import BOOKKEEPING, MetaGraph, SignatureDef, TensorInfo
from migrate.signatures.read import read_meta_graph, read_meta_graphs

__all__ = ["BOOKKEEPING", "MetaGraph", "SignatureDef", "TensorInfo", "read_meta_graph", "read_meta_graphs"]
