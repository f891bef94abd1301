"""Modules that TensorFlow 2 has not."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from migrate.source.api.modules import gone_module
from migrate.source.api.remake_modules import FILE, modules


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("tools.graph_transforms.TransformGraph", "tools.graph_transforms"),
        ("tools.graph_transforms", "tools.graph_transforms"),
        ("contrib.slim.conv2d", "contrib"),
        ("examples.tutorials", "examples"),
        ("tools", None),
        ("python.framework.graph_util", None),
        ("", None),
    ],
)
def test_the_module_that_is_gone(name: str, module: str | None):
    assert gone_module(name) == module


def test_the_installed_tensorflow_has_none_of_them():
    spec = importlib.util.find_spec("tensorflow")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("TensorFlow is not installed")
    there = modules(Path(next(iter(spec.submodule_search_locations))))
    listed = json.loads(FILE.read_bytes())["gone"]
    assert "python.framework.ops" in there
    assert there.isdisjoint(listed)
