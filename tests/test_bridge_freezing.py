"""Sessions and files that the bridge freezes: the nodes TF1 would have, and no attribute that TF1 does not know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from migrate import bridge
from migrate.signatures.quiet import import_tensorflow

if TYPE_CHECKING:
    import numpy as np

pytestmark = [pytest.mark.slow, pytest.mark.tensorflow]


@pytest.fixture
def session():
    """A session with `y = x w` in it."""
    tf = import_tensorflow()
    with tf.Graph().as_default() as graph:
        x = tf.compat.v1.placeholder(tf.float32, [None, 2], name="x")
        w = tf.compat.v1.get_variable("w", [2, 1], initializer=tf.constant_initializer([2.0, 3.0]), use_resource=False)
        tf.matmul(x, w, name="y")
        tf.identity(w, name="other")
        with tf.compat.v1.Session(graph=graph) as session:
            session.run(w.initializer)
            yield session


def run(graph_def: Any) -> np.ndarray:
    """`y` of a frozen graph."""
    tf = import_tensorflow()
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name="")
        with tf.compat.v1.Session(graph=graph) as session:
            return session.run("y:0", {"x:0": [[1.0, 10.0]]})


def test_a_session(session):
    graph_def = bridge.convert_variables_to_constants(session, session.graph_def, ["y"])
    assert {node.name for node in graph_def.node} == {"x", "w", "w/read", "y"}
    (product,) = (node for node in graph_def.node if node.op == "MatMul")
    assert set(product.attr) == {"T"}
    assert run(graph_def) == [[32.0]]
    # The session's own GraphDef is not touched.
    assert any("grad_a" in node.attr for node in session.graph_def.node)


def test_only_some_variables(session):
    graph_def = bridge.convert_variables_to_constants(session, session.graph_def, ["y"], variable_names_blacklist=["w"])
    assert [node.op for node in graph_def.node if node.name == "w"] == ["VariableV2"]


@pytest.mark.parametrize("by_name", [True, False])
def test_files(session, tmp_path: Path, by_name: bool):
    tf = import_tensorflow()
    tf.io.write_graph(session.graph_def, str(tmp_path), "graph.pbtxt")
    checkpoint = tf.compat.v1.train.Saver().save(session, str(tmp_path / "model.ckpt"))
    values = [str(tmp_path / "graph.pbtxt"), "", False, checkpoint, "y", "", "", str(tmp_path / "y.pb"), True, ""]
    names = ["input_graph", "input_saver", "input_binary", "input_checkpoint", "output_node_names"]
    names += ["restore_op_name", "filename_tensor_name", "output_graph", "clear_devices", "initializer_nodes"]
    if by_name:
        returned = bridge.freeze_graph(**dict(zip(names, values, strict=True)))
    else:
        returned = bridge.freeze_graph(*values)
    written = tf.compat.v1.GraphDef.FromString((tmp_path / "y.pb").read_bytes())
    assert written == returned
    assert not any("grad_a" in node.attr for node in written.node)
    assert run(written) == [[32.0]]


def test_the_old_name_of_an_argument(session, tmp_path: Path):
    tf = import_tensorflow()
    tf.io.write_graph(session.graph_def, str(tmp_path), "graph.pbtxt")
    checkpoint = tf.compat.v1.train.Saver().save(session, str(tmp_path / "model.ckpt"))
    graph = str(tmp_path / "graph.pbtxt")
    graph_def = bridge.freeze_graph(
        graph, "", False, checkpoint, "y", "", "", "", True, "", variable_names_blacklist="w"
    )
    assert [node.op for node in graph_def.node if node.name == "w"] == ["VariableV2"]


def test_a_file_that_is_not_there(tmp_path: Path):
    missing, out = str(tmp_path / "none"), tmp_path / "y.pb"
    with pytest.raises(OSError, match="does not exist"):
        bridge.freeze_graph(missing, "", True, missing, "y", "", "", str(out), True, "")
    assert not out.exists()
