"""Names that files of a tree set in modules they import."""

from __future__ import annotations

import pytest
from trees import write_tree

from migrate.source.gathering.set_elsewhere import set_in_tree


@pytest.mark.parametrize(
    ("imports", "line", "expected"),
    [
        ("import config", "config.A = 1", True),
        ("import config as c", "c.A += 1", True),
        ("from . import (\n    config,\n)", "config.A = 1", True),
        ("import package.config", "package.config.A = 1", True),
        ("import config", "if config.A == 1: pass", False),
        ("import config", "print(config.A <= 1)", False),
        ("import config", "self.A = 1", False),
        ("import config", "self.inner.A = 1", False),
        ("import config", "selfish.A = 1", True),
        ("import config", "cls.A = 1; config.A = 2", True),
        ("import config", "config().A = 1", False),
        ("import config", "config.B = 1", False),
        ("import other", "other.A = 1", False),
    ],
)
def test_names_that_are_set(tmp_path, imports, line, expected):
    write_tree(tmp_path, inner__one=f"{imports}\n\n{line}\n")
    assert set_in_tree(tmp_path, "config", "A") is expected


def test_what_is_no_source_of_the_tree_is_not_read(tmp_path):
    write_tree(tmp_path, build__one="import config\nconfig.A = 1\n")
    assert not set_in_tree(tmp_path, "config", "A")
