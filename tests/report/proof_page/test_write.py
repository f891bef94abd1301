from __future__ import annotations

import os
from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.report.proof_page.asked import Asked
from migrate.report.proof_page.write import require_place, write_page


def test_the_page_replaces_an_old_one(tmp_path, models):
    file = tmp_path / "proof.html"
    file.write_text("old")
    require_place(file)
    write_page(file, models, Asked())
    text = file.read_text("utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert str(Path.cwd()) in text
    assert [path.name for path in tmp_path.iterdir()] == ["proof.html"]


def test_places_where_no_page_can_be(tmp_path):
    for path, why in ((tmp_path, "is a directory"), (tmp_path / "no" / "proof.html", "there is no directory")):
        with pytest.raises(MigrateError, match=why) as caught:
            require_place(path)
        assert str(caught.value).startswith(f"{path}: ")
        assert "\n" not in str(caught.value)


def test_a_link_to_nowhere_is_followed(tmp_path):
    link = tmp_path / "proof.html"
    link.symlink_to(tmp_path / "no" / "proof.html")
    with pytest.raises(MigrateError, match="there is no directory"):
        require_place(link)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_may_not_be_written_to(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(MigrateError, match="may not be written to"):
        require_place(tmp_path / "proof.html")


def test_failing_to_write_is_one_line_and_leaves_the_old_page(tmp_path, models, monkeypatch):
    file = tmp_path / "proof.html"
    file.write_text("old")

    def full(*args, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("migrate.report.files.tempfile.mkstemp", full)
    with pytest.raises(MigrateError, match=r"proof\.html: cannot write it: No space left"):
        write_page(file, models, Asked())
    assert file.read_text() == "old"
