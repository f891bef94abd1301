"""Regular files are read, and nothing else."""

from __future__ import annotations

import os

import pytest

from migrate.batch.regular import read_regular
from migrate.errors import MigrateError


def test_what_a_file_holds_is_read_up_to_a_limit(tmp_path):
    file = tmp_path / "file"
    for data in (b"", b"x" * 2048):
        file.write_bytes(data)
        assert read_regular(file, 2048) == data
    file.write_bytes(b"x" * 2049)
    with pytest.raises(MigrateError, match="larger than 2 KiB; passed over"):
        read_regular(file, 2048)


def test_pipes_directories_and_devices_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, "/dev/zero"):
        with pytest.raises(MigrateError, match="no regular file"):
            read_regular(path, 10)


def test_links_are_not_followed(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to("file")
    with pytest.raises(OSError, match="symbolic links"):
        read_regular(tmp_path / "link", 10)
