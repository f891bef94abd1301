"""The classes of restored graphs at work: what they take from a graph of TensorFlow 1, and what they refuse."""

from __future__ import annotations

import ast
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from migrate.signatures.quiet import import_tensorflow
from migrate.source.strategies.restored.needs import Needs
from migrate.source.strategies.restored.written_class import meta_graph_class, saved_model_class
from migrate.source.strategies.wrapping.table_text import table_class

MODELS = Path(__file__).parents[4] / "fixtures" / "models"


ALL = Needs(called=True, tables="Table")


def made(text: str, name: str) -> Any:
    from tensorflow.core.protobuf import saved_model_pb2
    from tensorflow.python.saved_model import loader_impl

    names = {"tf": import_tensorflow(), "np": np, "saved_model_pb2": saved_model_pb2}
    names |= {"loader_impl": loader_impl, "uuid": uuid}
    exec(text.replace("\t", "    ").replace("\v", "    "), names)
    return names[name]


def restored(*, scoped: bool = True) -> Any:
    return made(meta_graph_class("Restored", "tf", "np", Needs(scoped=scoped, called=True)), "Restored")


def loaded(name: str, tags: tuple[str, ...] = ("serve",), needs: Needs = ALL) -> Any:
    text = table_class("Table", "tf", "uuid") + "\n" + saved_model_class("Loaded", "tf", "np", needs)
    return made(text, "Loaded")(str(MODELS / name / "golden"), list(tags))


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A graph with all kinds of variables, of which one is in no checkpoint."""
    tf = import_tensorflow()
    v1 = tf.compat.v1
    prefix = str(tmp_path_factory.mktemp("checkpoint") / "model")
    with tf.Graph().as_default(), v1.Session() as sess:
        x = v1.placeholder(tf.float32, [None, 2], name="x")
        # Names that new graphs give, too.
        first = v1.Variable([[1.0], [2.0]], name="Identity", use_resource=False)
        second = v1.get_variable("second", initializer=[0.5], use_resource=True)
        kept = v1.Variable([3, 4], name="kept", use_resource=False)
        alone = v1.Variable(7.0, name="alone", use_resource=False)
        with v1.colocate_with(first):
            y = tf.add(tf.matmul(x, first), second, name="y")
        v1.placeholder_with_default([2.0], [1], name="fallback")
        tf.identity(alone, name="unrestored")
        changed = v1.assign_add(first, [[1.0], [1.0]], name="changed")
        with v1.control_dependencies([changed]):
            tf.identity(x, name="behind")
        v1.add_to_collection("outputs", y)
        sess.run(v1.global_variables_initializer())
        v1.train.Saver({"renamed": first, "second": second, "kept": kept}).save(sess, prefix)
    return prefix


@pytest.fixture(scope="module")
def graph(checkpoint: str) -> Any:
    made = restored()(checkpoint + ".meta")
    made.restore(checkpoint)
    return made


@pytest.mark.parametrize("called", [True, False])
def test_it_can_run_where_the_module_runs_something(called: bool):
    for text in (
        meta_graph_class("G", "tf", "np", Needs(called=called)),
        saved_model_class("G", "tf", "np", Needs(called=called)),
    ):
        (cls,) = ast.parse(text.replace("\t", "    ").replace("\v", "    ")).body
        assert isinstance(cls, ast.ClassDef)
        assert ("__call__" in {node.name for node in cls.body if isinstance(node, ast.FunctionDef)}) is called
        assert "import_scope" not in text


@pytest.mark.slow
@pytest.mark.tensorflow
class TestGraph:
    def test_values_come_from_the_checkpoint_whatever_it_calls_them(self, graph: Any):
        found = graph({"y": "y:0", "all": ["Identity:0", ("kept:0",)]}, {"x:0": [[1, 2], [3, 4]]})
        np.testing.assert_array_equal(found["y"], np.float32([[5.5], [11.5]]))
        np.testing.assert_array_equal(found["all"][0], np.float32([[1], [2]]))
        np.testing.assert_array_equal(found["all"][1][0], [3, 4])
        assert isinstance(found["all"][1], tuple)

    def test_what_is_fed_may_be_inside_of_the_graph_unused_or_fetched_again(self, graph: Any):
        found = graph(["y:0", "fallback:0"], {"y:0": [[1]], "fallback:0": [5], "x:0": [[0, 0]]})
        assert [value.tolist() for value in found] == [[[1.0]], [5.0]]
        assert graph("fallback:0").tolist() == [2.0]

    @pytest.mark.parametrize(
        ("fetch", "why"),
        [
            ("changed:0", "changed may change a variable"),
            ("behind:0", "changed may change"),
            ("unrestored:0", "alone is"),
        ],
    )
    def test_what_it_cannot_give(self, graph: Any, fetch: str, why: str):
        with pytest.raises(ValueError, match=why):
            graph(fetch, {"x:0": [[1, 2]]})

    def test_a_feed_of_another_shape(self, graph: Any):
        with pytest.raises(ValueError, match="incompatible"):
            graph("y:0", {"x:0": [1, 2, 3]})

    def test_operations_are_not_run(self, graph: Any):
        with pytest.raises((TypeError, ValueError)):
            graph("save/restore_all")

    def test_a_name_scope(self, checkpoint: str):
        scoped = restored()(checkpoint + ".meta", import_scope="a/b")
        scoped.restore(checkpoint)
        assert scoped("a/b/y:0", {"a/b/x:0": [[1, 2]]}).tolist() == [[5.5]]
        assert [tensor.name for tensor in scoped.get_collection("outputs")] == ["a/b/y:0"]

    def test_a_checkpoint_of_other_shapes(self, checkpoint: str, tmp_path: Path):
        tf = import_tensorflow()
        v1 = tf.compat.v1
        with tf.Graph().as_default(), v1.Session() as sess:
            other = v1.Variable([[1.0, 2.0]], use_resource=False)
            rest = {
                name: v1.get_variable(name, initializer=value) for name, value in (("second", [0.5]), ("kept", [3, 4]))
            }
            sess.run(v1.global_variables_initializer())
            v1.train.Saver({"renamed": other, **rest}).save(sess, str(tmp_path / "other"))
        with pytest.raises(ValueError, match="incompatible"):
            restored()(checkpoint + ".meta").restore(str(tmp_path / "other"))

    def test_a_signature_has_the_variables_that_it_needs(self, checkpoint: str, tmp_path: Path):
        tf = import_tensorflow()
        fresh = restored(scoped=False)(checkpoint + ".meta")
        fresh.restore(checkpoint)
        with fresh.as_default():
            double = fresh.get_tensor_by_name("y:0") * 2.0
        x = fresh.get_tensor_by_name("x:0")
        signature = fresh.signature({"x": x}, {"double": double, "x": x})
        tf.saved_model.save(fresh.module, str(tmp_path), signatures={"serving_default": signature})
        loaded = tf.saved_model.load(str(tmp_path))
        found = loaded.signatures["serving_default"](x=tf.constant([[1.0, 2.0]]))
        assert {key: value.numpy().tolist() for key, value in found.items()} == {"double": [[11.0]], "x": [[1.0, 2.0]]}
        assert sorted(variable.name for variable in loaded.weights.values()) == ["Identity:0", "second:0"]


@pytest.mark.slow
@pytest.mark.tensorflow
class TestModels:
    """Models that TensorFlow 1.15 wrote."""

    @pytest.mark.parametrize(
        ("name", "key"),
        [("partitioned", "serving_default"), ("defun_calls", "serving_default"), ("dynamic_rnn", "settle"), ("control_flow", "score")],
    )  # fmt: skip
    def test_it_computes_what_tensorflow_1_computed(self, name: str, key: str):
        graph = loaded(name)
        signature = graph.meta_graph.signature_def[key]
        with np.load(MODELS / name / "samples.npz") as samples:
            stem = next(k for k in samples.files if f"{key}/outputs/" in k and "::" not in k).partition("outputs/")[0]
            feeds = {info.name: samples[f"{stem}inputs/{k}"] for k, info in signature.inputs.items()}
            for k, info in signature.outputs.items():
                np.testing.assert_allclose(graph(info.name, feeds), samples[f"{stem}outputs/{k}"], rtol=1e-5, atol=1e-6)

    def test_a_lookup_table_is_none_of_the_variables(self):
        graph = loaded("lookup_assets", needs=Needs(called=True))
        (name,) = [info.name for info in graph.meta_graph.signature_def["serving_default"].outputs.values()][:1]
        inputs = graph.meta_graph.signature_def["serving_default"].inputs.values()
        with pytest.raises(ValueError, match="is a lookup table"):
            graph(name, {info.name: ["a"] for info in inputs})

    def test_tables_are_filled_from_the_files_of_the_model(self, tmp_path: Path):
        tf = import_tensorflow()
        graph = loaded("lookup_assets")
        signature = graph.meta_graph.signature_def["serving_default"]
        samples = np.load(MODELS / "lookup_assets" / "samples.npz", allow_pickle=False)
        found = {key: samples[key] for key in samples.files if key.startswith("serving_default/")}
        inputs = {key: graph.get_tensor_by_name(info.name) for key, info in signature.inputs.items()}
        outputs = {key: graph.get_tensor_by_name(info.name) for key, info in signature.outputs.items()}
        made = graph.signature(inputs, outputs)
        tf.saved_model.save(graph.module, str(tmp_path), signatures={"serving_default": made})
        assert list((tmp_path / "assets").iterdir())
        serve = tf.saved_model.load(str(tmp_path)).signatures["serving_default"]
        fed = {key: found[f"serving_default/inputs/{key}"] for key in inputs}
        results = serve(**{k: tf.constant(v.astype(object) if v.dtype.kind == "S" else v) for k, v in fed.items()})
        for key, value in results.items():
            expected = found[f"serving_default/outputs/{key}"]
            if expected.dtype.kind == "S":
                assert value.numpy().tolist() == expected.tolist()
            else:
                np.testing.assert_allclose(value.numpy(), expected, rtol=1e-5)

    def test_a_model_that_changes_its_variables_when_it_is_loaded(self):
        with pytest.raises(ValueError, match="Loading the model runs"):
            loaded("main_op_work")

    def test_other_tags(self):
        with pytest.raises(ValueError, match="unpack"):
            loaded("partitioned", ("serve", "gpu"))
