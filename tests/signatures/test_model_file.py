from __future__ import annotations

import pytest

from migrate.errors import MigrateError
from migrate.signatures.model_file import model_file, open_file, open_model
from migrate.signatures.proto import new_message


def content() -> bytes:
    message = new_message("SavedModel")
    message.meta_graphs.add().meta_info_def.tags.append("serve")
    return message.SerializeToString()


def test_a_binary_model_is_a_map_of_the_file(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(content())
    with open_model(tmp_path) as model:
        assert model.path == tmp_path / "saved_model.pb"
        assert bytes(model.buffer) == content()
        assert [layout.tags for layout in model.meta_graphs] == [("serve",)]
        assert not model.is_text
        assert model.status.st_ino == (tmp_path / "saved_model.pb").stat().st_ino


def test_a_text_model_is_translated(tmp_path):
    (tmp_path / "saved_model.pbtxt").write_text('meta_graphs { meta_info_def { tags: "serve" } }')
    with open_model(tmp_path) as model:
        assert model.is_text
        assert bytes(model.buffer) == content()


def test_the_binary_file_goes_first(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(content())
    (tmp_path / "saved_model.pbtxt").write_text("nonsense")
    assert model_file(tmp_path).name == "saved_model.pb"
    assert model_file(tmp_path / "saved_model.pbtxt").name == "saved_model.pbtxt"


def test_a_file_of_another_name(tmp_path):
    (tmp_path / ".saved_model.pb.x.tmp").write_bytes(content())
    with open_file(tmp_path / ".saved_model.pb.x.tmp") as model:
        assert not model.is_text


def test_the_status_is_that_of_the_file_which_is_open(tmp_path):
    file = tmp_path / "saved_model.pb"
    file.write_bytes(content())
    with open_model(tmp_path) as model:
        file.unlink()
        file.write_bytes(b"other")
        assert model.status.st_size == len(content())
        assert bytes(model.buffer) == content()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS"),
        (b"\x08\x01", "there is no MetaGraph in it"),
        (b"\x12\x05\x0a", "truncated, or no SavedModel"),
        (b"\x0a\x00", "a GraphDef or MetaGraphDef"),
    ],
)
def test_no_model(tmp_path, data, said):
    (tmp_path / "saved_model.pb").write_bytes(data)
    with pytest.raises(MigrateError, match=said), open_model(tmp_path):
        pass


def test_chunks_are_refused(tmp_path):
    (tmp_path / "saved_model.cpb").write_bytes(b"x")
    with pytest.raises(MigrateError, match="a SavedModel in chunks"):
        model_file(tmp_path)
