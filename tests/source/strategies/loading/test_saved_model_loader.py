"""Loaders of SavedModels: by signature, and by name."""

from __future__ import annotations

from textwrap import dedent

import pytest
from checks import check_noop, rewrite
from loading import check_level, check_stays

from migrate.results import Level

SIGNATURE = """\
import tensorflow as tf

def f(d, v):
    with tf.Session(graph=tf.Graph()) as sess:
        m = tf.saved_model.loader.load(sess, ['serve'], d)
        s = m.signature_def['k']
        g = tf.get_default_graph()
        x = g.get_tensor_by_name(s.inputs['x'].name)
        y = g.get_tensor_by_name(s.outputs['y'].name)
        return sess.run(y, feed_dict={x: v})
"""
NAMES = """\
import tensorflow as tf

def f(d, v):
    with tf.Session(graph=tf.Graph()) as sess:
        tf.saved_model.loader.load(sess, ['serve'], d)
        x = tf.get_default_graph().get_tensor_by_name('x:0')
        y = tf.get_default_graph().get_operation_by_name('y').outputs[1]
        return sess.run(y, feed_dict={x: v})
"""

# ---- by signature ---------------------------------------------------------------------------------------------------


def test_a_signature_is_called_by_its_keys():
    after = check_level(SIGNATURE, Level.NATIVE)
    assert after.endswith(
        dedent(
            """\
            def f(d, v):
                predict = load_signature(d, ['serve'], 'k')
                x = 'x'
                y = 'y'
                return predict(y, feed_dict={x: v})
            """
        )
    )


def test_the_loader_of_tensorflow_2_is_no_site():
    check_noop("import tensorflow as tf\nm = tf.saved_model.load('d', tags=['serve'])\n")
    check_noop("import tensorflow as tf\nm = tf.saved_model.load('d', ['serve'], options=o)\n")


@pytest.mark.parametrize(
    "load",
    [
        "tf.saved_model.load(sess, ['serve'], d)",
        "tf.compat.v1.saved_model.load(sess, ['serve'], d)",
        "tf.saved_model.load(sess=sess, tags=['serve'], export_dir=d)",
        "tf.saved_model.loader.load(sess, ['serve'], export_dir=d, import_scope=None)",
    ],
)
def test_every_spelling_of_the_loader_is_read(load: str):
    text = SIGNATURE.replace("tf.saved_model.loader.load(sess, ['serve'], d)", load)
    assert "load_signature(d, ['serve'], 'k')" in check_level(text, Level.NATIVE)


def test_names_can_be_fed_and_fetched_as_they_are():
    after = check_level(
        """\
        import tensorflow as tf

        KEY = 'k'
        sess = tf.InteractiveSession()
        m = tf.saved_model.load(sess, ['serve'], 'd')
        print(sess.run([m.signature_def[KEY].outputs['y'].name], {m.signature_def[KEY].inputs['x'].name: 1}))
        """,
        Level.NATIVE,
    )
    assert "predict = load_signature('d', ['serve'], KEY)\nprint(predict(['y'], {'x': 1}))" in after


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # A name in the graph, an output that is fed, an input that is fetched, two signatures.
        ("{x: v}", "{'x:0': v}"),
        ("{x: v}", "{y: v}"),
        ("sess.run(y", "sess.run([y, x]"),
        ("s.outputs['y']", "m.signature_def['other'].outputs['y']"),
        ("{x: v}", "feeds(v)"),
    ],
)
def test_what_is_no_call_of_one_signature_is_not_native(old: str, new: str):
    assert old in SIGNATURE
    result = rewrite(SIGNATURE.replace(old, new))
    assert {site.level for site in result.sites} <= {Level.WRAPPED, Level.BRIDGED, Level.FLAGGED}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("s.inputs['x'].name", "list(s.inputs.values())[0].name"),
        ("return", "print(s.inputs['x'].dtype)\n        return"),
    ],
)
def test_what_else_is_asked_of_one_signature_finds_it_by_its_names(old: str, new: str):
    result = rewrite(SIGNATURE.replace(old, new))
    assert {site.level for site in result.sites} == {Level.NATIVE}
    assert "class LoadedModel" in result.after


def test_a_method_called_predict_keeps_its_name():
    after = check_level(
        """\
        import tensorflow as tf

        class A(object):
            def __init__(self, d):
                self.sess = tf.Session()
                m = tf.saved_model.loader.load(self.sess, ['serve'], d)
                self.y = m.signature_def['k'].outputs['y'].name
                self.x = m.signature_def['k'].inputs['x'].name

            def predict(self, v):
                return self.sess.run(self.y, {self.x: v})
        """,
        Level.NATIVE,
    )
    assert "self.run_signature = load_signature(" in after
    assert "return self.run_signature(self.y, {self.x: v})" in after


# ---- by name --------------------------------------------------------------------------------------------------------


def test_tensors_become_their_names():
    after = check_level(NAMES, Level.WRAPPED)
    assert after.endswith(
        dedent(
            """\
            def f(d, v):
                model = LoadedModel(d, ['serve'])
                x = 'x:0'
                y = 'y:1'
                return model.run(y, feed_dict={x: v})
            """
        )
    )


def test_a_name_that_is_computed_stays_computed():
    after = check_level(NAMES.replace("'x:0'", "d + ':0'").replace("'y'", "d"), Level.WRAPPED)
    assert "x = d + ':0'\n" in after
    assert 'y = d + ":1"\n' in after


@pytest.mark.parametrize(
    "shape", ["x.get_shape()", "x.shape", "tf.get_default_graph().get_tensor_by_name('x:0').shape"]
)
def test_the_shape_of_a_tensor_is_that_in_the_graph(shape: str):
    after = check_level(NAMES.replace("return", f"print({shape}.as_list()[1:])\n        return"), Level.WRAPPED)
    name = "'x:0'" if "default" in shape else "x"
    assert f"print(model.model.graph.get_tensor_by_name({name}).shape.as_list()[1:])" in after


def test_a_graph_that_another_method_uses_is_not_dropped():
    text = """\
        import tensorflow as tf

        class A(object):
            def __init__(self, d):
                self.graph = tf.Graph()
                self.sess = tf.Session(graph=self.graph)
                with self.graph.as_default():
                    tf.saved_model.loader.load(self.sess, ['serve'], d)

            def ask(self):
                return self.sess.run('y:0')

            def other(self):
                return %s
        """
    check_stays(text % "self.graph", "graph is used where the loaded model is not at hand")
    check_stays(text % "write(self.graph)", "graph is used for something else")
    check_stays(text % "self.graph.get_operations()", "graph is used where the loaded model is not at hand")
    assert "return 'z:0'" in check_level(text % "self.graph.get_tensor_by_name('z:0')", Level.WRAPPED)


def test_a_session_of_the_class_itself_stays():
    check_stays(
        """\
        import tensorflow as tf

        class A(object):
            sess = tf.Session()
            tf.saved_model.loader.load(sess, ['serve'], 'd')

            def ask(self):
                return self.sess.run('y:0')
        """,
        "attribute of the class itself",
    )


def test_a_variable_with_the_new_name_is_not_hidden():
    after = check_level(NAMES.replace("def f(d, v)", "def f(d, v, model=None)"), Level.WRAPPED)
    assert "loaded_model = LoadedModel(d, ['serve'])" in after
    assert "loaded_model.run(" in after


def test_a_class_with_a_base_from_elsewhere_keeps_its_attributes():
    text = """\
        import tensorflow as tf
        from base import Base

        class A(Base):
            def __init__(self, d):
                self._sess = tf.Session()
                tf.saved_model.loader.load(self._sess, ['serve'], d)

            def ask(self):
                return self._sess.run('y:0')

            def close(self):
                self._sess.close()
        """
    after = check_level(text, Level.WRAPPED)
    assert "self._sess = LoadedModel(d, ['serve'])" in after
    assert "return self._sess.run('y:0')" in after
    assert "def close(self):\n        pass" in after


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("sess.run(y", "sess.run(tf.nn.softmax(y)", "used otherwise than in a run"),
        ("return", "print(x.op)\n        return", "used otherwise than in a run"),
        ("return", "save(x)\n        return", "used otherwise than in a run"),
        ("return", "z = y * 2\n        return", "used otherwise than in a run"),
        ("return", "net = Net()\n        sess.run(net.out)\n        return", "not sure that a run computes tensors"),
        ("return", "sess.run(tf.global_variables_initializer())\n        return", "initialized after they are loaded"),
        ("return", "sess.run(tf.constant(1))\n        return", "adds to the loaded graph"),
        ("return", "saver.save(sess, 'x')\n        return", "session is used for something else"),
        ("return", "write(sess.graph)\n        return", "graph is used for something else"),
        ("return", "w = tf.get_variable('w', [])\n        return", "builds a graph of its own"),
        ("feed_dict={x: v}", "{x: v}, options=o", "a run has options"),
        ("tf.Session(graph=tf.Graph())", "tf.Session('grpc://a')", "runs on a server"),
        ("tf.Session(graph=tf.Graph())", "tf.Session(graph=v)", "graph of the session comes from elsewhere"),
        ("tf.Session(graph=tf.Graph()) as sess", "open_session() as sess", "session it is loaded into comes from"),
        ("['serve'], d)", "['serve'], d, import_scope='a')", "name scope"),
        ("['serve'], d)", "['serve'], d, strip=True)", "loader gets options"),
        (
            "def f(d, v):",
            "def g(s, a, b):\n    tf.saved_model.simple_save(s, 'o', a, b)\n\ndef f(d, v):",
            "also exports models",
        ),
        (
            "        x =",
            "        tf.saved_model.loader.load(sess, ['serve'], 'e')\n        x =",
            "two graphs are loaded into one session",
        ),
    ],
)
def test_what_else_is_done_with_the_session_keeps_it(old: str, new: str, reason: str):
    assert old in NAMES
    result = rewrite(NAMES.replace(old, new))
    loaders = [site for site in result.sites if site.kind == "loader"]
    said = [refusal.reason for site in loaders for refusal in site.refusals] + [site.reason for site in loaders]
    assert {site.level for site in loaders} <= {Level.FLAGGED, Level.BRIDGED}
    assert "class LoadedModel" not in result.after
    assert any(reason in (text or "") for text in said), said


def test_a_session_from_a_parameter_is_not_touched():
    check_stays(
        """\
        import tensorflow as tf

        def load(sess, d):
            tf.saved_model.loader.load(sess, ['serve'], d)
            return sess.run('y:0')
        """,
        "comes from elsewhere",
    )


def test_a_loader_that_is_to_stay_keeps_the_others():
    text = NAMES + NAMES.partition("\n\n")[2].replace("def f", "def g").replace(
        "['serve'], d)", "['serve'], d)  # tf-migrate: skip"
    )
    assert "class LoadedModel" not in rewrite(text).after


def test_a_file_whose_sessions_go_to_the_bridge_keeps_them():
    """It has been rewritten before, and the session needs TensorFlow 1's behaviour."""
    text = NAMES.replace("import tensorflow as tf\n", "import tensorflow.compat.v1 as tf\nfrom migrate import bridge\n")
    check_stays(text + "\n\ndef g(s):\n    bridge.simple_save(s, 'o', {}, {})\n", "migrate.bridge")


# ---- the MetaGraphDef ------------------------------------------------------------------------------------------------

WALKED = """\
import tensorflow as tf

class A(object):
    def __init__(self, d, key):
        self.sess = tf.Session(graph=tf.Graph())
        meta_graph = tf.saved_model.loader.load(self.sess, ['serve'], d)
        self.signature = meta_graph.signature_def[key]

    def ask(self, values):
        feed = {}
        for name, info in self.signature.inputs.items():
            feed[self.sess.graph.get_tensor_by_name(info.name)] = values[name]
        outputs = {name: info.name for name, info in self.signature.outputs.items()}
        return self.sess.run(outputs, feed_dict=feed)
"""


def test_a_signature_that_is_known_at_run_time_is_walked_as_before():
    after = check_level(WALKED, Level.NATIVE)
    assert "        self.model = LoadedModel(d, ['serve'])\n        meta_graph = self.model.meta_graph\n" in after
    assert "            feed[info.name] = values[name]\n" in after
    assert "        return self.model.run(outputs, feed_dict=feed)\n" in after
    assert "from tensorflow.core.protobuf import saved_model_pb2\n" in after


def test_a_part_of_it_can_be_taken_at_once():
    text = WALKED.replace("meta_graph = tf", "signatures = tf").replace("'], d)", "'], d).signature_def")
    after = check_level(text.replace("meta_graph.signature_def[key]", "signatures[key]"), Level.NATIVE)
    assert "        signatures = self.model.meta_graph.signature_def\n" in after


@pytest.mark.parametrize(
    ("lookup", "text"),
    [
        ("tf.saved_model.utils.get_tensor_from_tensor_info(info, self.sess.graph)", "feed[info.name]"),
        ("tf.saved_model.get_tensor_from_tensor_info(info)", "feed[info.name]"),
    ],
)
def test_the_tensor_of_a_tensor_info_is_its_name(lookup: str, text: str):
    old = "self.sess.graph.get_tensor_by_name(info.name)"
    assert text in check_level(WALKED.replace(old, lookup), Level.NATIVE)


def test_a_signature_by_key():
    text = WALKED.replace(
        "meta_graph.signature_def[key]", "tf.contrib.saved_model.get_signature_def_by_key(meta_graph, key)"
    )
    assert "self.signature = meta_graph.signature_def[key]" in check_level(text, Level.NATIVE)


def test_walked_code_that_also_knows_names_is_pruned():
    after = check_level(
        WALKED.replace("return self.sess", "feed['keep:0'] = 1\n        return self.sess"), Level.WRAPPED
    )
    assert "        meta_graph = self.model.meta_graph\n" in after
    assert "        feed['keep:0'] = 1\n        return self.model.run(outputs, feed_dict=feed)\n" in after


@pytest.mark.parametrize(
    "line",
    ["self.sess.run('y:0', feed)", "self.sess.run(values, feed)", "self.sess.run(outputs, values)"],
)
def test_a_name_from_elsewhere_is_no_name_of_a_signature(line: str):
    text = WALKED.replace("        return self.sess", f"        {line}\n        return self.sess")
    assert {site.level for site in rewrite(text).sites} <= {Level.WRAPPED, Level.BRIDGED}


# ---- what the code wants to know of the graph ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("print(tf.get_default_graph().get_operations())", "print(model.model.graph.get_operations())"),
        (
            "for op in sess.graph.get_operations(): print(op.name)",
            "for op in model.model.graph.get_operations(): print(op.name)",
        ),
        (
            "n = [n.name for n in sess.graph.as_graph_def().node]",
            "n = [n.name for n in model.model.graph.as_graph_def().node]",
        ),
        ("print(x)", "print(model.model.graph.get_tensor_by_name(x))"),
        ("print(x.dtype, x.name)", "print(model.model.graph.get_tensor_by_name(x).dtype, x)"),
        ("h = y.shape[1]", "h = model.model.graph.get_tensor_by_name(y).shape[1]"),
    ],
)
def test_a_graph_is_looked_into(old: str, new: str):
    after = check_level(NAMES.replace("        return", f"        {old}\n        return"), Level.WRAPPED)
    assert f"    {new}\n" in after


@pytest.mark.parametrize(
    "line",
    [
        "h = y.shape[1].value",
        "sess.run(tf.get_default_graph().get_operations()[0])",
        "train(tf.get_default_graph().get_operations())",
        "y.eval()",
        "write(y.op)",
    ],
)
def test_what_is_more_than_looking_keeps_the_session(line: str):
    check_stays(NAMES.replace("        return", f"        {line}\n        return"), "otherwise than in a run")
