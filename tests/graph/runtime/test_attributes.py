from __future__ import annotations

import pytest
from runtime_graphs import node

from migrate.graph.runtime.attributes import HARMLESS, arguments_of, fit_attributes
from migrate.graph.runtime.table import newest, runtime


def fit(message, minor):
    return list(fit_attributes(message, runtime(minor).ops[message.op], newest().ops[message.op]))


def test_what_is_harmless_goes_whatever_it_says():
    message = node("""
        op: "VarHandleOp"
        attr { key: "dtype" value { type: DT_FLOAT } }
        attr { key: "shape" value { shape {} } }
        attr { key: "debug_name" value { s: "w" } }
        attr { key: "_class" value { s: "kept" } }
    """)
    assert fit(message, "1.15") == []
    assert sorted(message.attr) == ["_class", "dtype", "shape"]


def test_a_default_goes_and_another_value_is_named():
    message = node("""
        op: "MaxPool"
        attr { key: "ksize" value { list { i: 1 } } }
        attr { key: "strides" value { list { i: 1 } } }
        attr { key: "padding" value { s: "SAME" } }
        attr { key: "explicit_paddings" value { list {} } }
    """)
    assert fit(message, "1.15") == []
    assert "explicit_paddings" not in message.attr
    message.attr["explicit_paddings"].list.i.extend([1, 1])
    assert fit(message, "1.15") == ["MaxPool with the attribute explicit_paddings, which it does not know"]
    assert "explicit_paddings" in message.attr
    assert fit(message, "2.21") == []


def test_a_default_that_the_old_runtime_lacks_is_written_out():
    message = node("""
        op: "RaggedTensorToVariant"
        attr { key: "RAGGED_RANK" value { i: 1 } }
        attr { key: "Tvalues" value { type: DT_FLOAT } }
        attr { key: "batched_input" value { b: true } }
    """)
    assert runtime("1.15").ops["RaggedTensorToVariant"].attributes["Tsplits"].default is None
    assert fit(message, "1.15") == []
    assert message.attr["Tsplits"].type == 9


def test_a_value_that_the_old_runtime_does_not_allow_is_named():
    message = node('op: "Unique" attr { key: "T" value { type: DT_FLOAT } }')
    assert fit(message, "1.15") == []
    message = node('op: "Softplus" attr { key: "T" value { type: DT_STRING } }')
    assert fit(message, "1.15") == ["Softplus with T = string"]
    message = node("""
        op: "MaxPool"
        attr { key: "ksize" value { list { i: 1 } } }
        attr { key: "strides" value { list { i: 1 } } }
        attr { key: "padding" value { s: "EXPLICIT" } }
    """)
    assert fit(message, "1.15") == ["MaxPool with padding = 'EXPLICIT'"]


def test_arguments_are_equal_where_what_is_new_has_its_default():
    old, new = runtime("1.15").ops["TopKV2"], newest().ops["TopKV2"]
    assert old.arguments != new.arguments
    assert arguments_of(old, new) == old.arguments
    old, new = runtime("1.13").ops["TensorListStack"], newest().ops["TensorListStack"]
    assert arguments_of(old, new) != old.arguments


@pytest.mark.parametrize(("op", "attribute"), HARMLESS)
def test_harmless_attributes_exist(op, attribute):
    assert attribute in newest().ops[op].attributes
    assert HARMLESS[op, attribute]
