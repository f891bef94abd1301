"""How the package is found: lazily, and with words for what is not there."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROBE = """
import sys
from migrate import tf1
from migrate.tf1 import contrib
assert "layers" in tf1.__all__ and "slim" in contrib.__all__ and "contrib" in dir(tf1), (tf1.__all__, contrib.__all__)
assert "tensorflow" not in sys.modules
"""


def test_importing_the_package_imports_no_tensorflow():
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_not_there_is_named():
    from migrate import tf1

    with pytest.raises(AttributeError, match=r"migrate\.tf1\.contrib\.tpu is not there.*docs/tf1\.md"):
        _ = tf1.contrib.tpu
    with pytest.raises(AttributeError, match="no attribute '_nothing'"):
        _ = tf1._nothing


@pytest.mark.tensorflow
def test_names_are_found_by_their_old_paths():
    from migrate import tf1
    from migrate.tf1.contrib import layers, slim

    assert tf1.contrib.slim.conv2d is tf1.contrib.layers.conv2d is slim.convolution2d is layers.convolution2d
    for module in (tf1.layers, slim, layers, tf1.contrib.framework, slim.losses, slim.utils, layers.summaries):
        assert all(hasattr(module, name) for name in module.__all__)
