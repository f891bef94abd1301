from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.restore import in_place, restore_signatures, undo
from migrate.restore.undo_file import NAME as UNDO
from migrate.restore.undo_file import read_steps
from migrate.signatures.fingerprint import Same, refreshed
from migrate.signatures.proto import new_message
from tests.restore.faults import Killed, failing
from tests.restore.models import CLASSIFY, lost_model, names, saved_model, signature, write

CHANGES = {"classify": ["both"], "regress": ["number"]}
ALL = ["assets", "fingerprint.pb", "saved_model.pb", "variables"]


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """A model with a right fingerprint."""
    directory = write(tmp_path_factory.mktemp("template") / "m", lost_model())
    file = directory / "saved_model.pb"
    data = refreshed(b"", file, file, directory, Same(graph=False, objects=False))
    (directory / "fingerprint.pb").write_bytes(data)
    return directory


@pytest.fixture
def model(template, tmp_path) -> Path:
    return shutil.copytree(template, tmp_path / "model")


def hashes(data: bytes) -> bytes:
    """A fingerprint without its uuid, which is drawn anew each time."""
    fingerprint = new_message("FingerprintDef")
    fingerprint.ParseFromString(data)
    fingerprint.ClearField("uuid")
    return fingerprint.SerializeToString()


class States:
    """The old and the new model, by their files."""

    def __init__(self, template: Path, folder: Path) -> None:
        new = shutil.copytree(template, folder / "new")
        restore_signatures(new, **CHANGES)
        self.files = {name: (path / "saved_model.pb").read_bytes() for name, path in (("old", template), ("new", new))}
        self.fingerprints = {
            name: (path / "fingerprint.pb").read_bytes() for name, path in (("old", template), ("new", new))
        }
        assert self.files["old"] != self.files["new"]
        assert hashes(self.fingerprints["old"]) != hashes(self.fingerprints["new"])

    def of(self, model: Path, *, whole: bool) -> str:
        """`old` or `new`, and never a mix; with its fingerprint where it is to be whole."""
        data = (model / "saved_model.pb").read_bytes()
        (name,) = (name for name, known in self.files.items() if known == data)
        place = model / "fingerprint.pb"
        assert place.exists() or not whole
        if place.exists():
            assert hashes(place.read_bytes()) == hashes(self.fingerprints[name])
        return name


@pytest.fixture(scope="module")
def states(template, tmp_path_factory) -> States:
    return States(template, tmp_path_factory.mktemp("states"))


def steps_of(action, model: Path) -> list[str]:
    """The calls of a run in which nothing fails."""
    with failing(10_000, Killed(), for_good=False) as calls:
        action(model)
    return calls


def restored(model: Path) -> None:
    restore_signatures(model, **CHANGES)


def test_nothing_but_what_is_needed_is_left(model, states):
    restored(model)
    assert states.of(model, whole=True) == "new"
    assert names(model) == sorted([*ALL, UNDO])
    assert undo(model) == 0
    assert states.of(model, whole=True) == "old"
    assert (model / "fingerprint.pb").read_bytes() == states.fingerprints["old"]
    assert names(model) == ALL


def test_killed_at_every_step_of_a_change(template, tmp_path, states):
    calls = steps_of(restored, shutil.copytree(template, tmp_path / "count"))
    assert {"replace", "fsync", "unlink", "write", "chmod"} <= set(calls)
    seen = set()
    for at in range(len(calls)):
        model = shutil.copytree(template, tmp_path / str(at))
        with pytest.raises(Killed), failing(at, Killed(), for_good=True):
            restored(model)
        seen.add((states.of(model, whole=False), (model / "fingerprint.pb").exists()))
        # The next run ends what was begun, or begins anew.
        restored(model)
        assert states.of(model, whole=True) == "new"
        assert names(model) == sorted([*ALL, UNDO])
        assert undo(model) == 0
        assert (model / "fingerprint.pb").read_bytes() == states.fingerprints["old"]
        assert states.of(model, whole=True) == "old"
        assert names(model) == ALL
    assert seen == {("old", True), ("old", False), ("new", False), ("new", True)}


def test_killed_at_every_step_of_an_undo(template, tmp_path, states):
    new = shutil.copytree(template, tmp_path / "new")
    restored(new)
    calls = steps_of(undo, shutil.copytree(new, tmp_path / "count"))
    seen = set()
    for at in range(len(calls)):
        model = shutil.copytree(new, tmp_path / str(at))
        with pytest.raises(Killed), failing(at, Killed(), for_good=True):
            undo(model)
        seen.add(states.of(model, whole=False))
        if states.of(model, whole=False) == "new":
            undo(model)
        else:
            with pytest.raises(MigrateError, match="nothing to undo"):
                undo(model)
        assert states.of(model, whole=True) == "old"
        assert (model / "fingerprint.pb").read_bytes() == states.fingerprints["old"]
        assert names(model) == ALL
    assert seen == {"old", "new"}


def test_killed_while_it_mends(template, tmp_path, states):
    calls = steps_of(restored, shutil.copytree(template, tmp_path / "count"))
    for at in range(len(calls)):
        killed = shutil.copytree(template, tmp_path / f"killed {at}")
        with pytest.raises(Killed), failing(at, Killed(), for_good=True):
            restored(killed)
        for again in range(len(steps_of(mended, shutil.copytree(killed, tmp_path / f"count {at}")))):
            model = shutil.copytree(killed, tmp_path / f"{at} {again}")
            with pytest.raises(Killed), failing(again, Killed(), for_good=True):
                mended(model)
            mended(model)
            assert states.of(model, whole=True) in ("old", "new")
            assert set(names(model)) <= {*ALL, UNDO}


def mended(model: Path) -> None:
    with in_place.exclusively(model / "saved_model.pb"):
        pass


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
def test_a_failure_leaves_a_whole_model_at_once(template, tmp_path, states, error):
    calls = steps_of(restored, shutil.copytree(template, tmp_path / "count"))
    seen = set()
    for at, call in enumerate(calls):
        model = shutil.copytree(template, tmp_path / str(at))
        try:
            with failing(at, error, for_good=False):
                restored(model)
        except MigrateError as caught:
            assert "No space left on device" in str(caught)
            assert "\n" not in str(caught)
            # What the message says is the case.
            claim = "old" if "it is as it was" in str(caught) else "new"
            assert states.of(model, whole=True) == claim
        except KeyboardInterrupt:
            pass
        else:
            # A directory that is not synced and a temporary file that stays are no failure.
            assert call in ("fsync", "unlink")
            assert states.of(model, whole=True) == "new"
        state = states.of(model, whole=True)
        seen.add(state)
        assert names(model) == (ALL if state == "old" else sorted([*ALL, UNDO]))
        assert len(read_steps(model)) == (0 if state == "old" else 1)
    assert seen == {"old", "new"}


@pytest.mark.parametrize("functions", [("write", "copy_file_range", "fdopen"), ("fsync",), ("replace",), ("fdopen",)])
def test_a_disk_that_stays_full(template, tmp_path, states, functions):
    error = OSError(errno.ENOSPC, "No space left on device")
    with failing(10_000, error, for_good=True, functions=functions) as calls:
        restored(shutil.copytree(template, tmp_path / "count"))
    for at in range(len(calls)):
        model = shutil.copytree(template, tmp_path / str(at))
        try:
            with failing(at, error, for_good=True, functions=functions):
                restored(model)
        except MigrateError as caught:
            claim = "old" if "it is as it was" in str(caught) else "new"
            assert states.of(model, whole=False) == claim
        mended(model)
        assert states.of(model, whole=True) in ("old", "new")
        assert set(names(model)) <= {*ALL, UNDO}


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
def test_a_failure_of_an_undo_leaves_a_whole_model_at_once(template, tmp_path, states, error):
    new = shutil.copytree(template, tmp_path / "new")
    restored(new)
    for at in range(len(steps_of(undo, shutil.copytree(new, tmp_path / "count")))):
        model = shutil.copytree(new, tmp_path / str(at))
        claim = "old"
        try:
            with failing(at, error, for_good=False):
                assert undo(model) == 0
        except MigrateError as caught:
            claim = "new" if "it is as it was" in str(caught) else "old"
        except KeyboardInterrupt:
            claim = ""
        state = states.of(model, whole=True)
        assert claim in ("", state)
        mended(model)
        assert names(model) == (ALL if state == "old" else sorted([*ALL, UNDO]))


def test_several_changes_are_undone_one_after_the_other(model, states):
    restored(model)
    restore_signatures(model, rename={"plain": "p"}, copy={"plain": "q"})
    restore_signatures(model, remove=["q"])
    assert [undo(model), undo(model)] == [2, 1]
    assert states.of(model, whole=True) == "new"
    assert (model / "fingerprint.pb").exists()
    assert undo(model) == 0
    assert states.of(model, whole=True) == "old"
    with pytest.raises(MigrateError, match=r"nothing to undo \(there is no tf-migrate\.undo\)"):
        undo(model)


def test_there_and_back(model):
    """The same content twice, in one file of steps."""
    old = (model / "saved_model.pb").read_bytes()
    restore_signatures(model, rename={"plain": "p"})
    restore_signatures(model, rename={"p": "plain"})
    assert (model / "saved_model.pb").read_bytes() == old
    assert undo(model) == 1
    assert undo(model) == 0
    assert (model / "saved_model.pb").read_bytes() == old
    assert (model / "fingerprint.pb").exists()


def test_a_model_that_was_exported_again_is_not_undone(model):
    restored(model)
    message = saved_model()
    signature(message.meta_graphs[0], "plain", {"x": "x:0"}, {"y": "y:0"})
    (model / "saved_model.pb").write_bytes(message.SerializeToString())
    (model / "fingerprint.pb").write_bytes(b"\x08\x05")
    with pytest.raises(MigrateError, match=r"saved_model\.pb: not the file that the last restore wrote"):
        undo(model)
    assert (model / "saved_model.pb").read_bytes() == message.SerializeToString()
    assert (model / "fingerprint.pb").read_bytes() == b"\x08\x05"
    # A new change begins a new list.
    restore_signatures(model, rename={"plain": "other"})
    assert undo(model) == 0
    assert (model / "saved_model.pb").read_bytes() == message.SerializeToString()
    assert (model / "fingerprint.pb").read_bytes() == b"\x08\x05"


def test_a_model_that_was_exported_again_without_a_fingerprint_gets_none(model):
    restored(model)
    (model / "saved_model.pb").write_bytes(saved_model().SerializeToString())
    (model / "fingerprint.pb").unlink()
    mended(model)
    assert not (model / "fingerprint.pb").exists()


def test_a_damaged_undo_file(model, states):
    restored(model)
    good = (model / UNDO).read_bytes()
    outcomes = set()
    copy = shutil.copytree(model, model.with_name("copy"))
    for place in range(0, len(good), 3):
        shutil.copytree(model, copy, dirs_exist_ok=True)
        (copy / UNDO).write_bytes(good[:place] + bytes([good[place] ^ 0x41]) + good[place + 1 :])
        try:
            undo(copy)
            outcomes.add("undone")
            assert (copy / "saved_model.pb").read_bytes() == states.files["old"]
        except MigrateError as error:
            outcomes.add("refused")
            assert "\n" not in str(error)
            assert (copy / "saved_model.pb").read_bytes() == states.files["new"]
    assert "refused" in outcomes


def test_a_damaged_undo_file_keeps_the_model_from_being_changed(model, states):
    (model / UNDO).write_text("mine")
    with pytest.raises(MigrateError, match=r"tf-migrate\.undo: damaged; remove it"):
        restored(model)
    assert states.of(model, whole=True) == "old"
    assert (model / UNDO).read_text() == "mine"


def test_two_runs_at_once(model, states):
    handle = os.open(model, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for action in (restored, undo):
            with pytest.raises(MigrateError, match="another tf-migrate is changing this model; try again later"):
                action(model)
    finally:
        os.close(handle)
    assert states.of(model, whole=True) == "old"
    restored(model)
    assert states.of(model, whole=True) == "new"


def test_the_lock_is_given_back_after_a_failure(model):
    for _ in range(2):
        with pytest.raises(MigrateError, match="no signature `nothing`"):
            restore_signatures(model, remove=["nothing"])
    restored(model)


def test_a_file_system_without_locks(model, states, monkeypatch):
    def fail(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", fail)
    restored(model)
    assert states.of(model, whole=True) == "new"


@pytest.mark.parametrize("when", ["before it is copied", "while it is copied"])
def test_somebody_else_writes_the_model_meanwhile(model, monkeypatch, when):
    """The pieces were found in another file: put together they would be no model at all."""
    other = saved_model()
    signature(other.meta_graphs[0], "theirs", {"x": "x:0"}, {"y": "y:0"})
    file, real = model / "saved_model.pb", in_place.stage

    def export() -> None:
        (model / "theirs").write_bytes(other.SerializeToString())
        (model / "theirs").replace(file)

    def staged(*args):
        if when == "before it is copied":
            export()
        try:
            return real(*args)
        finally:
            if when == "while it is copied":
                export()

    monkeypatch.setattr(in_place, "stage", staged)
    with pytest.raises(MigrateError) as caught:
        restored(model)
    assert "somebody else has written it meanwhile" in str(caught.value) or "cut off" in str(caught.value)
    assert file.read_bytes() == other.SerializeToString()
    assert names(model) == ALL


def test_a_link_becomes_a_file_and_what_it_points_to_stays(model, states, tmp_path):
    target = tmp_path / "target.pb"
    (model / "saved_model.pb").rename(target)
    (model / "saved_model.pb").symlink_to(target)
    restored(model)
    assert not (model / "saved_model.pb").is_symlink()
    assert states.of(model, whole=True) == "new"
    assert target.read_bytes() == states.files["old"]
    undo(model)
    assert states.of(model, whole=True) == "old"


def test_other_names_of_the_file_keep_the_old_content(model, states, tmp_path):
    for name in ("saved_model.pb", "fingerprint.pb"):
        os.link(model / name, tmp_path / name)
    restored(model)
    assert (tmp_path / "saved_model.pb").read_bytes() == states.files["old"]
    assert (tmp_path / "fingerprint.pb").read_bytes() == states.fingerprints["old"]


def test_a_link_to_the_directory(model, states, tmp_path):
    (tmp_path / "link").symlink_to(model)
    restored(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert states.of(model, whole=True) == "new"


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o444, 0o664])
def test_modes_are_kept(model, mode):
    (model / "saved_model.pb").chmod(mode)
    restored(model)
    for name in ("saved_model.pb", "fingerprint.pb", UNDO):
        assert stat.S_IMODE((model / name).stat().st_mode) == mode
    undo(model)
    assert stat.S_IMODE((model / "saved_model.pb").stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_may_not_be_written(model, states):
    model.chmod(0o555)
    try:
        with pytest.raises(MigrateError, match="Permission denied; it is as it was"):
            restored(model)
        assert restore_signatures(model, dry_run=True, **CHANGES).changed
        assert not restore_signatures(model).written
    finally:
        model.chmod(0o755)
    assert states.of(model, whole=True) == "old"


def test_a_directory_that_may_not_be_written_even_for_root(model, states, monkeypatch):
    import tempfile

    def refuse(*_: object, **__: object):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    with pytest.raises(MigrateError, match=r"saved_model\.pb: cannot write it: Permission denied; it is as it was"):
        restored(model)
    assert states.of(model, whole=True) == "old"
    assert names(model) == ALL


def test_a_directory_in_the_place_of_the_fingerprint(model, states):
    (model / "fingerprint.pb").unlink()
    (model / "fingerprint.pb").mkdir()
    with pytest.raises(MigrateError, match=r"fingerprint\.pb: a directory, where a model has a file; remove it"):
        restored(model)
    assert (model / "saved_model.pb").read_bytes() == states.files["old"]


def test_without_a_fingerprint_there_is_none_after_a_crash_either(template, tmp_path):
    bare = shutil.copytree(template, tmp_path / "bare")
    (bare / "fingerprint.pb").unlink()
    calls = steps_of(restored, shutil.copytree(bare, tmp_path / "count"))
    for at in range(len(calls)):
        model = shutil.copytree(bare, tmp_path / str(at))
        with pytest.raises(Killed), failing(at, Killed(), for_good=True):
            restored(model)
        restored(model)
        assert names(model) == sorted([*(set(ALL) - {"fingerprint.pb"}), UNDO])


def test_text_models_are_undone_to_the_letter(tmp_path):
    text = '# by hand\nmeta_graphs{meta_info_def{tags:"serve"} signature_def{key:"k" value{method_name:"m"}}}'
    (tmp_path / "saved_model.pbtxt").write_text(text)
    restore_signatures(tmp_path, rename={"k": "new"})
    assert (tmp_path / "saved_model.pbtxt").read_text() != text
    undo(tmp_path)
    assert (tmp_path / "saved_model.pbtxt").read_text() == text
    assert names(tmp_path) == ["saved_model.pbtxt"]


def test_the_method_name_is_there(model):
    from migrate.signatures import read_meta_graph

    restored(model)
    assert read_meta_graph(model).by_key["both"].method_name == CLASSIFY
