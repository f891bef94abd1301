"""Whose functions a graph's code may call."""

from __future__ import annotations

import pytest
from checks import check_native, check_not_native, script


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["net = nets.Net(3)", "y = net.inference(x)"], "net.inference comes from another module"),
        (["y = nets.Net(3)(x)"], "nets.Net(3) is not a function of this file"),
        (["y = nets.make().inference(x)"], "comes from another module"),
        (["parts = {'a': nets.part}", "y = parts['a'](x)"], "parts['a'] is not a function of this file"),
        (["y = tf.map_fn(nets.part, x)"], "nets.part is not a function of this file"),
        (["f = nets.part", "y = tf.map_fn(fn=f, elems=x)"], "nets.part is not a function of this file"),
        (["net = nets.Net()", "y = tf.cond(x[0] > 0, net.yes, net.no)"], "net.yes is not a function of this file"),
        (["y = list(map(nets.part, [x]))[0]"], "nets.part is not a function of this file"),
    ],
)
def test_code_of_other_modules_is_not_moved(lines: list[str], said: str):
    check_not_native(script(*lines, imports="import nets"), "TFM101", said)


@pytest.mark.parametrize("line", ["y = net(x)", "y = tf.map_fn(net, x)"])
def test_names_that_a_star_may_import_are_not_moved(line: str):
    check_not_native(script(line, imports="from nets import *"), "TFM101", "net is not a function of this file")


@pytest.mark.parametrize(
    "lines",
    [
        ["import collections", "d = collections.OrderedDict()", "d['a'] = x * 2.0", "y = d.get('a')"],
        ["y = tf.map_fn(lambda row: row * 2.0, x)"],
        ["def double(row): return row * 2.0", "y = tf.map_fn(double, x)"],
        ["y = tf.map_fn(tf.square, x)"],
        ["y = list(map(tf.square, [x]))[0]"],
    ],
)
def test_code_that_is_seen_is_moved(lines: list[str]):
    check_native(script(*lines))


@pytest.mark.parametrize(
    ("method", "said"),
    [("net", "self.net is a method of a class of this file"), ("run", "self.run is a method that is not defined in")],
)
def test_methods_are_not_said_to_be_of_other_modules(method: str, said: str):
    body = "".join(
        f"        {line}\n"
        for line in script(f"y = self.{method}(x)").removeprefix("import tensorflow as tf\n").splitlines()
    )
    code = (
        "import tensorflow as tf\n\nclass Model(Base):\n    @staticmethod\n    def net(x):\n        return x * 2.0\n\n"
        f"    def export(self):\n{body}\ndef use(model: Model):\n    model.export()\n"
    )
    check_not_native(code, "TFM101", said)
