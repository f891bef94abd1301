"""`bridge.SavedModelBuilder` and `bridge.simple_save`: what they write, when, and what they refuse."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from migrate import bridge
from migrate.errors import MigrateError
from migrate.signatures import read_meta_graph
from migrate.signatures.quiet import import_tensorflow

pytestmark = pytest.mark.tensorflow

PREDICT = "tensorflow/serving/predict"


class Doubler:
    """A graph, y = w * x, and a session that has it."""

    def __init__(self, v1: Any) -> None:
        self.v1 = v1
        self.x = v1.placeholder(v1.float32, [None], name="x")
        self.w = v1.get_variable("w", initializer=2.0, use_resource=False)
        self.y = v1.multiply(self.x, self.w, name="y")
        self.session = v1.Session()
        self.session.run(v1.global_variables_initializer())

    def signatures(self, key: str = "serving_default", method: str = PREDICT) -> dict[str, Any]:
        info = self.v1.saved_model.build_tensor_info
        return {
            key: self.v1.saved_model.build_signature_def({"x": info(self.x)}, {"y": info(self.y)}, method),
        }


@pytest.fixture
def doubler() -> Iterator[Doubler]:
    v1 = import_tensorflow().compat.v1
    with v1.Graph().as_default():
        yield Doubler(v1)


def run(model: Path, key: str, tags: tuple[str, ...] = ("serve",), **inputs: list[Any]) -> dict[str, list[Any]]:
    tf = import_tensorflow()

    def call() -> dict[str, list[Any]]:
        loaded = tf.saved_model.load(str(model), tags=list(tags))
        found = loaded.signatures[key](**{name: tf.constant(value) for name, value in inputs.items()})
        return {name: value.numpy().tolist() for name, value in found.items()}

    with ThreadPoolExecutor() as threads:  # Each thread has a default graph of its own.
        return threads.submit(call).result()


def answer(model: Path, key: str = "serving_default", tags: tuple[str, ...] = ("serve",)) -> list[float]:
    return run(model, key, tags, x=[1.0, 3.0])["y"]


def names(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


def test_values_are_those_of_the_time_when_they_were_added(tmp_path: Path, doubler: Doubler):
    builder = bridge.SavedModelBuilder(str(tmp_path / "model"))
    builder.add_meta_graph_and_variables(doubler.session, ["serve"], doubler.signatures())
    doubler.session.run(doubler.w.assign(10.0))
    doubler.session.close()
    assert builder.save() == str(tmp_path / "model" / "saved_model.pb").encode()
    assert answer(tmp_path / "model") == [2.0, 6.0]


def test_arguments_by_place_as_tf1_has_them(tmp_path: Path, doubler: Doubler):
    builder = bridge.SavedModelBuilder(export_dir=tmp_path / "model")
    builder.add_meta_graph_and_variables(
        doubler.session, ["a", "b"], doubler.signatures("k", "my/method"), None, None, True, None, True, None
    )
    builder.save(as_text=False)
    assert answer(tmp_path / "model", "k", ("a", "b")) == [2.0, 6.0]
    (signature,) = read_meta_graph(tmp_path / "model", ("a", "b")).signatures
    assert (signature.key, signature.method_name) == ("k", "my/method")


def test_text_form(tmp_path: Path, doubler: Doubler):
    builder = bridge.SavedModelBuilder(str(tmp_path / "model"))
    builder.add_meta_graph_and_variables(doubler.session, ["serve"], doubler.signatures())
    assert builder.save(as_text=True).endswith(b"/saved_model.pbtxt")
    assert names(tmp_path / "model") >= {"saved_model.pbtxt", "variables"}
    assert "saved_model.pb" not in names(tmp_path / "model")
    assert answer(tmp_path / "model") == [2.0, 6.0]


def test_a_directory_with_something_in_it_is_refused_at_once(tmp_path: Path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "notes.txt").write_text("mine")
    with pytest.raises(AssertionError, match="not empty") as raised:
        bridge.SavedModelBuilder(str(tmp_path / "model"))
    assert isinstance(raised.value, bridge.ExportDirectoryError)
    assert names(tmp_path / "model") == {"notes.txt"}


def test_the_directory_is_made_at_once_and_what_is_put_there_stays(tmp_path: Path, doubler: Doubler):
    model = tmp_path / "deep" / "model"
    builder = bridge.SavedModelBuilder(str(model))
    assert names(model) == set()
    (model / "labels.txt").write_text("mine")
    (model / "assets").mkdir()
    (model / "assets" / "own.txt").write_text("mine, too")
    builder.add_meta_graph_and_variables(doubler.session, ["serve"], doubler.signatures())
    assert names(tmp_path / "deep") == {"model"}, "programs count versions by listing the directory above"
    builder.save()
    assert names(model) == {"labels.txt", "assets", "variables", "saved_model.pb", "fingerprint.pb"}
    assert (model / "assets" / "own.txt").read_text() == "mine, too"
    assert answer(model) == [2.0, 6.0]


def test_the_current_directory_may_change(tmp_path: Path, doubler: Doubler, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    builder = bridge.SavedModelBuilder("model/")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    builder.add_meta_graph_and_variables(doubler.session, ["serve"], doubler.signatures())
    assert builder.save() == b"model/saved_model.pb"
    assert answer(tmp_path / "model") == [2.0, 6.0]


def test_saving_twice_is_saving_once(tmp_path: Path, doubler: Doubler):
    builder = bridge.SavedModelBuilder(str(tmp_path / "model"))
    builder.add_meta_graph_and_variables(doubler.session, ["serve"], doubler.signatures())
    assert builder.save() == builder.save()
    with pytest.raises(bridge.BridgeError, match="saved already"):
        builder.save(as_text=True)
    with pytest.raises(bridge.BridgeError, match="already"):
        builder.add_meta_graph_and_variables(doubler.session, ["serve"], doubler.signatures())


def test_what_is_never_saved_leaves_an_empty_directory(tmp_path: Path, doubler: Doubler):
    builder = bridge.SavedModelBuilder(str(tmp_path / "model"))
    builder.add_meta_graph_and_variables(doubler.session, ["serve"], doubler.signatures())
    del builder
    gc.collect()
    assert names(tmp_path / "model") == set()


@pytest.mark.parametrize("nothing", [None, {}])
def test_without_a_signature_there_is_no_use_in_a_model(tmp_path: Path, doubler: Doubler, nothing):
    builder = bridge.SavedModelBuilder(str(tmp_path / "model"))
    with pytest.raises(bridge.BridgeError, match="no signature"):
        builder.add_meta_graph_and_variables(doubler.session, ["serve"], nothing)
    with pytest.raises(bridge.BridgeError, match="add_meta_graph_and_variables first"):
        builder.save()
    assert names(tmp_path / "model") == set()


def test_a_second_meta_graph_is_refused_with_what_to_do(tmp_path: Path, doubler: Doubler):
    builder = bridge.SavedModelBuilder(str(tmp_path / "model"))
    builder.add_meta_graph_and_variables(doubler.session, ["train"], doubler.signatures())
    with pytest.raises(MigrateError, match="models of their own"):
        builder.add_meta_graph(["serve"], signature_def_map=doubler.signatures())


def test_a_value_that_is_not_there_is_told_and_nothing_is_written(tmp_path: Path, doubler: Doubler):
    builder = bridge.SavedModelBuilder(str(tmp_path / "model"))
    with doubler.v1.Session() as fresh, pytest.raises(bridge.BridgeError, match="variable w has no value"):
        builder.add_meta_graph_and_variables(fresh, ["serve"], doubler.signatures())
    assert names(tmp_path / "model") == set()


def test_a_python_function_is_told_when_the_model_is_written(tmp_path: Path, doubler: Doubler):
    doubled = doubler.v1.py_func(lambda value: value, [doubler.y], doubler.v1.float32)
    doubled.set_shape([None])
    builder = bridge.SavedModelBuilder(str(tmp_path / "model"))
    signature = doubler.v1.saved_model.predict_signature_def({"x": doubler.x}, {"y": doubled})
    builder.add_meta_graph_and_variables(doubler.session, ["serve"], {"serving_default": signature})
    with pytest.raises(bridge.BridgeError, match="PyFunc"):
        builder.save()
    assert not (tmp_path / "model" / "saved_model.pb").exists()


def table(doubler: Doubler, folder: Path) -> tuple[Any, Any]:
    lookup = import_tensorflow().lookup
    (folder / "words.txt").write_text("a\nb\n")
    initializer = lookup.TextFileInitializer(
        str(folder / "words.txt"),
        doubler.v1.string,
        lookup.TextFileIndex.WHOLE_LINE,
        doubler.v1.int64,
        lookup.TextFileIndex.LINE_NUMBER,
    )
    words = doubler.v1.placeholder(doubler.v1.string, [None])
    ids = lookup.StaticHashTable(initializer, -1).lookup(words)
    doubler.session.run(doubler.v1.tables_initializer())
    return words, ids


@pytest.mark.parametrize("keep", [True, False])
def test_assets_are_kept_if_they_are_passed(tmp_path: Path, doubler: Doubler, keep: bool):
    words, ids = table(doubler, tmp_path)
    builder = bridge.SavedModelBuilder(str(tmp_path / "model"))
    builder.add_meta_graph_and_variables(
        doubler.session,
        ["serve"],
        {"ids": doubler.v1.saved_model.predict_signature_def({"words": words}, {"ids": ids})},
        assets_collection=doubler.v1.get_collection("asset_filepaths") if keep else None,
        legacy_init_op=doubler.v1.tables_initializer(),
    )
    builder.save()
    assert (tmp_path / "model" / "assets" / "words.txt").exists() == keep
    assert run(tmp_path / "model", "ids", words=["b", "?"]) == {"ids": [1, -1]}


def test_a_later_export_of_the_graph_runs_the_init_op_too(tmp_path: Path, doubler: Doubler):
    """TF1's builder leaves it in a collection of the graph."""
    counter = doubler.v1.get_variable("counter", initializer=5.0, use_resource=False)
    doubler.session.run(counter.initializer)
    start = doubler.v1.assign(counter, 100.0).op
    doubler.y = doubler.x * counter
    for name, given in (("first", start), ("second", None)):
        builder = bridge.SavedModelBuilder(str(tmp_path / name))
        builder.add_meta_graph_and_variables(doubler.session, ["serve"], doubler.signatures(), main_op=given)
        builder.save()
        assert answer(tmp_path / name) == [100.0, 300.0]
    assert doubler.session.run(counter) == 5.0


def test_simple_save(tmp_path: Path, doubler: Doubler):
    words, ids = table(doubler, tmp_path)
    bridge.simple_save(
        doubler.session, str(tmp_path / "model"), {"x": doubler.x, "words": words}, {"y": doubler.y, "ids": ids}
    )
    assert run(tmp_path / "model", "serving_default", x=[4.0], words=["b"]) == {"y": [8.0], "ids": [1]}
    assert names(tmp_path / "model" / "assets") == {"words.txt"}
    with pytest.raises(AssertionError):
        bridge.simple_save(doubler.session, str(tmp_path / "model"), inputs={"x": doubler.x}, outputs={"y": doubler.y})


@pytest.mark.parametrize("simple", [False, True])
def test_a_session_of_another_graph_saves_the_default_one(tmp_path: Path, doubler: Doubler, *, simple: bool):
    """As TF1 did: a frozen graph in a graph of its own, and a session that was made before it."""
    v1 = doubler.v1
    with v1.Graph().as_default() as frozen:
        x = v1.placeholder(v1.float32, [None], name="input")
        y = v1.multiply(x, 3.0, name="output")
        if simple:
            bridge.simple_save(doubler.session, str(tmp_path / "model"), {"x": x}, {"y": y})
        else:
            info = v1.saved_model.build_tensor_info
            signature = v1.saved_model.build_signature_def({"x": info(x)}, {"y": info(y)}, PREDICT)
            builder = bridge.SavedModelBuilder(str(tmp_path / "model"))
            nothing = v1.group(v1.tables_initializer(), name="legacy_init_op")
            builder.add_meta_graph_and_variables(
                doubler.session, ["serve"], {"serving_default": signature}, legacy_init_op=nothing
            )
            builder.save()
            assert frozen.get_collection("saved_model_main_op") == [nothing]
            assert not doubler.session.graph.get_collection("saved_model_main_op")
    assert run(tmp_path / "model", "serving_default", x=[1.0, 2.0]) == {"y": [3.0, 6.0]}


def test_a_graph_with_variables_needs_a_session_of_its_own(tmp_path: Path, doubler: Doubler):
    v1 = doubler.v1
    with v1.Graph().as_default():
        other = Doubler(v1)
        v1.get_variable("more", initializer=1.0)
        y = v1.identity(other.y, name="other")
        with pytest.raises(MigrateError, match="other"):
            bridge.simple_save(doubler.session, str(tmp_path / "model"), {"x": other.x}, {"y": y})
