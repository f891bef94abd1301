"""Imports of files whose session code stays: TF1's names, from wherever they were taken."""

from __future__ import annotations

import pytest
from checks import check_flagged, rewrite

EXPORT = """


def export(sess, x, path, **outputs):
    {save}(sess, path, {{'x': x}}, outputs)


def build():
    return {placeholder}(None, [None])
"""


def imports(text: str, save: str = "tf.saved_model.simple_save", placeholder: str = "tf.placeholder") -> list[str]:
    """What becomes of the lines above an export that is bridged."""
    result = rewrite(text + EXPORT.format(save=save, placeholder=placeholder))
    assert [str(site.level) for site in result.sites] == ["bridged"], result.sites
    head = result.after.partition("\n\n\ndef ")[0]
    return [line for line in head.splitlines() if line]


BRIDGE = "from migrate import bridge"
SWITCH = "tf.disable_v2_behavior()"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import tensorflow as tf", ["import tensorflow.compat.v1 as tf", BRIDGE, SWITCH]),
        ("import tensorflow.compat.v1 as tf", ["import tensorflow.compat.v1 as tf", BRIDGE, SWITCH]),
        ("from tensorflow.compat import v1 as tf", [BRIDGE, "from tensorflow.compat import v1 as tf", SWITCH]),
        ("import os, tensorflow as tf", ["import os, tensorflow.compat.v1 as tf", BRIDGE, SWITCH]),
        (
            "import tensorflow as tf\nimport numpy\n\nimport own",
            ["import tensorflow.compat.v1 as tf", "import numpy", BRIDGE, "import own", SWITCH],
        ),
        (
            "import tensorflow as tf\nimport tensorflow.keras.layers as kl\nfrom tensorflow.train import Saver",
            [
                "import tensorflow.compat.v1 as tf",
                "import tensorflow.keras.layers as kl",
                BRIDGE,
                "from tensorflow.compat.v1.train import Saver",
                SWITCH,
            ],
        ),
        (
            "import tensorflow as tf\nfrom tensorflow.python.framework import ops",
            ["import tensorflow.compat.v1 as tf", BRIDGE, "from tensorflow.python.framework import ops", SWITCH],
        ),
        (
            "try:\n    import tensorflow.compat.v1 as tf\nexcept ImportError:\n    import tensorflow as tf",
            [
                BRIDGE,
                "try:",
                "    import tensorflow.compat.v1 as tf",
                "except ImportError:",
                "    import tensorflow as tf",
                SWITCH,
            ],
        ),
        ("import tensorflow as tf\ntf = tf.compat.v1", ["import tensorflow as tf", BRIDGE, f"tf.compat.v1{SWITCH[2:]}", "tf = tf.compat.v1"]),
    ],
)  # fmt: skip
def test_imports_of_tensorflow(before: str, after: list[str]):
    assert imports(before) == after


def test_the_ops_of_tf1s_framework_are_no_package():
    text = "import tensorflow as tf\nfrom tensorflow.python import ops"
    assert "from tensorflow.python.framework import ops" in imports(text)
    assert "from tensorflow.python import ops" in imports(text + "\nprint(ops.array_ops)")


def test_the_bare_package():
    before = "import tensorflow"
    found = imports(before, "tensorflow.saved_model.simple_save", "tensorflow.placeholder")
    assert found == ["import tensorflow.compat.v1 as tensorflow", BRIDGE, "tensorflow.disable_v2_behavior()"]


def test_names_without_the_package_get_a_name_for_the_switch():
    before = "from tensorflow import saved_model as sm, placeholder"
    assert imports(before, "sm.simple_save", "placeholder") == [
        BRIDGE,
        "from tensorflow.compat.v1 import placeholder",
        "import tensorflow.compat.v1 as tf",
        SWITCH,
    ]


def test_modules_below_the_package():
    before = "import tensorflow.saved_model as sm\nfrom tensorflow import placeholder\n\nTAG = sm.tag_constants.SERVING"
    assert imports(before, "sm.simple_save", "placeholder")[:3] == [
        "import tensorflow.compat.v1.saved_model as sm",
        BRIDGE,
        "from tensorflow.compat.v1 import placeholder",
    ]


def test_plain_names_that_mean_tf2_stay():
    before = "import tensorflow as tf\n\nTWO = tf.math.reduce_sum"
    found = imports(before, "tf.compat.v1.saved_model.simple_save", "tf.compat.v1.placeholder")
    assert found[:3] == ["import tensorflow as tf", BRIDGE, "tf.compat.v1.disable_v2_behavior()"]


def test_plain_names_that_only_tf1_has_are_tf1s_though_others_say_v1():
    before = "import tensorflow as tf"
    assert imports(before, "tf.compat.v1.saved_model.simple_save")[0] == "import tensorflow.compat.v1 as tf"


def test_two_names_for_two_versions():
    before = "import tensorflow as tf\nimport tensorflow.compat.v1 as tf1"
    found = imports(before, "tf1.saved_model.simple_save", "tf1.placeholder")
    assert found[-1] == "tf1.disable_v2_behavior()"


def test_an_import_that_is_to_be_left_alone():
    found = imports("import tensorflow as tf  # tf-migrate: skip")
    assert found == ["import tensorflow as tf  # tf-migrate: skip", BRIDGE, "tf.compat.v1.disable_v2_behavior()"]


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("import tensorflow\nimport tensorflow.python.ops", "mean the package"),
        ("from tensorflow import python, saved_model, placeholder", "'python'"),
    ],
)
def test_what_cannot_be_changed_alone_is_flagged(before: str, reason: str):
    top = "tensorflow." if "import tensorflow\n" in before else ""
    code = before + EXPORT.format(save=f"{top}saved_model.simple_save", placeholder=f"{top}placeholder")
    check_flagged(code, "TFM106", reason)


def test_the_name_bridge_may_be_taken():
    code = "import tensorflow as tf\nimport bridge" + EXPORT.format(
        save="tf.saved_model.simple_save", placeholder="tf.placeholder"
    )
    after = rewrite(code).after
    assert "from migrate import bridge as migrate_bridge" in after
    assert "migrate_bridge.simple_save(sess, path, {'x': x}, outputs)" in after
