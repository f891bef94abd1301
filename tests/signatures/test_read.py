import subprocess
import sys
from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.signatures import MetaGraph, SignatureDef, TensorInfo, read_meta_graph, read_meta_graphs
from migrate.signatures.proto import new_message


def saved_model():
    message = new_message("SavedModel")
    first = message.meta_graphs.add()
    first.meta_info_def.tags.append("serve")
    first.meta_info_def.tensorflow_version = "1.15.5"
    second = message.meta_graphs.add()
    second.meta_info_def.tags.extend(["serve", "gpu"])
    return message


def write(directory: Path, message) -> Path:
    directory.mkdir(exist_ok=True)
    (directory / "saved_model.pb").write_bytes(message.SerializeToString())
    return directory


def test_everything_is_read(tmp_path):
    message = saved_model()
    entry = message.meta_graphs[0].signature_def.add(key="b")
    entry.value.method_name = "m"
    x = entry.value.inputs.add(key="x").value
    x.name, x.dtype = "x:0", 1
    x.tensor_shape.dim.add(size=-1)
    x.tensor_shape.dim.add(size=3)
    unknown = entry.value.inputs.add(key="a").value
    unknown.name, unknown.dtype = "a:0", 107
    unknown.tensor_shape.unknown_rank = True
    sparse = entry.value.outputs.add(key="s").value
    sparse.dtype = 9
    sparse.coo_sparse.indices_tensor_name = "i:0"
    sparse.coo_sparse.values_tensor_name = "v:0"
    sparse.coo_sparse.dense_shape_tensor_name = "d:0"
    scalar = entry.value.outputs.add(key="o").value
    scalar.name, scalar.dtype = "o", 0
    scalar.tensor_shape.SetInParent()
    ragged = entry.value.outputs.add(key="r").value
    part = ragged.composite_tensor.components.add(name="flat:0")
    part.dtype = 1
    entry.value.defaults.add(key="x", value=b"1")
    message.meta_graphs[0].signature_def.add(key="a")
    message.meta_graphs[0].signature_def.add(key="__saved_model_init_op")
    message.meta_graphs[0].signature_def.add(key="__saved_model_train_op")

    signature = SignatureDef(
        "b",
        "m",
        inputs=(TensorInfo("a", "a:0", "string", None), TensorInfo("x", "x:0", "float32", (None, 3))),
        outputs=(
            TensorInfo("o", "o", "invalid", ()),
            TensorInfo("r", "", "invalid", None, components=(TensorInfo("r.0", "flat:0", "float32", None),)),
            TensorInfo("s", "", "int64", None, sparse=("i:0", "v:0", "d:0")),
        ),
        defaults=(("x", b"1"),),
    )
    found = read_meta_graph(write(tmp_path / "m", message))
    assert found == MetaGraph(("serve",), (SignatureDef("a", "", (), ()), signature), "1.15.5", False)
    kinds = [info.kind for info in (*signature.inputs, *signature.outputs)]
    assert kinds == ["dense", "dense", "operation", "composite", "sparse"]
    assert signature.input("x") == signature.inputs[1]
    assert signature.output("nothing") is None


def test_tags_in_any_order(tmp_path):
    directory = write(tmp_path / "m", saved_model())
    assert read_meta_graph(directory, ["serve", "gpu"]).tags == ("gpu", "serve")
    assert read_meta_graph(directory / "saved_model.pb").tags == ("serve",)
    assert len(read_meta_graphs(str(directory))) == 2


def test_object_graph(tmp_path):
    message = saved_model()
    message.meta_graphs[0].object_graph_def = b""
    assert read_meta_graph(write(tmp_path / "m", message)).has_objects


def error(path, *tags) -> str:
    with pytest.raises(MigrateError) as caught:
        read_meta_graph(path, *tags)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_no_such_tags(tmp_path):
    directory = write(tmp_path / "m", saved_model())
    assert "no MetaGraph has the tags train; there is: serve; gpu,serve" in error(directory, ["train"])
    assert "(none)" in error(directory, [])


def test_bad_paths(tmp_path):
    assert "no such directory" in error(tmp_path / "nothing")
    (tmp_path / "file").write_text("x")
    assert "not a SavedModel directory" in error(tmp_path / "file")
    (tmp_path / "empty").mkdir()
    assert "no saved_model.pb" in error(tmp_path / "empty")
    (tmp_path / "versions").mkdir()
    write(tmp_path / "versions" / "2", saved_model())
    assert f"did you mean {tmp_path / 'versions' / '2'}?" in error(tmp_path / "versions")


def test_broken_files(tmp_path):
    data = saved_model().SerializeToString()
    for content, said in ((b"", "0 bytes"), (data[:-3], "truncated"), (b"\x08\x01", "no MetaGraph")):
        (tmp_path / "saved_model.pb").write_bytes(content)
        assert said in error(tmp_path)
    (tmp_path / "saved_model.pb").unlink()
    (tmp_path / "saved_model.pb").mkdir()
    assert "not a regular file" in error(tmp_path)


def test_no_tensorflow_is_imported(tmp_path):
    directory = write(tmp_path / "m", saved_model())
    code = (
        "import sys; from migrate.signatures import read_meta_graph; import migrate.verify;"
        f"read_meta_graph({str(directory)!r}); assert 'tensorflow' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


@pytest.mark.tensorflow
def test_text_form(tmp_path):
    text = """meta_graphs { meta_info_def { tags: "serve" } signature_def { key: "s" value {
        inputs { key: "x" value { name: "x:0" dtype: DT_FLOAT tensor_shape { dim { size: 2 } } } } } } }"""
    (tmp_path / "saved_model.pbtxt").write_text(text)
    (signature,) = read_meta_graph(tmp_path).signatures
    assert signature.inputs == (TensorInfo("x", "x:0", "float32", (2,)),)
    (tmp_path / "saved_model.pbtxt").write_text("meta_graphs { nonsense: 1 }")
    assert "no SavedModel in text form" in error(tmp_path)
    (tmp_path / "saved_model.pbtxt").write_bytes(b"\xff\xfe")
    assert "no SavedModel in text form" in error(tmp_path)
