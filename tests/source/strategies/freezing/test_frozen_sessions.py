"""Tests of which session a call freezes."""

from __future__ import annotations

import ast

import pytest

from migrate.settings import Settings
from migrate.source.strategies.freezing.frozen_sessions import Frozen, all_frozen, frozen_session
from migrate.source.unprovable import Unprovable
from migrate.source.view import ModuleView

HELPER = (
    "import tensorflow as tf\n\ndef save(sess, names):\n"
    "    return tf.graph_util.convert_variables_to_constants(sess, sess.graph_def, names{more})\n\n"
)


def view_of(code: str) -> ModuleView:
    return ModuleView(code, ast.parse(code), "script.py", Settings())


def found(code: str) -> Frozen:
    view = view_of(code)
    return frozen_session(view.candidates[0], view)


def test_a_parameter_is_what_the_only_call_gives():
    one = found(
        HELPER.format(more="")
        + "def run(session):\n    pass\n\ndef main():\n    s = tf.Session()\n    save(s, ['y'])\n"
    )
    assert ast.unparse(one.session) == "s"
    assert getattr(one.scope.node, "name", None) == "main"
    assert not one.lists


def test_parameters_through_several_functions():
    code = (
        HELPER.format(more=", ['w']") + "def middle(given):\n    save(names=[], sess=given)\n\nmiddle(tf.Session())\n"
    )
    one = found(code)
    assert ast.unparse(one.session) == "tf.Session()"
    assert one.lists


@pytest.mark.parametrize("calls", ["", "save(a, [])\nsave(b, [])\n", "f = save\n", "save(*given)\n"])
def test_a_function_that_may_be_given_any_session(calls: str):
    with pytest.raises(Unprovable, match="the session is a parameter of 'save'"):
        found(HELPER.format(more="") + calls)


def test_files_are_no_sessions():
    view = view_of("from tensorflow.python.tools import freeze_graph\nfreeze_graph.freeze_graph('g')\n")
    assert all_frozen(view) == []
