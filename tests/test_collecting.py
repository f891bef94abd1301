"""Garbage is searched for more rarely while files are rewritten, and as before after that."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from migrate.collecting import seldom_collected
from migrate.paths import rewrite_paths


@pytest.fixture(autouse=True)
def unchanged() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_it_is_rarer_inside_and_as_before_after():
    gc.set_threshold(700, 10, 10)
    with seldom_collected():
        inside = gc.get_threshold()
        with seldom_collected():
            assert gc.get_threshold() == inside
        assert gc.get_threshold() == inside
    assert inside[0] > 700
    assert inside[1:] == (10, 10)
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("own", [(0, 10, 10), (5_000_000, 1, 1)])
def test_what_the_caller_chose_stays(own):
    gc.set_threshold(*own)
    with seldom_collected():
        assert gc.get_threshold() == own


def test_after_an_error():
    gc.set_threshold(700, 10, 10)
    with pytest.raises(KeyError), seldom_collected():
        raise KeyError
    assert gc.get_threshold() == (700, 10, 10)


def test_a_caller_of_rewrite_paths_sees_no_change(tmp_path):
    tmp_path.joinpath("a.py").write_text("import tensorflow as tf\ntf.saved_model.Builder('out')\n")
    gc.set_threshold(700, 10, 10)
    for _ in rewrite_paths([tmp_path]):
        assert gc.get_threshold() == (700, 10, 10)
