"""Tests of which files keep the functions that name their nodes as before."""

from __future__ import annotations

import ast

from migrate.source.changes import Changes
from migrate.source.emit.same_nodes import SAME_NODES, keeps_nodes


def test_what_a_file_has_or_gets():
    statement = ast.parse("pass").body[0]
    line = f"tf.compat.v1.{SAME_NODES}"
    assert keeps_nodes(Changes(above={statement: (line,)}), "")
    assert keeps_nodes(Changes(), f"with graph:\n    {line}\n")
    assert not keeps_nodes(Changes(above={statement: ("tf.Graph()",)}), "tf.compat.v1.get_variable_scope()")
