"""Every kind of broken model directory is one clear line, and nothing on the disk changes."""

from __future__ import annotations

import os
import shutil
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from model_fixtures import model_fixture

from migrate import protos
from migrate.restore.undo_file import NAME as UNDO
from migrate.signatures.layout import read_layout
from migrate.signatures.proto import new_message
from migrate.signatures.wire import header

GOLDEN = model_fixture("examples_three_methods").path
RESTORE = ("--predict", "serving_default")
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@dataclass(frozen=True)
class Broken:
    """A kind of broken model.

    Attributes:
        make: Breaks the model in a directory.
        names: What the error says: a path in the model (`.` for its directory) comes first.
        says: The rest of it: what is wrong, and what to do.
        options: What `restore` is asked for.
        in_check: Whether `check` has to say the same.
    """

    make: Callable[[Path], object]
    names: str
    says: tuple[str, ...]
    options: tuple[str, ...] = RESTORE
    in_check: bool = True


def pb(model: Path) -> Path:
    return model / "saved_model.pb"


def content(data: bytes) -> Callable[[Path], object]:
    return lambda model: pb(model).write_bytes(data)


def cut(where: float) -> Callable[[Path], object]:
    def make(model: Path) -> None:
        data = pb(model).read_bytes()
        pb(model).write_bytes(data[: int(len(data) * where)])

    return make


def saved_model():
    message = protos.saved_model()
    message.ParseFromString(pb(GOLDEN).read_bytes())
    return message


def serialized(change: Callable[[object], object]) -> Callable[[Path], object]:
    def make(model: Path) -> None:
        message = saved_model()
        change(message)
        pb(model).write_bytes(message.SerializeToString(deterministic=True))

    return make


def other_file(name: str, data: bytes) -> Callable[[Path], object]:
    """Another file in the place of saved_model.pb."""

    def make(model: Path) -> None:
        pb(model).unlink()
        (model / name).write_bytes(data)

    return make


def as_directory(name: str) -> Callable[[Path], object]:
    def make(model: Path) -> None:
        (model / name).unlink(missing_ok=True)
        (model / name).mkdir()

    return make


def one_file(data: bytes) -> Callable[[Path], object]:
    """A file where the directory should be."""

    def make(model: Path) -> None:
        shutil.rmtree(model)
        model.write_bytes(data)

    return make


def versions(model: Path) -> None:
    aside = model.with_name("aside")
    model.rename(aside)
    for version in ("9", "10"):
        shutil.copytree(aside, model / version)
    shutil.rmtree(aside)


def inside_of(name: str) -> Callable[[Path], object]:
    def make(model: Path) -> None:
        aside = model.with_name("aside")
        model.rename(aside)
        model.mkdir()
        aside.rename(model / name)

    return make


def whole(model: Path) -> None:
    """Nothing is broken: it is what is asked for that cannot be done."""


def emptied(model: Path) -> None:
    shutil.rmtree(model)
    model.mkdir()


def keras_archive(model: Path) -> None:
    shutil.rmtree(model)
    with zipfile.ZipFile(model, "w") as archive:
        archive.writestr("config.json", "{}")


def dangling(model: Path) -> None:
    pb(model).unlink()
    pb(model).symlink_to("../blobs/0123456789abcdef")


def link_in_circle(model: Path) -> None:
    pb(model).unlink()
    pb(model).symlink_to("saved_model.pb")


def fifo(model: Path) -> None:
    pb(model).unlink()
    os.mkfifo(pb(model))


def unreadable(path: str) -> Callable[[Path], object]:
    return lambda model: (model / path).chmod(0)


def broken_part(field: int) -> Callable[[Path], object]:
    """A field of the MetaGraphDef that is no message, in a file whose other parts are whole."""

    def make(model: Path) -> None:
        data = pb(model).read_bytes()
        (layout,) = read_layout(data)
        meta_graph = data[layout.value.start : layout.value.end] + header(field, 2) + b"\x0a\xff"
        pb(model).write_bytes(data[: layout.span.start] + header(2, len(meta_graph)) + meta_graph)

    return make


HTML = b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>\n"
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1\nsize 12345\n"
AGAIN = "export"  # what to do where the file is not what the exporter wrote

BROKEN = {
    "no directory": Broken(shutil.rmtree, ".", ("no such directory",)),
    "a file instead": Broken(one_file(b"hello\n"), ".", ("directory",)),
    "the .keras file": Broken(keras_archive, ".", ("Keras", "export")),
    "the .h5 file": Broken(one_file(b"\x89HDF\r\n\x1a\n" + bytes(100)), ".", ("Keras", "export")),
    "the .tflite file": Broken(one_file(b"\x1c\x00\x00\x00TFL3" + bytes(100)), ".", ("TensorFlow Lite",)),
    "an empty file instead": Broken(one_file(b""), ".", ("directory",)),
    "a GraphDef instead": Broken(
        lambda model: one_file(saved_model().meta_graphs[0].graph_def.SerializeToString())(model),
        ".",
        ("GraphDef", "tf-migrate convert"),
    ),
    "empty directory": Broken(emptied, ".", ("no saved_model.pb", "empty")),
    "versions one level down": Broken(versions, ".", ("no saved_model.pb", "did you mean", "/10?")),
    "model one level down": Broken(inside_of("model"), ".", ("no saved_model.pb", "did you mean", "/model?")),
    "variables only": Broken(lambda model: pb(model).unlink(), ".", ("no saved_model.pb", "tf.saved_model.save")),
    "a checkpoint": Broken(
        other_file("model.ckpt-100.meta", b"\x0a"), ".", ("no saved_model.pb", "convert", "model.ckpt-100.meta")
    ),
    "empty file": Broken(content(b""), "saved_model.pb", ("empty", AGAIN)),
    "cut off in the first byte": Broken(content(b"\x08"), "saved_model.pb", ("truncated", AGAIN)),
    "cut off behind the version": Broken(content(b"\x08\x01"), "saved_model.pb", ("no MetaGraph", AGAIN)),
    "cut off early": Broken(cut(0.1), "saved_model.pb", ("truncated", AGAIN)),
    "cut off in the middle": Broken(cut(0.5), "saved_model.pb", ("truncated", AGAIN)),
    "cut off late": Broken(cut(0.99), "saved_model.pb", ("truncated", AGAIN)),
    "garbage": Broken(content(bytes(range(255, 0, -1)) * 9), "saved_model.pb", ("SavedModel", AGAIN)),
    "zeros, after a crash of the machine": Broken(content(bytes(5000)), "saved_model.pb", ("SavedModel", AGAIN)),
    "text": Broken(content(b"hello world\n"), "saved_model.pb", ("SavedModel", AGAIN)),
    "error page": Broken(content(HTML), "saved_model.pb", ("HTML", "download")),
    "Git LFS pointer": Broken(content(LFS), "saved_model.pb", ("Git LFS", "git lfs pull")),
    "GraphDef": Broken(
        lambda model: pb(model).write_bytes(saved_model().meta_graphs[0].graph_def.SerializeToString()),
        "saved_model.pb",
        ("GraphDef", "tf-migrate convert"),
    ),
    "MetaGraphDef": Broken(
        lambda model: pb(model).write_bytes(saved_model().meta_graphs[0].SerializeToString()),
        "saved_model.pb",
        ("MetaGraphDef", "tf-migrate convert"),
    ),
    "the .keras file as saved_model.pb": Broken(content(b"PK\x03\x04" + bytes(99)), "saved_model.pb", ("zip", AGAIN)),
    "the .h5 file as saved_model.pb": Broken(
        content(b"\x89HDF\r\n\x1a\n" + bytes(99)), "saved_model.pb", ("HDF5", AGAIN)
    ),
    "gzip": Broken(content(b"\x1f\x8b\x08\x00" + bytes(99)), "saved_model.pb", ("gzip", "unpack")),
    "text form under the binary name": Broken(
        content(b"saved_model_schema_version: 1\nmeta_graphs {\n}\n"), "saved_model.pb", ("saved_model.pbtxt",)
    ),
    "in chunks": Broken(
        other_file("saved_model.cpb", b"\x0a\x0b"), ".", ("saved_model.cpb", "chunks", "save it again")
    ),
    "Keras 2 metadata only": Broken(other_file("keras_metadata.pb", b"\x0a"), ".", ("no saved_model.pb", "export")),
    "saved_model.pb is a directory": Broken(as_directory("saved_model.pb"), "saved_model.pb", ("a directory",)),
    "dangling link": Broken(dangling, "saved_model.pb", ("link", "0123456789abcdef")),
    "link to itself": Broken(link_in_circle, "saved_model.pb", ("link",)),
    "a pipe": Broken(fifo, "saved_model.pb", ("not a regular file",)),
    "broken text form": Broken(
        other_file("saved_model.pbtxt", b"meta_graphs {\n  meta_info_def {\n"), "saved_model.pbtxt", ("2:17", AGAIN)
    ),
    "unknown field in text form": Broken(
        other_file("saved_model.pbtxt", b"meta_graphs { colour: 1 }"), "saved_model.pbtxt", ("text form", "colour")
    ),
    "text form not UTF-8": Broken(
        other_file("saved_model.pbtxt", "meta_graphs { # \xe9t\xe9\n}".encode("latin-1")),
        "saved_model.pbtxt",
        ("UTF-8",),
    ),
    "text form in UTF-16": Broken(
        other_file("saved_model.pbtxt", "meta_graphs {\n}\n".encode("utf-16")), "saved_model.pbtxt", ("UTF-8",)
    ),
    "empty text form": Broken(other_file("saved_model.pbtxt", b""), "saved_model.pbtxt", ("empty", AGAIN)),
    "blank text form": Broken(other_file("saved_model.pbtxt", b"\n \n"), "saved_model.pbtxt", ("no MetaGraph",)),
    "no MetaGraph": Broken(
        serialized(lambda message: message.ClearField("meta_graphs")), "saved_model.pb", ("no MetaGraph", AGAIN)
    ),
    "no signatures": Broken(
        serialized(lambda message: message.meta_graphs[0].ClearField("signature_def")),
        ".",
        ("no signature `serving_default`", "none"),
        in_check=False,
    ),
    "other signatures": Broken(
        whole,
        ".",
        ("no signature `default`", "serving_default"),
        ("--classify", "default"),
        in_check=False,
    ),
    "wrong tags": Broken(whole, ".", ("tags train", "there is: serve"), (*RESTORE, "--tags", "train"), in_check=False),
    "broken signature": Broken(broken_part(5), "saved_model.pb", ("broken field", AGAIN)),
    "broken object graph": Broken(
        broken_part(7), ".", ("object graph", "damaged", AGAIN), ("--rename", "price=cost"), in_check=False
    ),
    "broken graph beside a fingerprint": Broken(
        lambda model: (broken_part(2)(model), (model / "fingerprint.pb").write_bytes(b"")),
        "saved_model.pb",
        ("damaged", AGAIN, "remove fingerprint.pb"),
        in_check=False,
    ),
    "undo file is garbage": Broken(
        lambda model: (model / UNDO).write_bytes(b"\xff" * 50), UNDO, ("damaged", "remove it"), in_check=False
    ),
    "undo file is a directory": Broken(as_directory(UNDO), UNDO, ("directory",), in_check=False),
    "nothing to undo": Broken(whole, ".", ("nothing to undo", UNDO), ("--undo",), in_check=False),
    "fingerprint.pb is a directory": Broken(
        as_directory("fingerprint.pb"), "fingerprint.pb", ("a directory", "remove it"), in_check=False
    ),
    "unreadable directory": Broken(unreadable("."), ".", ("Permission denied",)),
    "unreadable saved_model.pb": Broken(unreadable("saved_model.pb"), "saved_model.pb", ("Permission denied",)),
    "read-only directory": Broken(
        lambda model: model.chmod(0o555), "saved_model.pb", ("Permission denied", "--out"), in_check=False
    ),
}
NOT_FOR_ROOT = {"unreadable directory", "unreadable saved_model.pb", "read-only directory"}


def snapshot(path: Path) -> dict[str, object]:
    """Everything below a path: kinds, modes, contents and where links lead."""
    found: dict[str, object] = {}
    for child in sorted([path, *path.rglob("*")]):
        if child.is_symlink():
            found[str(child)] = os.readlink(child)  # noqa: PTH115 - it need not lead anywhere
        elif child.exists():
            mode = child.stat().st_mode
            readable = stat.S_ISREG(mode) and os.access(child, os.R_OK)
            found[str(child)] = (mode, child.read_bytes() if readable else None)
    return found


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "place" / "model"
    shutil.copytree(GOLDEN, path)
    return path


@pytest.fixture
def parametrized(request, model):
    """The broken model, and its kind; readable again when the test is over."""
    name = request.param
    if ROOT and name in NOT_FOR_ROOT:
        pytest.skip("root may read and write everything")
    BROKEN[name].make(model)
    yield BROKEN[name]
    for path in (model, model / "saved_model.pb"):
        if path.exists() and not path.is_symlink():
            path.chmod(0o755)


def expect_one_line(ran, model: Path, broken: Broken) -> None:
    assert ran.code == 2, (ran.text, ran.errors)
    assert ran.out == b""
    assert ran.errors.count("\n") == 1, ran.errors
    place = model if broken.names == "." else model / broken.names
    assert ran.errors.startswith(f"tf-migrate: error: {place}: "), ran.errors
    for words in broken.says:
        assert words in ran.errors.removeprefix(f"tf-migrate: error: {place}: "), ran.errors


@pytest.mark.parametrize("parametrized", BROKEN, indirect=True)
def test_restore_says_what_is_wrong_in_one_line(parametrized, model, tf_migrate):
    before = snapshot(model.parent)
    expect_one_line(tf_migrate("restore", model, *parametrized.options), model, parametrized)
    assert snapshot(model.parent) == before


@pytest.mark.parametrize("parametrized", [name for name in BROKEN if BROKEN[name].in_check], indirect=True)
def test_check_says_the_same(parametrized, model, tf_migrate):
    before = snapshot(model.parent)
    expect_one_line(tf_migrate("check", model), model, parametrized)
    assert snapshot(model.parent) == before


@pytest.mark.parametrize("fingerprint", [b"", b"\xff" * 40, b"<html></html>"], ids=["empty", "garbage", "text"])
def test_a_broken_fingerprint_does_not_matter(fingerprint, model, tf_migrate):
    (model / "fingerprint.pb").write_bytes(fingerprint)
    assert tf_migrate("restore", model, *RESTORE).code == 0
    written = new_message("FingerprintDef")
    written.ParseFromString((model / "fingerprint.pb").read_bytes())
    assert written.saved_model_checksum
    assert written.graph_def_program_hash
    assert sorted(path.name for path in model.iterdir()) == ["fingerprint.pb", "saved_model.pb", UNDO, "variables"]


@pytest.mark.parametrize("missing", ["variables", "variables/variables.index"])
def test_missing_variables_do_not_matter(missing, model, tf_migrate):
    (shutil.rmtree if missing == "variables" else Path.unlink)(model / missing)
    assert tf_migrate("restore", model, *RESTORE).code == 0


def test_a_graph_that_is_no_message_is_carried_over_without_a_fingerprint(model, tf_migrate):
    broken_part(2)(model)
    before = pb(model).read_bytes()
    assert tf_migrate("restore", model, *RESTORE).code == 0
    assert tf_migrate("restore", model, "--undo").code == 0
    assert pb(model).read_bytes() == before
