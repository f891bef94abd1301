from __future__ import annotations

import pytest

from migrate.errors import MigrateError
from migrate.graph.examples.object_graph import add_signature_function, signature_map
from migrate.signatures.model import TensorInfo

pytestmark = pytest.mark.tensorflow

INPUT = TensorInfo("inputs", "", "string", (None,))
OUTPUTS = (TensorInfo("outputs", "", "float32", (None, 1)),)


def function_of(objects, key):
    children = {child.local_name: child.node_id for child in signature_map(objects, key).children}
    return objects.nodes[children[key]].bare_concrete_function.concrete_function_name


def test_it_is_as_tensorflow_writes_it(meta_graph):
    """The signature `classify` has the same input: apart from names its object is what is wanted."""
    objects = meta_graph.object_graph_def
    theirs, wrapped = function_of(objects, "classify"), function_of(objects, "counter")
    captured = list(objects.concrete_functions[wrapped].bound_inputs)
    add_signature_function(objects, "counter", wrapped, "new", INPUT, OUTPUTS)
    assert function_of(objects, "counter") == "new"
    made, written = objects.nodes[-1].bare_concrete_function, None
    for node in objects.nodes:
        if node.bare_concrete_function.concrete_function_name == theirs:
            written = node.bare_concrete_function
    assert made.function_spec == written.function_spec
    assert (made.argument_keywords, made.allowed_positional_arguments) == (["inputs"], 1)
    new, like = objects.concrete_functions["new"], objects.concrete_functions[theirs]
    assert new.canonicalized_input_signature == like.canonicalized_input_signature
    assert list(new.bound_inputs) == captured


def test_constants_that_it_captures_are_its_children(meta_graph):
    objects = meta_graph.object_graph_def
    wrapped = function_of(objects, "predict")
    (old,) = (n for n in objects.nodes if n.bare_concrete_function.concrete_function_name == wrapped)
    children = [(child.local_name, child.node_id) for child in old.children]
    assert children
    add_signature_function(objects, "predict", wrapped, "new", INPUT, OUTPUTS)
    new = objects.nodes[-1]
    assert [(child.local_name, child.node_id) for child in new.children] == children
    assert [(child.local_name, child.node_id) for child in new.dependencies] == children


def test_a_signature_that_the_map_does_not_have(meta_graph):
    """Keys are copied and renamed in the SignatureDefs alone."""
    objects = meta_graph.object_graph_def
    before = [child.local_name for child in signature_map(objects, "copy").children]
    add_signature_function(objects, "copy", function_of(objects, "counter"), "new", INPUT, OUTPUTS)
    assert [child.local_name for child in signature_map(objects, "copy").children] == [*before, "copy"]
    assert function_of(objects, "copy") == "new"


def test_no_map(meta_graph):
    objects = meta_graph.object_graph_def
    signature_map(objects, "k").user_object.identifier = "something"
    with pytest.raises(MigrateError, match="`k`: the model's object graph lists no signatures"):
        signature_map(objects, "k")
