"""Tests of which graph is the default one."""

from __future__ import annotations

from loaded_code import LoadedCode

from migrate.source.loaded.roles import Origin, Role


def test_outside_of_everything_it_is_the_programs_own():
    assert LoadedCode("here()").graphs_at("here()") == [None]


def test_in_a_with_statement_it_is_that_graph():
    assert LoadedCode("g = tf.Graph()\nwith g.as_default():\n    here()").graphs_at("here()") == [2]


def test_a_session_makes_its_graph_the_default_one():
    code = "with tf.Graph().as_default():\n    s = tf.Session()\nwith s:\n    here()"
    assert LoadedCode(code).graphs_at("here()") == [2]
    assert LoadedCode("with tf.Session(graph=tf.Graph()) as s:\n    here()").graphs_at("here()") == [2]


def test_the_innermost_counts():
    code = "a = tf.Graph()\nb = tf.Graph()\nwith a.as_default(), b.as_default():\n    here()"
    assert LoadedCode(code).graphs_at("here()") == [3]


def test_a_function_runs_where_it_is_called():
    code = "def f():\n    here()\nwith tf.Graph().as_default():\n    f()"
    assert LoadedCode(code).graphs_at("here()") == [4]
    assert LoadedCode(code + "\nf()").graphs_at("here()") == [4, None]


def test_a_function_that_calls_itself_has_an_answer():
    assert LoadedCode("def f():\n    here()\n    f()\nwith tf.Graph().as_default():\n    f()").graphs_at("here()") == [
        5
    ]


def test_the_graph_of_a_session():
    code = LoadedCode("g = tf.Graph()\ns = tf.Session(graph=g)\nwith tf.Graph().as_default():\n    t = tf.Session()")
    graphs = [
        {origin.node.lineno for origin in code.contexts.graph_of(Origin(Role.SESSION, code.find(text))) if origin.node}
        for text in ("tf.Session(graph=g)", "tf.Session()")
    ]
    assert graphs == [{2}, {4}]


def test_the_default_graph_in_a_variable_is_the_one_where_it_was_asked_for():
    code = "with tf.Graph().as_default():\n    g = tf.get_default_graph()\nwith g.as_default():\n    here()"
    assert LoadedCode(code).graphs_at("here()") == [2]
    code = "with tf.Graph().as_default():\n    s = tf.Session()\ng = s.graph\nwith g.as_default():\n    here()"
    assert LoadedCode(code).graphs_at("here()") == [2]


def test_a_variable_of_a_graph_that_gets_it_again():
    code = "g = tf.Graph()\nwith tf.Session(graph=g) as s:\n    g = tf.get_default_graph()\n    here()"
    assert LoadedCode(code).graphs_at("here()") == [2]
