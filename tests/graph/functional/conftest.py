"""Builds graphs with v1 control flow, and compares what they give before and after raising."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import pytest

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def tf():
    """TensorFlow, imported when a test first asks for it."""
    from migrate.signatures.quiet import import_tensorflow

    return import_tensorflow()


@pytest.fixture
def v1(tf):
    """Makes `tf.cond`, `tf.while_loop` and TensorArray write v1 control flow, as TF 1.x does, for one test."""
    from tensorflow.python.ops import control_flow_util

    before = control_flow_util.ENABLE_CONTROL_FLOW_V2
    control_flow_util.ENABLE_CONTROL_FLOW_V2 = False
    yield tf.compat.v1
    control_flow_util.ENABLE_CONTROL_FLOW_V2 = before


@dataclass
class Program:
    """A v1 graph with what it is fed, and what its session gave."""

    graph_def: object
    outputs: list
    inputs: list
    variables: list
    runs: list = field(default_factory=list)


@dataclass(frozen=True)
class Run:
    """One call: values in, values out, gradients by variables and inputs (None where TF1 has none)."""

    inputs: list
    outputs: list
    gradients: list


@pytest.fixture
def program(v1, tf):
    """`program(build, *inputs, gradients=True)`: runs `build(v1)`, which gives (placeholders, variables, outputs), in a session."""

    def make(build, *calls, gradients=True):
        with tf.Graph().as_default() as graph:
            placeholders, variables, outputs = build(v1)
            wanted = [output.op.name for output in outputs]
            whole = graph.as_graph_def(add_shapes=True)
            sliced = v1.graph_util.extract_sub_graph(whole, wanted)
            sliced.library.CopyFrom(whole.library)
            for node in sliced.node:
                node.attr.pop("_class", None)
            loss = [tf.reduce_sum(tf.cast(o, tf.float32)) for o in outputs if o.dtype.is_floating]
            targets = [*variables, *(p for p in placeholders if p.dtype.is_floating)]
            slopes = v1.gradients(tf.add_n(loss), targets) if gradients and loss and targets else []
            known = [(n, tf.convert_to_tensor(g)) for n, g in enumerate(slopes) if g is not None]
            with v1.Session(graph=graph) as session:
                session.run(v1.global_variables_initializer())
                values = [(v.op.name, session.run(v)) for v in variables]
                made = Program(
                    sliced, [o.name for o in outputs], [(p.name, p.dtype, p.shape) for p in placeholders], values
                )
                for call in calls:
                    feed = dict(zip(placeholders, call, strict=True))
                    session.run(v1.global_variables_initializer())
                    got = session.run(outputs, feed)
                    session.run(v1.global_variables_initializer())
                    found = session.run([g for _, g in known], feed)
                    by_target = dict(zip((n for n, _ in known), found, strict=True))
                    made.runs.append(Run(list(call), got, [by_target.get(n) for n in range(len(targets))]))
        return made

    return make


@pytest.fixture
def raised():
    """Raises a program's control flow."""
    from migrate.graph.functional import raise_control_flow
    from migrate.graph.registry import OpRegistry, runtime_ops
    from migrate.graph.tensors import parse_tensor

    def call(made: Program, untrained=()):
        registry = OpRegistry(runtime_ops(), (), (f.signature for f in made.graph_def.library.function))
        before = made.graph_def.SerializeToString(deterministic=True)
        feeds = [name for name, _, _ in made.inputs] + [name for name, _ in made.variables]
        result = raise_control_flow(
            made.graph_def,
            registry,
            [parse_tensor(name) for name in made.outputs],
            frozenset(map(parse_tensor, feeds)),
            frozenset(untrained),
        )
        assert made.graph_def.SerializeToString(deterministic=True) == before
        return result

    return call


def operations(graph_def) -> list[str]:
    """The operations of a graph and of its functions."""
    bodies = [node for function in graph_def.library.function for node in function.node_def]
    return [node.op for node in (*graph_def.node, *bodies)]


V1_OPERATIONS = frozenset({"Switch", "Merge", "Enter", "Exit", "NextIteration", "LoopCond", "TensorArrayV3"})


@pytest.fixture
def agrees(tf, raised, tmp_path):
    """Raises everything in a program; its numbers and gradients must stay, also when saved and loaded."""

    def check(made: Program, untrained=(), without=()):
        result = raised(made, untrained)
        assert result.kept == ()
        assert not V1_OPERATIONS & set(operations(result.graph_def))
        module, call = _wrap(tf, made, result)
        _compare(tf, made, module.values, call, without)
        directory = str(tmp_path / f"model{next(_NUMBERS)}")
        tf.saved_model.save(module, directory)
        loaded = tf.saved_model.load(directory)
        _compare(tf, made, loaded.values, loaded.call, without)
        return result

    return check


def _wrap(tf, made, result):
    names = {node.name for node in result.graph_def.node}
    module = tf.Module()
    module.values = [tf.Variable(value, name=name) for name, value in made.variables]

    def load(*args):
        graph = tf.compat.v1.get_default_graph()
        mapped = {}
        for (name, _), variable in zip(made.variables, module.values, strict=True):
            graph.watch_variable(variable)
            if name in names:
                mapped[f"{name}:0"] = graph.capture(variable.handle)
        mapped |= {n: arg for arg, (n, _, _) in zip(args, made.inputs, strict=True) if n.split(":")[0] in names}
        return tf.graph_util.import_graph_def(result.graph_def, mapped, [_renamed(result, o) for o in made.outputs], "")

    specs = [tf.TensorSpec(shape, dtype) for _, dtype, shape in made.inputs]
    wrapped = tf.compat.v1.wrap_function(load, specs)
    module.call = tf.function(lambda *args: wrapped(*args), input_signature=specs)
    return module, module.call


def _renamed(result, name: str) -> str:
    from migrate.graph.tensors import parse_tensor

    tensor = parse_tensor(name)
    return str(result.renamed.get(tensor, tensor))


def _compare(tf, made, variables, call, without):
    import numpy as np

    for run in made.runs:
        _reset(made, variables)
        arguments = [tf.constant(v, dtype) for v, (_, dtype, _) in zip(run.inputs, made.inputs, strict=True)]
        for got, expected in zip(call(*arguments), run.outputs, strict=True):
            _equal(np, got.numpy(), expected, 1e-6)
        _reset(made, variables)
        targets = [*variables, *(a for a in arguments if a.dtype.is_floating)]
        with tf.GradientTape() as tape:
            tape.watch(targets)
            outputs = [o for o in call(*arguments) if o.dtype.is_floating]
            loss = tf.add_n([tf.reduce_sum(tf.cast(o, tf.float32)) for o in outputs]) if outputs else None
        if loss is None:
            continue
        for number, (slope, expected) in enumerate(zip(tape.gradient(loss, targets), run.gradients, strict=True)):
            if expected is not None and number not in without:
                assert slope is not None
                _equal(np, tf.convert_to_tensor(slope).numpy(), expected, 1e-4)


def _reset(made, variables) -> None:
    for (_, value), variable in zip(made.variables, variables, strict=True):
        variable.assign(value)


def _equal(np, got, expected, tolerance) -> None:
    expected = np.asarray(expected)
    assert got.shape == expected.shape
    if expected.dtype.kind in "fc":
        np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance)
    else:
        np.testing.assert_array_equal(got, expected)
