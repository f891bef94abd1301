"""Findings about imports that TensorFlow 2 cannot carry out."""

from __future__ import annotations

import pytest
from checks import rewrite

from migrate.results import Level
from migrate.source.imports_told import gone_imports

NATIVE = """
    import tensorflow as tf
    {line}

    x = tf.placeholder(tf.float32, [None, 2], name='x')
    w = tf.Variable([[1.0], [2.0]])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(sess, 'out', {{'x': x}}, {{'y': tf.matmul(x, w)}})
"""
BRIDGED = """
    import tensorflow as tf
    {line}

    def export(sess, x, y, path):
        tf.saved_model.simple_save(sess, path, {{'x': x}}, {{'y': y}})
"""


@pytest.mark.parametrize("code", [NATIVE, BRIDGED])
@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("from tensorflow.tools.graph_transforms import TransformGraph", "tensorflow.tools.graph_transforms (line 3)"),
        ("import tensorflow.tools.graph_transforms as gt", "tensorflow.tools.graph_transforms (line 3)"),
        ("from tensorflow.python.training.tracking import base", "tensorflow.python.training.tracking (line 3)"),
        ("from tensorflow.contrib.boosted_trees import lib", "boosted_trees"),
    ],
)
def test_every_level_tells_of_them(code: str, line: str, name: str):
    sites = rewrite(code.format(line=f"{line}\n    print({line.split()[-1]})")).sites
    said = [one.message for site in sites for one in site.findings if name in one.message]
    assert len(said) == 1
    assert {site.level for site in sites} <= {Level.NATIVE, Level.BRIDGED}


@pytest.mark.parametrize(
    "line",
    [
        "from tensorflow.tools.compatibility import ast_edits",
        "from tensorflow.python.framework import graph_util",
        "from tensorflow.core.framework import graph_pb2",
        "try: from tensorflow.tools.graph_transforms import TransformGraph\nexcept ImportError: TransformGraph = None",
        "try: import tensorflow.tools.graph_transforms\nexcept (AttributeError, ImportError): pass",
        "from .tools import graph_transforms",
        "import tools.graph_transforms",
    ],
)
def test_what_is_there_or_caught_is_not_told(line: str):
    assert gone_imports(line) == {}


def test_each_is_named_once_at_its_first_line():
    text = (
        "def later():\n    from tensorflow.estimator import Estimator\n"
        "import tensorflow.estimator as e, tensorflow.contrib.slim.nets\n"
        "try:\n    import x\nexcept KeyError:\n    import tensorflow.python.estimator.run_config\n"
    )
    assert gone_imports(text) == {"estimator.Estimator": 2, "estimator": 3, "contrib.slim": 3, "python.estimator": 7}


def test_of_many_some_are_shown():
    names = ("tools.graph_transforms", "python.estimator", "python.profiler.profile_context", "lite.toco.python")
    lines = "\n    ".join(f"import tensorflow.{name}" for name in names)
    (site,) = rewrite(NATIVE.format(line=lines)).sites
    assert "tensorflow.python.profiler.profile_context (line 5) and 1 more cannot" in site.findings[-1].message


def test_an_import_that_nothing_uses_goes_and_is_not_told():
    result = rewrite(NATIVE.format(line="from tensorflow.contrib.saved_model import save_keras_model"))
    (site,) = result.sites
    assert not site.findings
    assert "contrib" not in result.after


def test_an_import_with_another_in_its_place_stays():
    line = "try:\n        from tensorflow.contrib import cloud\n    except ImportError:\n        cloud = None"
    result = rewrite(NATIVE.format(line=line))
    assert "from tensorflow.contrib import cloud" in result.after
    assert not result.sites[0].findings
