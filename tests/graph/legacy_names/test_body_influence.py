from __future__ import annotations

from graphs import FLOAT, INT32, RESOURCE, Graph

from migrate.graph.legacy_names.body_influence import Bodies, only_random


def function(graph, name, arguments, nodes, results):
    """Adds `name(arguments)`; a node is (name, op, inputs, what it calls)."""
    made = graph.graph.library.function.add()
    made.signature.name = name
    for argument in arguments:
        made.signature.input_arg.add(name=argument, type=RESOURCE if argument == "v" else FLOAT)
    for key, source in results.items():
        made.signature.output_arg.add(name=key, type=FLOAT)
        made.ret[key] = source
    for name, op, inputs, *called in nodes:
        node = made.node_def.add(name=name, op=op, input=inputs)
        if called:
            node.attr["f"].func.name = called[0]


def call(graph, name, op="StatefulPartitionedCall"):
    graph.node("call", op)
    graph.graph.node[-1].attr["f"].func.name = name
    return graph.graph.node[-1]


def test_each_result_has_its_arguments_also_through_calls():
    g = Graph()
    function(g, "inner", ["a", "b"], [("n", "Neg", ["b"])], {"x": "a", "y": "n:y:0"})
    outer = [
        ("c", "StatefulPartitionedCall", ["p", "q"], "inner"),
        ("x", "Identity", ["c:output:0", "^done"]),
        ("y", "Identity", ["c:output:1", "^done"]),
        ("done", "NoOp", ["^c"]),
    ]
    function(g, "outer", ["p", "q"], outer, {"x": "x:output:0", "y": "y:output:0"})
    bodies = Bodies(g.meta)
    assert bodies.arguments_behind("outer", 0) == {0}
    assert bodies.arguments_behind("outer", 1) == {1}


def test_what_is_written_before_a_read_counts():
    g = Graph()
    body = [
        ("write", "AssignVariableOp", ["v", "a"]),
        ("read", "ReadVariableOp", ["v", "^write"]),
        ("early", "ReadVariableOp", ["v"]),
    ]
    function(g, "f", ["a", "v"], body, {"late": "read:value:0", "early": "early:value:0"})
    bodies = Bodies(g.meta)
    assert bodies.arguments_behind("f", 0) == {0, 1}
    assert bodies.arguments_behind("f", 1) == {1}


def test_unknown_and_recursive_functions_depend_on_everything():
    g = Graph()
    function(g, "f", ["a", "b"], [("c", "PartitionedCall", ["a", "b"], "f")], {"y": "c:output:0"})
    bodies = Bodies(g.meta)
    assert bodies.arguments_behind("f", 0) == {0, 1}
    assert bodies.arguments_behind("gone", 0) is None
    assert bodies.arguments_behind("f", 1) is None


def test_effects_are_those_of_everything_that_is_called():
    g = Graph()
    function(g, "inner", ["v", "a"], [("w", "AssignAddVariableOp", ["v", "a"])], {})
    function(g, "f", ["v", "a"], [("c", "StatefulPartitionedCall", ["v", "a"], "inner")], {"y": "a"})
    reads = [("r", "ReadVariableOp", ["v"]), ("t", "LookupTableFindV2", ["v", "r:value:0"])]
    function(g, "reads", ["v"], reads, {"y": "r:value:0"})
    assert Bodies(g.meta).effects(call(g, "f")) == ("AssignAddVariableOp",)
    g.graph.node[-1].name = "other"
    assert Bodies(g.meta).effects(call(g, "reads")) == ()


def test_random_numbers_are_no_change_of_state():
    g = Graph()
    function(g, "f", [], [("r", "RandomUniform", [])], {"y": "r:output:0"})
    effects = Bodies(g.meta).effects(call(g, "f"))
    assert effects == ("RandomUniform",)
    assert only_random(effects)
    assert not only_random(("RandomUniform", "AssignVariableOp"))


def test_the_inputs_of_an_identity_are_apart():
    g = Graph()
    g.placeholder("x")
    g.const("c", 1, INT32)
    g.node("both", "IdentityN", "x", "c", T=[FLOAT, INT32])
    assert Bodies(g.meta).inputs_behind(g.graph.node[-1], 1) == ["c"]
    assert Bodies(g.meta).inputs_behind(g.graph.node[-1], -1) == ["x", "c"]
