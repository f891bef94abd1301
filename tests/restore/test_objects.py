from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from migrate import protos, restore_signatures
from migrate.errors import MigrateError
from migrate.restore.changes import Changes, KeyRename, Pair
from migrate.restore.edit import edit_signatures
from migrate.restore.objects import edit_objects
from migrate.signatures.layout import read_layout
from tests.restore.models import lost_model
from tests.restore.tf_models import module_model

A, B = np.float32([1, 2]), np.float32([3, 5])
Z, M, C = A + 10 * B, A - B, A * B


def load(path: Path):
    import tensorflow as tf

    return tf.saved_model.load(str(path))


def call(function, **inputs) -> dict[str, np.ndarray]:
    import tensorflow as tf

    return {key: value.numpy() for key, value in function(**{k: tf.constant(v) for k, v in inputs.items()}).items()}


def notes(restoration) -> list[str]:
    return [note for meta_graph in restoration.meta_graphs for note in meta_graph.notes]


def served(path: Path, key: str, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What a session answers that feeds and fetches by the SignatureDef, as TensorFlow Serving does."""
    import tensorflow as tf

    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        meta_graph = tf.compat.v1.saved_model.load(session, ["serve"], str(path))
        signature = meta_graph.signature_def[key]
        fed = {signature.inputs[name].name: value for name, value in inputs.items()}
        return session.run({name: info.name for name, info in signature.outputs.items()}, fed)


def same(found: dict[str, np.ndarray], **expected: np.ndarray) -> None:
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        np.testing.assert_array_equal(found[key], value, err_msg=key)


pytestmark = pytest.mark.tensorflow


def test_the_model_is_what_the_tests_below_take_it_for(module):
    same(call(load(module).signatures["predict"], a=A, b=B), z=Z, m=M, c=C)
    same(served(module, "predict", {"a": A, "b": B}), z=Z, m=M, c=C)


def test_new_keys_of_signatures(module):
    made = restore_signatures(module, rename={"predict": "a key: of = mine"}, copy={"regress": "again"})
    assert notes(made) == []
    signatures = load(module).signatures
    assert set(signatures) == {"a key: of = mine", "regress", "again", "serving_default"}
    same(call(signatures["a key: of = mine"], a=A, b=B), z=Z, m=M, c=C)
    same(served(module, "a key: of = mine", {"a": A, "b": B}), z=Z, m=M, c=C)
    assert list(signatures["again"].structured_outputs) == ["outputs"]


def test_signatures_that_go(module):
    restore_signatures(module, remove=["predict", "regress"])
    assert set(load(module).signatures) == {"serving_default"}


def test_all_signatures_go(module):
    restore_signatures(module, remove=["predict", "regress", "serving_default"])
    assert set(load(module).signatures) == set()


def test_exchanged_signatures(module):
    restore_signatures(module, rename={"predict": "regress", "regress": "predict"})
    signatures = load(module).signatures
    same(call(signatures["regress"], a=A, b=B), z=Z, m=M, c=C)
    assert list(signatures["predict"].structured_outputs) == ["outputs"]


@pytest.mark.parametrize(
    ("inputs", "fed"),
    [
        ({"a": "aa"}, {"aa": A, "b": B}),
        ({"b": "x"}, {"a": A, "x": B}),
        ({"a": "left", "b": "right"}, {"left": A, "right": B}),
    ],
)
def test_new_keys_of_inputs(module, inputs, fed):
    made = restore_signatures(module, rename_inputs={"predict": inputs})
    assert notes(made) == []
    function = load(module).signatures["predict"]
    same(call(function, **fed), z=Z, m=M, c=C)
    assert set(function.structured_input_signature[1]) == set(fed)
    same(served(module, "predict", fed), z=Z, m=M, c=C)


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ({"z": "zz"}, {"zz": Z, "m": M, "c": C}),
        ({"c": "d", "m": "n", "z": "o"}, {"d": C, "n": M, "o": Z}),
        ({"m": "is a: key"}, {"is a: key": M, "z": Z, "c": C}),
    ],
)
def test_new_keys_of_outputs(module, outputs, expected):
    made = restore_signatures(module, rename_outputs={"predict": outputs})
    assert notes(made) == []
    same(call(load(module).signatures["predict"], a=A, b=B), **expected)
    same(served(module, "predict", {"a": A, "b": B}), **expected)


@pytest.mark.parametrize(
    ("what", "renames"),
    [
        ("outputs", {"z": "a"}),
        ("outputs", {"c": "m", "m": "c"}),
        ("outputs", {"c": "m", "m": "z", "z": "c"}),
        ("outputs", {"m": "zz"}),
        ("inputs", {"a": "z"}),
        ("inputs", {"a": "b", "b": "a"}),
        ("inputs", {"a": "no argument:0"}),
        ("inputs", {"a": "class"}),
    ],
)
def test_where_python_cannot_follow_it_keeps_the_old_names_and_says_so(module, what, renames):
    """Another order of the keys would exchange tensors: TensorFlow flattens dictionaries in their order."""
    made = restore_signatures(module, **{f"rename_{what}": {"predict": renames}})
    (note,) = notes(made)
    assert note.startswith("signature `predict`: tf.saved_model.load in Python goes on to say ")
    for old in renames:
        assert f"`{old}`" in note
    same(call(load(module).signatures["predict"], a=A, b=B), z=Z, m=M, c=C)
    inputs = {renames.get(key, key) if what == "inputs" else key: value for key, value in {"a": A, "b": B}.items()}
    outputs = {renames.get(k, k) if what == "outputs" else k: v for k, v in {"z": Z, "m": M, "c": C}.items()}
    same(served(module, "predict", inputs), **outputs)


def test_both_keep_the_old_names_where_only_one_could_follow(module):
    made = restore_signatures(module, rename_inputs={"predict": {"a": "aa"}}, rename_outputs={"predict": {"z": "a"}})
    assert "`a`, `z`: their order would change" in notes(made)[0]
    same(call(load(module).signatures["predict"], a=A, b=B), z=Z, m=M, c=C)


def test_a_copy_is_the_same_function_in_python(module):
    made = restore_signatures(module, copy={"predict": "other"}, rename_outputs={"other": {"z": "zz"}})
    assert "`z`: something else is the same function" in notes(made)[0]
    signatures = load(module).signatures
    same(call(signatures["other"], a=A, b=B), z=Z, m=M, c=C)
    same(call(signatures["predict"], a=A, b=B), z=Z, m=M, c=C)
    same(served(module, "other", {"a": A, "b": B}), zz=Z, m=M, c=C)


def test_the_loaded_model_can_be_saved_again(module, tmp_path):
    import tensorflow as tf

    restore_signatures(
        module,
        rename={"predict": "p"},
        copy={"regress": "again"},
        remove=["serving_default"],
        rename_inputs={"p": {"a": "left", "b": "right"}},
        rename_outputs={"p": {"z": "zz", "m": "n", "c": "d"}},
    )
    loaded = load(module)
    tf.saved_model.save(loaded, str(tmp_path / "saved"), signatures=loaded.signatures)
    same(call(load(tmp_path / "saved").signatures["p"], left=A, right=B), zz=Z, n=M, d=C)
    same(served(tmp_path / "saved", "p", {"left": A, "right": B}), zz=Z, n=M, d=C)
    assert set(load(tmp_path / "saved").signatures) == {"p", "again", "regress"}


def test_keras_exports(keras_export):
    import tensorflow as tf

    one, other = np.float32([[1, 2, 3]]), np.float32([[4, 5, 6]])
    before = call(load(keras_export).signatures["serving_default"], one=one, other=other)
    made = restore_signatures(
        keras_export,
        rename_inputs={"serving_default": {"one": "first", "other": "second"}},
        rename_outputs={"serving_default": {"score": "scores"}},
    )
    assert notes(made) == []
    loaded = load(keras_export)
    after = call(loaded.signatures["serving_default"], first=one, second=other)
    same(after, scores=before["score"], bias=before["bias"])
    # The function `serve` of the model is another one, and is what it was.
    same(call(loaded.signatures["serve"], one=one, other=other), **before)
    again = loaded.serve({"one": tf.constant(one), "other": tf.constant(other)})
    np.testing.assert_array_equal(again["score"], before["score"])


def test_a_default_follows_its_input(tmp_path):
    import tensorflow as tf

    module, two = tf.Module(), tf.constant(2.0)

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32, name="x"), tf.TensorSpec([], tf.float32, name="t")])
    def scaled(x, t=two):
        return {"y": x * t}

    module.scaled = scaled
    tf.saved_model.save(module, str(tmp_path / "m"), signatures={"serving_default": scaled})
    made = restore_signatures(tmp_path / "m", rename_inputs={"serving_default": {"t": "temperature"}})
    (before,) = made.meta_graphs[0].before.signatures
    (after,) = made.meta_graphs[0].after.signatures
    assert [key for key, _ in before.defaults] == ["t"]
    assert [key for key, _ in after.defaults] == ["temperature"]
    function = load(tmp_path / "m").signatures["serving_default"]
    same(
        served(tmp_path / "m", "serving_default", {"x": np.float32(3), "temperature": np.float32(4)}), y=np.float32(12)
    )
    assert set(function.structured_input_signature[1]) == {"temperature", "x"}
    assert notes(made) == []


# What follows needs no TensorFlow, only its messages.


def objects_of(path: Path) -> Any:
    return protos.saved_model().FromString((path / "saved_model.pb").read_bytes()).meta_graphs[0].object_graph_def


def signatures_of(path: Path, changes: Changes):
    return edit_signatures(read_layout((path / "saved_model.pb").read_bytes())[0], changes)


RENAME = Changes(key_renames=(KeyRename("predict", "output", "z", "zz"),))


def test_nothing_to_do(module):
    data = objects_of(module).SerializeToString(deterministic=True)
    assert edit_objects(data, signatures_of(module, Changes())).data is None


def test_only_what_is_renamed_changes(module):
    before = objects_of(module)
    made = edit_objects(before.SerializeToString(), signatures_of(module, RENAME))
    after = type(before).FromString(made.data)
    name = next(name for name in after.concrete_functions if "_predict_" in name and "wrapper" in name)
    fields = after.concrete_functions[name].output_signature.dict_value.fields
    assert set(fields) == {"zz", "m", "c"}
    assert fields["zz"].tensor_spec_value.name == "zz"
    fields["z"].CopyFrom(fields["zz"])
    fields["z"].tensor_spec_value.name = "z"
    del fields["zz"]
    assert after == before


def test_unknown_fields_are_kept(module):
    data = objects_of(module).SerializeToString() + b"\x98\x06\x07"
    made = edit_objects(data, signatures_of(module, RENAME))
    assert made.data.endswith(b"\x98\x06\x07")


def without_function(objects: Any) -> None:
    objects.concrete_functions.clear()


def without_inputs(objects: Any) -> None:
    for function in objects.concrete_functions.values():
        function.canonicalized_input_signature.Clear()


def without_outputs(objects: Any) -> None:
    for function in objects.concrete_functions.values():
        function.output_signature.Clear()


def node_out_of_range(objects: Any) -> None:
    place = next(child.node_id for child in objects.nodes[0].children if child.local_name == "signatures")
    for child in objects.nodes[place].children:
        child.node_id = 10_000


def used_elsewhere(objects: Any) -> None:
    name = next(name for name in objects.concrete_functions if "_predict_" in name and "wrapper" in name)
    objects.nodes.add().function.concrete_functions.append(name)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (without_function, "no function of the usual kind"),
        (without_inputs, "no function of the usual kind"),
        (without_outputs, "no function of the usual kind"),
        (node_out_of_range, "no function of the usual kind"),
        (used_elsewhere, "something else is the same function"),
    ],
)
def test_what_is_not_as_tensorflow_writes_it_is_left_alone(module, damage, reason):
    objects = objects_of(module)
    damage(objects)
    data = objects.SerializeToString(deterministic=True)
    made = edit_objects(data, signatures_of(module, RENAME))
    assert reason in made.notes[0]
    assert made.data is None


@pytest.mark.parametrize("change", ["no nodes", "no map", "map out of range"])
def test_models_without_a_map_of_signatures(change):
    objects = protos.message_type("core.protobuf.saved_object_graph_pb2.SavedObjectGraph")()
    if change != "no nodes":
        objects.nodes.add().children.add(local_name="signatures" if change == "map out of range" else "w", node_id=7)
    made = edit_objects(
        objects.SerializeToString(), signatures_of(module_model(), Changes(renames=(Pair("predict", "p"),)))
    )
    assert made.data is None
    assert made.notes == ()


def test_damaged_objects_are_one_line(tmp_path):
    message = lost_model()
    message.meta_graphs[0].object_graph_def = b"\x0a\x05x"
    (tmp_path / "saved_model.pb").write_bytes(message.SerializeToString())
    with pytest.raises(MigrateError, match=r"the object graph \(object_graph_def\) is damaged"):
        restore_signatures(tmp_path, rename={"plain": "p"})
    assert restore_signatures(tmp_path, classify=["both"]).written
