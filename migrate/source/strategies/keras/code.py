"""The new code of an export of a Keras model: one `tf.function` a signature, and the save."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from migrate.source.emit.writer import CONTINUED, call, dictionary
from migrate.source.strategies.keras.key_helpers import WEIGHTS
from migrate.source.strategies.keras.tensors import ModelTensor


@dataclass(frozen=True, slots=True)
class Spec:
    """An input of a signature.

    Attributes:
        key: The text of its key.
        parameter: The name of the function's argument.
        position: Which of the model's inputs it is.
        given: Its shape and dtype, where it is none of the model's inputs.
    """

    key: str
    parameter: str
    position: int
    given: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """An output of a signature: the text of its key, and the tensor."""

    key: str
    tensor: ModelTensor


class FunctionWriter:
    """Writes the functions of one export."""

    def __init__(
        self, tf: str, model: str, keras_model: str, *, open_batch: bool, single: bool, checked: bool = False
    ) -> None:
        """Takes the model.

        Args:
            tf: The name of TensorFlow.
            model: The text of the model.
            keras_model: How the class of Keras models is spelled.
            open_batch: Whether the model's own shapes may have the batch of the data that it was trained with.
            single: Whether the model is known to have one output.
            checked: Whether the running program looks that no signature changes a variable.
        """
        self._tf = tf
        self._model = model
        self._class = keras_model
        self._open_batch = open_batch
        self._single = single
        self._checked = checked

    def function(
        self, name: str, inputs: Sequence[Spec], outputs: Sequence[Output], part: str | None, keyed: str | None
    ) -> str:
        """The text of a `tf.function`.

        Args:
            name: Its name.
            inputs: The inputs, in the order of the source.
            outputs: What it returns.
            part: The name of the part of the model that computes `outputs`, if the model itself does not.
            keyed: What it returns of the list `results` of all outputs of the model, where it returns just these.
        """
        return self._function(name, inputs, self._body(inputs, outputs, part, keyed))

    def _function(self, name: str, inputs: Sequence[Spec], lines: Sequence[str]) -> str:
        specs = [self._spec(entry) for entry in inputs]
        inner = "".join(f"{CONTINUED}{CONTINUED}{spec.replace(chr(10), chr(10) + CONTINUED * 2)},\n" for spec in specs)
        decorator = f"@{self._tf}.function(\n{CONTINUED}input_signature=[\n{inner}{CONTINUED}]\n)"
        parameters = ", ".join(entry.parameter for entry in inputs)
        body = "\n\t".join(line.replace("\n", "\n\t") for line in lines)
        return f"{decorator}\ndef {name}({parameters}):\n\t{body}"

    def computing(
        self, name: str, inputs: Sequence[Spec], lines: Sequence[str], results: Sequence[tuple[str, str]]
    ) -> str:
        """The text of a `tf.function` that does more than to call the model.

        Args:
            name: Its name.
            inputs: The inputs, in the order of the source.
            lines: Its statements.
            results: The text of each key of what it returns, with that of its value.
        """
        return self._function(name, inputs, [*lines, dictionary(results, before="return ", depth=2)])

    def part(self, name: str, outputs: Sequence[Output], texts: Mapping[ast.expr, str]) -> str:
        """The text that makes the part of the model which computes inner outputs.

        Args:
            name: Its name.
            outputs: What it computes.
            texts: The text of each inner tensor.
        """
        entries = [(output.key, self._symbolic(output.tensor, texts)) for output in outputs]
        inner = dictionary(entries, depth=2)
        return call(self._class, [f"{self._model}.inputs", inner], before=f"{name} = ", depth=1)

    def save(
        self, module: str, directory: str, signatures: Sequence[tuple[str, str]], tables: Sequence[str] = ()
    ) -> list[str]:
        """The statements that save.

        A Keras 3 model saved as it is finds its variables in Python alone: other programs, such as TensorFlow
        Serving, fail with uninitialized ones. A module that tracks them is loaded by all.

        Args:
            module: The name of the module that tracks the variables.
            directory: The export directory.
            signatures: The text of each key, with the name of its function.
            tables: The lookup tables that the functions read.
        """
        functions = list(dict.fromkeys(name for _, name in signatures))
        asked = f"{WEIGHTS}({{}})" if self._checked else "{}.get_concrete_function().variables"
        variables = [asked.format(name) for name in functions]
        weights = variables[0]
        if len(variables) > 1:
            weights = "[\n" + "".join(f"{CONTINUED}*{found},\n" for found in variables) + "]"
        text = dictionary(signatures, before="signatures=", depth=2)
        return [
            f"{module} = {self._tf}.Module()",
            f"{module}.weights = {weights}",
            *([f"{module}.tables = [{', '.join(tables)}]"] if tables else []),
            call(f"{self._tf}.saved_model.save", [module, directory, text], depth=1),
        ]

    def _spec(self, entry: Spec) -> str:
        if entry.given is not None:
            return call(f"{self._tf}.TensorSpec", [*entry.given, f"name={entry.key}"], depth=4)
        tensor = f"{self._model}.inputs[{entry.position}]"
        shape = f"[None, *{tensor}.shape[1:]]" if self._open_batch else f"{tensor}.shape"
        return call(f"{self._tf}.TensorSpec", [shape, f"{tensor}.dtype", f"name={entry.key}"], depth=4)

    def _symbolic(self, tensor: ModelTensor, texts: Mapping[ast.expr, str]) -> str:
        if tensor.attribute == "inner":
            return texts[tensor.node]
        return f"{self._model}.outputs[{tensor.index or 0}]"

    def _body(
        self, inputs: Sequence[Spec], outputs: Sequence[Output], part: str | None, keyed: str | None
    ) -> list[str]:
        fed = [entry.parameter for entry in sorted(inputs, key=lambda entry: entry.position)]
        if part is not None:
            return [f"return {part}([{', '.join(fed)}], training=False)"]
        given = fed[0] if len(fed) == 1 else f"[{', '.join(fed)}]"
        made = f"{self._model}({given}, training=False)"
        if keyed is not None:
            return [f"results = {self._tf}.nest.flatten({made})", f"return {keyed}"]
        tensors = [output.tensor for output in outputs]
        if len(outputs) == 1 and self._is_all(tensors[0]):
            return [dictionary([(outputs[0].key, made)], before="return ", depth=2)]
        name = "results"
        whole = [tensor.attribute == "output" for tensor in tensors]
        lines = [f"{name} = {made}" if all(whole) else f"{name} = {self._tf}.nest.flatten({made})"]
        entries = [(output.key, self._indexed(name, output.tensor, all(whole))) for output in outputs]
        return [*lines, dictionary(entries, before="return ", depth=2)]

    def _is_all(self, tensor: ModelTensor) -> bool:
        """Whether a tensor is all that the model computes."""
        if tensor.attribute == "output":
            return tensor.index is None
        return self._single and tensor.index in (0, -1)

    def _indexed(self, name: str, tensor: ModelTensor, whole: bool) -> str:
        # `model.output[0]` is the first output, or the first row of the only one, as it was in TF1.
        if tensor.index is None:
            return name if whole else f"{name}[0]"
        return f"{name}[{tensor.index}]"
