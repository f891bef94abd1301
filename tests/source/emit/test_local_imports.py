"""Imports of TensorFlow inside of functions."""

from __future__ import annotations

import ast
from textwrap import indent

from checks import check_native, rewrite, script
from wrapping_code import BUILD, INIT, SAVE

from migrate.results import Level
from migrate.source.emit.local_imports import without_local

GRAPH = "".join(f"    {line}\n" for line in (BUILD + "sess = tf.Session()\n" + INIT + SAVE).splitlines())
OF_NET = f"from net import net\n\n\ndef export():\n    import os\n    import tensorflow as tf\n{GRAPH}"


def test_graph_code_has_the_name_that_its_function_imports():
    result = rewrite(OF_NET)
    assert [site.rule for site in result.sites] == ["TFM206"]
    assert result.after.count("import tensorflow as tf") == 1
    assert "    import os\n    with tf.Graph().as_default():\n" in result.after


def test_an_import_below_what_builds_the_graph_is_no_name_for_it():
    late = OF_NET.replace("    import tensorflow as tf\n", "").replace(
        "    sess =", "    import tensorflow as tf\n    sess ="
    )
    late = late.replace("tf.placeholder(tf.float32, [None, 3])", "net(None)")
    [site] = rewrite(late).sites
    assert site.level is not Level.WRAPPED


def test_other_code_of_the_function_gets_tf2s_names():
    code = (
        "def export(out):\n    import tensorflow as tf\n    print(tf.gfile.Exists(out))\n"
        "    x = tf.placeholder(tf.float32, [None], name='x')\n    with tf.Session() as sess:\n"
        "        tf.saved_model.simple_save(sess, out, {'x': x}, {'y': 2.0 * x})\n\n\n"
        "def size(path):\n    import tensorflow as tf  # only here\n    return tf.gfile.Stat(path).length\n"
    )
    after = check_native(
        code, "    print(tf.compat.v1.gfile.Exists(out))\n", "return tf.compat.v1.gfile.Stat(path).length"
    )
    assert after.startswith("import tensorflow as tf\n")
    # A line with a comment is somebody's.
    assert after.count("import tensorflow as tf\n") == 1
    assert "    import tensorflow as tf  # only here\n" in after


def test_functions_that_did_not_change_keep_their_import():
    same = "def other():\n    import tensorflow as tf\n    return tf.constant(1)\n"
    before = same + "def export():\n    import tensorflow as tf\n    return tf.log(1.0)\n"
    after = "import tensorflow as tf\n" + before.replace("tf.log", "tf.math.log")
    code = without_local(after, before, "tf")
    assert same in code
    assert code.endswith("def export():\n    return tf.math.log(1.0)\n")


def test_an_import_of_another_name_or_with_others_on_its_line_stays():
    before = "def f():\n    import tensorflow as tf; import os\n    import tensorflow as other\n    return 1\n"
    after = before.replace("return 1", "return 2")
    assert without_local(after, before, "tf") == after
    alone = "def f():\n    import tensorflow as tf\n"
    assert ast.parse(without_local(alone, "", "tf"))


def test_a_script_that_imports_it_where_it_begins():
    body = indent(script("y = x + tf.Variable(1.0)"), "    ")
    after = rewrite(f"import sys\n\nif __name__ == '__main__':\n{body}").after
    assert after.startswith("import sys\nimport tensorflow as tf\n\n\nclass ExportedModel(tf.Module):")
    assert after.count("import tensorflow") == 1
