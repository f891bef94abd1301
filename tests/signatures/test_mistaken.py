from __future__ import annotations

import pytest
from model_fixtures import model_fixture

from migrate import protos
from migrate.signatures.mistaken import mistaken_file, mistaken_for


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"PK\x03\x04", "zip"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"\x1c\x00\x00\x00TFL3", "TensorFlow Lite"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\n  <!doctype HTML>", "HTML"),
        (b"<?xml version='1.0'?><Error/>", "XML"),
        (b"meta_graphs {\n", "saved_model.pbtxt"),
        (bytes(64), "zeros"),
        (b"\x0a\x03\x0a\x01x", "GraphDef"),
    ],
)
def test_the_first_bytes_tell(content, said):
    assert said in mistaken_for(content)


@pytest.mark.parametrize(
    "content", [b"", b"\x0a", b"\x0a\xff", b"hello", bytes(63), b"\x08\x01\x12\x05\x0a", b"<b>", b"PK", b"\x12\x00"]
)
def test_what_they_do_not_tell_is_not_guessed(content):
    assert mistaken_for(content) is None


def test_graphs_are_known_and_models_are_no_graphs():
    data = (model_fixture("examples_three_methods").path / "saved_model.pb").read_bytes()
    model = protos.saved_model()
    model.ParseFromString(data)
    assert mistaken_for(data) is None
    for part in (model.meta_graphs[0], model.meta_graphs[0].graph_def):
        assert "tf-migrate convert" in mistaken_for(part.SerializeToString())


def test_files(tmp_path):
    file = tmp_path / "model.keras"
    assert mistaken_file(file) is None
    file.write_bytes(b"")
    assert mistaken_file(file) is None
    file.write_bytes(b"PK\x03\x04")
    assert "model.export" in mistaken_file(file)
    assert mistaken_file(tmp_path) is None
