from __future__ import annotations

import pytest

from migrate.errors import MigrateError
from migrate.graph.checkpoints import adjacent_checkpoint, check_shards, checkpoint_prefix, is_checkpoint


def touch(directory, *names):
    for name in names:
        (directory / name).write_bytes(b"x")


def test_a_checkpoints_own_files_stand_for_it(tmp_path):
    touch(tmp_path, "m-7.index", "m-7.data-00000-of-00001", "m-7.meta")
    for name in ("m-7", "m-7.index", "m-7.meta", "m-7.data-00000-of-00001"):
        assert checkpoint_prefix(tmp_path / name) == tmp_path / "m-7"


def test_a_directory_stands_for_its_latest_even_if_it_was_moved(tmp_path):
    touch(tmp_path, "m-1.index", "m-1.data-00000-of-00001", "m-2.index", "m-2.data-00000-of-00001")
    (tmp_path / "checkpoint").write_text(
        'model_checkpoint_path: "/where/it/was/m-2"\nall_model_checkpoint_paths: "/where/it/was/m-1"\n'
    )
    assert checkpoint_prefix(tmp_path) == tmp_path / "m-2"


def test_a_missing_shard_is_named(tmp_path):
    touch(tmp_path, "m.index", "m.data-00000-of-00003", "m.data-00002-of-00003")
    with pytest.raises(MigrateError, match=r"m\.data-00001-of-00003: this shard of the checkpoint is missing"):
        check_shards(tmp_path / "m")


def test_an_index_alone_is_not_enough(tmp_path):
    touch(tmp_path, "m.index")
    with pytest.raises(MigrateError, match=r"m\.data-00000-of-00001"):
        check_shards(tmp_path / "m")


def test_v1_checkpoints(tmp_path):
    touch(tmp_path, "old", "cut-00000-of-00002", "cut-00001-of-00002")
    assert is_checkpoint(tmp_path / "old")
    assert is_checkpoint(tmp_path / "cut")
    check_shards(tmp_path / "cut")


def test_nothing_there(tmp_path):
    with pytest.raises(MigrateError, match="gone: no checkpoint with this prefix"):
        checkpoint_prefix(tmp_path / "gone")
    with pytest.raises(MigrateError, match="no `checkpoint` file in it"):
        checkpoint_prefix(tmp_path)
    (tmp_path / "checkpoint").write_text("nothing")
    with pytest.raises(MigrateError, match="names no model_checkpoint_path"):
        checkpoint_prefix(tmp_path)


def test_beside_a_meta_file(tmp_path):
    touch(tmp_path, "m.meta", "m.index", "m.data-00000-of-00001", "other.meta")
    assert adjacent_checkpoint(tmp_path / "m.meta") == tmp_path / "m"
    assert adjacent_checkpoint(tmp_path / "other.meta") is None
