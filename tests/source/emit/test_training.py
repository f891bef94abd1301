"""The text of a step of training, and of what stands in the place of the session."""

from __future__ import annotations

from training_scripts import DESCENT, GRAPH, trained, trainer


def test_names_of_the_step_give_way_to_those_of_the_graph():
    graph = GRAPH.replace("loss = ", "tape = y - t\nvariables = tape * 2.0\ngradients = variables / 2.0\nloss = ")
    trained(
        trainer(graph=graph.replace("y - t))", "gradients))")),
        "as tape_:",
        "variables_ = self.trainable_variables",
        "gradients_ = tape_.gradient(loss, variables_)",
    )


def test_variables_in_a_dictionary_are_taken_one_by_one():
    graph = GRAPH.replace("w = tf.Variable([[1.0], [2.0], [3.0]], name='w')", "p = {'w': tf.Variable([[1.0]] * 3)}")
    graph = graph.replace("tf.matmul(x, w)", "tf.matmul(x, p['w'])") + "s = tf.Variable(2.0)\ny = y * s\n"
    trained(trainer(graph=graph), "variables = [*tf.nest.flatten(self.p), self.b]")


def test_blank_lines_under_the_tape_have_no_spaces():
    after = trained(trainer(graph=GRAPH.replace("loss =", "\n# How far off\nloss =")))
    assert all(line == line.rstrip() for line in after.splitlines())
    assert "# How far off" in after


def test_the_name_of_the_module_gives_way():
    after = trained(trainer(before="model = 'm'", run="sess.run(train, {x: xs, t: ts})\nprint(model)"))
    assert "exported_model.train_step(xs, ts)" in after


def test_results_that_are_picked_have_a_name_that_is_free():
    run = "_, p, c = sess.run([train, y, loss], {x: xs, t: ts})\nprint(c, p, results)"
    trained(trainer(run=run, before="results = 3"), "results_2 = model.train_step(xs, ts)")


def test_tensorflow_by_another_name():
    code = trainer(DESCENT).replace("import tensorflow as tf", "import tensorflow as T").replace("tf.", "T.")
    after = trained(code, "with T.GradientTape() as tape:", "T.keras.optimizers.SGD(0.1)")
    assert "tf." not in after
