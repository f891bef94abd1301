"""Exports whose graph, signatures or constants come from other modules of the tree."""

from __future__ import annotations

import pytest
from trees import check_native_in_tree, check_refused_in_tree, rewrite_in_tree, write_tree

from migrate.paths import rewrite_paths
from migrate.results import Level
from migrate.settings import Settings

EXPORT = """
import tensorflow as tf
{imports}


def main():
    x = tf.placeholder(tf.float32, [None, 3], name='x')
    y = {call}
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(sess, 'out', {{'x': x}}, {{'y': y}})
{after}

if __name__ == '__main__':
    main()
"""
BUILD = """
import tensorflow as tf

def build(x):
    return tf.matmul(x, tf.Variable(tf.ones([3, 2])))
"""


def export(imports: str, call: str, after: str = "") -> str:
    """A script that exports what a call makes."""
    return EXPORT.format(imports=imports, call=call, after="".join(f"    {line}\n" for line in after.splitlines()))


@pytest.mark.parametrize(
    ("imports", "call"),
    [
        ("from model import build", "build(x)"),
        ("from model import build as made", "made(x)"),
        ("import model", "model.build(x)"),
        ("import model as m", "m.build(x)"),
        ("from model import *", "build(x)"),
        ("try:\n    from .model import build\nexcept ImportError:\n    from model import build", "build(x)"),
    ],
)
def test_the_graph_is_built_by_another_module(tmp_path, imports, call):
    after = check_native_in_tree(tmp_path, export(imports, call), model=BUILD)
    assert "tf.Variable(tf.ones([3, 2])" in after
    assert "Session" not in after
    if "*" not in imports:
        assert "model import" not in after
        assert "import model" not in after
        assert "try:" not in after


def test_a_function_may_be_called_as_the_new_model(tmp_path):
    made = BUILD.replace("def build", "def model")
    after = check_native_in_tree(tmp_path, export("from nets import model", "model(x)"), nets=made)
    assert "    model = ExportedModel()\n" in after
    assert "nets" not in after


def test_a_function_that_other_code_calls_keeps_its_name(tmp_path):
    made = BUILD.replace("def build", "def model")
    code = export("from nets import model", "model(x)") + "\n\ndef later(x):\n    return model(x)\n"
    assert "from nets import model\n" in rewrite_in_tree(tmp_path, code, nets=made).after


def test_what_was_done_is_told(tmp_path):
    (site,) = rewrite_in_tree(tmp_path, export("from model import build", "build(x)"), model=BUILD).sites
    assert site.rule == "TFM009"
    assert "build is read in model.py" in site.proved


def test_a_helper_without_variables_is_imported_as_before(tmp_path):
    model = BUILD + "\n\ndef twice(x):\n    return x * 2.0\n"
    after = check_native_in_tree(tmp_path, export("from model import build, twice", "twice(build(x))"), model=model)
    assert "from model import twice\n" in after
    assert "twice(" in after
    assert "def twice" not in after


def test_a_helper_that_must_change_is_copied(tmp_path):
    model = BUILD + "\n\ndef total(x):\n    return tf.reduce_sum(x, reduction_indices=1)\n"
    after = check_native_in_tree(tmp_path, export("import model", "model.total(model.build(x))"), model=model)
    assert "\n\n\ndef total(x):\n    return tf.reduce_sum(x, axis=1)\n\n\n" in after
    assert "model.total" not in after
    assert "import model" not in after


def test_what_a_copied_helper_calls_is_copied_or_imported(tmp_path):
    model = BUILD + (
        "\n\ndef half(x):\n    return x / 2.0\n"
        "\n\ndef total(x):\n    return tf.reduce_sum(half(x), reduction_indices=1)\n"
    )
    after = check_native_in_tree(tmp_path, export("import model", "model.total(model.build(x))"), model=model)
    assert "import model\n" in after
    assert "axis=1" in after
    assert "model.half(x)" in after


def test_constants_stay_where_they_are(tmp_path):
    code = export("import config\nfrom config import KEY", "x * config.RATE").replace("{'y': y}", "{KEY: y}")
    after = check_native_in_tree(tmp_path, code, config="KEY = 'result'\nRATE = 3.0 * 2\n")
    assert "import config\n" in after
    assert "x * config.RATE" in after
    assert "return {'result': y}" in after or 'return {"result": y}' in after


def test_a_size_may_be_a_constant_of_another_module(tmp_path):
    code = export("from config import SIZE", "x * 2.0").replace("[None, 3]", "[None, SIZE]")
    after = check_native_in_tree(tmp_path, code, config="SIDE = 2\nSIZE = SIDE * SIDE - 1\n")
    assert "from config import SIZE\n" in after
    assert "tf.TensorSpec([None, SIZE], tf.float32" in after


def test_constants_of_a_module_that_tf2_cannot_import_are_copied(tmp_path):
    config = "import tensorflow as tf\n\nlayers = tf.contrib.layers\nRATE = 3.0\nKEY = 'a'\n"
    code = export("from config import KEY, RATE", "x * RATE").replace("{'y': y}", "{KEY: y}")
    after = check_native_in_tree(tmp_path, code, config=config)
    assert "\nRATE = 3.0\n" in after
    assert "config" not in after


def test_a_constant_that_the_graph_needs_is_imported(tmp_path):
    model = BUILD.replace("tf.ones([3, 2])", "tf.ones([3, HIDDEN])") + "\n\nHIDDEN = 2\n"
    after = check_native_in_tree(tmp_path, export("from model import build", "build(x)"), model=model)
    assert "from model import HIDDEN\n" in after
    assert "tf.ones([3, HIDDEN])" in after


def test_imports_that_the_graph_needs_are_added(tmp_path):
    model = BUILD.replace("tf.ones([3, 2])", "np.ones([3, 2], 'float32')").replace(
        "import", "import numpy as np\nimport", 1
    )
    after = check_native_in_tree(tmp_path, export("from model import build", "build(x)"), model=model)
    assert "import numpy as np\nimport tensorflow as tf\n" in after
    assert after.count("import numpy") == 1


def test_names_of_two_modules_are_kept_apart(tmp_path):
    model = "import tensorflow as tf\n\nscale = 2.0\n\n" + BUILD.replace("tf.ones([3, 2])", "tf.ones([3, 2]) * scale")
    code = export("from model import build\n\nscale = 7.0", "build(x) * scale")
    after = check_native_in_tree(tmp_path, code, model=model.replace("import tensorflow as tf\n\nscale", "scale", 1))
    assert "scale_model = 2.0" in after
    assert "tf.ones([3, 2]) * scale_model" in after
    assert "* scale\n" in after


def test_a_class_becomes_the_module(tmp_path):
    model = """
        import tensorflow as tf

        class Net(object):
            def __init__(self):
                self.x = tf.placeholder(tf.float32, [None, 3], name='x')
                self.y = tf.matmul(self.x, tf.Variable(tf.ones([3, 2])))

            def unused(self):
                return self.y
    """
    code = export("import model", "net.y").replace(
        "    x = tf.placeholder(tf.float32, [None, 3], name='x')\n", "    net = model.Net()\n    x = net.x\n"
    )
    result = rewrite_in_tree(tmp_path, code, model=model)
    assert "class Net(tf.Module):" in result.after
    assert "import model" not in result.after
    (site,) = result.sites
    assert site.level is Level.NATIVE
    assert not [note for note in site.findings if "gone with the class" in note.message]


def test_a_module_that_imports_the_file_does_not_hold_it_up(tmp_path):
    model = BUILD.replace("import", "import export\nimport", 1)
    check_native_in_tree(tmp_path, export("from model import build", "build(x)"), model=model)


SEEN = "is not a function of this file"


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(BUILD + "\n\nprint('imported')\n", id="prints when imported"),
        pytest.param(BUILD + "\n\nw = tf.Variable(1.0)\n", id="a graph when imported"),
        pytest.param(BUILD.replace("ones([3, 2])", "ones(SHAPE)") + "\n\nSHAPE = [3, 2]\n", id="a list may change"),
        pytest.param(BUILD.replace("[3, 2]", "[3, N]") + "\n\nN = 1\nN = 2\n", id="bound twice"),
        pytest.param(BUILD.replace("[3, 2]", "[3, N]") + "\n\nN = 1\n\ndef f():\n    global N\n    N = 2\n", id="global"),
        pytest.param(BUILD.replace("def", "def g():\n    pass\n\n@g\ndef").replace("tf.ones", "len(__file__) * tf.ones"), id="file"),
        pytest.param(BUILD.replace("    return", "    global K\n    K = 1\n    return"), id="sets a global"),
        pytest.param(BUILD.replace("tf.ones", "export.SCALE * tf.ones").replace("import", "import export\nimport", 1), id="circle"),
        pytest.param("if True:\n    " + BUILD.strip().replace("\n", "\n    "), id="in a condition"),
        pytest.param(BUILD + "\n\nbuild = print\n", id="rebound"),
        pytest.param(BUILD.replace("import tensorflow as tf", "from x import *\nimport tensorflow as tf").replace("tf.ones", "y * tf.ones"), id="star"),
        pytest.param(BUILD.replace("[3, 2]", "[3, len(globals())]"), id="globals"),
    ],
)  # fmt: skip
def test_what_only_running_tells_is_left_alone(tmp_path, model):
    check_refused_in_tree(tmp_path, SEEN, export("from model import build", "build(x)\n    SCALE = 1"), model=model)


def test_a_module_that_this_file_sets_is_left_alone(tmp_path):
    code = export("import config\n\nconfig.KEY = 'z'", "x * 2.0").replace("{'y': y}", "{config.KEY: y}")
    check_refused_in_tree(tmp_path, "only known at run time", code, config="KEY = 'result'\n")


@pytest.mark.parametrize("line", ["setattr(config, 'KEY', 'z')", "config.__dict__['KEY'] = 'z'", "print(config)"])
def test_a_module_that_is_handed_on_is_left_alone(tmp_path, line):
    code = export(f"import config\n\n{line}", "x * 2.0").replace("{'y': y}", "{config.KEY: y}")
    check_refused_in_tree(tmp_path, "only known at run time", code, config="KEY = 'result'\n")


def test_a_constant_that_another_file_sets_is_left_alone(tmp_path):
    code = export("import config", "x * 2.0").replace("{'y': y}", "{config.KEY: y}")
    train = "import config\nimport export\n\nconfig.KEY = 'z'\nexport.main()\n"
    check_refused_in_tree(tmp_path, "only known at run time", code, config="KEY = 'result'\n", train=train)


def test_a_local_name_hides_an_import(tmp_path):
    code = export("from config import RATE", "x * RATE").replace("def main():", "def main(RATE=5.0):")
    after = check_native_in_tree(tmp_path, code, config="RATE = 2.0\n")
    assert "from config import RATE" in after
    assert "2.0" not in after


def test_other_code_that_still_builds_the_graph_keeps_the_session(tmp_path):
    code = export("import model", "model.build(x)").replace(
        "def main", "def other(x):\n    return model.build(x)\n\n\ndef main"
    )
    check_refused_in_tree(tmp_path, "other code of the file builds a TF1 graph", code, model=BUILD)


def test_the_reason_is_that_of_the_whole_graph(tmp_path):
    model = BUILD.replace("return tf.matmul", "return tf.py_func(len, [x], tf.int64) + tf.matmul")
    site = check_refused_in_tree(tmp_path, "py_func", export("from model import build", "build(x)"), model=model)
    assert site.level is not Level.NATIVE


def test_several_processes_find_the_same(tmp_path):
    write_tree(tmp_path, model=BUILD)
    for number in range(9):
        (tmp_path / f"export_{number}.py").write_text(export("from model import build", "build(x)"), "utf-8")
    one = [result.after for result in rewrite_paths([tmp_path], Settings())]
    assert one == [result.after for result in rewrite_paths([tmp_path], Settings(), jobs=2)]
    assert all("tf.Module" in text for text in one)


UTILS = """
import tensorflow as tf


def save_model(sess, x, y, path):
    builder = tf.saved_model.builder.SavedModelBuilder(path)
    signature = tf.saved_model.signature_def_utils.predict_signature_def({'x': x}, {'y': y})
    builder.add_meta_graph_and_variables(sess, ['serve'], {'serving_default': signature})
    builder.save()
"""
CALLER = EXPORT.replace("tf.saved_model.simple_save(sess, 'out', {{'x': x}}, {{'y': y}})", "utils.save_model({given})")


def caller(call: str, given: str = "sess, x, y, 'out'", imports: str = "import utils") -> str:
    """A script whose export stands in another module."""
    return CALLER.format(imports=imports, call=call, given=given, after="")


def test_a_helper_of_another_module_that_exports(tmp_path):
    result = rewrite_in_tree(tmp_path, caller("tf.matmul(x, tf.Variable(tf.ones([3, 2])))"), utils=UTILS)
    (site,) = result.sites
    assert (site.kind, site.level) == ("export_call", Level.NATIVE)
    assert "class ExportedModel(tf.Module)" in result.after
    assert "utils" not in result.after
    assert (tmp_path / "utils.py").read_text("utf-8") == UTILS.lstrip("\n")


def test_an_exporter_of_another_module(tmp_path):
    exporter = """
        import tensorflow as tf


        class Exporter(object):
            def __init__(self, sess, model):
                self.sess = sess
                self.model = model

            def save(self, path):
                tf.saved_model.simple_save(self.sess, path, {'x': self.model.x}, {'y': self.model.y})
    """
    model = """
        import tensorflow as tf


        class Model(object):
            def __init__(self):
                self.x = tf.placeholder(tf.float32, [None, 3], name='x')
                self.y = tf.matmul(self.x, tf.get_variable('w', [3, 2]))
    """
    code = """
        import tensorflow as tf
        from exporter import Exporter
        from model import Model


        def main():
            model = Model()
            with tf.Session() as sess:
                tf.train.Saver().restore(sess, 'model.ckpt')
                exporter = Exporter(sess, model)
                exporter.save('out')


        if __name__ == '__main__':
            main()
    """
    result = rewrite_in_tree(tmp_path, code, exporter=exporter, model=model)
    assert [site.level for site in result.sites] == [Level.NATIVE]
    assert "import Exporter" not in result.after


def test_a_graph_that_cannot_be_read_is_wrapped_where_the_helper_is_called(tmp_path):
    nets = BUILD.replace("def build(x):", "def build(x):\n    x = MAKERS[0](x)").replace(
        "def build", "MAKERS = [tf.nn.relu]\n\ndef build"
    )
    code = caller("nets.build(x)", imports="import nets\nimport utils")
    result = rewrite_in_tree(tmp_path, code, utils=UTILS, nets=nets)
    (site,) = result.sites
    assert (site.kind, site.level) == ("export_call", Level.WRAPPED)
    assert "import nets" in result.after
    assert "import utils" not in result.after
    assert "y = nets.build(x)" in result.after


def test_a_call_that_cannot_be_rewritten_is_no_site(tmp_path):
    code = caller("unknown(x)").replace("sess.run(tf.global_variables_initializer())", "sess.run(train_op)")
    result = rewrite_in_tree(tmp_path, code, utils=UTILS)
    assert result.sites == ()
    assert not result.changed


def test_both_files_of_a_tree(tmp_path):
    write_tree(tmp_path, train=caller("tf.matmul(x, tf.Variable(tf.ones([3, 2])))"), utils=UTILS)
    results = {result.path.rpartition("/")[2]: result for result in rewrite_paths([tmp_path], Settings())}
    assert {name: [site.level for site in result.sites] for name, result in results.items()} == {
        "train.py": [Level.NATIVE],
        "utils.py": [Level.BRIDGED],
    }


TRAINED = """\
import tensorflow as tf
from model import build


def train():
    with tf.Graph().as_default(), tf.Session() as sess:
        loss = tf.reduce_sum(build(tf.ones([4, 3])))
        sess.run(tf.global_variables_initializer())
        tf.train.Saver().save(sess, "./model")


def main():
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        y = build(x)
        tf.train.Saver().restore(sess, "./model")
        tf.saved_model.simple_save(sess, "out", {"x": x}, {"y": y})
"""


def test_what_training_calls_in_a_graph_of_its_own_stands_in_the_file(tmp_path):
    after = check_native_in_tree(tmp_path, TRAINED + "\n\ntrain()\nmain()\n", model=BUILD)
    assert "def build(x):\n    return tf.matmul(x, tf.compat.v1.Variable(tf.ones([3, 2])))\n" in after
    assert "from model" not in after
    assert "loss = tf.reduce_sum(build(tf.ones([4, 3])))" in after


def test_what_other_code_calls_in_the_default_graph(tmp_path):
    text = TRAINED + "\n\nbuild(tf.ones([4, 3]))\nmain()\n"
    (site,) = rewrite_in_tree(tmp_path, text, model=BUILD).sites
    assert site.level is not Level.NATIVE


def test_a_file_that_would_become_many_times_as_long_with_what_it_imports(tmp_path):
    lines = "".join(f"    n = {n}\n" for n in range(200))
    model = f"import tensorflow as tf\n\ndef build(x):\n{lines}    return tf.matmul(x, tf.Variable(tf.ones([3, 2])))\n"
    (site,) = rewrite_in_tree(tmp_path, TRAINED + "\n\ntrain()\nmain()\n", model=model).sites
    assert site.level is not Level.NATIVE
