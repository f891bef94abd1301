from pathlib import Path

import pytest

from migrate.verify.locate.tables import asset_differences


def files(directory: Path, **texts: str) -> tuple[Path, ...]:
    directory.mkdir()
    for name, text in texts.items():
        (directory / f"{name}.txt").write_text(text)
    return tuple(sorted(directory.iterdir()))


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        ("a\nb\n", "<pad>\na\nb\n", "asset 'words.txt' differs first in line 1: 'a' and '<pad>'"),
        ("a\nb\n", "a\nc\n", "asset 'words.txt' differs first in line 2: 'b' and 'c'"),
        ("a\nb\n", "a\n", "asset 'words.txt' differs first in line 2: 'b' and nothing"),
        ("", "a\n", "asset 'words.txt' differs first in line 1: nothing and 'a'"),
    ],
)
def test_the_first_line_that_differs(ours, theirs, said, tmp_path):
    a, b = files(tmp_path / "a", words=ours, same="x"), files(tmp_path / "b", words=theirs, same="x")
    assert asset_differences(a, b) == [said]


def test_files_of_other_names_and_other_newlines_are_no_difference(tmp_path):
    a, b = files(tmp_path / "a", words="a\nb\n", ours="1"), files(tmp_path / "b", words="a\r\nb", theirs="2")
    assert asset_differences(a, b) == []
