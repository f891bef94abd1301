import pytest

from migrate.graph.differentiable import CALLS, DIFFERENTIABLE


@pytest.mark.tensorflow
def test_the_list_is_that_of_the_registry() -> None:
    from migrate.signatures.quiet import import_tensorflow

    import_tensorflow()
    from tensorflow.python.framework import ops

    registry = ops.gradient_registry
    found = {name: registry.lookup(name) for name in registry.list()}
    # migrate.tf1 has gradients for operations that TensorFlow 2 gives none.
    with_gradient = {name for name, made in found.items() if made and not made.__module__.startswith("migrate.")}
    assert with_gradient >= DIFFERENTIABLE - CALLS
    left_out = {"Round", "Rint", "Floor", "Ceil", "FloorDiv", "TruncateDiv", "Sign", "PreventGradient"}
    left_out |= {"StopGradient", "ArgMax", "ArgMin"}
    for name in with_gradient - DIFFERENTIABLE - left_out:
        assert name.startswith(("TPU", "Xla", "Collective", "CrossReplica", "_")) or _is_no_op(name), name


def _is_no_op(name: str) -> bool:
    """Gradients are also registered for operations that this TensorFlow does not have."""
    from migrate.graph.registry import runtime_ops

    return name not in runtime_ops()
