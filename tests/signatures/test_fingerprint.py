from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from migrate import protos, restore_signatures
from migrate.errors import MigrateError
from migrate.restore import undo
from migrate.signatures.fingerprint import Same, graph_def_program_hash, refreshed, saved_object_graph_hash
from migrate.signatures.proto import new_message
from migrate.signatures.wire import header
from tests.graph.model_fixtures import FOLDER
from tests.restore.tf_models import keras_model, module_model, recomputed, recorded, without_uuid
from tests.signatures.test_canonical import BINARY, nasty_model

NOTHING_CHANGES = Same(graph=True, objects=True)
GRAPH_CHANGES = Same(graph=False, objects=False)


def made(old: bytes, directory: Path, same: Same = NOTHING_CHANGES):
    """The fingerprint for a file that is as it was."""
    file = directory / "saved_model.pb"
    data = refreshed(old, file, file, directory, same)
    assert data is not None
    return protos.message_type("core.protobuf.fingerprint_pb2.FingerprintDef").FromString(data)


def check(directory: Path) -> None:
    """fingerprint.pb is, all five hashes and the version, what TensorFlow makes."""
    assert without_uuid(recorded(directory)) == without_uuid(recomputed(directory))


CHANGES = {
    "method name": {"regress": ["regress"]},
    "several method names": {"regress": ["regress"], "classify": ["serving_default"]},
    "rename": {"rename": {"predict": "a new key"}},
    "exchange": {"rename": {"predict": "regress", "regress": "predict"}},
    "copy": {"copy": {"predict": "xai_model"}},
    "remove": {"remove": ["regress"]},
    "remove all": {"remove": ["regress", "predict", "serving_default"]},
    "rename input": {"rename_inputs": {"predict": {"a": "alpha", "b": "beta"}}},
    "rename input to what Python cannot say": {"rename_inputs": {"predict": {"a": "x:0"}}},
    "rename output": {"rename_outputs": {"predict": {"m": "middle"}}},
    "rename output, in another order": {"rename_outputs": {"predict": {"z": "a"}}},
    "odd keys": {"copy": {"predict": "=:\N{SNOWMAN} "}, "rename_outputs": {"predict": {"c": "é", "m": "z z"}}},
    "everything": {
        "rename": {"predict": "p"},
        "copy": {"regress": "again"},
        "remove": ["serving_default"],
        "regress": ["again"],
        "rename_inputs": {"p": {"a": "aa"}},
        "rename_outputs": {"p": {"c": "cc", "m": "mm", "z": "zz"}},
    },
}


@pytest.mark.tensorflow
@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_after_a_change_it_is_what_tensorflow_makes(module, changes):
    before = recorded(module)
    assert restore_signatures(module, **changes).written
    check(module)
    assert recorded(module).uuid != before.uuid
    undo(module)
    assert recorded(module) == before


@pytest.mark.tensorflow
def test_after_several_changes(module):
    restore_signatures(module, copy={"predict": "z"}, regress=["regress"])
    restore_signatures(module, rename={"z": "y"}, rename_outputs={"y": {"m": "middle"}})
    restore_signatures(module, remove=["regress"], classify=["serving_default"])
    check(module)


@pytest.mark.tensorflow
@pytest.mark.parametrize("key", ["serve", "serving_default"])
def test_keras_exports(keras_export, key):
    restore_signatures(keras_export, copy={key: "xai_model"}, rename_outputs={key: {"bias": "a"}})
    check(keras_export)
    restore_signatures(keras_export, rename={key: "new"})
    check(keras_export)


@pytest.mark.tensorflow
@pytest.mark.parametrize("old", [b"", b"garbage \xff", b"\x08\x01\x10\x02\x18\x03"], ids=["empty", "garbage", "stale"])
@pytest.mark.parametrize("changes", [{"regress": ["regress"]}, {"rename": {"predict": "p"}}], ids=["method", "key"])
def test_what_was_wrong_is_made_anew(module, old, changes):
    (module / "fingerprint.pb").write_bytes(old)
    restore_signatures(module, **changes)
    check(module)


@pytest.mark.tensorflow
def test_one_of_another_model_is_made_anew(module):
    shutil.copyfile(keras_model() / "fingerprint.pb", module / "fingerprint.pb")
    restore_signatures(module, regress=["regress"])
    check(module)


@pytest.mark.tensorflow
def test_a_wrong_hash_of_the_objects_is_made_anew_where_they_change(module):
    fingerprint = recorded(module)
    fingerprint.saved_object_graph_hash += 1
    (module / "fingerprint.pb").write_bytes(fingerprint.SerializeToString())
    restore_signatures(module, rename={"predict": "p"})
    check(module)


@pytest.mark.tensorflow
def test_where_there_was_none_there_is_none(module):
    (module / "fingerprint.pb").unlink()
    restore_signatures(module, regress=["regress"])
    assert not (module / "fingerprint.pb").exists()


@pytest.mark.tensorflow
def test_in_a_whole_copy_too(module, tmp_path):
    restore_signatures(module, rename={"predict": "p"}, out=tmp_path / "out")
    check(tmp_path / "out")
    restore_signatures(module, out=tmp_path / "same")
    assert recorded(tmp_path / "same") == recorded(module) == recorded(module_model())


@pytest.mark.tensorflow
@pytest.mark.parametrize("same", [NOTHING_CHANGES, GRAPH_CHANGES], ids=["known", "unknown"])
@pytest.mark.parametrize(
    "directory", [*BINARY, module_model, keras_model], ids=[*(path.parent.name for path in BINARY), "module", "keras"]
)
def test_every_model_from_nothing_and_from_what_is_right(directory, same):
    path = directory if isinstance(directory, Path) else directory()
    theirs = recomputed(path)
    for old in (b"", theirs.SerializeToString()):
        assert without_uuid(made(old, path, same)) == without_uuid(theirs)


@pytest.mark.tensorflow
def test_nasty_keys(tmp_path):
    saved_model = nasty_model()
    for name in ("plain_3", "with_12_4", "f_007", "seventeen_17"):
        node = saved_model.meta_graphs[0].graph_def.node.add(name=name, op="StatefulPartitionedCall")
        node.attr["f"].func.name = f"call_{name}"
        node.attr["config_proto"].s = b"\x12"
    node = saved_model.meta_graphs[0].graph_def.node.add(name="no number", op="PartitionedCall")
    node.attr["f"].func.name = "call_x"
    node.attr["config_proto"].s = b""
    constant = saved_model.meta_graphs[0].graph_def.node.add(name="words", op="Const")
    constant.attr["dtype"].type = 7
    constant.attr["value"].tensor.string_val.append(b"x")
    (tmp_path / "saved_model.pb").write_bytes(saved_model.SerializeToString())
    theirs = recomputed(tmp_path)
    for old in (b"", theirs.SerializeToString()):
        for same in (NOTHING_CHANGES, GRAPH_CHANGES, Same(graph=True, objects=False)):
            assert without_uuid(made(old, tmp_path, same)) == without_uuid(theirs)


@pytest.mark.tensorflow
def test_fields_in_odd_order_and_entries_that_are_there_twice(tmp_path):
    one, two = nasty_model(), nasty_model()
    two.meta_graphs[0].signature_def["a"].method_name = "another"
    first, second = (model.meta_graphs[0].SerializeToString(deterministic=True) for model in (one, two))
    both = second + first
    (tmp_path / "saved_model.pb").write_bytes(header(2, len(both)) + both + b"\x08\x01")
    theirs = recomputed(tmp_path)
    for old in (b"", theirs.SerializeToString()):
        assert without_uuid(made(old, tmp_path)) == without_uuid(theirs)


def small_model(directory: Path, *, graph: bytes = b"", objects: bytes = b"") -> Path:
    message = new_message("SavedModel")
    meta_graph = message.meta_graphs.add()
    meta_graph.meta_info_def.tags.append("serve")
    meta_graph.signature_def.add(key="k").value.method_name = "m"
    if objects:
        meta_graph.object_graph_def = objects
    data = meta_graph.SerializeToString() + graph
    directory.mkdir(exist_ok=True)
    (directory / "saved_model.pb").write_bytes(header(2, len(data)) + data)
    (directory / "fingerprint.pb").write_bytes(b"")
    return directory


def test_functions_without_numbers_have_no_fingerprint(tmp_path):
    objects = protos.message_type("core.protobuf.saved_object_graph_pb2.SavedObjectGraph")()
    objects.concrete_functions["no_number"].Clear()
    assert saved_object_graph_hash(objects) is None
    model = small_model(tmp_path / "m", objects=objects.SerializeToString())
    file = model / "saved_model.pb"
    assert refreshed(b"", file, file, model, GRAPH_CHANGES) is None
    restore_signatures(model, rename={"k": "new"})
    assert not (model / "fingerprint.pb").exists()
    undo(model)
    assert (model / "fingerprint.pb").read_bytes() == b""


@pytest.mark.tensorflow
def test_tensorflow_makes_none_there_either(tmp_path):
    objects = protos.message_type("core.protobuf.saved_object_graph_pb2.SavedObjectGraph")()
    objects.concrete_functions["no_number"].Clear()
    with pytest.raises(Exception, match=r"UID|number|int64|fingerprint"):
        recomputed(small_model(tmp_path / "m", objects=objects.SerializeToString()))


@pytest.mark.parametrize("graph", [b"\x12\x02\xff\xff", b"\x12\x03\x0a\x05x", b"\x12\x02\x0a\x80"])
def test_a_damaged_graph_is_one_line(tmp_path, graph):
    model = small_model(tmp_path / "m", graph=graph)
    before = (model / "saved_model.pb").read_bytes()
    with pytest.raises(MigrateError, match=r"its graph or its objects are damaged, so that fingerprint\.pb") as caught:
        restore_signatures(model, rename={"k": "new"})
    assert "\n" not in str(caught.value)
    assert (model / "saved_model.pb").read_bytes() == before
    assert sorted(path.name for path in model.iterdir()) == ["fingerprint.pb", "saved_model.pb"]
    (model / "fingerprint.pb").unlink()
    assert restore_signatures(model, rename={"k": "new"}).written


def test_only_the_numbers_of_calls_and_the_values_of_texts_are_left_out():
    def graph(function: str, config: bytes = b"", word: bytes = b"", op: str = "StatefulPartitionedCall"):
        made = protos.graph_def()
        call = made.node.add(name="call", op=op)
        call.attr["f"].func.name = function
        call.attr["config_proto"].s = config
        text = made.node.add(name="text", op="Const")
        text.attr["dtype"].type = 7
        text.attr["value"].tensor.string_val.append(word)
        made.library.function.add().signature.name = function
        made.versions.producer = len(function)
        return graph_def_program_hash(made)

    assert graph("f_1") == graph("f_23", b"x", b"y") == graph("f_456")
    assert graph("f_1") != graph("g_1")
    assert graph("f_1", op="Other") != graph("f_2", op="Other")


@pytest.mark.tensorflow
def test_models_in_text_form_have_none(tmp_path):
    shutil.copytree(FOLDER / "text_saved_model" / "golden", tmp_path / "m")
    (tmp_path / "m" / "fingerprint.pb").write_bytes(b"of another model")
    from migrate.signatures import read_meta_graph

    key = read_meta_graph(tmp_path / "m").signatures[0].key
    restore_signatures(tmp_path / "m", copy={key: "again"})
    assert not (tmp_path / "m" / "fingerprint.pb").exists()
