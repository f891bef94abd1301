"""Objects of the module that are changed behind what reads them."""

from __future__ import annotations

import pytest
from checks import check_native, check_not_native

from migrate.source.unprovable import ELSEWHERE

HEAD = """\
import os
import numpy as np
import tensorflow as tf

config = {'scale': 2.0}
sizes = [1.0, 2.0]
weights = np.ones([3], np.float32)
class Settings(object):
    scale = 2.0
    other = 1.0
settings = Settings()
"""
TAIL = """\
with tf.Session() as sess:
    tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})
"""


def helper(reads: str, *, before: str = "", behind: str = "", functions: str = "") -> str:
    net = f"def net(t):\n    return t * {reads}\n"
    graph = f"x = tf.placeholder(tf.float32, [None, 3])\n{before}\ny = net(x)\n{behind}\n"
    return f"{HEAD}{functions}{net}{graph}{TAIL}"


@pytest.mark.parametrize(
    ("reads", "change"),
    [
        ("config['scale']", "config['scale'] = 5.0"),
        ("config['scale']", "config.update(scale=5.0)"),
        ("config['scale']", "del config['scale']"),
        ("config['scale']", "same = config\nsame['scale'] = 5.0"),
        ("sum(sizes)", "sizes.append(3.0)"),
        ("weights", "weights[0] = 5.0"),
        ("settings.scale", "settings.scale = 5.0"),
        ("settings.scale", "setattr(settings, 'scale', 5.0)"),
        ("Settings.scale", "Settings.scale = 5.0"),
        ("config['scale']", "def change(c):\n    c['scale'] = 5.0\nchange(config)"),
        ("float(os.environ['A'])", "os.environ['A'] = '5'"),
    ],
)
def test_a_helper_reads_what_is_changed_behind_its_call(reads: str, change: str) -> None:
    check_not_native(helper(reads, behind=change), ELSEWHERE, "which changes")
    check_native(helper(reads, before=change))


def test_other_attributes_may_change() -> None:
    check_native(helper("settings.scale", behind="settings.other = 5.0"))


def test_functions_of_tensorflow_change_no_module() -> None:
    # `add` is a method of sets that changes them, too.
    check_native(helper("2.0").replace("t * 2.0", "tf.add(t, 2.0)"))


def test_a_function_may_change_it_at_any_time() -> None:
    change = "def change():\n    config['scale'] = 5.0\n"
    check_not_native(helper("config['scale']", functions=change, behind="change()"), ELSEWHERE, "which changes")


def test_it_is_changed_in_the_loop_of_the_call() -> None:
    code = helper("sum(sizes)").replace(
        "y = net(x)\n", "y = x\nfor i in range(2):\n    sizes.append(3.0)\n    y = net(y)\n"
    )
    check_not_native(code, ELSEWHERE, "which changes")


MAIN = f"""\
{HEAD}
def main():
    x = tf.placeholder(tf.float32, [None, 3])
    BEFORE
    k = sum(sizes)
    y = x * float(len(sizes)) * k
    BEHIND
    with tf.Session() as sess:
        tf.saved_model.simple_save(sess, 'out', {{'x': x}}, {{'y': y}})

def run():
    sizes.append(0.5)
    main()
    sizes.append(1.5)

AROUND
run()
AROUND
"""


def main(before: str = "pass", behind: str = "pass", around: str = "") -> str:
    return MAIN.replace("BEFORE", before).replace("BEHIND", behind).replace("AROUND", around)


def test_the_function_itself_changes_what_it_has_read() -> None:
    check_not_native(main(behind="sizes.append(3.0)"), ELSEWHERE, "'sizes' is changed after the graph is built from it")
    check_native(main(before="sizes.append(3.0)"))


def test_the_module_and_callers_do_so_before_and_after_the_export() -> None:
    check_native(main(around="sizes.append(4.0)"))
