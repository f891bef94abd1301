"""Writes training without a session: the optimizer, the step with its tape, and the calls in place of session runs."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import libcst as cst

from migrate.source.emit.writer import Writer, call
from migrate.source.flow import Definition, Outer
from migrate.source.kinds import Kinds
from migrate.source.specs import Specs
from migrate.source.strategies.plan import PIECEWISE, Clip, Function, FunctionRun, State, Training
from migrate.source.symbols import Assigned
from migrate.source.unprovable import NO_EQUAL, Unprovable

if TYPE_CHECKING:
    from migrate.source.emit.module_class import ClassWriter
    from migrate.source.emit.respell import Names

Render = Callable[[ast.expr], str]
_NARROW = frozenset({"beta_1", "beta_2", "rho"})


# ---- in the class -------------------------------------------------------------------------------------------------


def optimizer_lines(training: Training, kinds: Kinds, render: Render, tensorflow: str, indent: int) -> list[str]:
    """The statements of the constructor that make the optimizer."""
    optimizer = training.optimizer
    package = f"{tensorflow}.keras.optimizers"
    arguments: list[str] = []
    if optimizer.tensor is None:
        bounds = optimizer.schedule == PIECEWISE
        rate = render(optimizer.rate) if bounds else _float(optimizer.rate, kinds, render)
        if optimizer.decay:
            named = [f"{name}={render(value)}" for name, value in optimizer.decay]
            rate = call(f"{package}.schedules.{optimizer.schedule}", [rate, *named], depth=3, indent=indent)
        arguments.append(rate)
    for name, value in optimizer.arguments:
        if isinstance(value, str):
            text = value
        elif name in _NARROW:
            text = _narrow(value, render, tensorflow)
        elif name == "momentum":
            text = _float(value, kinds, render)
        else:
            text = render(value)
        arguments.append(f"{name}={text}")
    own = f"self.{training.attribute}"
    before = (
        "# TF1 rounds these rates to float32, and Keras one minus them.\n"
        if _NARROW & {a for a, _ in optimizer.arguments}
        else ""
    )
    made = [before + call(f"{package}.{optimizer.name}", arguments, before=f"{own} = ", depth=2, indent=indent)]
    if optimizer.ones:
        made.append(f"{own}.build({_variables(training, tensorflow)})")
        test = f'if slot.path.endswith("{optimizer.ones}"):'
        one = f"slot.assign({tensorflow}.ones(slot.shape))"
        made.append(f"for slot in {own}.variables:\n\t{test}\n\t\t{one}  # as in TF1; Keras starts from zero")
    return made


def _narrow(node: ast.expr, render: Render, tensorflow: str) -> str:
    """A rate as TF1 counts with it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        text = render(node) if hasattr(node, "lineno") else repr(node.value)
        return f"float({tensorflow}.constant({text}))"
    return f"float({tensorflow}.constant({render(node)}, {tensorflow}.float32))"


def _float(node: ast.expr, kinds: Kinds, render: Render) -> str:
    """A number for Keras, which takes floats only."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return render(node) if isinstance(node.value, float) and hasattr(node, "lineno") else repr(float(node.value))
    return render(node) if _is_float(node, kinds) else f"float({render(node)})"


def _is_float(node: ast.expr, kinds: Kinds) -> bool:
    match node:
        case ast.Constant():
            return isinstance(node.value, float)
        case ast.Name():
            bound = kinds.region.value_of.get(node)
            if isinstance(bound, Definition):
                plain = bound.known and bound.previous is None and not bound.path
                return plain and bound.expression is not None and _is_float(bound.expression, kinds)
            if isinstance(bound, Outer):
                bindings = kinds.region.symbols.module.bindings.get(bound.name, [])
                if len(bindings) == 1 and isinstance(bindings[0], Assigned):
                    return isinstance(bindings[0].value, ast.Constant) and isinstance(bindings[0].value.value, float)
    return False


def training_body(
    function: Function, body: Sequence[cst.BaseStatement], names: Names, writer: ClassWriter
) -> list[cst.BaseStatement]:
    """What a step of training does: the loss under a tape, its gradients, and the change of the variables.

    Args:
        function: The step.
        body: The statements that compute the loss, and what else is returned.
        names: How they spell their values.
        writer: Writes the class.
    """
    training = function.training
    assert training is not None
    make = writer.writer.statement
    region = writer.region
    taken = {name.id for name in region.value_of} | {entry.parameter for entry in function.inputs}
    tape, variables, gradients = (_free(name, taken) for name in ("tape", "variables", "gradients"))
    loss_node = function.outputs[0].tensor
    loss = writer.respeller.expression(loss_node, names, writer.kinds)
    inside = list(body)
    if not isinstance(loss_node, ast.Name):
        name = _free("loss", taken)
        inside.append(make(f"{name} = {loss}"))
        loss = name
    shell = make(f"with {writer.tf}.GradientTape() as {tape}:\n\tpass")
    assert isinstance(shell, cst.With)
    made: list[cst.BaseStatement] = [shell.with_changes(body=writer.writer.block(inside))]
    made.append(make(f"{variables} = {_variables(training, writer.tf)}"))
    if training.dense:
        zero = f'{tape}.gradient({loss}, {variables}, unconnected_gradients="zero")'
        made.append(make(f"{gradients} = {zero}"))
        made.append(make(f"{gradients} = [{writer.tf}.convert_to_tensor(gradient) for gradient in {gradients}]"))
    else:
        made.append(make(f"{gradients} = {tape}.gradient({loss}, {variables})"))
    if training.clip is not None:
        limits = [writer.respeller.expression(node, names, writer.kinds) for node in training.clip.arguments]
        made.append(make(_clipped(training.clip, gradients, limits, writer.tf, _free("gradient", taken))))
    if training.rate is not None:
        rate = writer.respeller.expression(training.rate, names, writer.kinds)
        shape = Specs(writer.kinds).shape(training.rate)
        if shape is None or shape.dimensions != ():
            rate = f"{writer.tf}.ensure_shape({rate}, [])"
        made.append(make(f"self.{training.attribute}.learning_rate.assign({rate})"))
    made.append(make(f"self.{training.attribute}.apply_gradients(zip({gradients}, {variables}))"))
    if training.step_count is not None:
        made.append(make(f"self.{training.step_count.attribute}.assign_add(1)"))
    others = [writer.respeller.expression(e.tensor, names, writer.kinds) for e in function.outputs[1:]]
    made.append(make(f"return {', '.join([loss, *others])}"))
    return made


def _clipped(clip: Clip, gradients: str, limits: Sequence[str], tensorflow: str, each: str) -> str:
    """The statement that clips gradients."""
    joined = ", ".join(limits)
    if clip.function == "clip_by_global_norm":
        return f"{gradients}, _ = {tensorflow}.clip_by_global_norm({gradients}, {joined})"
    one = f"{tensorflow}.{clip.function}({each}, {joined})"
    if clip.some:
        one = f"None if {each} is None else {one}"
    return f"{gradients} = [{one} for {each} in {gradients}]"


def _variables(training: Training, tensorflow: str) -> str:
    """The variables that are trained."""
    if training.variables is None:
        return "self.trainable_variables"
    return f"[{', '.join(_variable(state, tensorflow) for state in training.variables)}]"


def _variable(state: State, tensorflow: str) -> str:
    text = f"self.{state.attribute}"
    return text if isinstance(state.expression, ast.Call) else f"*{tensorflow}.nest.flatten({text})"


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name = f"{name}_"
    taken.add(name)
    return name


# ---- where the session ran ----------------------------------------------------------------------------------------


class RunWriter:
    """Writes the calls of the module in place of a session run."""

    def __init__(self, model: str, render: Render, writer: Writer, width: int) -> None:
        """Makes a writer.

        Args:
            model: The name of the module.
            render: Gives expressions their new names.
            writer: Writes statements.
            width: Of a level of indentation.
        """
        self.model = model
        self.render = render
        self.writer = writer
        self.width = width

    def text(self, run: FunctionRun) -> str:
        """The expression in place of a run.

        Raises:
            Unprovable: It takes more than an expression.
        """
        items = [self._value(run, item) for item in run.fetched]
        if run.single:
            return items[0]
        places = [item for item in run.fetched if isinstance(item, int)]
        if len(places) <= 1 and not (places and any(isinstance(item, State) for item in run.fetched)):
            if not places and run.function is not None:
                raise Unprovable(NO_EQUAL, "the results of a run that only trains are used", run.run.call)
            return self._bracketed(items, run)
        each = f"(value.numpy() for value in {self._call(run)})"
        count = len(run.function.outputs) if run.function is not None else 0
        if places != list(range(count)) or any(isinstance(item, State) for item in run.fetched):
            raise Unprovable(NO_EQUAL, "some results of a run are used as a list", run.run.call)
        head = [text for text, item in zip(items, run.fetched, strict=True) if item is None]
        if run.fetched[0] is None:
            parts = [*head, f"*{each}"] if len(head) == 1 else []
        else:
            parts = [f"*{each}", *head] if not head or (len(head) == 1 and run.fetched[-1] is None) else []
        if not parts:
            raise Unprovable(NO_EQUAL, "some results of a run are used as a list", run.run.call)
        return self._bracketed(parts, run)

    def _bracketed(self, parts: Sequence[str], run: FunctionRun) -> str:
        if isinstance(run.run.fetches, ast.Tuple):
            return f"({', '.join(parts)},)" if len(parts) == 1 else f"({', '.join(parts)})"
        return f"[{', '.join(parts)}]"

    def statements(self, run: FunctionRun, node: ast.stmt, results: str) -> list[str]:
        """The statements in place of one that is a run, and may give names to what it returns.

        Raises:
            Unprovable: The result of the training op is used.
        """
        assert run.kept is not None
        call = [self._call(run)] if run.function is not None else []
        if not isinstance(node, ast.Assign):
            return call or [self._value(run, item) for item in run.fetched]
        target = node.targets[0]
        names = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
        pairs = [
            (ast.unparse(name), item) for name, item, kept in zip(names, run.fetched, run.kept, strict=True) if kept
        ]
        if any(item is None for _, item in pairs):
            raise Unprovable(NO_EQUAL, "the result of the training op, which is None, is used", run.run.call)
        tensors = [(name, item) for name, item in pairs if isinstance(item, int)]
        variables = [(name, item) for name, item in pairs if isinstance(item, State)]
        made: list[str] = []
        count = len(run.function.outputs) if run.function is not None else 0
        if not tensors:
            made += call
        elif len(tensors) == 1:
            made.append(f"{tensors[0][0]} = {self._one(run, tensors[0][1])}")
        elif [item for _, item in tensors] == list(range(count)):
            joined = ", ".join(name for name, _ in tensors)
            made.append(f"{joined} = (value.numpy() for value in {self._call(run)})")
        else:
            made.append(f"{results} = {self._call(run)}")
            made += [f"{name} = {results}[{item}].numpy()" for name, item in tensors]
        made += [f"{name} = {self._value(run, item)}" for name, item in variables]
        return made

    def _value(self, run: FunctionRun, item: int | State | None) -> str:
        if item is None:
            return "None"
        if isinstance(item, State):
            return f"{self.model}.{item.attribute}.numpy()"
        return self._one(run, item)

    def _one(self, run: FunctionRun, item: int) -> str:
        assert run.function is not None
        several = len(run.function.outputs) > 1
        return f"{self._call(run)}[{item}].numpy()" if several else f"{self._call(run)}.numpy()"

    def _call(self, run: FunctionRun) -> str:
        assert run.function is not None
        if run.named is not None:
            return f"{self.model}.{run.function.name}(**{run.named.name})"
        order = [entry.parameter for entry in run.function.inputs]
        in_order = [name for name, _ in run.fed] == order
        texts = [self.render(value) if in_order else f"{name}={self.render(value)}" for name, value in run.fed]
        return f"{self.model}.{run.function.name}({', '.join(texts)})"
