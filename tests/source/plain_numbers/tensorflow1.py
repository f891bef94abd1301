"""TensorFlow 1: graphs, sessions, and what of it TensorFlow 2 has as `tf.compat.v1`."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

from plain_numbers.graphs import Graph, Missing, Node, Run, Tensor, graph, operation, world
from plain_numbers.sessions import SavedModelBuilder, Saver, Session, simple_save
from plain_numbers.variables import Variable, get_variable, get_variable_scope, name_scope, variable_scope


class Names:
    """A module: what it does not have is missing from the stand-in, not from TensorFlow."""

    def __init__(self, path: str, **names: Any) -> None:
        self._path = path
        self.__dict__.update(names)

    def __getattr__(self, name: str) -> Any:
        raise Missing(f"{self._path}.{name}")


# ---- operations -----------------------------------------------------------------------------------------------------


def constant(value: float, dtype: Any = None, shape: Any = None, name: str = "Const") -> Any:
    return operation("Const", float)(value, name=name)


def placeholder(dtype: Any, shape: Any = None, name: str = "Placeholder") -> Tensor:
    def unfed(_: Run) -> Any:
        raise ValueError(f"{name} is not fed")

    return Tensor(name, unfed)


def placeholder_with_default(input: Any, shape: Any, name: str = "PlaceholderWithDefault") -> Tensor:  # noqa: A002
    return Tensor(name, lambda run: run.value(input))


def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any], name: str = "cond") -> Any:
    if not isinstance(pred, Node):
        return true_fn() if pred else false_fn()
    with name_scope(name):
        yes, no = true_fn(), false_fn()
    return Tensor(name, lambda run: run.value(yes if run.value(pred) else no))


def add_n(inputs: list[Any], name: str = "AddN") -> Any:
    return operation("AddN", lambda *numbers: sum(numbers))(*inputs, name=name)


def group(*inputs: Any, name: str = "group_deps") -> Tensor:
    return Tensor(name, lambda run: [run.value(one) for one in inputs] and None)


def initializer(variables: Iterable[Variable]) -> Tensor:
    return group(*(one.initializer for one in variables), name="init")


def control_dependencies(control_inputs: Iterable[Any]) -> AbstractContextManager[None]:
    """In a graph they are computed first; eager code has computed them."""
    return graph().depending(*graph().dependencies, *control_inputs)


def constant_initializer(value: float = 0.0, dtype: Any = None) -> Callable[..., float]:
    return lambda shape=None, dtype=None: value


OPERATIONS = {
    "abs": operation("Abs", abs),
    "add": operation("Add", operator.add),
    "add_n": add_n,
    "cond": cond,
    "constant": constant,
    "constant_initializer": constant_initializer,
    "control_dependencies": control_dependencies,
    "float32": "float32",
    "greater": operation("Greater", operator.gt),
    "group": group,
    "identity": operation("Identity", lambda value: value),
    "maximum": operation("Maximum", max),
    "minimum": operation("Minimum", min),
    "multiply": operation("Mul", operator.mul),
    "name_scope": name_scope,
    "negative": operation("Neg", operator.neg),
    "square": operation("Square", lambda value: value * value),
    "stop_gradient": operation("StopGradient", lambda value: value),
    "subtract": operation("Sub", operator.sub),
    "Graph": Graph,
    "Variable": Variable,
}

# ---- modules --------------------------------------------------------------------------------------------------------


def _signature(inputs: Any, outputs: Any, method_name: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    return dict(inputs), dict(outputs)


def tensorflow1() -> Names:
    """What `import tensorflow as tf` gives in TensorFlow 1."""
    signatures = Names("tf.saved_model.signature_def_utils", predict_signature_def=_signature)
    saved_model = Names(
        "tf.saved_model",
        simple_save=simple_save,
        builder=Names("tf.saved_model.builder", SavedModelBuilder=SavedModelBuilder),
        signature_def_utils=signatures,
    )
    return Names(
        "tf",
        **OPERATIONS,
        AUTO_REUSE="reuse or make",
        Session=Session,
        assign=lambda ref, value: ref.assign(value),
        assign_add=lambda ref, value: ref.assign_add(value),
        get_variable=get_variable,
        get_variable_scope=get_variable_scope,
        global_variables=lambda: list(graph().variables),
        global_variables_initializer=lambda: initializer(graph().variables),
        placeholder=placeholder,
        placeholder_with_default=placeholder_with_default,
        reset_default_graph=lambda: world().graphs.__setitem__(0, Graph()),
        saved_model=saved_model,
        train=Names("tf.train", Saver=Saver),
        variable_scope=variable_scope,
        variables_initializer=initializer,
    )
