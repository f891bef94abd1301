"""Reads the protocol buffer of a SavedModel."""

from __future__ import annotations

from typing import Any

import tensorflow as tf
from google.protobuf import message, text_format
from tensorflow.core.protobuf import saved_model_pb2


def read_saved_model(saved_model_dir: Any) -> Any:
    """`reader.read_saved_model`: the SavedModel of a directory, from saved_model.pb or else saved_model.pbtxt.

    Raises:
        OSError: There is none, or it cannot be read.
    """
    place = tf.compat.as_str_any(saved_model_dir)
    binary, text = f"{place}/saved_model.pb", f"{place}/saved_model.pbtxt"
    model = saved_model_pb2.SavedModel()
    try:
        if tf.io.gfile.exists(binary):
            with tf.io.gfile.GFile(binary, "rb") as file:
                model.ParseFromString(file.read())
        elif tf.io.gfile.exists(text):
            with tf.io.gfile.GFile(text, "rb") as file:
                text_format.Merge(file.read().decode("utf-8"), model)
        else:
            raise OSError(f"SavedModel file does not exist at: {saved_model_dir}")
    except (message.DecodeError, text_format.ParseError) as error:
        raise OSError(f"Cannot parse the SavedModel file at {saved_model_dir}: {error}.") from error
    return model


def get_saved_model_tag_sets(saved_model_dir: Any) -> list[list[str]]:
    """`reader.get_saved_model_tag_sets`: the tags of each MetaGraphDef in a SavedModel."""
    return [list(each.meta_info_def.tags) for each in read_saved_model(saved_model_dir).meta_graphs]


def get_signature_def_by_key(meta_graph_def: Any, signature_def_key: str) -> Any:
    """`signature_def_utils.get_signature_def_by_key`, which TensorFlow had until 1.9.

    Raises:
        ValueError: There is none of that key.
    """
    if signature_def_key not in meta_graph_def.signature_def:
        raise ValueError(f"No SignatureDef with key '{signature_def_key}' found in MetaGraphDef.")
    return meta_graph_def.signature_def[signature_def_key]
