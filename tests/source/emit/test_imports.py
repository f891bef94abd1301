"""Imports after a rewrite."""

from __future__ import annotations

import pytest
from checks import check_native, script

GRAPH = script("w = tf.Variable(2.0, name='w')", "y = x * w")


def imported(line: str, *names: str) -> str:
    """The rewritten script with another import of TensorFlow, down to the class."""
    after = check_native(GRAPH.replace("import tensorflow as tf\n", line + "\n"), *names)
    return after[: after.index("class ")]


@pytest.mark.parametrize(
    "line",
    [
        "import tensorflow as tf",
        "import tensorflow.compat.v1 as tf",
        "from tensorflow.compat import v1 as tf",
        "import tensorflow as tf\ntf = tf.compat.v1",
        "import tensorflow.compat.v1 as tf\ntf.disable_eager_execution()",
        "import tensorflow.compat.v1 as tf\ntf.disable_v2_behavior()",
    ],
)
def test_tensorflow_is_imported_once_under_its_name(line: str):
    assert imported(line).strip() == "import tensorflow as tf"


def test_another_name_is_kept():
    after = check_native(GRAPH.replace("tensorflow as tf", "tensorflow as TF").replace("tf.", "TF."))
    assert after.startswith("import tensorflow as TF\n")
    assert "tf." not in after.replace("tf.Module", "")
    assert "class ExportedModel(TF.Module):" in after


def test_the_bare_name():
    after = check_native(GRAPH.replace("tensorflow as tf", "tensorflow").replace("tf.", "tensorflow."))
    assert after.startswith("import tensorflow\n")
    assert "tensorflow.saved_model.save(" in after


def test_imports_that_nothing_uses_any_more_go():
    head = (
        "import os\nimport tensorflow as tf\nfrom tensorflow.python.saved_model import builder as saved_model_builder\n"
        "from tensorflow.python.saved_model import signature_constants, signature_def_utils, tag_constants\n"
    )
    code = GRAPH.replace("import tensorflow as tf\n", head)
    export = (
        "b = saved_model_builder.SavedModelBuilder('o')\n"
        "    b.add_meta_graph_and_variables(sess, [tag_constants.SERVING], {'k': "
        "signature_def_utils.predict_signature_def({'x': x}, {'y': y})})\n    b.save()"
    )
    after = check_native(code.replace("tf.saved_model.simple_save(sess, 'out', {'x': x}, {'y': y})", export))
    # `signature_constants` was not used before either, and has no other use; `os` is not our business.
    assert after[: after.index("class ")].split("\n\n\n")[0].splitlines() == [
        "import os",
        "import tensorflow as tf",
    ]


def test_an_import_that_other_code_uses_stays():
    code = GRAPH.replace("import tensorflow as tf\n", "import tensorflow as tf\nfrom tensorflow import saved_model\n")
    after = check_native(code.replace("tf.saved_model.simple", "saved_model.simple") + "print(saved_model)\n")
    assert "from tensorflow import saved_model\n" in after


def test_without_a_name_for_tensorflow_one_is_added():
    head = "from tensorflow import Session, Variable, placeholder, float32, global_variables_initializer, saved_model\n"
    code = GRAPH.replace("import tensorflow as tf\n", head).replace("tf.", "")
    after = check_native(code)
    assert "import tensorflow as tf\n" in after
    assert "placeholder" not in after


def test_a_name_that_is_taken_is_not_given_to_tensorflow():
    head = "tf = 'mine'\nfrom tensorflow import Session, Variable, placeholder, float32, global_variables_initializer, saved_model\n"
    code = GRAPH.replace("import tensorflow as tf\n", head).replace("tf.", "") + "print(tf)\n"
    after = check_native(code)
    assert "import tensorflow\n" in after
    assert "tensorflow.saved_model.save(" in after
    assert "tf = 'mine'\n" in after


def test_future_imports_and_docstrings_stay_first():
    head = "#!/usr/bin/env python\n'''Doc.'''\nfrom __future__ import print_function\n\nfrom tensorflow import saved_model\nimport tensorflow as tf\n"
    after = check_native(GRAPH.replace("import tensorflow as tf\n", head))
    assert after.startswith("#!/usr/bin/env python\n'''Doc.'''\nfrom __future__ import print_function\n")


def test_an_import_in_a_function():
    lines = GRAPH.splitlines()
    code = "def export():\n" + "".join(f"  {line}\n" for line in lines) + "export()\n"
    after = check_native(code)
    compile(after, "x.py", "exec")
    head = after[: after.index("class ")]
    assert "import tensorflow as tf" in head, "the class stands outside the function"


@pytest.mark.parametrize(
    "line",
    [
        "from tensorflow.contrib.session_bundle import exporter",
        "from tensorflow.saved_model import tag_constants",
        "from tensorflow.saved_model.signature_def_utils import predict_signature_def",
        "from tensorflow.python.saved_model import utils",
    ],
)
def test_an_import_of_what_exports_are_written_with_goes_even_if_nothing_used_it(line: str):
    assert imported(f"import tensorflow as tf\n{line}").strip() == "import tensorflow as tf"
