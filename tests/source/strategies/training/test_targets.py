"""Which variables are trained."""

from __future__ import annotations

from training_scripts import DESCENT, GRAPH, RUN, not_trained, trained, trainer


def test_only_what_the_loss_needs_is_trained():
    graph = GRAPH + "scale = tf.Variable(2.0)\nloss = tf.identity(loss)\ny = y * scale\n"
    trained(trainer(graph=graph), "variables = [self.w, self.b]")


def test_a_variable_that_only_another_name_trains_is_trained():
    graph = """
    x = tf.placeholder(tf.float32, [None, 3], name='x')
    t = tf.placeholder(tf.float32, [None, 1])
    with tf.variable_scope('m'):
        w = tf.get_variable('w', initializer=np.ones([3, 1], np.float32))
    y = tf.matmul(x, w)
    with tf.variable_scope('m', reuse=True):
        v = tf.get_variable('w', initializer=np.ones([3, 1], np.float32))
    b = tf.Variable([0.0])
    loss = tf.reduce_mean(tf.square(tf.matmul(x, v) + b - t))
    """
    after = trained(trainer(graph=graph))
    assert "self.trainable_variables" in after or "[self.w, self.b]" in after


def test_what_is_not_trainable_is_not_trained():
    trained(trainer(graph=GRAPH.replace("name='b'", "name='b', trainable=False")), "self.trainable_variables")
    not_trained(
        trainer(graph=GRAPH.replace("name='b'", "name='b', trainable=len(xs) > 1")), "whether a variable is trained"
    )


def test_the_global_step_is_counted_where_it_is_read():
    train = "n = tf.Variable(0, trainable=False, name='n')\n" + DESCENT.replace("loss)", "loss, global_step=n)")
    run = "_, k = sess.run([train, n], {x: xs, t: ts})\nprint(k, n.eval())"
    trained(trainer(train, run), "self.n.assign_add(1)", "k = model.n.numpy()", "print(k, model.n.numpy())")


COUNTED = "n = tf.train.get_or_create_global_step()\n" + DESCENT.replace("loss)", "loss, global_step=n)")


def test_the_graphs_own_counter():
    code = trainer(COUNTED, f"{RUN}\nprint(sess.run(n))")
    trained(code, 'self.n = tf.Variable(0, trainable=False, dtype=tf.int64, name="global_step")', "model.n.numpy()")


def test_the_graphs_counter_under_two_names_is_refused():
    code = trainer(f"{COUNTED}\nagain = tf.train.get_global_step()", f"{RUN}\nprint(sess.run(n))")
    not_trained(code, "tf.train.get_or_create_global_step")


def test_a_counter_whose_name_a_scope_changes_is_refused():
    first, _, rest = COUNTED.partition("\n")
    code = trainer(f"with tf.variable_scope('s'):\n    {first}\n{rest}", f"{RUN}\nprint(sess.run(n))")
    not_trained(code, "tf.train.get_or_create_global_step")
