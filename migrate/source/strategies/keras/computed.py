"""Signatures that compute something before or behind a Keras model, such as `tf.argmax(model.output, 1)`.

What stands between the signature's inputs and its outputs moves into the function that calls the model: statements that
make tensors of tensors, with TF2's names. Everything else stays where it is and is read from there.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

from migrate.source.emit.respell import Names, Respeller
from migrate.source.emit.spelling import Home
from migrate.source.flow import Definition, Merge, Outer, Parameter, Step, Value
from migrate.source.kinds import PLACEHOLDERS, Kind
from migrate.source.sites import Endpoint, ExportSite, SignatureSource
from migrate.source.specs import Specs, argument_of
from migrate.source.strategies.keras.layers import Layers
from migrate.source.strategies.keras.moved_functions import NOT_SAVED, MovedFunctions
from migrate.source.strategies.keras.names import NO_KERAS_MODEL
from migrate.source.strategies.keras.tables import table_of
from migrate.source.strategies.keras.tensors import ModelTensor, is_reference, model_tensor
from migrate.source.strategies.naming import identifier
from migrate.source.unprovable import CONTROL_FLOW, ELSEWHERE, INPUT, SIDE_EFFECTS, Unprovable
from migrate.source.view import ModuleView

RESULTS = "results"
_TAKES = (ast.BinOp, ast.UnaryOp, ast.List, ast.Tuple, ast.Subscript, ast.Slice, ast.Starred, ast.keyword)


@dataclass(slots=True, eq=False)
class Computation:
    """The body of a function that does more than to call a model.

    Attributes:
        model: The model that it calls.
        parameters: The name of the argument for each input.
        placeholders: Inputs that are placeholders -> shape and dtype, as text.
        tensors: The model's tensors that it takes.
        steps: The statements that move, in order.
        lines: The statements of the body.
        results: The text of each output.
        kept: The names that the function reads from around it.
        calls: The calls that move.
        expressions: The calls of TensorFlow in functions that it calls -> their text.
        tables: The lookup tables that it reads: names -> statement and new text.
    """

    model: ast.expr
    parameters: dict[Endpoint, str]
    placeholders: dict[Endpoint, tuple[str, str]] = field(default_factory=dict)
    tensors: dict[ast.expr, ModelTensor] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    results: dict[Endpoint, str] = field(default_factory=dict)
    kept: set[ast.AST] = field(default_factory=set)
    calls: set[ast.AST] = field(default_factory=set)
    expressions: dict[ast.expr, str] = field(default_factory=dict)
    tables: dict[str, tuple[ast.stmt, tuple[str, ...]]] = field(default_factory=dict)


def read_computation(
    signature: SignatureSource, site: ExportSite, layers: Layers, view: ModuleView
) -> Computation | None:
    """What a signature computes; None where its ends are tensors of a model, or no such thing.

    Args:
        signature: The signature.
        site: Its export.
        layers: What the module says about its models.
        view: The module.

    Raises:
        Unprovable: Something in between cannot move into a function.
    """
    region = site.region
    if all(model_tensor(end.tensor, region) is not None for end in (*signature.inputs, *signature.outputs)):
        return None
    reader = _Reader(signature, site, layers, view)
    return reader.read()


class _Reader:
    """Reads one signature, from its outputs back to its inputs."""

    def __init__(self, signature: SignatureSource, site: ExportSite, layers: Layers, view: ModuleView) -> None:
        self._signature = signature
        self._site = site
        self._region = site.region
        self._layers = layers
        self._view = view
        self._kinds = view.kinds(site.region.scope)
        self._respeller = Respeller(view.index, view.symbols, view.tf, modern=view.tensorflow.modern)
        self._functions = MovedFunctions(view, self._respeller)
        self._texts: dict[ast.AST, str] = {}
        self._fed: dict[Value, str] = {}
        self._steps: dict[Step, None] = {}
        self._captured: set[str] = set()
        self._models: list[ast.expr] = []
        self._ends: list[ModelTensor] = []
        self._depends: dict[Value, bool] = {}
        self.found = Computation(ast.Name("", ast.Load()), {})

    def read(self) -> Computation:
        """The computation.

        Raises:
            Unprovable: It cannot move.
        """
        inputs: list[tuple[Endpoint, ModelTensor]] = []
        for endpoint in self._signature.inputs:
            tensor = model_tensor(endpoint.tensor, self._region)
            if tensor is not None and tensor.is_input:
                inputs.append((endpoint, tensor))
            else:
                self._placeholder(endpoint)
        if inputs and self.found.placeholders:
            raise Unprovable(INPUT, "only some of the inputs are those of the model", self._site.call)
        for endpoint, tensor in inputs:
            self.found.tensors[endpoint.tensor] = tensor
            self._models.append(tensor.model)
        outputs = [endpoint.tensor for endpoint in self._signature.outputs]
        for node in outputs:
            self._read(node)
        self._choose_model()
        self._name(inputs)
        self._write(inputs)
        self.found.expressions = self._functions.expressions
        return self.found

    # ---- reading -----------------------------------------------------------------------------------------------

    def _placeholder(self, endpoint: Endpoint) -> None:
        value = self._region.value_of.get(endpoint.tensor) if isinstance(endpoint.tensor, ast.Name) else None
        match value:
            case Definition(known=True, previous=None, path=(), expression=ast.Call() as call):
                if self._region.resolve(call.func) == "placeholder":
                    self._fed[value] = ""
                    shape = argument_of(call, "shape", 1)
                    dtype = argument_of(call, "dtype", 0)
                    if dtype is None or any(isinstance(argument, ast.Starred) for argument in call.args):
                        raise Unprovable(INPUT, "the dtype of an input cannot be read", call)
                    text = self._view.text_of(shape) if shape is not None else "None"
                    if text == "None" and Specs(self._kinds).parses(call):
                        # tf.io.parse_example takes a batch only, whatever the placeholder says.
                        text = "[None]"
                    self.found.placeholders[endpoint] = (text, self._view.text_of(dtype))
                    self._steps_gone(value.step)
                    return
        what = ast.unparse(endpoint.tensor)
        raise Unprovable(ELSEWHERE, f"{what} is no input or output of a Keras model", endpoint.tensor)

    def _steps_gone(self, step: Step) -> None:
        """A statement that goes from where it stands."""
        self._refuse_elsewhere(step)
        self._steps[step] = None

    def _refuse_elsewhere(self, step: Step) -> None:
        """Looks whether a statement stands above the export, and runs whenever that does."""
        allowed = [(b.step, b.name) for b in self._site.saved.branches if not isinstance(b.step.node, ast.With)]
        around = [(b.step, b.name) for b in step.branches if not isinstance(b.step.node, ast.With)]
        if around != allowed[: len(around)] or step.index > self._site.added[0].index:
            raise Unprovable(CONTROL_FLOW, "what it computes stands in another branch than the export", step.node)

    def _read(self, node: ast.AST) -> None:
        """Reads an expression that depends on a tensor."""
        tensor = (
            model_tensor(node, self._region) if isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)) else None
        )
        if tensor is not None:
            self._end(node, tensor)
            return
        match node:
            case ast.Name():
                self._named(node)
            case ast.Call() if self._is_model(node.func):
                self._called(node)
            case ast.Call():
                self._operation(node)
            case ast.Constant() | ast.expr_context() | ast.operator() | ast.unaryop():
                pass
            case _ if isinstance(node, _TAKES):
                for child in ast.iter_child_nodes(node):
                    self._read(child)
            case ast.Compare(ops=ops) if not any(isinstance(op, (ast.Eq, ast.NotEq, ast.In, ast.NotIn)) for op in ops):
                for child in (node.left, *node.comparators):
                    self._read(child)
            case ast.expr() if not self._is_graph(node):
                self._plain(node)
            case _:
                raise Unprovable(ELSEWHERE, f"it computes with {ast.unparse(node)}, which cannot be read", node)

    def _end(self, node: ast.AST, tensor: ModelTensor) -> None:
        if tensor.attribute == "inner" or not isinstance(node, ast.expr):
            raise Unprovable(ELSEWHERE, f"it computes with an inner tensor of the model ({ast.unparse(node)})", node)
        if tensor.is_input and self.found.placeholders:
            raise Unprovable(INPUT, f"{ast.unparse(node)} is not fed", node)
        self.found.tensors[node] = tensor
        self._models.append(tensor.model)
        self._ends.append(replace(tensor, node=node))

    def _named(self, node: ast.Name) -> None:
        value = self._region.value_of.get(node)
        if value in self._fed:
            return
        tensor = model_tensor(node, self._region)
        if tensor is not None:
            self._end(node, tensor)
            return
        if value is None or not self._is_graph(node):
            self._plain(node)
            return
        match value:
            case Definition(known=True, previous=None, expression=ast.expr() as expression, step=step):
                match step.node:
                    case ast.Assign(targets=[ast.Name() | ast.Tuple()]) if value.step.inlined is None:
                        self._steps_gone(step)
                        self._read(expression)
                        return
        raise Unprovable(ELSEWHERE, f"{node.id} is computed in a way that cannot be read", node)

    def _plain(self, node: ast.expr) -> None:
        """Plain Python, which the function reads from where it is."""
        for part in ast.walk(node):
            if isinstance(part, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Lambda)):
                raise Unprovable(ELSEWHERE, f"it computes with {ast.unparse(node)}, which cannot be read", node)
            if isinstance(part, ast.Name):
                value = self._region.value_of.get(part)
                if value is not None and self._site.saved.env.get(part.id, value) is not value:
                    raise Unprovable(CONTROL_FLOW, f"'{part.id}' may be another where the model is saved", part)
                self._captured.add(part.id)
                self.found.kept.add(part)

    def _called(self, node: ast.Call) -> None:
        plain = all(keyword.arg == "training" and _is_false(keyword.value) for keyword in node.keywords)
        if len(node.args) != 1 or isinstance(node.args[0], ast.Starred) or not plain:
            raise Unprovable(ELSEWHERE, "the model is called with more than its inputs", node)
        self.found.calls.add(node)
        self._read(node.args[0])
        self._models.append(node.func)
        self.found.tensors[node] = ModelTensor(node.func, "output", None, node)

    def _operation(self, node: ast.Call) -> None:
        name = self._kinds.symbol(node)
        function = self._region.function(node.func)
        if name is None and self._is_lookup(node):
            self._argument(node.args[0])
            return
        if name is None and function is not None and self._is_graph(node):
            self._functions.take(function)
            self.found.kept.add(node.func)
            self.found.calls.add(node)
            for child in (*node.args, *node.keywords):
                self._argument(child)
            return
        if name is None:
            if not self._is_graph(node):
                self._plain(node)
                return
            raise Unprovable(ELSEWHERE, f"it computes with {ast.unparse(node.func)}, which is not known", node)
        if name in PLACEHOLDERS:
            raise Unprovable(INPUT, "it needs a placeholder that is no input of the signature", node)
        if name in NOT_SAVED or name.startswith("random"):
            raise Unprovable(SIDE_EFFECTS, f"it computes with tf.{name}", node)
        if self._kinds.of(node) is Kind.CONFIG:
            self._plain(node)
            return
        if self._kinds.of(node) is not Kind.TENSOR:
            raise Unprovable(ELSEWHERE, f"it computes with tf.{name}, which is more than an operation", node)
        self.found.calls.add(node)
        for child in (*node.args, *node.keywords):
            self._argument(child)

    def _is_lookup(self, node: ast.Call) -> bool:
        """Whether a call looks something up in a table that the function of the export makes; that table is read."""
        table = table_of(node, self._kinds)
        if table is not None and table.name.id not in self.found.tables:
            self._refuse_elsewhere(table.step)
            self._plain(table.name)
            names = Names(Home.MODEL)
            text = table.text(self._view.tf, lambda part: self._respeller.expression(part, names, self._kinds))
            self.found.tables[table.name.id] = (table.step.node, text)
        return table is not None

    def _argument(self, node: ast.AST) -> None:
        match node:
            case ast.keyword(value=value):
                self._argument(value)
            case ast.Name() if (function := self._region.function(node)) is not None:
                self._functions.take(function)
                self.found.kept.add(node)
            case ast.Name() | ast.Attribute() if self._region.resolve(node) is not None:
                # Such as tf.float32.
                self.found.kept |= {part for part in ast.walk(node) if isinstance(part, ast.Name)}
            case _:
                self._read(node)

    def _is_graph(self, node: ast.AST) -> bool:
        """Whether an expression is made of tensors."""
        for part in ast.walk(node):
            if isinstance(part, ast.Call) and (self._is_model(part.func) or self._makes_tensor(part)):
                return True
            if isinstance(part, (ast.Attribute, ast.Subscript)) and model_tensor(part, self._region) is not None:
                return True
            if isinstance(part, ast.Name) and self._is_graph_value(self._region.value_of.get(part)):
                return True
        return False

    def _makes_tensor(self, call: ast.Call) -> bool:
        return self._kinds.symbol(call) is not None and self._kinds.of(call) in (Kind.TENSOR, Kind.PLACEHOLDER)

    def _is_graph_value(self, value: Value | None) -> bool:
        if value is None or isinstance(value, (Outer, Parameter)):
            return False
        if value not in self._depends:
            self._depends[value] = False
            if isinstance(value, Merge):
                self._depends[value] = any(self._is_graph_value(one) for one in value.inputs)
                return self._depends[value]
            expression = value.expression if isinstance(value, Definition) else None
            previous = value.previous if isinstance(value, Definition) else None
            self._depends[value] = (expression is not None and self._is_graph(expression)) or (
                self._is_graph_value(previous)
            )
        return self._depends[value]

    def _is_model(self, function: ast.expr) -> bool:
        return is_reference(function) and self._layers.is_model(function, self._region)

    # ---- writing -----------------------------------------------------------------------------------------------

    def _choose_model(self) -> None:
        if not self._models:
            raise Unprovable(ELSEWHERE, NO_KERAS_MODEL, self._site.call)
        self.found.model = self._models[0]

    def _name(self, inputs: list[tuple[Endpoint, ModelTensor]]) -> None:
        """Chooses the names of the arguments, and refuses names that are read and set."""
        made = {one.name for step in self._steps for one in step.writes if one not in self._fed}
        if made & self._captured:
            name = min(made & self._captured)
            raise Unprovable(CONTROL_FLOW, f"'{name}' is plain Python and a tensor", self._site.call)
        root = ast.unparse(self.found.model).partition(".")[0]
        taken = made | self._captured | {root, self._view.tf, RESULTS}
        for endpoint in self._signature.inputs:
            name = identifier(endpoint.key)
            while name in taken:
                name += "_input"
            taken.add(name)
            self.found.parameters[endpoint] = name
            value = self._region.value_of.get(endpoint.tensor) if isinstance(endpoint.tensor, ast.Name) else None
            if value in self._fed:
                self._fed[value] = name
        positions = {tensor.index or 0: self.found.parameters[endpoint] for endpoint, tensor in inputs}
        whole = all(end.attribute == "output" for end in self._ends if not end.is_input)
        for end in self._ends:
            if end.is_input:
                if (end.index or 0) not in positions:
                    raise Unprovable(INPUT, f"{ast.unparse(end.node)} is not fed", end.node)
                self._texts[end.node] = positions[end.index or 0]
            elif end.index is None:
                self._texts[end.node] = RESULTS if whole else f"{RESULTS}[0]"
            else:
                self._texts[end.node] = f"{RESULTS}[{end.index}]"
        if RESULTS in made | self._captured and any(not end.is_input for end in self._ends):
            raise Unprovable(CONTROL_FLOW, f"the name {RESULTS} is taken", self._site.call)

    def _write(self, inputs: list[tuple[Endpoint, ModelTensor]]) -> None:
        model = self._view.text_of(self.found.model)
        if any(not end.is_input for end in self._ends):
            fed = [self.found.parameters[e] for e, _ in sorted(inputs, key=lambda entry: entry[1].index or 0)]
            if not fed:
                raise Unprovable(INPUT, "the inputs of the model are not fed", self._site.call)
            given = fed[0] if len(fed) == 1 else f"[{', '.join(fed)}]"
            made = f"{model}({given}, training=False)"
            whole = all(end.attribute == "output" for end in self._ends if not end.is_input)
            self.found.lines.append(f"{RESULTS} = {made if whole else f'{self._view.tf}.nest.flatten({made})'}")
        self.found.steps = sorted(self._steps, key=lambda step: step.index)
        for step in self.found.steps:
            assert isinstance(step.node, ast.Assign)
            if not any(definition in self._fed for definition in step.writes):
                targets = ast.unparse(step.node.targets[0]).removeprefix("(").removesuffix(")")
                self.found.lines.append(f"{targets} = {self._text(step.node.value)}")
        for endpoint in self._signature.outputs:
            self.found.results[endpoint] = self._text(endpoint.tensor)

    def _text(self, node: ast.expr) -> str:
        for part in ast.walk(node):
            # From the outside in: what is inside of a call of the model is written with it.
            if part in self.found.tensors and isinstance(part, ast.Call) and part not in self._texts:
                model = self._view.text_of(part.func)
                self._texts[part] = f"{model}({self._text(part.args[0])}, training=False)"
        names = Names(Home.MODEL, values=self._fed, nodes=self._texts)
        return self._respeller.expression(node, names, self._kinds)


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value
