"""Where `tf.disable_v2_behavior()` goes."""

from __future__ import annotations

from textwrap import dedent

import pytest

from migrate.engine import rewrite_source
from migrate.results import Level
from migrate.settings import Settings

LOOP = """
for i in range(2):
    tf.saved_model.simple_save(sess, str(i), {'x': x}, {'y': y})
"""


def after(code: str) -> str:
    result = rewrite_source(dedent(code), "script.py", Settings(level=Level.BRIDGED))
    assert {str(site.level) for site in result.sites} == {"bridged"}, result.sites
    return result.after


def head(code: str) -> list[str]:
    """The lines down to the switch."""
    lines = [line for line in after(code).splitlines() if line]
    return lines[: next(i for i, line in enumerate(lines) if "disable_v2_behavior" in line) + 1]


def test_it_stands_behind_the_last_import_with_blank_lines_around():
    code = "import tensorflow as tf\nimport os\nx = tf.placeholder(tf.float32)\nsess, y = tf.Session(), x" + LOOP
    assert after(code).startswith(
        "import tensorflow.compat.v1 as tf\nimport os\nfrom migrate import bridge\n\ntf.disable_v2_behavior()\n\nx = tf."
    )


def test_it_comes_before_the_first_use_though_imports_follow():
    code = """\
        import tensorflow as tf
        tf.logging.set_verbosity(tf.logging.ERROR)
        flags = tf.app.flags
        import os
        x = tf.placeholder(tf.float32)
        import sys
        sess, y = tf.Session(), x
        """
    found = head(dedent(code) + LOOP)
    assert "import os" in found
    assert "import sys" not in found


def test_imports_in_a_try_and_definitions_behind_it():
    code = """\
        try:
            import tensorflow as tf
        except ImportError:
            raise
        from six import moves


        def helper():
            import json
            return json


        import late
        x = tf.placeholder(tf.float32)
        sess, y = tf.Session(), x
        """
    found = head(dedent(code) + LOOP)
    assert found[-3:] == ["from six import moves", "from migrate import bridge", "tf.disable_v2_behavior()"]
    assert "import late" not in found


def test_a_file_that_says_so_itself_is_left_alone():
    code = "import tensorflow.compat.v1 as tf\ntf.disable_eager_execution()\nx = tf.placeholder(tf.float32)\n"
    assert "disable_v2_behavior" not in after(code + "sess, y = tf.Session(), x" + LOOP)


def test_a_file_that_builds_no_graph_leaves_it_to_its_callers():
    code = """\
        import tensorflow as tf

        def export(sess, path, **tensors):
            tf.saved_model.simple_save(sess, path, **tensors)
        """
    assert "disable_v2_behavior" not in after(code)


def test_where_only_functions_import_tensorflow():
    code = """\
        def export(path):
            '''Doc.'''
            import tensorflow as tf
            x = tf.placeholder(tf.float32, [None])
            with tf.Session() as sess:
                for i in range(2):
                    tf.saved_model.simple_save(sess, path, {'in': x}, {'y': x})

        def version():
            import tensorflow as tf
            return tf.__version__
        """
    assert after(code) == dedent("""\
        from migrate import bridge


        def export(path):
            '''Doc.'''
            import tensorflow.compat.v1 as tf
            tf.disable_v2_behavior()
            x = tf.placeholder(tf.float32, [None])
            with tf.Session() as sess:
                for i in range(2):
                    bridge.simple_save(sess, path, {'in': x}, {'y': x})

        def version():
            import tensorflow.compat.v1 as tf
            return tf.__version__
        """)


@pytest.mark.parametrize(
    ("block", "end"),
    [("try:", "    except OSError:\n        raise"), ("if out:", ""), ("with open(out):", "")],
)
def test_a_block_of_a_function_that_imports_and_builds_has_it_inside(block: str, end: str):
    code = f"""\
def export(out):
    {block}
        import tensorflow as tf
        x = tf.placeholder(tf.float32, [None])
        with tf.Session() as sess:
            for i in range(2):
                tf.saved_model.simple_save(sess, out + str(i), {{'in': x}}, {{'y': x + 1.0}})
        return out
{end}
"""
    inside = "        import tensorflow.compat.v1 as tf\n        tf.disable_v2_behavior()\n        x = tf."
    assert inside in after(code)


def test_an_import_in_a_block_that_uses_it_has_no_place_for_it():
    code = """\
        def export(sess, x, y):
            for i in range(2):
                tf.saved_model.simple_save(sess, str(i), {'x': x}, {'y': y})

        if __name__ == '__main__':
            import tensorflow as tf
            x = tf.placeholder(tf.float32)
            export(tf.Session(), x, x)
        """
    [site] = rewrite_source(dedent(code), "script.py", Settings(level=Level.BRIDGED)).sites
    assert (site.level, site.rule) == (Level.FLAGGED, "TFM106")
    assert any("in a block that uses it" in refusal.reason for refusal in site.refusals)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_coding_line_docstring_and_future_import_stay_on_top(newline: str):
    code = "#!/usr/bin/python\n# -*- coding: utf-8 -*-\n'''Doc.'''\nfrom __future__ import print_function\n"
    code += "import tensorflow as tf\nx = tf.placeholder(tf.float32)\nsess, y = tf.Session(), x" + LOOP
    found = after(code.replace("\n", newline))
    assert found.count(newline) == found.count("\n")
    assert found.splitlines()[:7] == [
        "#!/usr/bin/python",
        "# -*- coding: utf-8 -*-",
        "'''Doc.'''",
        "from __future__ import print_function",
        "import tensorflow.compat.v1 as tf",
        "from migrate import bridge",
        "",
    ]
