from __future__ import annotations

import os
from pathlib import Path

import pytest

from migrate.destination import Destination
from migrate.errors import MigrateError


def entries(directory):
    return sorted(path.name for path in directory.iterdir())


def fill(directory):
    (directory / "saved_model.pb").write_text("new")


def test_it_appears_whole(tmp_path):
    out = tmp_path / "deep" / "model"
    destination = Destination(out, overwrite=False)
    with destination as work:
        fill(work)
        assert not out.exists()
        destination.keep()
    assert (out / "saved_model.pb").read_text() == "new"
    assert entries(out.parent) == ["model"]
    assert out.stat().st_mode & 0o777 == 0o777 & ~_umask()


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_what_is_not_kept_leaves_nothing(tmp_path):
    with Destination(tmp_path / "model", overwrite=False) as work:
        fill(work)
    assert entries(tmp_path) == []


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_nothing(tmp_path, error):
    destination = Destination(tmp_path / "model", overwrite=False)
    with pytest.raises(error), destination as work:
        fill(work)
        destination.keep()
        raise error
    assert entries(tmp_path) == []


def test_what_exists_is_an_error(tmp_path):
    (tmp_path / "model").mkdir()
    with pytest.raises(MigrateError, match="model: exists already; choose another place or give --overwrite"):
        Destination(tmp_path / "model", overwrite=False)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(MigrateError, match="file: not a directory"):
        Destination(tmp_path / "file", overwrite=True)


def test_overwriting_replaces_all_of_it(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "old").write_text("old")
    destination = Destination(tmp_path / "model", overwrite=True)
    with destination as work:
        fill(work)
        destination.keep()
    assert entries(tmp_path / "model") == ["saved_model.pb"]
    assert entries(tmp_path) == ["model"]


def test_a_failure_leaves_the_old_one(tmp_path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "old").write_text("old")
    destination = Destination(tmp_path / "model", overwrite=True)
    with pytest.raises(ValueError, match="no"), destination:
        raise ValueError("no")
    assert (tmp_path / "model" / "old").read_text() == "old"


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    destination = Destination(tmp_path / "link", overwrite=True)
    with destination as work:
        fill(work)
        destination.keep()
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "saved_model.pb").exists()


def test_a_place_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(MigrateError, match="cannot make this directory"),
        Destination(tmp_path / "file" / "model", overwrite=False),
    ):
        pass


def test_the_source_is_not_replaced(tmp_path):
    (tmp_path / "model" / "inner").mkdir(parents=True)
    destination = Destination(tmp_path / "model", overwrite=True)
    for source in (tmp_path / "model", tmp_path / "model" / "inner"):
        with pytest.raises(MigrateError, match="what is to be read is there"):
            destination.refuse_to_replace(source)
    destination.refuse_to_replace(tmp_path / "other")


def test_the_sources_values_are_not_replaced(tmp_path):
    values = tmp_path / "model" / "variables"
    values.mkdir(parents=True)
    with pytest.raises(MigrateError, match="what is to be read is there"):
        Destination(values, overwrite=True).refuse_to_replace(tmp_path / "model", values / "variables")


@pytest.mark.parametrize("failing", [1, 2])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_the_old_one_is_back_wherever_the_exchange_is_interrupted(tmp_path, monkeypatch, failing, error):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "old").write_text("old")
    rename, calls = Path.rename, []

    def interrupted(self, target):
        calls.append(self)
        if len(calls) == failing:
            raise error
        return rename(self, target)

    destination = Destination(tmp_path / "model", overwrite=True)
    with pytest.raises((KeyboardInterrupt, MigrateError)), destination as work:
        fill(work)
        destination.keep()
        monkeypatch.setattr(Path, "rename", interrupted)
    assert (tmp_path / "model" / "old").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
