from __future__ import annotations

from pathlib import Path

import pytest

from migrate import protos
from migrate.errors import MigrateError
from migrate.signatures.text_form import binary_of, text_of

FILE = Path("m/saved_model.pbtxt")


def test_text_comes_back():
    message = protos.saved_model()
    meta_graph = message.meta_graphs.add()
    meta_graph.meta_info_def.tags.append("s\N{LATIN SMALL LETTER E WITH ACUTE}\"'\n")
    node = meta_graph.graph_def.node.add(name="c", op="Const")
    node.attr["value"].tensor.tensor_content = bytes(range(256))
    node.attr["f"].f = 0.1
    meta_graph.collection_def["x"].any_list.value.add(type_url="type.googleapis.com/nothing", value=b"\xff")
    meta_graph.signature_def["k"].inputs["x"].name = "x:0"
    data = message.SerializeToString(deterministic=True)
    assert binary_of(text_of(data), FILE) == data


@pytest.mark.parametrize(
    "text",
    [
        b"meta_graphs { nonsense: 1 }",
        b"meta_graphs {",
        b"\xff\xfe",
        b"saved_model_schema_version: 99999999999999999999",
        b'meta_graphs { meta_info_def { tags: "\\377" } }',
        b"meta_graphs { object_graph_def { concrete_functions { value { output_signature { "
        + b"list_value { values { " * 3000,
    ],
)
def test_what_is_no_model_is_one_line(text):
    with pytest.raises(MigrateError, match=r"saved_model\.pbtxt: no SavedModel in text form") as caught:
        binary_of(text, FILE)
    assert "\n" not in str(caught.value)
