"""Writes the module class: its constructor, the methods for shared computation, one function a signature."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence

import libcst as cst

from migrate.source.emit.respell import Names, Respeller
from migrate.source.emit.spelling import Home
from migrate.source.emit.training import optimizer_lines, training_body
from migrate.source.emit.writer import Writer, blank, comments, dictionary, trimmed, unindented_blanks, with_leading
from migrate.source.flow import LOOPS, TRIES, WITHS, Definition, Merge, Step, Value
from migrate.source.kinds import IN_GRAPH, Kind
from migrate.source.slicing.cuts import parameter_of_call
from migrate.source.slicing.graph_contexts import is_context
from migrate.source.specs import Shape
from migrate.source.state.code import StateCode
from migrate.source.state.names import VariableNames
from migrate.source.strategies.plan import Function, Input, NativePlan, Shared, State
from migrate.source.strategies.sharing import Reading
from migrate.source.unprovable import CONTROL_FLOW, Unprovable

Leaf = Callable[[Step], list[cst.BaseStatement]]


class ClassWriter:
    """Writes the class of one plan."""

    def __init__(self, plan: NativePlan, respeller: Respeller, writer: Writer) -> None:
        self.plan = plan
        self.kinds = plan.kinds
        self.region = plan.kinds.region
        self.respeller = respeller
        self.writer = writer
        self.tf = respeller.spelling.tensorflow
        self.state_code = StateCode(self.kinds, VariableNames(self.kinds), self.tf)
        self._commented: set[Step] = set()
        self.reading = Reading(self.region, plan.facts)
        self.width = len(writer.indent.expandtabs(8))

    def write(self) -> cst.BaseStatement:
        """The class definition, with two blank lines above it."""
        members: list[cst.BaseStatement] = []
        constructor = self._constructor()
        if constructor is not None:
            members.append(constructor)
        members += [self._shared(shared) for shared in self.plan.shared]
        members += [self._function(function) for function in self.plan.functions]
        spaced = [with_leading(member, blank(1)) for member in members]
        shell = self.writer.statement(f"class {self.plan.class_name}({self.tf}.Module):\n\t{self._docstring()}")
        assert isinstance(shell, cst.ClassDef)
        body = [*shell.body.body, *spaced]
        return shell.with_changes(body=shell.body.with_changes(body=body), leading_lines=blank(2))

    def _docstring(self) -> str:
        if self.plan.training is not None:
            return '"""The model that is trained and exported."""'
        many = len(self.plan.functions) > 1
        return '"""The exported model: one tf.function for each signature."""' if many else '"""The exported model."""'

    # ---- constructor -------------------------------------------------------------------------------------------

    def _constructor(self) -> cst.BaseStatement | None:
        plan = self.plan
        handed = list(dict.fromkeys(state.handed for state in plan.states if state.handed is not None))
        names = [
            *plan.parameters.values(),
            *(capture.name for capture in plan.captures),
            *(name for name in handed if name is not None),
        ]
        if len(set(names)) < len(names):
            raise Unprovable(CONTROL_FLOW, "a variable and a Python value of the constructor have one name")
        body: list[cst.BaseStatement] = [self.writer.statement("super().__init__()")]
        stored = sorted(plan.parameters[value] for value in plan.stored)
        stored += [capture.name for capture in plan.captures if capture.stored]
        body += [self.writer.statement(f"self.{self.stored_name(name)} = {name}") for name in stored]
        leaves = self._project(self.region.body, self._init_leaf, plan.init_steps, self._init_names(), {})
        body += leaves
        training = plan.training
        if training is not None:
            inner = self._init_names()
            texts = optimizer_lines(
                training,
                self.kinds,
                lambda node: self.respeller.expression(node, inner, self.kinds),
                self.tf,
                self.width,
            )
            body += [self.writer.statement(text) for text in texts]
        if len(body) == 1:
            return None
        definition = self.writer.statement(f"def __init__({', '.join(['self', *names])}):\n\tpass")
        assert isinstance(definition, cst.FunctionDef)
        return definition.with_changes(body=self.writer.block(body))

    def stored_name(self, name: str) -> str:
        """The attribute for a Python value that functions read."""
        taken = {state.attribute for state in self.plan.states} | {f.name for f in self.plan.functions}
        return f"_{name}" if name in taken or name == "name" else name

    def _init_names(self) -> Names:
        values: dict[Value, str] = {
            state.definition: f"self.{state.attribute}" for state in self.plan.states if state.definition is not None
        }
        for step in self.plan.inlined:
            values |= self._helper_arguments(step)
        captured: dict[ast.AST, str] = {capture.expression: capture.name for capture in self.plan.captures}
        return Names(Home.MODEL, values, nodes=captured)

    def _helper_arguments(self, step: Step) -> dict[Value, str]:
        """The texts that stand for the parameters of a helper function that is read at its call."""
        found: dict[Value, str] = {}
        for value in self.region.value_of.values():
            if isinstance(value, Definition) and value.step is step and value not in step.writes:
                if value.expression is not None:
                    found[value] = self.respeller.expression(value.expression, Names(Home.MODEL), self.kinds)
        return found

    def _init_leaf(self, step: Step) -> list[cst.BaseStatement]:
        plan = self.plan
        names = self._init_names()
        made: list[cst.BaseStatement] = []
        above = comments(self.respeller.index.statement(step.node))
        for state in plan.states:
            if state.step is step and state.same is None:
                text = self._state(state, names)
                made += [self.writer.statement(line) for line in self.state_code.take_prelude()]
                made.append(self.writer.statement(text))
        for asset in plan.assets:
            if asset.step is step:
                path = self.respeller.expression(asset.path, names, self.kinds)
                made.append(self.writer.statement(f"self.{asset.attribute} = {self.tf}.saved_model.Asset({path})"))
        if not made and (step in plan.init_steps or self._helper_python(step)):
            made.append(self.respeller.statement(step.node, names, self.kinds))
        elif made:
            made[0] = with_leading(made[0], above)
        if step in plan.inlined:
            function = self.region.function(_called(step))
            assert function is not None
            made += self._project(_without_docstring(function.body), self._init_leaf, plan.init_steps, names, {})
        return made

    def _helper_python(self, step: Step) -> bool:
        """The plain Python of a helper function whose call goes away."""
        if step.inlined not in self.plan.inlined or step.inlined is None:
            return False
        if isinstance(step.node, (ast.Return, ast.If, *WITHS, *LOOPS, *TRIES)):
            return False
        if step.writes:
            return all(self.kinds.value(made) not in IN_GRAPH for made in step.writes)
        return isinstance(step.node, ast.Expr) and not (
            isinstance(step.node.value, ast.Constant)
            or any(self.kinds.value(value) in IN_GRAPH for value in step.reads)
            or (isinstance(step.node.value, ast.Call) and self.kinds.symbol(step.node.value) is not None)
        )

    def _state(self, state: State, names: Names) -> str:
        def render(node: ast.expr) -> str:
            return self.respeller.expression(node, names, self.kinds)

        target = f"self.{state.attribute} = "

        def code(call_node: ast.Call, value: str | None) -> str:
            if state.override is not None:
                value = render(state.override)
            used = len(target) + 2 * self.width if call_node is state.expression else 2 * self.width + 8
            return self.state_code.code(call_node, render, value, used)

        return target + self._made(state.expression, code, state.handed)

    def _made(self, node: ast.expr, code: Callable[[ast.Call, str | None], str], value: str | None) -> str:
        """A variable, or a container of them with the same keys."""
        match node:
            case ast.Call():
                return code(node, value)
            case ast.Dict(keys=keys, values=elements):
                entries = []
                for key, element in zip(keys, elements, strict=True):
                    assert isinstance(key, ast.Constant)
                    inner = f"{value}[{key.value!r}]" if value is not None else None
                    entries.append((_quoted(key.value), self._made(element, code, inner)))
                return dictionary(entries, before="self.x = ", depth=2, indent=self.width).removeprefix("self.x = ")
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                parts = [
                    self._made(element, code, f"{value}[{index}]" if value is not None else None)
                    for index, element in enumerate(elements)
                ]
                return f"[{', '.join(parts)}]" if isinstance(node, ast.List) else f"({', '.join(parts)},)"
        raise AssertionError(ast.dump(node))

    # ---- methods -----------------------------------------------------------------------------------------------

    def _method_values(self) -> dict[Value, str]:
        values: dict[Value, str] = {
            state.definition: f"self.{state.attribute}" for state in self.plan.states if state.definition is not None
        }
        values |= {value: f"self.{self.stored_name(self.plan.parameters[value])}" for value in self.plan.stored}
        return values

    def _inline_states(self) -> dict[ast.AST, str]:
        found: dict[ast.AST, str] = {
            state.expression: f"self.{state.attribute}" for state in self.plan.states if state.definition is None
        }
        return found | {c.expression: f"self.{self.stored_name(c.name)}" for c in self.plan.captures}

    def _shared(self, shared: Shared) -> cst.BaseStatement:
        names = Names(Home.MODEL, self._method_values(), nodes=self._inline_states())
        parameters = [value.name for value in shared.inputs]
        body = self._steps(shared.steps, names, {}, set(parameters))
        outputs = ", ".join(value.name for value in shared.outputs)
        body.append(self.writer.statement(f"return {outputs}"))
        definition = self.writer.statement(f"def {shared.name}({', '.join(['self', *parameters])}):\n\tpass")
        assert isinstance(definition, cst.FunctionDef)
        return definition.with_changes(body=self.writer.block(_joined(body)))

    def _function(self, function: Function) -> cst.BaseStatement:
        names = Names(Home.MODEL, self._method_values(), function.cuts, self._inline_states())
        calls = {shared.last: self._shared_call(shared, function, names) for shared in function.shared}
        own = function.own - {step for shared in function.shared for step in shared.steps}
        body = self._steps(own, names, calls, {entry.parameter for entry in function.inputs})
        if function.training is not None:
            body = training_body(function, body, names, self)
        else:
            body.append(self.writer.statement(self._return(function, names)))
        above = self._input_comments(function)
        if above:
            body[0] = with_leading(body[0], [*above, *comments(body[0])])
        parameters = ", ".join(["self", *(entry.parameter for entry in function.inputs)])
        definition = self.writer.statement(f"{self._decorator(function)}\ndef {function.name}({parameters}):\n\tpass")
        assert isinstance(definition, cst.FunctionDef)
        return definition.with_changes(body=self.writer.block(_joined(body)))

    def _input_comments(self, function: Function) -> list[cst.EmptyLine]:
        """What is said above the placeholders that became parameters; once, in the first function that has them."""
        found: list[cst.EmptyLine] = []
        for entry in function.inputs:
            placeholder = parameter_of_call(entry.tensor, self.region)
            for step in self.region.steps:
                if (
                    placeholder is None
                    or step in self._commented
                    or not isinstance(step.node, (ast.Assign, ast.AnnAssign))
                ):
                    continue
                if step.node.value is placeholder:
                    self._commented.add(step)
                    found += comments(self.respeller.index.statement(step.node))
        return found

    def _steps(
        self, steps: set[Step], names: Names, calls: dict[Step, str], parameters: set[str]
    ) -> list[cst.BaseStatement]:
        """The statements of a method, with the plain Python they need, in the order of the source."""
        python = {step for step in self.plan.copied if self._needs(step, steps, names)}
        wanted = steps | python
        for name in parameters:
            if any(made.name == name for step in python for made in step.writes):
                raise Unprovable(CONTROL_FLOW, f"'{name}' is an input and a Python value at once")

        def leaf(step: Step) -> list[cst.BaseStatement]:
            return [self.respeller.statement(step.node, names, self.kinds)] if step in wanted else []

        return [unindented_blanks(made) for made in self._project(self.region.body, leaf, wanted, names, calls)]

    def _needs(self, python: Step, steps: set[Step], names: Names) -> bool:
        """Whether a method reads a copied Python value, directly or through another."""
        made = set(python.writes)
        outputs = [
            tensor for function in self.plan.functions if function.cuts is names.cuts for tensor in function.needed
        ]
        pending = [value for step in steps for value in step.reads]
        pending += [value for tensor in outputs for _, value in self.region.names(tensor)]
        seen = set(steps)
        while pending:
            for value in self._merged([pending.pop()]):
                if value in made:
                    return True
                if isinstance(value, Definition) and value.step in self.plan.copied and value.step not in seen:
                    seen.add(value.step)
                    pending += value.step.reads
        return False

    def _merged(self, values: Iterable[Value]) -> set[Value]:
        """Values with those that they may be, such as the `total = 0` that a loop adds tensors to."""
        found: set[Value] = set()
        pending = list(values)
        while pending:
            value = pending.pop()
            if value not in found:
                found.add(value)
                if isinstance(value, Merge) and self.kinds.value(value) in IN_GRAPH:
                    pending += value.inputs
        return found

    def _shared_call(self, shared: Shared, function: Function, names: Names) -> str:
        arguments = [self._argument(value, function) for value in shared.inputs]
        read = self._read_by(function, shared)
        outputs = ", ".join(value.name if value in read else "_" for value in shared.outputs)
        return f"{outputs} = self.{shared.name}({', '.join(arguments)})"

    def _read_by(self, function: Function, shared: Shared) -> set[Value]:
        """The results of a method that a function reads, itself or for another method."""
        own = function.own - {step for other in function.shared for step in other.steps}
        found = {value for step in own for value in self.reading.values(step)}
        found |= {value for other in function.shared if other is not shared for value in other.inputs}
        found |= {value for tensor in function.needed for value in self.reading.names(tensor)}
        return self.reading.through(found, shared.steps)

    def _argument(self, value: Value, function: Function) -> str:
        """How a function spells a value it hands to a method: its parameter, or the name it has."""
        for entry in function.inputs:
            if isinstance(entry.tensor, ast.Name) and value in self.reading.names(entry.tensor):
                return entry.parameter
        return value.name

    def _return(self, function: Function, names: Names) -> str:
        entries = []
        if not function.exported:
            texts = [self.respeller.expression(e.tensor, names, self.kinds) for e in function.outputs]
            return f"return {', '.join(texts)}"
        for endpoint in function.outputs:
            text = self.respeller.expression(endpoint.tensor, names, self.kinds)
            if self.kinds.of(endpoint.tensor) is Kind.VARIABLE:
                text += ".read_value()"
            entries.append((_quoted(endpoint.key), text))
        return dictionary(entries, before="return ", depth=2, indent=self.width)

    def _decorator(self, function: Function) -> str:
        if not decorated(function) or not (function.inputs or function.exported):
            return f"@{self.tf}.function"
        specs = [self.spec(entry, Names(Home.MODEL), named=function.exported) for entry in function.inputs]
        line = f"@{self.tf}.function(input_signature=[{', '.join(specs)}])"
        if len(line) + self.width <= 80:
            return line
        line = f"input_signature=[{', '.join(specs)}]"
        if len(line) + self.width + 4 <= 80:
            return f"@{self.tf}.function(\n\v{line}\n)"
        inner = "".join(f"\v\v{spec},\n" for spec in specs)
        return f"@{self.tf}.function(\n\vinput_signature=[\n{inner}\v]\n)"

    def spec(self, entry: Input, names: Names, *, named: bool = True) -> str:
        """The `tf.TensorSpec` of an input."""
        if not named:
            return f"{self.tf}.TensorSpec({self._shape(entry.shape, names)}, {self.tf}.{entry.dtype})"
        return f'{self.tf}.TensorSpec({self._shape(entry.shape, names)}, {self.tf}.{entry.dtype}, name="{entry.key}")'

    def _shape(self, shape: Shape, names: Names) -> str:
        if shape.whole is not None:
            return self.respeller.expression(shape.whole, names, self.kinds)
        if shape.dimensions is None:
            return "None"
        parts = [
            self.respeller.expression(size, names, self.kinds) if isinstance(size, ast.expr) else str(size)
            for size in shape.dimensions
        ]
        return f"[{', '.join(parts)}]"

    # ---- projection --------------------------------------------------------------------------------------------

    def _project(
        self,
        statements: Sequence[ast.stmt],
        leaf: Leaf,
        kept: set[Step],
        names: Names,
        calls: dict[Step, str],
    ) -> list[cst.BaseStatement]:
        """The part of some statements that goes into a method, with the compound statements it needs."""
        found: list[cst.BaseStatement] = []
        for node in statements:
            step = self.region.step_of.get(node)
            if step is None:
                continue
            made = self._projected(node, step, leaf, kept, names, calls)
            found += made
            if step in calls:
                found.append(self.writer.statement(calls[step]))
        return found

    def _projected(
        self, node: ast.stmt, step: Step, leaf: Leaf, kept: set[Step], names: Names, calls: dict[Step, str]
    ) -> list[cst.BaseStatement]:
        match node:
            case ast.If():
                return self._projected_if(node, step, leaf, kept, names, calls)
            case ast.With() | ast.AsyncWith():
                body = self._project(node.body, leaf, kept, names, calls)
                context = is_context(node, self.kinds, ("control_dependencies", "device", "name_scope"))
                if not body or step not in kept or not context or leaf == self._init_leaf:
                    # In the constructor, a name scope would become a part of the variables' names once more.
                    return body
                return [self._compound(node, names, body)]
            case ast.For() | ast.While() if step in kept:
                return [self._compound(node, names, self._project(node.body, leaf, kept, names, calls))]
            case ast.Try() | ast.TryStar() | ast.For() | ast.While() | ast.AsyncFor():
                return self._project(node.body, leaf, kept, names, calls)
            case ast.FunctionDef() | ast.ClassDef() | ast.AsyncFunctionDef():
                return []
        return leaf(step)

    def _projected_if(
        self, node: ast.If, step: Step, leaf: Leaf, kept: set[Step], names: Names, calls: dict[Step, str]
    ) -> list[cst.BaseStatement]:
        truth = self.region.known(node.test, self.plan.facts)
        if truth is None and step.inlined is not None:
            truth = self.region.known(node.test, step.facts)
        body = [] if truth is False else self._project(node.body, leaf, kept, names, calls)
        orelse = [] if truth is True else self._project(node.orelse, leaf, kept, names, calls)
        if truth is not None or step not in kept:
            return body + orelse
        if not body and not orelse:
            return []
        original = self.respeller.index.statement(node)
        changed = self.respeller.statement(node, names, self.kinds)
        assert isinstance(original, cst.If)
        assert isinstance(changed, cst.If)
        other: cst.If | cst.Else | None = None
        if orelse:
            if isinstance(original.orelse, cst.If) and len(orelse) == 1 and isinstance(orelse[0], cst.If):
                other = orelse[0]
            else:
                other = cst.Else(self.writer.block(orelse))
        block = self.writer.block(body or [self.writer.statement("pass")])
        return [changed.with_changes(body=block, orelse=other)]

    def _compound(self, node: ast.stmt, names: Names, body: list[cst.BaseStatement]) -> cst.BaseStatement:
        changed = self.respeller.statement(node, names, self.kinds)
        return changed.with_changes(body=self.writer.block(body))


def decorated(function: Function) -> bool:
    """Whether the input signature can stand in a decorator: it has no names that are only known later."""
    for entry in function.inputs:
        if entry.shape.whole is not None:
            return False
        if any(isinstance(size, ast.expr) for size in entry.shape.dimensions or ()):
            return False
    return True


def _called(step: Step) -> ast.expr:
    node = step.node
    assert isinstance(node, (ast.Assign, ast.Expr))
    assert isinstance(node.value, ast.Call)
    return node.value.func


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
    return body


def _joined(body: list[cst.BaseStatement]) -> list[cst.BaseStatement]:
    return trimmed(body)


def _quoted(text: object) -> str:
    if isinstance(text, str) and '"' not in text and "\\" not in text and text.isprintable():
        return f'"{text}"'
    return repr(text)
