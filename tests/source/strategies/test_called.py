"""Exports that do not stand where their session is made: what is not native is wrapped, or a Keras model."""

from __future__ import annotations

from checks import rewrite

from migrate.results import Level

HEAD = """
import tensorflow as tf
import nets


def save(sess, x, y, path):
    tf.saved_model.simple_save(sess, path, {'x': x}, {'y': y})

"""
MAIN = """
def main():
    x = tf.placeholder(tf.float32, [None, 3], name='x')
    y = nets.build(x)
    with tf.Session() as sess:
        tf.train.Saver().restore(sess, 'model.ckpt')
        {calls}


if __name__ == '__main__':
    main()
"""


def test_a_helper_that_is_given_the_session():
    result = rewrite(HEAD + MAIN.format(calls="save(sess, x, y, 'out')"))
    (site,) = result.sites
    assert (site.level, site.rule) == (Level.WRAPPED, "TFM206")
    assert "'save': read where it is used" in [note.message for note in site.findings if note.rule == "TFM208"]
    assert "def save(sess" not in result.after
    assert "Session(" not in result.after
    assert "y = nets.build(x)" in result.after


def test_a_helper_that_is_called_twice():
    result = rewrite(HEAD + MAIN.format(calls="save(sess, x, y, 'a')\n        save(sess, x, y, 'b')"))
    assert [site.level for site in result.sites] == [Level.WRAPPED]
    assert result.after.count("wrapped.save(") == 2


def test_a_helper_that_others_may_import_stays_bridged():
    code = HEAD + MAIN.format(calls="save(sess, x, y, 'out')").partition("\n\nif __name__")[0]
    (site,) = rewrite(code).sites
    assert site.level is Level.BRIDGED


def test_a_graph_at_the_top_level_gets_a_graph_of_its_own():
    code = """
        import tensorflow as tf
        import nets

        x = tf.placeholder(tf.float32, [None, 3], name='x')
        y = nets.build(x)


        def export(path):
            with tf.Session() as sess:
                tf.train.Saver().restore(sess, 'model.ckpt')
                tf.saved_model.simple_save(sess, path, {'x': x}, {'y': y})


        if __name__ == '__main__':
            export('out')
    """
    result = rewrite(code)
    (site,) = result.sites
    assert site.level is Level.WRAPPED
    assert "graph = tf.Graph()\nwith graph.as_default():\n    x = tf." in result.after
    assert "def export(path):\n    with graph.as_default():\n" in result.after
    assert result.after.endswith("if __name__ == '__main__':\n    export('out')\n")


def test_an_object_that_keeps_session_and_tensors():
    code = """
        import tensorflow as tf
        import nets


        class Exporter(object):
            def __init__(self, checkpoint):
                self.graph = tf.Graph()
                with self.graph.as_default():
                    self.x = tf.placeholder(tf.float32, [None, 3], name='x')
                    self.y = nets.build(self.x)
                    saver = tf.train.Saver()
                self.sess = tf.Session(graph=self.graph)
                saver.restore(self.sess, checkpoint)

            def export(self, path):
                with self.graph.as_default():
                    tf.saved_model.simple_save(self.sess, path, {'x': self.x}, {'y': self.y})


        def main():
            exporter = Exporter('model.ckpt')
            exporter.export('out')


        if __name__ == '__main__':
            main()
    """
    result = rewrite(code)
    (site,) = result.sites
    assert site.level is Level.WRAPPED
    assert "class Exporter" not in result.after
    assert "wrapped = WrappedGraph(graph)" in result.after


def test_a_session_that_trains_stays():
    code = HEAD + MAIN.format(calls="sess.run(nets.train_op)\n        save(sess, x, y, 'out')")
    result = rewrite(code)
    (site,) = result.sites
    assert (site.level, site.rule) == (Level.WRAPPED, "TFM209")
    assert "def save(sess, x, y, path):\n    wrapped = WrappedGraph(sess)\n" in result.after


def test_a_keras_model_whose_session_is_passed_on_is_native():
    code = """
        import tensorflow as tf
        from keras import backend as K
        from keras.models import load_model


        def save(sess, model, path):
            tf.saved_model.simple_save(sess, path, {'x': model.input}, {'y': model.output})


        def main():
            model = load_model('model.h5')
            save(K.get_session(), model, 'out')


        if __name__ == '__main__':
            main()
    """
    result = rewrite(code)
    (site,) = result.sites
    assert (site.level, site.rule) == (Level.NATIVE, "TFM005")
    assert "get_session" not in result.after


TABLE = """\
import tensorflow as tf
import nets


def rows_input():
    return tf.placeholder(tf.float32, [None, 3], name="rows")


def texts_input():
    return tf.string_to_number(tf.placeholder(tf.string, [None, 3], name="texts"))


INPUTS = {"rows": rows_input, "texts": texts_input}


def averaged(graph, old, new):
    with graph.as_default():
        names = tf.train.ExponentialMovingAverage(0.0).variables_to_restore()
        with tf.Session() as sess:
            tf.train.Saver(names).restore(sess, old)
            tf.train.Saver().save(sess, new)


def save(path, x, y):
    saver = tf.train.Saver()
    with tf.Session() as sess:
        saver.restore(sess, "new")
        tf.saved_model.simple_save(sess, path, {"x": x}, {"y": y})


def main(kind):
    x = INPUTS[kind]()
    y = nets.build(x)
    averaged(tf.get_default_graph(), "old", "new")
    save("out", x, y)


if __name__ == "__main__":
    main("rows")
"""


def test_functions_in_a_table_build_in_the_graph_of_the_export():
    result = rewrite(TABLE)
    (site,) = result.sites
    assert (site.level, site.rule) == (Level.WRAPPED, "TFM206")
    lines = [line.strip() for line in result.after.split("def main(kind):")[1].splitlines()]
    assert lines.index("with tf.Graph().as_default():") < lines.index("x = INPUTS[kind]()")


def test_a_session_that_ends_in_another_function_stays():
    assert (
        "        with tf.compat.v1.Session() as sess:\n            tf.compat.v1.train.Saver(names)"
        in rewrite(TABLE).after
    )


def test_a_session_of_another_function_that_goes_on():
    code = TABLE.replace("with tf.Session() as sess:\n            tf.train.Saver(names)", "sess = tf.Session()\n        if sess:\n            tf.train.Saver(names)")  # fmt: skip
    assert "TFM206" not in [site.rule for site in rewrite(code).sites]


def test_tables_of_what_a_graph_may_not_have():
    code = TABLE.replace("tf.string_to_number(", "tf.py_func(str, [").replace(
        'name="texts"))', 'name="texts")], tf.string)'
    )
    (site,) = rewrite(code).sites
    assert site.level is Level.BRIDGED
