"""Which variables are trained."""

from __future__ import annotations

from training_scripts import DESCENT, GRAPH, not_trained, trained, trainer


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
