from __future__ import annotations

import errno
import shutil
import stat
from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.restore import restore_signatures
from migrate.restore.whole_copy import copy_rest
from tests.restore.faults import failing
from tests.restore.models import lost_model, names, write


@pytest.fixture
def model(tmp_path: Path) -> Path:
    directory = write(tmp_path / "model", lost_model())
    (directory / "fingerprint.pb").write_bytes(b"")
    (directory / "tf-migrate.undo").write_bytes(b"")
    (directory / "saved_model.pbtxt").write_text("older")
    (directory / ".saved_model.pb.x.tmp").write_text("left over")
    (directory / ".DS_Store").write_text("")
    (directory / "keras_metadata.pb").write_bytes(b"\x01")
    (directory / "assets.extra" / "warmup").mkdir(parents=True)
    (directory / "assets.extra" / "warmup" / "requests").write_bytes(b"\x02")
    (directory / "assets" / ".hidden_words").write_text("blue\n")
    return directory


def test_what_is_copied(model, tmp_path):
    (tmp_path / "out").mkdir()
    copy_rest(model, tmp_path / "out")
    assert names(tmp_path / "out") == ["assets", "assets.extra", "keras_metadata.pb", "variables"]
    for path in ("assets/words.txt", "assets/.hidden_words", "assets.extra/warmup/requests", "keras_metadata.pb"):
        assert (tmp_path / "out" / path).read_bytes() == (model / path).read_bytes()
        assert (tmp_path / "out" / path).stat().st_ino != (model / path).stat().st_ino


def test_variables_are_linked(model, tmp_path):
    (tmp_path / "out").mkdir()
    copy_rest(model, tmp_path / "out")
    index = "variables/variables.index"
    assert (tmp_path / "out" / index).stat().st_ino == (model / index).stat().st_ino


def test_variables_are_copied_where_they_cannot_be_linked(model, tmp_path):
    (tmp_path / "out").mkdir()
    with failing(0, OSError(errno.EXDEV, "Invalid cross-device link"), for_good=True, functions=("link",)) as calls:
        copy_rest(model, tmp_path / "out")
    assert calls
    index = "variables/variables.index"
    assert (tmp_path / "out" / index).read_bytes() == (model / index).read_bytes()
    assert (tmp_path / "out" / index).stat().st_ino != (model / index).stat().st_ino


def test_links_become_what_they_point_to(model, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    shutil.move(model / "variables", elsewhere)
    (model / "variables").symlink_to(elsewhere)
    (tmp_path / "words").write_text("green\n")
    (model / "assets" / "words.txt").unlink()
    (model / "assets" / "words.txt").symlink_to(tmp_path / "words")
    (elsewhere / "variables.index").rename(tmp_path / "index")
    (elsewhere / "variables.index").symlink_to(tmp_path / "index")
    (tmp_path / "out").mkdir()
    copy_rest(model, tmp_path / "out")
    assert not (tmp_path / "out" / "variables").is_symlink()
    assert not (tmp_path / "out" / "variables" / "variables.index").is_symlink()
    assert (tmp_path / "out" / "variables" / "variables.index").read_bytes() == b"index"
    assert not (tmp_path / "out" / "assets" / "words.txt").is_symlink()
    assert (tmp_path / "out" / "assets" / "words.txt").read_text() == "green\n"


def test_modes_are_kept(model, tmp_path):
    (model / "assets" / "words.txt").chmod(0o640)
    (tmp_path / "out").mkdir()
    copy_rest(model, tmp_path / "out")
    assert stat.S_IMODE((tmp_path / "out" / "assets" / "words.txt").stat().st_mode) == 0o640


@pytest.mark.parametrize("where", ["assets", "assets.extra/warmup", "variables"])
def test_a_link_to_nothing_is_one_line_that_names_it(model, tmp_path, where):
    (model / where / "lost").symlink_to(tmp_path / "nowhere")
    with pytest.raises(MigrateError, match=r"lost: .*No such file") as caught:
        restore_signatures(model, classify=["both"], out=tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert names(tmp_path) == ["model"]


def out_of(model: Path, out: Path, **more):
    return restore_signatures(model, classify=["both"], out=out, **more)


def test_a_whole_new_model(model, tmp_path):
    before = {path: path.read_bytes() for path in model.rglob("*") if path.is_file()}
    made = out_of(model, tmp_path / "deep" / "out")
    assert made.written
    assert made.undo is None
    wanted = ["assets", "assets.extra", "fingerprint.pb", "keras_metadata.pb", "saved_model.pb", "variables"]
    assert names(tmp_path / "deep" / "out") == wanted
    assert names(tmp_path / "deep") == ["out"]
    assert {path: path.read_bytes() for path in model.rglob("*") if path.is_file()} == before
    in_place = shutil.copytree(model, tmp_path / "in place", ignore=lambda *_: ["tf-migrate.undo"])
    restore_signatures(in_place, classify=["both"])
    new = (tmp_path / "deep" / "out" / "saved_model.pb").read_bytes()
    assert new == (in_place / "saved_model.pb").read_bytes() != (model / "saved_model.pb").read_bytes()


def test_a_copy_without_changes(model, tmp_path):
    made = restore_signatures(model, out=tmp_path / "out")
    assert made.written
    assert not made.changed
    for name in ("saved_model.pb", "fingerprint.pb"):
        assert (tmp_path / "out" / name).read_bytes() == (model / name).read_bytes()


def test_a_dry_run_makes_nothing(model, tmp_path):
    assert out_of(model, tmp_path / "out", dry_run=True).changed
    assert not (tmp_path / "out").exists()


def test_a_change_in_place_leaves_the_copy_and_the_other_way_round(model, tmp_path):
    (model / "tf-migrate.undo").unlink()
    out_of(model, tmp_path / "out")
    restore_signatures(tmp_path / "out", remove=["plain"])
    restore_signatures(model, remove=["number"])
    found = [{s.key for s in _signatures(path)} for path in (model, tmp_path / "out")]
    assert found == [{"both", "plain"}, {"both", "number"}]


def _signatures(path: Path):
    from migrate.signatures import read_meta_graph

    return read_meta_graph(path).signatures


def test_what_exists_is_kept_or_replaced(model, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("")
    with pytest.raises(MigrateError, match="out: exists already; choose another place or give --overwrite"):
        out_of(model, tmp_path / "out")
    assert names(tmp_path / "out") == ["mine"]
    out_of(model, tmp_path / "out", overwrite=True)
    assert "mine" not in names(tmp_path / "out")
    assert "saved_model.pb" in names(tmp_path / "out")


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("where", [".", "../model", "inside", "variables", "inside/deeper", "..", "../link"])
def test_the_model_itself_is_not_written_over(model, where, overwrite):
    (model.parent / "link").symlink_to(model)
    before = sorted(path.relative_to(model) for path in model.rglob("*"))
    with pytest.raises(MigrateError) as caught:
        out_of(model, model / where, overwrite=overwrite)
    assert any(
        said in str(caught.value)
        for said in ("model is there", "what is to be read is there", "inside the model", "exists")
    )
    assert sorted(path.relative_to(model) for path in model.rglob("*")) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
@pytest.mark.parametrize("exists", [False, True])
def test_a_failure_leaves_nothing_half_written(model, tmp_path, error, exists):
    functions = ("copy_file_range", "write", "fsync", "rename", "mkdir", "fdopen")
    place = tmp_path / "place"
    place.mkdir()
    with failing(10_000, error, for_good=False, functions=functions) as calls:
        out_of(model, place / "count")
    shutil.rmtree(place / "count")
    for at in range(len(calls)):
        if exists:
            (place / "out").mkdir()
            (place / "out" / "mine").write_text("")
        try:
            with failing(at, error, for_good=False, functions=functions):
                out_of(model, place / "out", overwrite=True)
        except MigrateError as caught:
            assert "\n" not in str(caught)
            assert names(place) == (["out"] if exists else [])
            assert not exists or names(place / "out") == ["mine"]
        except KeyboardInterrupt:
            assert set(names(place)) <= {"out"}
            assert not exists or names(place / "out") == ["mine"] or "saved_model.pb" in names(place / "out")
        else:
            assert "saved_model.pb" in names(place / "out")
        shutil.rmtree(place / "out", ignore_errors=True)


def test_somebody_else_writes_the_model_meanwhile(model, tmp_path, monkeypatch):
    import migrate.restore

    real = migrate.restore.stage

    def staged(file: Path, *more):
        (model / "theirs").write_bytes(b"x" * 10_000)
        (model / "theirs").replace(file)
        return real(file, *more)

    monkeypatch.setattr(migrate.restore, "stage", staged)
    with pytest.raises(MigrateError, match="somebody else has written it meanwhile; run this again"):
        out_of(model, tmp_path / "out")
    assert names(tmp_path) == ["model"]


def test_a_model_in_text_form(tmp_path):
    model = tmp_path / "m"
    model.mkdir()
    text = 'meta_graphs{meta_info_def{tags:"serve"} signature_def{key:"k" value{method_name:"m"}}}'
    (model / "saved_model.pbtxt").write_text(text)
    restore_signatures(model, out=tmp_path / "same")
    assert (tmp_path / "same" / "saved_model.pbtxt").read_text() == text
    restore_signatures(model, rename={"k": "new"}, out=tmp_path / "out")
    assert [signature.key for signature in _signatures(tmp_path / "out")] == ["new"]
    assert names(tmp_path / "out") == ["saved_model.pbtxt"]
