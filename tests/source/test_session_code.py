"""TF1 code that only gets TF1's names."""

from __future__ import annotations

import pytest

from migrate.source.session_code import read_session_code


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import tensorflow as tf\n", "import tensorflow.compat.v1 as tf\n"),
        ("import tensorflow\ntf = tensorflow\n", "import tensorflow.compat.v1 as tensorflow\ntf = tensorflow\n"),
        ("import os, tensorflow as tf, sys\n", "import os, tensorflow.compat.v1 as tf, sys\n"),
        ("'é'; import tensorflow as tf\n", "'é'; import tensorflow.compat.v1 as tf\n"),
        (
            "try:\n  import tensorflow as tf\nexcept: pass\n",
            "try:\n  import tensorflow.compat.v1 as tf\nexcept: pass\n",
        ),
        (
            "import tensorflow as tf\nfrom  tensorflow import (\n  Session)\n",
            "import tensorflow.compat.v1 as tf\nfrom  tensorflow.compat.v1 import (\n  Session)\n",
        ),
        (
            "import tensorflow as tf\nfrom tensorflow.python.ops import nn\n",
            "import tensorflow.compat.v1 as tf\nfrom tensorflow.python.ops import nn\n",
        ),
        (
            "import tensorflow as tf\nfrom tensorflow.python import ops\n",
            "import tensorflow.compat.v1 as tf\nfrom tensorflow.python.framework import ops\n",
        ),
        (
            "import tensorflow as tf\nfrom tensorflow import contrib\n",
            "import tensorflow.compat.v1 as tf\nfrom migrate.tf1 import contrib\n",
        ),
        (
            "import tensorflow as tf\nfrom tensorflow import python\n",
            "import tensorflow.compat.v1 as tf\nfrom tensorflow import python\n",
        ),
        ("import tensorflow as tf\r\n", "import tensorflow.compat.v1 as tf\r\n"),
    ],
)
def test_imports(before: str, after: str):
    use = "\nx = tf.placeholder(tf.float32)  # tensorflow\n"
    assert read_session_code(before + use).text == after + use


@pytest.mark.parametrize(
    "text",
    [
        "import tensorflow as tf\nx = tf.matmul(a, b)\n",
        "import tensorflow as tf\nx = tf.compat.v1.placeholder(tf.float32)\n",
        "import tensorflow.compat.v1 as tf\nx = tf.placeholder(tf.float32)\n",
        "import other as tf\nx = tf.placeholder(1)\n",
        "def f(tf): return tf.placeholder(1)\n",
    ],
)
def test_what_needs_no_other_names(text: str):
    code = read_session_code(text)
    assert code.text == text
    assert code.needs_names == ("compat.v1 as" in text)


def test_a_name_imported_from_tensorflow():
    text = "from tensorflow import Session\nwith Session() as s: pass\n"
    assert read_session_code(text).text == text.replace("tensorflow", "tensorflow.compat.v1")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("import tensorflow as tf\n\ntf.Session()\n", "import tensorflow.compat.v1 as tf\n\nSWITCH\n\ntf.Session()\n"),
        (
            "import tensorflow as tf\ntry:\n  import a\nexcept E:\n  a = 1\nimport b\ndef f(): tf.Session()\nimport c\n",
            "import tensorflow.compat.v1 as tf\ntry:\n  import a\nexcept E:\n  a = 1\nimport b\n\nSWITCH\n"
            "def f(): tf.Session()\nimport c\n",
        ),
        ("import tensorflow as tf\ntf.matmul", "import tensorflow as tf\n\nSWITCH\ntf.matmul"),
        ("import tensorflow as tf", "import tensorflow as tf\n\nSWITCH\n"),
        ("import os\n", "import os\n"),
    ],
)
def test_the_switch_of_a_program(text: str, after: str):
    name = "tf" if "Session" in text else "tf.compat.v1"
    assert read_session_code(text, switch=True).text == after.replace("SWITCH", f"{name}.disable_v2_behavior()")


def test_a_switch_that_is_there_is_not_added_again():
    text = "import tensorflow.compat.v1 as tf\ntf.disable_v2_behavior()\ntf.Session()\n"
    assert read_session_code(text, switch=True).text == text


def test_whether_it_builds_a_graph():
    assert read_session_code("import tensorflow as tf\ndef f(): return tf.placeholder(1)\n").builds
    assert not read_session_code("import tensorflow as tf\ndef f(): return tf.to_float(1)\n").builds
