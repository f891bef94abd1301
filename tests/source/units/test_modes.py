"""One behaviour of TensorFlow for all sites of a file."""

from __future__ import annotations

from unit_modules import HEAD, module, scaling

from migrate.results import Level
from migrate.settings import Settings
from migrate.source.module import Module

SESSION_CODE = """

def other():
    with tf.Session() as sess:
        return sess.run(tf.constant(1.0) + 1.0)
"""
LOADER = """

def ask(path, x):
    with tf.Session(graph=tf.Graph()) as sess:
        tf.saved_model.loader.load(sess, ['serve'], path)
        print([op.name for op in sess.graph.get_operations()])
        return sess.run('y:0', {'x:0': x})
"""


def levels(made: Module) -> list[Level]:
    made.units()
    return [site.level for site in made.sites()]


def reasons(made: Module) -> list[str]:
    return [one.reason for site in made.sites() for one in site.refusals]


def test_all_sites_for_tf2_go_together():
    assert levels(module(HEAD + scaling("one") + scaling("two"))) == [Level.NATIVE, Level.NATIVE]


def test_other_graph_code_keeps_a_site_from_tf2():
    made = module(HEAD + scaling() + SESSION_CODE)
    assert Level.NATIVE not in levels(made)
    assert any("other code of the file still builds a TF1 graph" in reason for reason in reasons(made))


def test_the_reason_names_the_line_of_that_code():
    made = module(HEAD + scaling() + SESSION_CODE)
    made.units()
    line = made.text[: made.text.index("tf.Session() as sess:\n        return")].count("\n") + 1
    assert any(reason.endswith(f"(line {line})") for reason in reasons(made))


def test_a_program_that_stays_in_tf1_keeps_its_files_from_tf2():
    made = module(HEAD + scaling(), Settings(stays_because="main.py keeps its session"))
    assert Level.NATIVE not in levels(made)
    assert "main.py keeps its session" in reasons(made)


def test_a_file_that_hands_sessions_to_the_bridge_stays_in_tf1():
    made = module(HEAD + "from migrate import bridge\n" + scaling() + "\nprint(bridge.simple_save)\n")
    assert Level.NATIVE not in levels(made)
    assert any("migrate.bridge" in reason for reason in reasons(made))


def test_a_loader_in_a_session_does_not_cost_an_export_its_level():
    assert levels(module(HEAD + LOADER))[0] is not Level.FLAGGED
    assert levels(module(HEAD + scaling() + LOADER))[0] is Level.NATIVE


def test_a_placeholder_that_would_be_left_behind_is_seen():
    code = HEAD + scaling() + "\nleft = tf.placeholder(tf.float32, [None])\n"
    made = module(HEAD + scaling())
    units = made.units()
    assert made.incomplete(units, made.carry_out(units)) == []
    assert made.incomplete(units, code) == units
    assert any("a placeholder that is not exported would stay" in reason for _, reason in told(made))


def told(made: Module) -> list[tuple[str, str]]:
    return [(name, reason.reason) for name, reason in made.reasons(0)]
