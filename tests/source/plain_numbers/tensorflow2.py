"""TensorFlow 2, as far as rewritten exports call it: eager numbers, modules, functions with signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from plain_numbers.exports import Export, Numbers, answers
from plain_numbers.graphs import world
from plain_numbers.sessions import record, stored
from plain_numbers.tensorflow1 import OPERATIONS, Names, tensorflow1
from plain_numbers.variables import Variable


class Module:
    """Has the variables that its attributes hold."""

    def __init__(self, name: str | None = None) -> None:
        """It needs no name."""

    @property
    def variables(self) -> list[Variable]:
        return list(dict.fromkeys(_variables(vars(self), set())))


def _variables(held: Any, seen: set[int]) -> Iterator[Variable]:
    if id(held) in seen:
        return
    seen.add(id(held))
    if isinstance(held, Variable):
        yield held
    elif isinstance(held, (list, tuple)):
        for each in held:
            yield from _variables(each, seen)
    elif isinstance(held, dict):
        yield from _variables(list(held.values()), seen)
    elif isinstance(held, Module):
        yield from _variables(vars(held), seen)


class TensorSpec:
    """The name of an input."""

    def __init__(self, shape: Any, dtype: Any = None, name: str = "") -> None:
        self.name = name


class Function:
    """What `tf.function` makes of a function or method: it is called as it was, and knows its inputs."""

    def __init__(self, call: Callable[..., Any], input_signature: list[TensorSpec]) -> None:
        self._call = call
        self._input_signature = input_signature

    def __get__(self, owner: Any, _: type) -> Function:
        return Function(self._call.__get__(owner), self._input_signature)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self._call(*arguments, **keywords)

    def answers(self, variables: list[Variable]) -> Any:
        """What it makes of some inputs; variables have their values again afterwards."""
        names = [spec.name for spec in self._input_signature]

        def call(example: Numbers) -> Numbers:
            held = [one.numpy() for one in variables]
            outputs = self._call(*(example[name] for name in names))
            numbers = {name: value.numpy() if isinstance(value, Variable) else value for name, value in outputs.items()}
            for one, value in zip(variables, held, strict=True):
                one.assign(value)
            return numbers

        return answers(names, call)


def function(input_signature: list[TensorSpec]) -> Callable[[Callable[..., Any]], Function]:
    return lambda call: Function(call, input_signature)


def save(obj: Module, export_dir: str, signatures: dict[str, Function]) -> None:
    if not world().eager:
        raise ValueError("a module is saved outside of graphs")
    made = {key: one.answers(obj.variables) for key, one in signatures.items()}
    record(export_dir, Export(made, {one.op_name: one.numpy() for one in obj.variables}))


class Checkpoint:
    """The reader of `tf.train.load_checkpoint`."""

    def __init__(self, ckpt_dir_or_file: str) -> None:
        self._path = ckpt_dir_or_file

    def get_tensor(self, name: str) -> float:
        return stored(self._path, name)


def tensorflow2() -> Names:
    """What `import tensorflow as tf` gives in TensorFlow 2."""
    math = Names("tf.math", **{name: OPERATIONS[name] for name in ("abs", "add_n", "greater", "maximum", "minimum")})
    gfile = Names("tf.io.gfile", exists=lambda path: path in world().exports, listdir=lambda path: ["saved_model.pb"])
    return Names(
        "tf",
        **OPERATIONS,
        Module=Module,
        TensorSpec=TensorSpec,
        compat=Names("tf.compat", v1=tensorflow1()),
        function=function,
        io=Names("tf.io", gfile=gfile),
        math=math,
        saved_model=Names("tf.saved_model", save=save),
        train=Names("tf.train", load_checkpoint=Checkpoint),
    )
