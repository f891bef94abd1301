"""Models that TF2 wrote (and one that TF1 wrote), clients by name, and what they must never get."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow


def spec(shape=(None,), dtype="float32", name="x"):
    import tensorflow as tf

    return tf.TensorSpec(shape, dtype, name=name)


def function(*signature):
    import tensorflow as tf

    return tf.function(input_signature=signature)


def test_a_variable_makes_room_for_an_input(tmp_path, old):
    import tensorflow as tf

    module = tf.Module()
    module.w = tf.Variable([2.0, 3.0], name="x")
    module.c = tf.constant([1.0, 1.0])
    module.f = function(spec([None, 2]))(lambda x: {"y": x * module.w + module.c})
    old.saved(tmp_path / "new", module, serving_default=module.f)
    said = old.put_back(
        tmp_path / "new", old.tf1_model(serving_default=({"x": "x:0"}, {"y": "Const:0"})), tmp_path / "back"
    )
    # The constant too, which TF2's loader looks up by its node.
    assert {old for old, _ in said.renamed} == {"x", "Const"}
    assert not said.refused
    with old.client(tmp_path / "back") as run:
        old.equal(run("Const:0", {"x:0": [[1.0, 10.0]]}), [[3.0, 31.0]])
    loaded = tf.saved_model.load(str(tmp_path / "back"))
    old.equal(loaded.signatures["serving_default"](x=tf.constant([[1.0, 10.0]]))["y"], [[3.0, 31.0]])
    old.equal(loaded.f(tf.constant([[1.0, 10.0]]))["y"], [[3.0, 31.0]])
    old.equal(loaded.w, [2.0, 3.0])


def test_tables_and_assets_are_still_filled(tmp_path, old):
    import tensorflow as tf

    (tmp_path / "words.txt").write_text("zero\none\n", "utf-8")
    module = tf.Module()
    module.table = tf.lookup.StaticHashTable(
        tf.lookup.TextFileInitializer(
            str(tmp_path / "words.txt"),
            tf.string,
            tf.lookup.TextFileIndex.WHOLE_LINE,
            tf.int64,
            tf.lookup.TextFileIndex.LINE_NUMBER,
        ),
        -1,
    )
    module.f = function(spec(dtype="string", name="word"))(lambda word: {"id": module.table.lookup(word)})
    old.saved(tmp_path / "new", module, serving_default=module.f)
    # Every node that the asset and its initializer need has a name that somebody wants.
    model = old.read(tmp_path / "new").meta_graphs[0]
    asset = model.asset_file_def[0].tensor_info.name
    table = next(node.name for node in model.graph_def.node if node.op == "HashTableV2")
    init = model.collection_def["saved_model_main_op"].node_list.value[0]
    original = old.tf1_model(
        serving_default=({"word": (asset, "string")}, {"id": (f"{table}:0", "int64")}),
        other=({}, {"op": init, "save": model.saver_def.restore_op_name}),
    )
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    assert {name.name for name in said.put_back} == {asset, f"{table}:0"}
    with old.client(tmp_path / "back") as run:
        old.equal(run(f"{table}:0", {asset: [b"one", b"two"]}), [1, -1])
    loaded = tf.saved_model.load(str(tmp_path / "back"))
    old.equal(loaded.signatures["serving_default"](word=tf.constant(["zero", "two"]))["id"], [0, -1])


def test_names_may_be_swapped(tmp_path, old):
    module = tf_module()
    module.f = function(spec(name="a"), spec(name="b"))(lambda a, b: {"y": a - b})
    old.saved(tmp_path / "new", module, serving_default=module.f)
    original = old.tf1_model(
        serving_default=(
            {"a": "serving_default_b:0", "b": "serving_default_a:0"},
            {"y": "PartitionedCall:0"},
        )
    )
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    assert len(said.put_back) == 3
    assert not said.renamed
    with old.client(tmp_path / "back") as run:
        feeds = {"serving_default_b:0": [5.0], "serving_default_a:0": [3.0]}
        old.equal(run("PartitionedCall:0", feeds), [2.0])


def test_the_same_names_are_left_alone(tmp_path, old):
    from migrate.signatures import read_meta_graph

    module = tf_module()
    module.f = function(spec())(lambda x: {"y": x * 2})
    old.saved(tmp_path / "new", module, serving_default=module.f)
    said = old.put_back(tmp_path / "new", read_meta_graph(tmp_path / "new"), tmp_path / "back")
    assert not said.changed
    assert not said.refused
    assert old.read(tmp_path / "new") == old.read(tmp_path / "back")


def tf_module():
    import tensorflow as tf

    return tf.Module()


def test_one_placeholder_for_several_signatures_again(tmp_path, old):
    module = tf_module()
    module.f = function(spec([None, 2]))(lambda x: {"y": x * 2})
    module.g = function(spec([3, None]), spec(name="z"))(lambda x, z: {"y": x * 2, "z": x[0] + z})
    old.saved(tmp_path / "new", module, serving_default=module.f, more=module.g)
    original = old.tf1_model(
        serving_default=({"x": "x:0"}, {"y": "y:0"}), more=({"x": "x:0", "z": "z:0"}, {"y": "y:0", "z": "sum:0"})
    )
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    graph = old.read(tmp_path / "back").meta_graphs[0]
    # What both take; not what one of them takes.
    assert [dim.size for dim in old.node(graph, "x").attr["shape"].shape.dim] == [-1, -1]
    assert not [node for node in graph.graph_def.node if node.name.startswith(("more_", "serving_default_"))]
    assert old.names_of(graph)["more"]["x"] == old.names_of(graph)["serving_default"]["x"] == "x:0"
    # Each was made for other shapes and must not answer for the other.
    assert set(old.reasons(said)) == {("serving_default", "y:0"), ("more", "y:0")}
    with old.client(tmp_path / "back") as run:
        old.equal(run("sum:0", {"x:0": [[1.0, 2.0]] * 3, "z:0": [1.0, 1.0]}), [2.0, 3.0])
        with pytest.raises((KeyError, ValueError)):
            run("y:0", {"x:0": [[1.0, 2.0]]})


def test_shapes_that_contradict_each_other_are_not_merged(tmp_path, old):
    module = tf_module()
    module.f = function(spec([2]))(lambda x: {"y": x * 2})
    module.g = function(spec([3]))(lambda x: {"z": x * 3})
    old.saved(tmp_path / "new", module, serving_default=module.f, more=module.g)
    original = old.tf1_model(serving_default=({"x": "x:0"}, {"y": "y:0"}), more=({"x": "x:0"}, {"z": "z:0"}))
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    assert "contradict" in old.reasons(said)["more", "x:0"]
    assert "cannot feed" in old.reasons(said)["more", "z:0"]
    with old.client(tmp_path / "back") as run:
        old.equal(run("y:0", {"x:0": [1.0, 2.0]}), [2.0, 4.0])
        with pytest.raises((KeyError, ValueError)):
            run("z:0", {"x:0": [1.0, 2.0, 3.0]})


def test_a_signature_that_ignores_an_input_does_not_answer_for_one_that_does_not(tmp_path, old):
    """TF1: `training = placeholder_with_default(False)`, and a signature with it and one without."""
    import tensorflow as tf

    module = tf_module()
    module.f = function(spec())(lambda x: {"y": x * 2})
    module.g = function(spec(), spec([], "bool", "training"))(
        lambda x, training: {"y": x * tf.where(training, 3.0, 2.0), "z": x}
    )
    old.saved(tmp_path / "new", module, serving_default=module.f, asked=module.g)
    original = old.tf1_model(
        serving_default=({"x": "x:0"}, {"y": "y:0"}),
        asked=({"x": "x:0", "training": ("training:0", "bool")}, {"y": "y:0", "z": "z:0"}),
    )
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    assert old.reasons(said) == {
        ("serving_default", "y:0"): "signature 'asked' has it now, and needs training:0 fed too"
    }
    with old.client(tmp_path / "back") as run:
        old.equal(run("y:0", {"x:0": [1.0], "training:0": True}), [3.0])
        with pytest.raises(tf.errors.InvalidArgumentError, match="training"):
            run("y:0", {"x:0": [1.0]})


def test_an_input_that_an_output_does_not_depend_on_need_not_be_fed_by_others(tmp_path, old):
    import tensorflow as tf

    module = tf_module()
    module.w = tf.Variable(2.0)
    module.f = function(spec())(lambda x: {"y": x * module.w})
    module.g = function(spec(), spec(name="label"))(
        lambda x, label: {"y": x * module.w, "loss": tf.reduce_sum(x * module.w - label)}
    )
    old.saved(tmp_path / "new", module, predict=module.f, evaluate=module.g)
    original = old.tf1_model(
        predict=({"x": "x:0"}, {"y": "y:0"}), evaluate=({"x": "x:0", "label": "label:0"}, {"y": "y:0", "loss": "l:0"})
    )
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    assert not said.refused
    assert "y:0 of 'evaluate' is computed by signature 'predict'" in said.notes
    with old.client(tmp_path / "back") as run:
        old.equal(run("y:0", {"x:0": [1.0]}), [2.0])
        assert run(["y:0", "l:0"], {"x:0": [1.0], "label:0": [0.5]})[1] == 1.5


def test_what_trains_is_not_run_for_others(tmp_path, old):
    import tensorflow as tf

    module = tf_module()
    module.w = tf.Variable(2.0)
    module.f = function(spec())(lambda x: {"y": x * module.w})

    @function(spec())
    def train(x):
        y = x * module.w
        with tf.control_dependencies([y]):
            step = module.w.assign_add(1.0)
        return {"y": y, "step": step}

    module.g = train
    old.saved(tmp_path / "new", module, predict=module.f, train=module.g)
    original = old.tf1_model(predict=({"x": "x:0"}, {"y": "y:0"}), train=({"x": "x:0"}, {"y": "y:0", "step": "s:0"}))
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    assert not said.refused
    (shared,) = [name for name in said.names if name.signature == "train" and name.name == "y:0"]
    assert "before or after the changes" in shared.caution
    (step,) = [name for name in said.names if name.name == "s:0"]
    assert "AssignAddVariableOp" in step.caution
    with old.client(tmp_path / "back") as run:
        old.equal(run("y:0", {"x:0": [1.0]}), [2.0])
        old.equal(run("y:0", {"x:0": [1.0]}), [2.0])
        assert run("s:0", {"x:0": [1.0]}) == 3.0
        old.equal(run("y:0", {"x:0": [1.0]}), [3.0])


def test_an_output_that_is_the_input_of_another_signature_is_both(tmp_path, old):
    import tensorflow as tf

    module = tf_module()
    module.w = tf.Variable(2.0)
    module.f = function(spec([None, 3]))(lambda x: {"h": x * module.w})
    module.g = function(spec([None, 3], name="h"))(lambda h: {"y": h + module.w})
    old.saved(tmp_path / "new", module, encode=module.f, decode=module.g)
    original = old.tf1_model(encode=({"x": "x:0"}, {"h": "h:0"}), decode=({"h": "h:0"}, {"y": "y:0"}))
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    assert not said.refused
    assert "h:0 may be fed or fetched: unfed, signature 'encode' computes it" in said.notes
    ones = [[1.0, 1.0, 1.0]]
    with old.client(tmp_path / "back") as run:
        old.equal(run("h:0", {"x:0": ones}), [[2.0] * 3])
        old.equal(run("y:0", {"h:0": ones}), [[3.0] * 3])
        # As in TF1: from the start to the end.
        old.equal(run("y:0", {"x:0": ones}), [[4.0] * 3])
        with pytest.raises(tf.errors.InvalidArgumentError, match="placeholder"):
            run("y:0")
    loaded = tf.saved_model.load(str(tmp_path / "back"))
    old.equal(loaded.signatures["decode"](h=tf.constant(ones))["y"], [[3.0] * 3])


def test_a_placeholder_that_has_its_name_already_is_linked_too(tmp_path, old):
    module = tf_module()
    module.f = function(spec())(lambda x: {"h": x * 2})
    module.g = function(spec(name="h"))(lambda h: {"y": h + 1})
    old.saved(tmp_path / "new", module, encode=module.f, decode=module.g)
    original = old.tf1_model(encode=({"x": "x:0"}, {"h": "decode_h:0"}), decode=({"h": "decode_h:0"}, {"y": "y:0"}))
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    assert said.renamed == (("decode_h", "decode_h_1"),)
    with old.client(tmp_path / "back") as run:
        old.equal(run("y:0", {"x:0": [1.0]}), [3.0])
        old.equal(run("y:0", {"decode_h:0": [1.0]}), [2.0])
        old.equal(run("decode_h:0", {"x:0": [1.0]}), [2.0])


def test_random_numbers_of_another_signature_are_a_caution(tmp_path, old):
    import tensorflow as tf

    module = tf_module()
    module.f = function(spec())(lambda x: {"y": x + tf.random.uniform([])})
    module.g = function(spec())(lambda x: {"y": x + tf.random.uniform([]), "z": x})
    old.saved(tmp_path / "new", module, serving_default=module.f, more=module.g)
    original = old.tf1_model(
        serving_default=({"x": "x:0"}, {"y": "y:0"}), more=({"x": "x:0"}, {"y": "y:0", "z": "z:0"})
    )
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    assert not said.refused
    (shared,) = [name for name in said.names if (name.signature, name.name) == ("more", "y:0")]
    assert "draws other random numbers" in shared.caution


def test_signatures_that_feed_each_other_in_a_circle(tmp_path, old):
    module = tf_module()
    module.f = function(spec([3]))(lambda x: {"h": x * 2})
    module.g = function(spec([3], name="h"))(lambda h: {"x": h + 1})
    old.saved(tmp_path / "new", module, one=module.f, two=module.g)
    original = old.tf1_model(one=({"x": "x:0"}, {"h": "h:0"}), two=({"h": "h:0"}, {"x": "x:0"}))
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    assert len(old.reasons(said)) == 1
    with old.client(tmp_path / "back") as run:
        # One of the two is back; asking for the other gives what is fed, or nothing.
        old.equal(run("h:0", {"h:0": [1.0] * 3}), [1.0] * 3)


def test_an_input_that_is_returned_is_what_was_fed(tmp_path, old):
    module = tf_module()
    module.f = function(spec())(lambda x: {"same": x, "y": x * 2})
    old.saved(tmp_path / "new", module, serving_default=module.f)
    original = old.tf1_model(serving_default=({"x": "x:0"}, {"same": "x:0", "y": "y:0"}))
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    assert not said.refused
    with old.client(tmp_path / "back") as run:
        same, y = run(["x:0", "y:0"], {"x:0": [1.0, 2.0]})
        old.equal(same, [1.0, 2.0])
        old.equal(y, [2.0, 4.0])


def test_ports_of_one_operation(tmp_path, old):
    import tensorflow as tf

    module = tf_module()
    module.w = tf.Variable(2.0)
    module.f = function(spec([None, 2]))(lambda x: dict(zip("ab", tf.split(x * module.w, 2, 1), strict=True)))
    old.saved(tmp_path / "new", module, serving_default=module.f)
    original = old.tf1_model(serving_default=({"x": "parse/Parse:3"}, {"a": "split:0", "b": "split:2"}))
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    assert not said.refused
    with old.client(tmp_path / "back") as run:
        a, b = run(["split:0", "split:2"], {"parse/Parse:3": [[1.0, 2.0]]})
        old.equal(a, [[2.0]])
        old.equal(b, [[4.0]])
        # What no signature names is no number.
        assert b"split" in run("split:1", {"parse/Parse:3": [[1.0, 2.0]]})
        with pytest.raises(tf.errors.InvalidArgumentError, match="parse/Parse/must_be_fed_3"):
            run("split:0")
    loaded = tf.saved_model.load(str(tmp_path / "back"))
    old.equal(loaded.signatures["serving_default"](x=tf.constant([[1.0, 2.0]]))["b"], [[4.0]])


def test_several_inputs_of_one_operation(tmp_path, old):
    """A parsing receiver, whose clients feed what the parser gives."""
    import tensorflow as tf

    module = tf_module()
    module.w = tf.Variable(2.0)
    module.f = function(spec(name="a"), spec(dtype="int64", name="b"))(
        lambda a, b: {"y": a * module.w, "z": b + tf.cast(module.w, tf.int64)}
    )
    module.g = function(spec(name="a"))(lambda a: {"v": a - module.w})
    old.saved(tmp_path / "new", module, serving_default=module.f, less=module.g)
    original = old.tf1_model(
        serving_default=({"a": "Parse:0", "b": ("Parse:1", "int64")}, {"y": "y:0", "z": ("z:0", "int64")}),
        less=({"a": "Parse:0"}, {"v": "v:0"}),
    )
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    assert not said.refused
    with old.client(tmp_path / "back") as run:
        y, z = run(["y:0", "z:0"], {"Parse:0": [1.0], "Parse:1": [5]})
        old.equal(y, [2.0])
        old.equal(z, [7])
        old.equal(run("v:0", {"Parse:0": [1.0]}), [-1.0])


def test_outputs_of_one_operation_from_different_calls(tmp_path, old):
    module = tf_module()
    module.f = function(spec())(lambda x: {"a": x + 1})
    module.g = function(spec(name="z"))(lambda z: {"b": z + 2})
    old.saved(tmp_path / "new", module, one=module.f, two=module.g)
    original = old.tf1_model(one=({"x": "x:0"}, {"a": "split:0"}), two=({"z": "z:0"}, {"b": "split:1"}))
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    # Each would need what the other is fed.
    assert list(old.reasons(said)) == [("two", "split:1")]
    with old.client(tmp_path / "back") as run:
        old.equal(run("split:0", {"x:0": [1.0]}), [2.0])
        with pytest.raises((KeyError, ValueError)):
            run("split:1", {"z:0": [1.0]})


def test_operations_that_are_run(tmp_path, old):
    import tensorflow as tf

    module = tf_module()
    module.w = tf.Variable(2.0, name="train/op")

    @function(spec([]))
    def train(x):
        return {"step": module.w.assign_add(x)}

    module.f = train
    old.saved(tmp_path / "new", module, train=module.f)
    original = old.tf1_model(train=({"x": "x:0"}, {"train_op": "train/op", "step": "step:0"}))
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    assert not said.refused
    with old.client(tmp_path / "back") as run:
        import tensorflow.compat.v1 as tf1

        run(tf1.get_default_graph().get_operation_by_name("train/op"), {"x:0": 3.0})
        assert run("step:0", {"x:0": 1.0}) == 6.0


def test_other_dtypes_and_missing_keys_are_refused(tmp_path, old):
    import tensorflow as tf

    module = tf_module()
    module.w = tf.Variable(2.0, name="ids")
    module.f = function(spec(dtype="int64", name="ids"), spec(name="x"))(
        lambda ids, x: {"y": x * module.w, "n": tf.size(ids)}
    )
    old.saved(tmp_path / "new", module, serving_default=module.f)
    original = old.tf1_model(
        serving_default=(
            {"ids": ("ids:0", "int32"), "images": "images:0", "x": "x:0"},
            {"y": "y:0", "n": ("n:0", "int64"), "m": "m:0", "odd": "odd:1x"},
        ),
        gone=({"x": "x:0"}, {"q": "q:0"}),
    )
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    found = old.reasons(said)
    assert found["serving_default", "ids:0"] == "it was int32, and is int64 in the new model"
    assert "--rename-input" in found["serving_default", "images:0"]
    assert found["serving_default", "n:0"] == "it was int64, and is int32 in the new model"
    assert "--rename-output" in found["serving_default", "m:0"]
    assert "no name that a graph can have" in found["serving_default", "odd:1x"]
    assert "serving_default_ids:0" in found["serving_default", "y:0"]
    assert found["gone", "q:0"] == "the new model has no signature 'gone'"
    # Nobody feeds a variable in place of the input.
    assert ("ids", "ids_1") in said.renamed


def test_sparse_inputs_of_a_tf2_export(tmp_path, old):
    import tensorflow as tf

    from migrate.signatures.model import TensorInfo

    module = tf_module()
    module.f = function(tf.SparseTensorSpec([None, 3], tf.float32))(lambda docs: {"y": tf.sparse.reduce_sum(docs, 1)})
    old.saved(tmp_path / "new", module, serving_default=module.f)
    docs = TensorInfo("docs", "", "float32", (None, 3), ("docs/indices:0", "docs/values:0", "docs/shape:0"))
    original = old.tf1_model(serving_default=({"docs": docs}, {"y": "y:0"}))
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    assert not said.refused
    feeds = {"docs/indices:0": [[0, 1], [1, 2]], "docs/values:0": [1.0, 2.0], "docs/shape:0": [2, 3]}
    with old.client(tmp_path / "back") as run:
        old.equal(run("y:0", feeds), [1.0, 2.0])


def test_keras_exports(tmp_path, old):
    import tensorflow as tf

    inputs = tf.keras.Input([3], name="x")
    model = tf.keras.Model(inputs, tf.keras.layers.Dense(2, name="y")(inputs))
    model.export(str(tmp_path / "new"), verbose=False)
    signature = old.read(tmp_path / "new").meta_graphs[0].signature_def["serving_default"]
    ((given, _),), ((returned, _),) = signature.inputs.items(), signature.outputs.items()
    original = old.tf1_model(serving_default=({given: "x:0"}, {returned: "dense/BiasAdd:0"}))
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    assert not said.refused
    value = np.ones([2, 3], np.float32)
    expected = model(value).numpy()
    with old.client(tmp_path / "back") as run:
        np.testing.assert_allclose(run("dense/BiasAdd:0", {"x:0": value}), expected, rtol=1e-6)


def test_a_model_that_tf1_wrote(tmp_path, old):
    import tensorflow.compat.v1 as tf1

    with tf1.Graph().as_default(), tf1.Session() as session:
        a = tf1.placeholder(tf1.float32, [None], name="a")
        y = tf1.placeholder(tf1.float32, [None], name="y")
        w = tf1.get_variable("w", initializer=2.0, use_resource=False)
        with tf1.device("/cpu:0"), tf1.colocate_with(y.op):
            total = tf1.add(a * w, y, name="x")
        session.run(tf1.global_variables_initializer())
        tf1.saved_model.simple_save(session, str(tmp_path / "new"), {"a": a, "b": y}, {"sum": total})
    original = old.tf1_model(serving_default=({"a": "x:0", "b": "w:0"}, {"sum": "y:0"}))
    said = old.put_back(tmp_path / "new", original, tmp_path / "back")
    assert not said.refused
    # The ref variable moved, with what collections say of it; its place in the checkpoint is by another name.
    assert dict(said.renamed)["w"] == "w_1"
    with old.client(tmp_path / "back") as run:
        old.equal(run("y:0", {"x:0": [1.0], "w:0": [10.0]}), [12.0])
        (variable,) = tf1.global_variables()
        assert variable.name == "w_1:0"
        assert run(variable) == 2.0
