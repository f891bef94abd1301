from __future__ import annotations

from graphs import FLOAT, INT32, INT64, STRING, Graph

from migrate.graph.ports import Port, input_ports, output_ports
from migrate.graph.registry import runtime_ops


def node(name, op, **attributes):
    graph = Graph()
    graph.node(name, op, **attributes)
    return graph.graph.node[0], runtime_ops()[op]


def test_types_come_from_attributes():
    assert output_ports(*node("y", "Cast", SrcT=INT32, DstT=FLOAT)) == (Port("y", FLOAT, False),)
    assert input_ports(*node("y", "Cast", SrcT=INT32, DstT=FLOAT)) == (Port("x", INT32, False),)


def test_references():
    assert input_ports(*node("a", "Assign", T=FLOAT)) == (Port("ref", FLOAT, True), Port("value", FLOAT, False))


def test_numbered_and_listed_arguments():
    assert len(output_ports(*node("s", "Split", num_split=3, T=FLOAT))) == 3
    ports = output_ports(*node("r", "RestoreV2", dtypes=[FLOAT, INT64, STRING]))
    assert [port.dtype for port in ports] == [FLOAT, INT64, STRING]


def test_an_attribute_that_is_left_out_has_its_default_and_stays_left_out():
    message, definition = node("a", "ArgMax", T=FLOAT)
    assert output_ports(message, definition) == (Port("output", INT64, False),)
    assert "output_type" not in message.attr


def test_a_broken_number_does_not_make_millions_of_ports():
    assert len(output_ports(*node("s", "Split", num_split=-5, T=FLOAT))) == 0
    assert len(output_ports(*node("s", "Split", num_split=1 << 40, T=FLOAT))) <= 1_000_000
