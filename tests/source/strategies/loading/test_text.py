"""The helpers that take the place of sessions: what they take and give, under TensorFlow 2."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from migrate.signatures.quiet import import_tensorflow
from migrate.source.strategies.loading.text import (
    meta_graph_helper,
    model_helper,
    signature_helper,
    signatures_helper,
)

FIXTURES = Path(__file__).parents[4] / "fixtures"
pytestmark = [pytest.mark.slow, pytest.mark.tensorflow]


def made(text: str, name: str) -> Any:
    import uuid

    names = {"tf": import_tensorflow(), "np": np, "uuid": uuid}
    exec(text.replace("\t", "    ").replace("\v", "    "), names)
    return names[name]


@pytest.fixture(scope="module")
def new_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A model in TensorFlow 2's format."""
    tf = import_tensorflow()

    class Model(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = tf.Variable([2.0, 3.0])

        @tf.function(
            input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x"), tf.TensorSpec([], tf.int32, name="n")]
        )
        def double(self, x: Any, n: Any) -> dict[str, Any]:
            return {"y": x * self.w, "text": tf.strings.as_string(n)}

    directory = str(tmp_path_factory.mktemp("new"))
    model = Model()
    tf.saved_model.save(model, directory, signatures={"double": model.double})
    return directory


def test_a_signature_takes_what_a_session_took_and_gives_its_structure(new_model: str):
    run = made(signature_helper("load", "tf", "np"), "load")(new_model, ["serve"], "double")
    found = run({"a": "y", "b": ["text", ("y",)]}, {"x": [[1, 2]], "n": 7.9})
    np.testing.assert_array_equal(found["a"], np.float32([[2, 6]]))
    assert found["a"].dtype == np.float32
    # Numbers are cast as NumPy casts them.
    assert found["b"][0] == b"7"
    assert isinstance(found["b"][1], tuple)


@pytest.mark.parametrize("feed", [{"x": [[1, 2, 3]], "n": 1}, {"x": [[1, 2]], "n": [1]}, {"x": [[1, 2]]}, None])
def test_a_signature_refuses_other_shapes_and_missing_inputs(new_model: str, feed: dict[str, Any] | None):
    run = made(signature_helper("load", "tf", "np"), "load")(new_model, ["serve"], "double")
    with (
        pytest.raises((TypeError, ValueError))
        if feed is None or "n" not in feed
        else pytest.raises(Exception, match="shape")
    ):
        run("y", feed)


def test_tags_that_the_model_has_not_are_refused(new_model: str):
    with pytest.raises(Exception, match="tags"):
        made(signature_helper("load", "tf", "np"), "load")(new_model, ["gpu"], "double")


def test_a_model_computes_tensors_operations_and_what_is_fed():
    model = made(model_helper("Model", "tf", "np"), "Model")(str(FIXTURES / "load_by_name" / "model"), ["serve"])
    hidden, nothing, fed = model.run(
        ["hidden/Relu:0", "logits", "keep:0"], {"image:0": [[[1, 2], [3, 4]]], "keep:0": 3}
    )
    assert hidden.shape == (1, 3)
    assert nothing is None
    assert fed == np.float32(3)
    # A function is made once for what is fetched and fed.
    assert len(model.functions) == 1
    model.run(["hidden/Relu:0", "logits", "keep:0"], {"image:0": [[[9, 9], [3, 4]]], "keep:0": 1})
    assert len(model.functions) == 1


@pytest.mark.parametrize(("fetch", "feed"), [("none:0", {}), ("logits:0", {}), ("logits:0", {"image:0": [[1, 2]]})])
def test_a_model_refuses_unknown_names_missing_feeds_and_other_shapes(fetch: str, feed: dict[str, Any]):
    model = made(model_helper("Model", "tf", "np"), "Model")(str(FIXTURES / "load_by_name" / "model"), ["serve"])
    with pytest.raises(Exception, match=r"none|[Pp]laceholder|shape"):
        model.run(fetch, feed)


def test_graphs_with_variables_of_the_same_names_have_values_of_their_own():
    graph = made(meta_graph_helper("Graph", "tf", "np", "uuid", clear_devices=False), "Graph")
    folder = FIXTURES / "load_meta_graph" / "checkpoints"
    found = []
    for name in ("young", "old"):
        model = graph(str(folder / name / "model.ckpt-12.meta"))
        model.restore(str(folder / name / "model.ckpt-12"))
        found.append(model)
    first, second = (model.run(["weights:0", "bias/Read/ReadVariableOp:0"]) for model in found)
    assert first[0][0, 0] == np.float32(0.5)
    assert second[0][0, 0] == np.float32(-1.5)
    assert first[1][1] == np.float32(1)
    assert second[1][1] == np.float32(-3)


def test_a_checkpoint_that_is_not_there_is_an_error():
    graph = made(meta_graph_helper("Graph", "tf", "np", "uuid", clear_devices=True), "Graph")
    model = graph(str(FIXTURES / "load_meta_graph" / "checkpoints" / "old" / "model.ckpt-12.meta"), clear_devices=True)
    with pytest.raises(Exception, match="Failed to find any matching files"):
        model.restore("nowhere/model.ckpt")
    with pytest.raises(Exception, match="uninitialized"):
        model.run("weights:0")


def test_a_model_has_its_meta_graph():
    from tensorflow.core.protobuf import saved_model_pb2

    text = model_helper("Model", "tf", "np", "saved_model_pb2").replace(
        "self.model = tf.saved_model.load", "self.model = str"
    )
    text = text.replace("(export_dir, tags=tags)", "(export_dir)")
    names = {"tf": import_tensorflow(), "np": np, "saved_model_pb2": saved_model_pb2}
    exec(text.replace("\t", "    ").replace("\v", "    "), names)
    directory = str(FIXTURES / "load_by_name" / "model")
    assert "serving_default" in names["Model"](directory, {"serve"}).meta_graph.signature_def
    with pytest.raises(ValueError, match="not enough values"):
        names["Model"](directory, ["gpu"])


def test_signatures_are_found_by_the_names_of_their_tensors(new_model: str):
    from tensorflow.core.protobuf import saved_model_pb2

    names = {"tf": import_tensorflow(), "np": np, "saved_model_pb2": saved_model_pb2}
    text = signatures_helper("Model", "tf", "np", "saved_model_pb2")
    exec(text.replace("\t", "    ").replace("\v", "    "), names)
    model = names["Model"](new_model, ["serve"])
    signature = model.meta_graph.signature_def["double"]
    feed = {signature.inputs["x"].name: [[1, 2]], signature.inputs["n"].name: 7}
    found = model.run([signature.outputs["text"].name, {"y": signature.outputs["y"].name}], feed)
    assert found[0] == b"7"
    np.testing.assert_array_equal(found[1]["y"], np.float32([[2, 6]]))
    feed.popitem()
    with pytest.raises(ValueError, match="No signature computes"):
        model.run(signature.outputs["y"].name, feed)
