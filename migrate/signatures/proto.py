"""The messages that signatures need, declared without TensorFlow.

`SignatureEntry` and what is in it are declared whole, so that a SignatureDef that is serialised again has its fields
in the order in which TensorFlow writes them. Everything else that is not declared (the graph above all) is kept as
unknown fields, byte for byte. Maps are declared as the repeated entries they are on the wire, so that also their
order is kept.

Sources: saved_model.proto, meta_graph.proto and fingerprint.proto in tensorflow/core/protobuf, tensor_shape.proto
and versions.proto in tensorflow/core/framework.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_PACKAGE = "tf_migrate"
_Field = descriptor_pb2.FieldDescriptorProto

# message -> (field, number, type: a scalar's name or a message, repeated)
_MESSAGES: dict[str, tuple[tuple[str, int, str, bool], ...]] = {
    "SavedModel": (
        ("saved_model_schema_version", 1, "int64", False),
        ("meta_graphs", 2, "MetaGraphDef", True),
    ),
    "MetaGraphDef": (
        ("meta_info_def", 1, "MetaInfoDef", False),
        ("signature_def", 5, "SignatureEntry", True),
        ("object_graph_def", 7, "bytes", False),
    ),
    "MetaInfoDef": (("tags", 4, "string", True), ("tensorflow_version", 5, "string", False)),
    "SignatureEntry": (("key", 1, "string", False), ("value", 2, "SignatureDef", False)),
    "SignatureDef": (
        ("inputs", 1, "TensorEntry", True),
        ("outputs", 2, "TensorEntry", True),
        ("method_name", 3, "string", False),
        ("defaults", 4, "DefaultEntry", True),
    ),
    "DefaultEntry": (("key", 1, "string", False), ("value", 2, "bytes", False)),
    "TensorEntry": (("key", 1, "string", False), ("value", 2, "TensorInfo", False)),
    "TensorInfo": (
        ("name", 1, "string", False),
        ("dtype", 2, "int32", False),
        ("tensor_shape", 3, "TensorShape", False),
        ("coo_sparse", 4, "CooSparse", False),
        ("composite_tensor", 5, "CompositeTensor", False),
    ),
    "CooSparse": (
        ("values_tensor_name", 1, "string", False),
        ("indices_tensor_name", 2, "string", False),
        ("dense_shape_tensor_name", 3, "string", False),
    ),
    "CompositeTensor": (("type_spec", 1, "bytes", False), ("components", 2, "TensorInfo", True)),
    "TensorShape": (("dim", 2, "Dim", True), ("unknown_rank", 3, "bool", False)),
    "Dim": (("size", 1, "int64", False), ("name", 2, "string", False)),
    "FingerprintDef": (
        ("saved_model_checksum", 1, "uint64", False),
        ("graph_def_program_hash", 2, "uint64", False),
        ("signature_def_hash", 3, "uint64", False),
        ("saved_object_graph_hash", 4, "uint64", False),
        ("checkpoint_hash", 5, "uint64", False),
        ("version", 6, "VersionDef", False),
        ("uuid", 7, "string", False),
    ),
    "VersionDef": (("producer", 1, "int32", False),),
    # tf-migrate's own: what brings a model back to what it was, one step a `restore`.
    "Undo": (("steps", 1, "UndoStep", True),),
    "UndoStep": (
        ("before", 1, "FileIdentity", False),
        ("after", 2, "FileIdentity", False),
        ("pieces", 3, "UndoPiece", True),
        ("fingerprint_before", 4, "bytes", False),
        ("fingerprint_after", 5, "bytes", False),
    ),
    "FileIdentity": (("size", 1, "uint64", False), ("fingerprint64", 2, "uint64", False)),
    "UndoPiece": (("start", 1, "uint64", False), ("end", 2, "uint64", False), ("data", 3, "bytes", False)),
}

_SCALARS = {
    "int64": _Field.TYPE_INT64,
    "uint64": _Field.TYPE_UINT64,
    "int32": _Field.TYPE_INT32,
    "string": _Field.TYPE_STRING,
    "bytes": _Field.TYPE_BYTES,
    "bool": _Field.TYPE_BOOL,
}


@cache
def _pool() -> descriptor_pool.DescriptorPool:
    file = descriptor_pb2.FileDescriptorProto(name="tf_migrate/signatures.proto", package=_PACKAGE)
    file.syntax = "proto2"  # Knows set from unset also for scalars: nothing is lost when rewritten.
    for message, fields in _MESSAGES.items():
        declared = file.message_type.add(name=message)
        for name, number, kind, repeated in fields:
            field = declared.field.add(name=name, number=number)
            field.label = _Field.LABEL_REPEATED if repeated else _Field.LABEL_OPTIONAL
            if kind in _SCALARS:
                field.type = _SCALARS[kind]
            else:
                field.type = _Field.TYPE_MESSAGE
                field.type_name = f".{_PACKAGE}.{kind}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)  # type: ignore[no-untyped-call, unused-ignore]
    return pool


def new_message(name: str) -> Any:
    """An empty message of one of the declared types, for instance `SavedModel`.

    Raises:
        KeyError: The type is not declared here.
    """
    descriptor = _pool().FindMessageTypeByName(f"{_PACKAGE}.{name}")  # type: ignore[no-untyped-call, unused-ignore]
    return message_factory.GetMessageClass(descriptor)()
