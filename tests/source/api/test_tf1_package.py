"""The table of what migrate.tf1 has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrate.source.api import remake_tf1
from migrate.source.api.remake import dump
from migrate.source.api.tf1_package import Home, below_tensorflow, homes, is_gone, is_module

HERE = Path(remake_tf1.__file__).parent


def test_the_table_is_that_of_the_package():
    made = dump(remake_tf1.make(json.loads((HERE / "contrib1.json").read_text("utf-8"))))
    again = "python -m migrate.source.api.remake_tf1"
    assert (HERE / "tf1_package.json").read_text("utf-8") == made, f"run {again}"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("layers.dense", ["layers.dense"]),
        ("contrib.slim.conv2d", ["contrib.slim.conv2d"]),
        ("python.layers.core.Dense", ["layers.Dense"]),
        ("python.ops.rnn_cell_impl.GRUCell", ["nn.rnn_cell.GRUCell"]),
        ("contrib.layers.python.layers.layers.conv2d", ["contrib.layers.conv2d"]),
        ("contrib.rnn.python.ops.core_rnn_cell.InputProjectionWrapper", ["contrib.rnn.InputProjectionWrapper"]),
        ("contrib.gan.gan_loss", []),
        ("nn.relu", []),
        ("keras.layers.Dense", []),
    ],
)
def test_homes(name: str, found: list[str]):
    assert [home.path for home in homes(name)] == found


def test_a_new_name_in_tensorflow():
    assert homes("contrib.framework.assert_scalar") == (Home("compat.v1.assert_scalar", "tensorflow"),)
    assert homes("contrib.framework.assert_scalar")[0].parent.full == "tensorflow.compat.v1"


def test_modules():
    assert is_module("contrib.slim")
    assert is_module("nn.rnn_cell")
    assert not is_module("contrib.gan")
    assert Home("contrib").parent.full == "migrate.tf1"


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("contrib", True),
        ("layers", True),
        ("layers.dense", True),
        ("nn.rnn_cell", True),
        ("nn", False),
        ("contribs", False),
    ],
)
def test_what_is_gone(name: str, gone: bool):
    assert is_gone(name) == gone


def test_spellings_of_tensorflow():
    assert below_tensorflow("tensorflow.compat.v1.layers.dense") == "layers.dense"
    assert below_tensorflow("tensorflow.compat.v1") == ""
    assert below_tensorflow("numpy.zeros") is None
